import Crypto
import FoundationEssentials
import Hummingbird
import HummingbirdCore
import KubernetesModel
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import SystemThreads

/// The embedded Kubernetes API server, over HTTPS.
///
/// Flow: a request is authenticated and authorised, then handled by the one path that all kinds share (`APIHandler`), which
/// reads from memory and writes through `ObjectStore`. What a CustomResourceDefinition adds is served from its commit on.
package struct LocalAPIServer: ServiceLifecycle.Service {
    private static let signingKeySetting = "serviceAccountKey"
    /// How long open requests get to end when the server is asked to shut down.
    private static let shutdownSeconds = 2

    private let configuration: Configuration
    private let onListening: @Sendable (_ host: String, _ port: Int) -> Void
    private let now: @Sendable () -> Double

    /// - Parameter onListening: called once, when requests are answered, with the address and the port that was bound.
    package init(
        _ configuration: Configuration,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.onListening = onListening
        now = { Date().timeIntervalSince1970 }
    }

    /// Serves until the task is cancelled or its service group shuts down.
    /// - Throws: `LocalAPIServerError` where it cannot start.
    package func run() async throws {
        let faults = configuration.allowsFaults ? FaultSwitch() : nil
        var storage: any ObjectStorage = try SQLiteObjectStorage(path: configuration.storagePath)
        if let faults {
            storage = CrashingStorage(storage: storage, faults: faults) {
                ProcessEnd.immediately(code: 137, reason: "crashed between a commit and its answer, as asked")
            }
        }
        let audit = try configuration.auditLogPath.map { path throws(LocalAPIServerError) in
            try AuditLog(path: path, logger: configuration.logger)
        }
        let store = try await ObjectStore(
            storage: storage, historySeconds: configuration.historySeconds, logger: configuration.logger, now: now)
        let handler = APIHandler(
            configuration: configuration, store: store, tokens: try await signingTokens(storage), audit: audit,
            faults: faults, now: now)
        let application = try application(handler)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await store.run() }
            try await handler.bootstrap()
            group.addTask { await handler.keeper.run() }
            defer { group.cancelAll() }
            try await serve(application, store)
        }
    }

    /// Answers requests until cancelled, or until a graceful shutdown has given open requests their time.
    private func serve(_ application: Application<APIResponder>, _ store: ObjectStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await application.run()
                } catch let error as IOError {
                    throw LocalAPIServerError(
                        .cannotListen,
                        "cannot listen on \(configuration.host):\(configuration.port): \(error); choose another address"
                    )
                }
            }
            group.addTask {
                try await gracefulShutdown()
                // Watches would keep their connections open until their clients leave, and a client that keeps an idle
                // connection may never look at it again.
                store.closeWatches()
                try await Task.sleep(for: .seconds(Self.shutdownSeconds))
            }
            try await group.next()
            group.cancelAll()
            do {
                try await group.waitForAll()
            } catch is CancellationError {
                // What is still open when the time is over is cut off.
            }
        }
    }

    private func application(_ handler: APIHandler) throws -> Application<APIResponder> {
        var logger = configuration.logger
        logger.logLevel = max(configuration.logger.logLevel, .warning)
        let onListening = onListening
        let host = configuration.host
        do {
            return Application(
                responder: APIResponder(handler: handler),
                server: HTTPServerBuilder { [tls = try tls()] responder in
                    try SecureConnection(tls: tls, responder: responder)
                },
                configuration: ApplicationConfiguration(
                    address: .hostname(configuration.host, port: configuration.port)),
                onServerRunning: { channel in onListening(host, channel.localAddress?.port ?? 0) },
                logger: logger)
        } catch let error as LocalAPIServerError {
            throw error
        } catch {
            throw LocalAPIServerError(.badConfiguration, "the server's certificate and key cannot be used: \(error)")
        }
    }

    private func tls() throws -> NIOSSL.TLSConfiguration {
        let certificates = try NIOSSLCertificate.fromPEMBytes(Array(configuration.certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(configuration.privateKeyPEM.utf8), format: .pem)
        return .makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
    }

    /// The key is made once and kept, so that tokens stay good across restarts.
    private func signingTokens(_ storage: any ObjectStorage) async throws -> ServiceAccountTokens {
        if let pem = configuration.serviceAccountKeyPEM {
            return try ServiceAccountTokens(issuer: configuration.issuer, pem: pem)
        }
        if let pem = try await storage.value(Self.signingKeySetting) {
            return try ServiceAccountTokens(issuer: configuration.issuer, pem: pem)
        }
        let key = P256.Signing.PrivateKey()
        try await storage.setValue(key.pemRepresentation, for: Self.signingKeySetting)
        return ServiceAccountTokens(issuer: configuration.issuer, key: key)
    }
}
