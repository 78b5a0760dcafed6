/// What the operator needs to know beyond the objects it watches.
package struct OperatorConfiguration: Sendable {
    /// Namespaces to serve; empty: all.
    package var namespaces: [String]
    /// The agents' image where a swarm names none.
    package var agentImage: String
    /// Where agents reach the gateway.
    package var gatewayURL: String
    /// The authorities that may sign the gateway's certificate, PEM.
    package var gatewayAuthorities: String
    /// Which process of the operator this is, for its Events.
    package var instance: String
    /// Labels what the operator makes; never in a selector or a pod template.
    package var version: String
    /// A task that ends within this time costs the API server no status write but the last.
    package var quietMilliseconds: Int64
    /// The least time between two progress writes on one object.
    package var progressMilliseconds: Int64
    /// How long a task that is cancelled may take to stop.
    package var cancelGraceMilliseconds: Int64
    /// The least time between two writes of a swarm's queue figures alone.
    package var figuresMilliseconds: Int64
    /// An agent that is not ready after this time holds its swarm up.
    package var startDeadlineSeconds: Int
    /// The SHA-256 of bytes, hexadecimal; `nil` where nobody can tell.
    package var sha256: @Sendable ([UInt8]) -> String?

    package init(
        namespaces: [String] = [],
        agentImage: String,
        gatewayURL: String,
        gatewayAuthorities: String,
        version: String,
        instance: String = "das-operator",
        quietMilliseconds: Int64 = 2_000,
        progressMilliseconds: Int64 = 10_000,
        cancelGraceMilliseconds: Int64 = 30_000,
        figuresMilliseconds: Int64 = 15_000,
        startDeadlineSeconds: Int = 600,
        sha256: @escaping @Sendable ([UInt8]) -> String? = { _ in nil }
    ) {
        self.namespaces = namespaces
        self.agentImage = agentImage
        self.gatewayURL = gatewayURL
        self.gatewayAuthorities = gatewayAuthorities
        self.version = version
        self.instance = instance
        self.quietMilliseconds = quietMilliseconds
        self.progressMilliseconds = progressMilliseconds
        self.cancelGraceMilliseconds = cancelGraceMilliseconds
        self.figuresMilliseconds = figuresMilliseconds
        self.startDeadlineSeconds = startDeadlineSeconds
        self.sha256 = sha256
    }
}
