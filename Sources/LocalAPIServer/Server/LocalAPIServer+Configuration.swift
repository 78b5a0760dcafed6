package import Logging

extension LocalAPIServer {
    /// What an API server needs to know. Certificates and keys are PEM texts, so that whoever composes the server decides where
    /// they are kept.
    package struct Configuration: Sendable {
        package var host: String
        /// 0: any free port; `onListening` tells which.
        package var port: Int
        /// The server's certificate, followed by whatever it needs up to the authority.
        package var certificatePEM: String
        package var privateKeyPEM: String
        /// The authorities that clients must trust, published as ConfigMap `kube-root-ca.crt` in every namespace.
        package var authorityPEM: String
        /// The SQLite file; `nil`: in memory, gone with the process.
        package var storagePath: String?
        package var tokens: [StaticToken]
        /// The P-256 key (PEM) that signs service-account tokens; `nil`: one is made and kept in the storage.
        package var serviceAccountKeyPEM: String?
        /// `iss` of service-account tokens.
        package var issuer: String
        /// The audience of tokens that are for this API; also what a TokenRequest without audiences gets.
        package var audience: String
        /// Reaches the kubelet endpoint of nodes, for `pods/log`; `nil`: logs are answered with 503.
        package var nodeProxy: (any NodeProxy)?
        /// Where Services get their addresses from.
        package var serviceNetwork: ServiceNetwork
        /// How long changes stay available to watches that resume. At least 75.
        package var historySeconds: Double
        /// Where every request leaves a line (`audit.k8s.io/v1`); `nil`: nowhere.
        package var auditLogPath: String?
        /// Whether tests may make requests go wrong, through `/debug/faults`.
        package var allowsFaults: Bool
        package var logger: Logger

        package init(
            host: String = "127.0.0.1",
            port: Int = 0,
            certificatePEM: String,
            privateKeyPEM: String,
            authorityPEM: String,
            storagePath: String? = nil,
            tokens: [StaticToken] = [],
            serviceAccountKeyPEM: String? = nil,
            issuer: String = "https://kubernetes.default.svc.cluster.local",
            audience: String = "https://kubernetes.default.svc.cluster.local",
            nodeProxy: (any NodeProxy)? = nil,
            serviceNetwork: ServiceNetwork? = nil,
            historySeconds: Double = 300,
            auditLogPath: String? = nil,
            allowsFaults: Bool = false,
            logger: Logger = Logger(label: "das.apiserver")
        ) {
            self.host = host
            self.port = port
            self.certificatePEM = certificatePEM
            self.privateKeyPEM = privateKeyPEM
            self.authorityPEM = authorityPEM
            self.storagePath = storagePath
            self.tokens = tokens
            self.serviceAccountKeyPEM = serviceAccountKeyPEM
            self.issuer = issuer
            self.audience = audience
            self.nodeProxy = nodeProxy
            self.serviceNetwork = serviceNetwork ?? .standard
            self.historySeconds = historySeconds
            self.auditLogPath = auditLogPath
            self.allowsFaults = allowsFaults
            self.logger = logger
        }
    }
}

/// Why a server cannot start, in one line that says what to do.
package struct LocalAPIServerError: Error, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let badConfiguration = Code(rawValue: "badConfiguration")
        package static let cannotListen = Code(rawValue: "cannotListen")
        package static let storage = Code(rawValue: "storage")
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
