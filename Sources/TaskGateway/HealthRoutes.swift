import Hummingbird
import TaskQueue

/// For probes and scrapers; they need no token.
struct HealthRoutes {
    let core: GatewayCore

    func add(to router: Router<GatewayContext>) {
        router.get("healthz") { _, _ in Response.bytes(.ok, Array("ok\n".utf8), type: "text/plain") }
        router.get("readyz") { [core] _, _ in
            guard core.isReady else {
                throw Problems.unavailable(
                    core.isShuttingDown ? "the gateway is shutting down" : "the gateway does not follow the store yet")
            }
            if core.isStoreFailing { throw Problems.unavailable("the task store fails; the gateway's log says how") }
            // A store that cannot be read makes the gateway unready: it has nothing to say then.
            _ = try await core.store.changeCursor()
            return Response.bytes(.ok, Array("ok\n".utf8), type: "text/plain")
        }
        if let metricsText = core.configuration.metricsText {
            router.get("metrics") { _, _ in
                Response.bytes(
                    .ok, Array(await metricsText().utf8), type: "text/plain; version=0.0.4; charset=utf-8")
            }
        }
    }
}
