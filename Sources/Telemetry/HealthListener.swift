import Hummingbird
public import Logging
import NIOCore
import ServerConnections
public import ServiceLifecycle

/// Serves `/healthz`, `/readyz` and `/metrics` over plain HTTP.
public struct HealthListener: Service {
    private let host: String
    private let port: Int
    private let registry: PrometheusRegistry
    private let isReady: @Sendable () async -> Bool
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameter port: 0 takes a free one; `onListening` tells which.
    public init(
        host: String,
        port: Int,
        registry: PrometheusRegistry,
        logger: Logger,
        isReady: @escaping @Sendable () async -> Bool,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.registry = registry
        self.logger = logger
        self.isReady = isReady
        self.onListening = onListening
    }

    public func run() async throws {
        let router = Router()
        router.get("healthz") { _, _ in "ok\n" }
        router.get("readyz") { [isReady] _, _ -> Response in
            let ready = await isReady()
            return Response(
                status: ready ? .ok : .serviceUnavailable,
                body: ResponseBody(byteBuffer: ByteBuffer(string: ready ? "ok\n" : "not ready\n")))
        }
        router.get("metrics") { [registry] _, _ -> Response in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: registry.text())))
        }
        let onListening = onListening
        let application = Application(
            router: router, configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) }, logger: logger)
        try await ListenError.naming(host, port) { try await application.run() }
    }
}
