package import ServiceLifecycle

/// The embedded Kubernetes API server, over HTTPS.
package struct LocalAPIServer: Service {
    private let configuration: Configuration
    private let onListening: @Sendable (_ host: String, _ port: Int) -> Void

    /// - Parameter onListening: called once, when requests are answered, with the address and the port that was bound.
    package init(
        _ configuration: Configuration,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or its service group shuts down.
    /// - Throws: `LocalAPIServerError` where it cannot start.
    package func run() async throws {
        onListening(configuration.host, configuration.port)
    }
}
