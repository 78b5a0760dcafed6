package import CertificateStore
package import LocalAPIServer

/// What a local cluster needs to know.
package struct LocalClusterConfiguration: Sendable {
    package var dataDirectory: DataDirectory
    package var host: String
    /// 0: the port of the last time if it is free, else any free one.
    package var port: Int
    /// Further users of the API.
    package var tokens: [StaticToken]
    /// Executables by image name.
    package var images: [String: String]
    package var nodeName: String
    /// Where the API server notes every request; `nil`: nowhere.
    package var auditLogPath: String?
    /// Whether tests may make requests go wrong.
    package var allowsFaults: Bool
    /// Nodes that only pretend to run pods.
    package var simulatedNodeCount: Int
    /// How long their pods take to become ready.
    package var simulatedReadyDelay: Duration
    /// After which time their pods that are not to be restarted end; `nil`: never, unless a pod says so itself.
    package var simulatedRunTime: Duration?
    /// How long pods stay at most on a node that is not heard of; `nil`: as long as they tolerate it.
    package var podEvictionLimit: Duration?

    package init(
        dataDirectory: DataDirectory,
        host: String = "127.0.0.1",
        port: Int = 0,
        tokens: [StaticToken] = [],
        images: [String: String] = [:],
        nodeName: String = "local",
        auditLogPath: String? = nil,
        allowsFaults: Bool = false,
        simulatedNodeCount: Int = 0,
        simulatedReadyDelay: Duration = .zero,
        simulatedRunTime: Duration? = nil,
        podEvictionLimit: Duration? = nil
    ) {
        self.dataDirectory = dataDirectory
        self.host = host
        self.port = port
        self.tokens = tokens
        self.images = images
        self.nodeName = nodeName
        self.auditLogPath = auditLogPath
        self.allowsFaults = allowsFaults
        self.simulatedNodeCount = simulatedNodeCount
        self.simulatedReadyDelay = simulatedReadyDelay
        self.simulatedRunTime = simulatedRunTime
        self.podEvictionLimit = podEvictionLimit
    }
}
