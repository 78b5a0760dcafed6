public import Logging
import ServiceLifecycle
import UnixSignals

/// An address that a program cannot listen on.
public struct InvalidListenAddress: Error, Sendable, Hashable, CustomStringConvertible {
    public var text: String
    public var description: String { "\"\(text)\" is no address to listen on: it must be HOST:PORT" }
}

extension HealthListener {
    /// - Parameter address: `HOST:PORT`; port 0 takes a free one. The log tells which.
    /// - Throws: `InvalidListenAddress`.
    public init(
        listening address: String,
        registry: PrometheusRegistry,
        logger: Logger = Logger(label: "health"),
        isReady: @escaping @Sendable () async -> Bool
    ) throws(InvalidListenAddress) {
        guard let colon = address.lastIndex(of: ":"), colon != address.startIndex,
            let port = Int(address[address.index(after: colon)...]), (0...65535).contains(port)
        else { throw InvalidListenAddress(text: address) }
        let part = address[..<colon]
        let host = String(part.hasPrefix("[") && part.hasSuffix("]") ? part.dropFirst().dropLast() : part)
        self.init(
            host: host, port: port, registry: registry, logger: logger, isReady: isReady,
            onListening: { logger.notice("health and metrics are served on \(host):\($0)") })
    }

    /// The life of a program: serves while `work` runs. SIGTERM and SIGINT cancel the work; its end is the end of both.
    /// - Throws: what the work, or the listener, throws.
    public func run(beside work: @escaping @Sendable () async throws -> Void) async throws {
        try await ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: self),
                    .init(service: Work(body: work), successTerminationBehavior: .gracefullyShutdownGroup),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "health"))
        ).run()
    }

    private struct Work: Service {
        let body: @Sendable () async throws -> Void
        func run() async throws { try await cancelWhenGracefulShutdown { try await body() } }
    }
}
