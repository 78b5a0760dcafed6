import Hummingbird
import TaskProtocol
import TaskQueue

/// Limits of concurrency keys.
struct LimitRoutes {
    let core: GatewayCore

    func add(to group: RouterGroup<GatewayContext>) {
        let limits = group.group("namespaces/:namespace/limits")
        limits.get(use: list)
        limits.get(":key", use: read)
        limits.put(":key", use: put)
        limits.delete(":key", use: remove)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "get")
        let limits = try await core.store.limits(namespace: namespace)
        return try .json(
            .ok, KeyLimitList(limits: limits.map { WireMapping.limit($0.limit, of: $0.key, isSet: true) }))
    }

    private func read(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "get")
        let key = try key(context)
        let isSet = try await core.store.limits(namespace: namespace).contains { $0.key == key }
        return try await answer(namespace, key, isSet: isSet)
    }

    private func put(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "update")
        let key = try key(context)
        let limit = try limit(try await request.decoded(KeyLimitRequest.self))
        try await core.store.putLimit(limit, namespace: namespace, key: key)
        return try await answer(namespace, key, isSet: true)
    }

    private func remove(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "update")
        let key = try key(context)
        guard try await core.store.removeLimit(namespace: namespace, key: key) else {
            throw Problems.notFound("key \(key) has no limit of its own in namespace \(namespace)")
        }
        return Response(status: .noContent)
    }

    private func answer(_ namespace: String, _ key: String, isSet: Bool) async throws -> Response {
        let standing = try await core.store.keyStanding(namespace: namespace, key: key)
        var view = WireMapping.limit(standing.limit, of: key, isSet: isSet)
        view.leased = standing.leased
        view.ready = standing.ready
        view.held = standing.held
        return try .json(.ok, view)
    }

    private func key(_ context: GatewayContext) throws -> String {
        let key = try context.pathText("key")
        guard !key.isEmpty, key.utf8.count <= SubmissionCheck.maxKeyBytes else {
            throw Problems.invalid("a key must have 1 to \(SubmissionCheck.maxKeyBytes) bytes")
        }
        return key
    }

    private func limit(_ body: KeyLimitRequest) throws -> KeyLimit {
        if let most = body.maxConcurrent, !(0...KeyLimit.largestConcurrency).contains(most) {
            throw Problems.invalid(
                "maxConcurrent must be 0 to \(KeyLimit.largestConcurrency), found \(most)", pointer: "/maxConcurrent")
        }
        guard let perSecond = body.ratePerSecond else {
            if body.burst != nil {
                throw Problems.invalid("burst goes with ratePerSecond, which is missing", pointer: "/burst")
            }
            return KeyLimit(maxConcurrent: body.maxConcurrent)
        }
        let slowest = 1_000_000 / Double(RateLimit.intervals.upperBound)
        guard perSecond >= slowest, perSecond <= 1_000_000 else {
            throw Problems.invalid(
                "ratePerSecond must be more than 0 (one in 100 days at least) and at most 1000000, found \(perSecond)",
                pointer: "/ratePerSecond")
        }
        let burst = body.burst ?? 1
        guard RateLimit.bursts.contains(burst) else {
            throw Problems.invalid(
                "burst must be 1 to \(RateLimit.bursts.upperBound), found \(burst)", pointer: "/burst")
        }
        return KeyLimit(
            maxConcurrent: body.maxConcurrent, rate: RateLimit(perSecond: perSecond, burst: burst))
    }
}
