/// What an agent finds in its environment.
public struct AgentConfiguration: Sendable, Hashable {
    public var gatewayURL: String
    /// PEM file of the authorities that may sign the gateway's certificate; `nil`: the system's.
    public var authoritiesFile: String?
    public var tokenFile: String
    public var namespace: String
    public var swarm: String
    /// The pod's name.
    public var name: String
    /// The task types of the swarm; `nil`: not said.
    public var capabilities: [String]?
    /// How many attempts run at once.
    public var concurrency: Int
    /// How long running attempts may take to end after SIGTERM, in seconds.
    public var drainSeconds: Int
    /// Where the readiness probe finds what the agent says.
    public var runtimeDirectory: String
    /// How much memory a worker may use.
    public var workerMemory: WorkerMemory

    public init(
        gatewayURL: String,
        authoritiesFile: String? = nil,
        tokenFile: String,
        namespace: String,
        swarm: String,
        name: String,
        capabilities: [String]? = nil,
        concurrency: Int = 1,
        drainSeconds: Int = 30,
        runtimeDirectory: String = "/tmp",
        workerMemory: WorkerMemory = WorkerMemory(limit: nil)
    ) {
        self.gatewayURL = gatewayURL
        self.authoritiesFile = authoritiesFile
        self.tokenFile = tokenFile
        self.namespace = namespace
        self.swarm = swarm
        self.name = name
        self.capabilities = capabilities
        self.concurrency = concurrency
        self.drainSeconds = drainSeconds
        self.runtimeDirectory = runtimeDirectory
        self.workerMemory = workerMemory
    }

    /// Reads the variables that every agent is given (`DAS_GATEWAY_URL` and so on).
    ///
    /// An empty variable counts as missing.
    /// - Throws: `AgentConfigurationError`, which names the variable.
    public init(environment: [String: String]) throws(AgentConfigurationError) {
        func optional(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func required(_ name: String, _ meaning: String) throws(AgentConfigurationError) -> String {
            guard let value = optional(name) else {
                throw AgentConfigurationError(variable: name, message: "\(name) is not set: it says \(meaning)")
            }
            return value
        }
        func number(_ name: String, from least: Int, default value: Int) throws(AgentConfigurationError) -> Int {
            guard let text = optional(name) else { return value }
            guard let number = Int(text), number >= least else {
                throw AgentConfigurationError(
                    variable: name, message: "\(name) is \"\(text)\", and must be a whole number of at least \(least)")
            }
            return number
        }

        let url = try required("DAS_GATEWAY_URL", "where the gateway is, as https://HOST:PORT")
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw AgentConfigurationError(
                variable: "DAS_GATEWAY_URL",
                message: "DAS_GATEWAY_URL is \"\(url)\", and must begin with https:// or http://")
        }
        self.init(
            gatewayURL: url,
            authoritiesFile: optional("DAS_CA_FILE"),
            tokenFile: try required("DAS_TOKEN_FILE", "which file holds the token for the gateway"),
            namespace: try required("DAS_NAMESPACE", "which namespace the agent works in"),
            swarm: try required("DAS_SWARM", "which swarm the agent belongs to"),
            name: try required("DAS_AGENT", "the agent's name, which is its pod's"),
            capabilities: optional("DAS_CAPABILITIES")?.split(separator: ",").map { part in
                String(part.filter { !$0.isWhitespace })
            }.filter { !$0.isEmpty },
            concurrency: try number("DAS_CONCURRENCY", from: 1, default: 1),
            drainSeconds: try number("DAS_DRAIN_SECONDS", from: 0, default: 30),
            runtimeDirectory: Self.runtimeDirectory(environment),
            workerMemory: try WorkerMemory(environment: environment))
    }

    /// `DAS_RUNTIME_DIR`, else `TMPDIR`, else `/tmp`.
    static func runtimeDirectory(_ environment: [String: String]) -> String {
        for name in ["DAS_RUNTIME_DIR", "TMPDIR"] {
            if let value = environment[name], !value.isEmpty { return value }
        }
        return "/tmp"
    }
}

/// A variable that is missing or wrong. The message names it and says what to do.
public struct AgentConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    public var variable: String
    public var message: String

    public init(variable: String, message: String) {
        self.variable = variable
        self.message = message
    }

    public var description: String { message }
}
