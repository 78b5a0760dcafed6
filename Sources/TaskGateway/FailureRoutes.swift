import Hummingbird
import TaskProtocol
import TaskQueue

/// Tasks that failed for good, by kind.
struct FailureRoutes {
    let core: GatewayCore

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("namespaces/:namespace/failures", use: list)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "list")
        let groups = try await core.store.failureGroups(
            namespace: namespace, swarm: request.text("swarm"),
            limit: Int(try request.number("limit", default: 100, in: 1...1000)))
        return try .json(.ok, FailureGroupList(failures: groups.map(WireMapping.failures)))
    }
}
