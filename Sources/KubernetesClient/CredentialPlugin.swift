public import StructuredData

/// A program that gives credentials: the `exec` of a kubeconfig's user (`client.authentication.k8s.io`).
public struct CredentialPlugin: Sendable, Hashable {
    /// What the program reads and writes.
    public enum APIVersion: String, Sendable, Hashable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    /// Whether the program gets the terminal that the client runs on.
    public enum InteractiveMode: String, Sendable, Hashable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        /// Without a terminal there are no credentials.
        case always = "Always"
    }

    public var apiVersion: APIVersion
    /// A path, or a name to be found in `PATH`.
    public var command: String
    public var arguments: [String]
    /// All there is, but for `KUBERNETES_EXEC_INFO`.
    public var environment: [String: String]
    public var interactiveMode: InteractiveMode
    /// For people who do not have the program.
    public var installHint: String?
    /// What the program is told of the server (`spec.cluster`); `nil`: nothing.
    public var cluster: JSON?
    /// A run that takes longer is ended, and has failed. One at a terminal has `interactiveTimeLimitSeconds`, for people to log in.
    public var timeLimitSeconds: Double

    public static let interactiveTimeLimitSeconds = 600.0

    public init(
        apiVersion: APIVersion,
        command: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        interactiveMode: InteractiveMode = .ifAvailable,
        installHint: String? = nil,
        cluster: JSON? = nil,
        timeLimitSeconds: Double = 60
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.interactiveMode = interactiveMode
        self.installHint = installHint
        self.cluster = cluster
        self.timeLimitSeconds = timeLimitSeconds
    }

    /// The `ExecCredential` that the program finds in `KUBERNETES_EXEC_INFO`.
    func request(isInteractive: Bool) -> JSON {
        var spec: JSON = ["interactive": .bool(isInteractive)]
        if let cluster { spec["cluster"] = cluster }
        return ["apiVersion": .string(apiVersion.rawValue), "kind": "ExecCredential", "spec": spec]
    }
}
