import FoundationEssentials
import KubernetesModel
import Logging
import StructuredData

/// Answers requests: the one path that all kinds take. Its parts stand in the extensions beside this file.
final class APIHandler: Sendable {
    let configuration: LocalAPIServer.Configuration
    let store: ObjectStore
    let registry: ResourceRegistry
    let authenticator: Authenticator
    let authorizer: Authorizer
    let tokens: ServiceAccountTokens
    let documents: OpenAPIDocuments
    let keeper: CustomResourceKeeper
    let quotas: QuotaKeeper
    let unreadable: UnreadableObjects
    let audit: AuditLog?
    let faults: FaultSwitch?
    let serviceAddresses: ServiceAddresses
    let logger: Logger
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    init(
        configuration: LocalAPIServer.Configuration, store: ObjectStore, tokens: ServiceAccountTokens,
        audit: AuditLog? = nil, faults: FaultSwitch? = nil, now: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.store = store
        self.tokens = tokens
        self.audit = audit
        self.faults = faults
        self.now = now
        logger = configuration.logger
        unreadable = UnreadableObjects(logger: configuration.logger)
        registry = ResourceRegistry(store: store, unreadable: unreadable)
        documents = OpenAPIDocuments()
        keeper = CustomResourceKeeper(
            store: store, unreadable: unreadable, logger: configuration.logger, now: now)
        authenticator = Authenticator(
            tokens: configuration.tokens, serviceAccounts: tokens, audience: configuration.audience, store: store,
            now: now)
        authorizer = Authorizer(store: store, unreadable: unreadable)
        quotas = QuotaKeeper(store: store, unreadable: unreadable)
        serviceAddresses = ServiceAddresses(configuration.serviceNetwork)
    }

    /// The time as objects hold it.
    var timestamp: String { Timestamp.text(seconds: Int64(now())) }

    /// A random UUID (RFC 9562, version 4). Foundation's opens a file for each.
    static func newUID() -> String {
        var bits = SystemRandomNumberGenerator()
        let digits = [bits.next() & ~0xf000 | 0x4000, bits.next() & (.max >> 2) | 1 << 63].map { (half: UInt64) in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var rest = Substring(digits)
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }.joined(separator: "-")
    }

    func handle(_ request: APIRequest) async throws -> APIResponse {
        let info = request.info
        guard info.isResource else {
            if let answer = try await handleFaults(request) { return answer }
            return try handlePath(request)
        }
        let fault = try await meetFault(info)
        if let review = try reviews(request) { return review }
        guard
            let definition = registry.snapshot.definition(
                group: info.group, version: info.version, plural: info.resource),
            Self.isPlace(info, of: definition)
        else { return .text("404 page not found\n", status: 404) }
        let target = Target(definition: definition, namespace: info.namespace, name: info.name)
        var response = try await handle(target, request, fault: fault)
        if let deprecation = definition.deprecation { response.warnings.insert(deprecation, at: 0) }
        return response
    }

    /// Whether a kind has such a path. Custom resources with a namespace are only read across all of them.
    private static func isPlace(_ info: RequestInfo, of definition: ResourceDefinition) -> Bool {
        guard definition.type.namespaced else { return info.namespace == nil }
        return !definition.isCustom || info.namespace != nil || ["list", "watch"].contains(info.verb)
    }

    private func handle(_ target: Target, _ request: APIRequest, fault: FaultRule.Effect?) async throws -> APIResponse {
        let info = request.info
        if info.group == Self.metricsGroup { return try await metrics(target, request) }
        if let subresource = info.subresource {
            return try await handleSubresource(subresource, target, request)
        }
        try Self.requirePlace(target, info)
        switch info.verb {
        case "get": return try get(target, request)
        case "list": return try list(target, request)
        case "watch": return try watch(target, request, fault: WatchFault(fault))
        case "create": return try await create(target, request)
        case "update": return try await update(target, request)
        case "patch": return try await patch(target, request)
        case "delete": return try await delete(target, request)
        case "deletecollection": return try await deleteCollection(target, request)
        default: throw KubernetesStatus.methodNotAllowed(target.type)
        }
    }

    /// Collections are read and added to, objects changed; what has a namespace is written in it.
    private static func requirePlace(_ target: Target, _ info: RequestInfo) throws(KubernetesStatus) {
        let isRefused =
            switch info.verb {
            // For custom resources the real server misses the name instead.
            case "update", "patch":
                !target.definition.isCustom
                    && (target.name == nil || (target.type.namespaced && target.namespace == nil))
            case "create": target.name != nil || (target.type.namespaced && target.namespace == nil)
            default: false
            }
        if isRefused { throw .methodNotAllowed(target.type) }
    }

    private func handleSubresource(
        _ name: String, _ target: Target, _ request: APIRequest
    ) async throws -> APIResponse {
        let verb = request.info.verb
        guard target.name != nil,
            let subresource = target.definition.subresources.first(where: { $0.name == name })
        else { return .text("404 page not found\n", status: 404) }
        guard subresource.verbs.contains(verb) else { throw KubernetesStatus.methodNotAllowed(target.definition.type) }
        switch (name, verb) {
        case ("status", "get"): return try get(target, request)
        case ("status", "update"), ("finalize", "update"): return try await update(target, request)
        case ("status", "patch"): return try await patch(target, request)
        case ("scale", _): return try await scale(target, request)
        case ("log", _): return try await logs(target, request)
        case ("binding", _): return try await bind(target, request)
        case ("eviction", _): return try await evict(target, request)
        case ("token", _): return try await requestToken(target, request)
        default: throw KubernetesStatus.methodNotAllowed(target.definition.type)
        }
    }
}

/// What a request is about.
struct Target: Sendable {
    var definition: ResourceDefinition
    var namespace: String?
    var name: String?

    var type: ResourceType { definition.type }

    /// - Throws: 400 where the path names no object.
    func location() throws(KubernetesStatus) -> ObjectLocation {
        guard let name else { throw .badRequest("name must be provided") }
        if type.namespaced, namespace == nil { throw .badRequest("the namespace of the object must be in the path") }
        return definition.location(namespace: namespace, name: name)
    }

    /// The 404 for it.
    var notFound: KubernetesStatus { .notFound(type, name ?? "") }
}
