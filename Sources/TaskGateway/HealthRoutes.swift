import Hummingbird
import TaskQueue

/// For probes and scrapers; they need no token.
struct HealthRoutes {
    let core: GatewayCore

    func add(to router: Router<GatewayContext>) {
        router.get("healthz") { _, _ in Self.healthy }
        router.get("readyz") { [core] _, _ in
            if let obstacle = await core.obstacle() { throw Problems.unavailable(obstacle) }
            return Self.healthy
        }
        if let metricsText = core.configuration.metricsText {
            router.get("metrics") { _, _ in Self.metrics(await metricsText()) }
        }
    }

    static var healthy: Response { .bytes(.ok, Array("ok\n".utf8), type: "text/plain") }

    static func metrics(_ text: String) -> Response {
        .bytes(.ok, Array(text.utf8), type: "text/plain; version=0.0.4; charset=utf-8")
    }
}

extension GatewayCore {
    /// Why the gateway cannot serve now; `nil`: it can.
    func obstacle() async -> String? {
        if isShuttingDown { return "the gateway is shutting down" }
        if isStoreFailing { return "the task store fails; the gateway's log says how" }
        if !isReady { return "the gateway does not follow the store yet" }
        do {
            // A store that cannot be read makes the gateway unready: it has nothing to say then.
            _ = try await store.changeCursor()
            return nil
        } catch {
            storeFailed(error)
            return "the task store cannot answer now; the gateway's log says why"
        }
    }
}
