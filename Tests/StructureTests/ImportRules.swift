import Testing

/// Who may import whom: the design's import rules as a table.
///
/// A module sees the modules of its row, the standard library, `Foundation` in its parts, and the platform's C library where
/// `platform` says why. Whoever needs one module more adds it here, and so says it to the reviewer.
struct ModuleRule: Sendable {
    var module: String
    /// Modules of this package and products of others.
    var allowed: Set<String>
    /// Why the module may see the C library and threads; `nil`: it may not.
    var platform: String?

    init(_ module: String, _ allowed: Set<String>, platform: String? = nil) {
        self.module = module
        self.allowed = allowed
        self.platform = platform
    }
}

enum ImportRules {
    /// Part of every toolchain, and without input or output.
    static let language: Set<String> = ["Synchronization"]
    static let foundation: Set<String> = ["FoundationEssentials", "Foundation"]
    static let platform: Set<String> = ["Glibc", "Musl", "Darwin", "Dispatch"]

    private static let server: Set<String> = [
        "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOSSL",
        "ServiceLifecycle",
    ]
    private static let client: Set<String> = ["KubernetesClient", "KubernetesModel", "StructuredData", "Logging"]

    static let modules: [ModuleRule] = [
        // Values and protocols.
        ModuleRule("StructuredData", ["CLibyaml", "OrderedCollections"], platform: "shortest numbers by strtod"),
        ModuleRule("HTTPTransport", []),
        ModuleRule("SystemThreads", [], platform: "threads, and the end of the process"),
        ModuleRule("KubernetesModel", ["StructuredData"]),
        ModuleRule("CommonExpression", ["KubernetesModel", "StructuredData"]),
        ModuleRule("SwarmAPI", ["KubernetesModel", "StructuredData"]),
        ModuleRule("SwarmScaling", [], platform: "mathematical functions"),
        ModuleRule("TaskQueue", ["StructuredData"]),
        ModuleRule("TaskProtocol", ["HTTPTransport", "StructuredData"]),
        ModuleRule("Argus", ["CLapack", "Crypto", "StructuredData"], platform: "mathematical functions"),

        // Clients and runtimes.
        ModuleRule(
            "CurlTransport", ["CLibcurl", "HTTPTransport", "SystemThreads"],
            platform: "what libcurl's C interface takes"),
        ModuleRule(
            "KubernetesClient",
            [
                "HTTPTransport", "KubernetesModel", "Logging", "Metrics", "StructuredData", "Subprocess",
                "SystemPackage",
            ], platform: "files and credential plugins that a kubeconfig names, and the terminal that plugins ask on"),
        ModuleRule("ControllerRuntime", client.union(["DequeModule", "HeapModule", "Metrics", "SystemThreads"])),
        ModuleRule(
            "AgentRuntime",
            [
                "CLinuxDescriptors", "Crypto", "HTTPTransport", "Logging", "Metrics", "StructuredData", "SystemThreads",
                "TaskProtocol",
            ],
            platform: "worker processes, and signals"),

        // Stores and services.
        ModuleRule("ServerConnections", ["NIOCore"], platform: "what the system's errors are called"),
        ModuleRule("TaskStoreTesting", ["StructuredData", "TaskQueue"]),
        ModuleRule(
            "TaskStoreSQLite",
            ["CStatx", "GRDB", "GRDBSQLite", "Logging", "StructuredData", "SystemThreads", "TaskQueue"],
            platform: "the lock on the file, and large results as files"),
        ModuleRule(
            "TaskStorePostgres", ["CLibpq", "StructuredData", "SystemThreads", "TaskQueue"],
            platform: "what libpq's C interface takes, and waiting for its sockets"),
        ModuleRule(
            "TaskStoreRedis", ["CHiredis", "Logging", "StructuredData", "SystemThreads", "TaskQueue"],
            platform: "the sockets that hiredis opens"),
        ModuleRule(
            "TaskGateway",
            server.union([
                "Crypto", "Logging", "Metrics", "NIOHTTPTypes", "NIOPosix", "ServerConnections", "StructuredData",
                "TaskProtocol", "TaskQueue",
            ])),
        ModuleRule("KubernetesAuthentication", client.union(["HTTPTransport", "JWTKit", "TaskGateway"])),
        ModuleRule(
            "SwarmOperator",
            client.union(["ControllerRuntime", "Metrics", "SwarmAPI", "SwarmScaling", "TaskQueue"])),

        // The embedded cluster.
        ModuleRule(
            "LocalAPIServer",
            server.union([
                "CommonExpression", "Crypto", "GRDB", "HTTPTransport", "KubernetesModel", "Logging", "Metrics",
                "NIOHTTP2", "NIOHTTPTypesHTTP2", "ServerConnections", "StructuredData", "SystemThreads",
            ])
        ),
        ModuleRule("LocalControllers", client.union(["ControllerRuntime", "Metrics"])),
        ModuleRule(
            "ProcessNode",
            server.union(client).union([
                "ControllerRuntime", "Metrics", "NIOPosix", "Subprocess", "SystemPackage", "SystemThreads",
            ]),
            platform: "processes, their signals and their files"),
        ModuleRule("CertificateStore", ["Crypto", "SwiftASN1", "X509"], platform: "modes and locks of files"),
        ModuleRule(
            "LocalCluster",
            client.union([
                "CertificateStore", "ControllerRuntime", "Crypto", "CurlTransport", "HTTPTransport", "LocalAPIServer",
                "LocalControllers", "ProcessNode", "ServiceLifecycle",
            ]), platform: "finding a free port"),

        // What programs are made of.
        ModuleRule(
            "ProgramSupport", ["ArgumentParser", "CLibdl", "CLibmalloc"],
            platform: "the environment, exit codes, standard error, limits and memory of the process"),
        ModuleRule(
            "Telemetry", server.union(["CoreMetrics", "Logging", "Metrics", "ServerConnections", "UnixSignals"]),
            platform: "standard error, and the clock"),
        ModuleRule(
            "OperatorService",
            client.union([
                "ArgumentParser", "CertificateStore", "ControllerRuntime", "Crypto", "CurlTransport", "HTTPTransport",
                "KubernetesAuthentication", "ProgramSupport", "ServiceLifecycle", "SwarmAPI", "SwarmOperator",
                "TaskGateway", "TaskQueue", "TaskStorePostgres", "TaskStoreRedis", "TaskStoreSQLite",
                "UnixSignals",
                "Telemetry",
            ])),

        // Programs.
        ModuleRule(
            "das",
            client.union([
                "ArgumentParser", "CertificateStore", "CurlTransport", "HTTPTransport", "LocalAPIServer",
                "LocalCluster",
                "OperatorService", "ProcessNode", "ProgramSupport", "ServiceLifecycle", "Subprocess", "SwarmAPI",
                "SwarmScaling", "SystemPackage", "TaskProtocol", "Telemetry", "UnixSignals",
            ]), platform: "terminals and signals"),
        ModuleRule(
            "das-operator",
            client.union([
                "ArgumentParser", "CertificateStore", "OperatorService", "ProgramSupport", "ServiceLifecycle",
                "Telemetry",
            ]), platform: "a program"),
        ModuleRule(
            "das-gateway",
            client.union([
                "ArgumentParser", "CertificateStore", "KubernetesAuthentication", "OperatorService", "ProgramSupport",
                "ServiceLifecycle", "TaskGateway", "Telemetry",
            ]), platform: "a program"),
        ModuleRule(
            "agent-runner",
            [
                "AgentRuntime", "ArgumentParser", "Argus", "CurlTransport", "HTTPTransport", "Logging",
                "ProgramSupport",
                "StructuredData", "SystemThreads",
            ], platform: "a program"),
    ]

    /// What the table must keep to however it grows.
    static let laws: [ImportLaw] = [
        ImportLaw("C libraries have one wrapper each: libcurl", ["CLibcurl"], only: ["CurlTransport"]),
        ImportLaw("C libraries have one wrapper each: libpq", ["CLibpq"], only: ["TaskStorePostgres"]),
        ImportLaw("C libraries have one wrapper each: the loader", ["CLibdl"], only: ["ProgramSupport"]),
        ImportLaw("C libraries have one wrapper each: malloc", ["CLibmalloc"], only: ["ProgramSupport"]),
        ImportLaw("C libraries have one wrapper each: hiredis", ["CHiredis"], only: ["TaskStoreRedis"]),
        ImportLaw("C libraries have one wrapper each: LAPACK", ["CLapack"], only: ["Argus"]),
        ImportLaw("System calls in C have one caller each: statx", ["CStatx"], only: ["TaskStoreSQLite"]),
        ImportLaw(
            "System calls in C have one caller each: timerfd, epoll", ["CLinuxDescriptors"], only: ["AgentRuntime"]),
        ImportLaw("C libraries have one wrapper each: libyaml", ["CLibyaml"], only: ["StructuredData"]),
        ImportLaw(
            "Only those who compose choose a transport", ["CurlTransport"],
            only: ["LocalCluster", "OperatorService", "das", "das-operator", "das-gateway", "agent-runner"]),
        ImportLaw(
            "Only those who compose choose a store", ["TaskStoreSQLite", "TaskStorePostgres", "TaskStoreRedis"],
            only: ["OperatorService", "das", "das-operator", "das-gateway"]),
        ImportLaw(
            "The API server and its clients meet over HTTPS", ["KubernetesClient", "ControllerRuntime"],
            not: ["LocalAPIServer"]),
        ImportLaw(
            "Controllers would run on any API server", ["LocalAPIServer"],
            only: ["LocalCluster", "das"]),
        ImportLaw(
            "An agent carries no server and no database",
            ["Hummingbird", "HummingbirdCore", "HummingbirdTLS", "NIOCore", "NIOSSL", "GRDB", "GRDBSQLite"],
            not: ["AgentRuntime", "TaskProtocol", "Argus", "agent-runner"]),
        ImportLaw("The agents' runtime knows no workload", ["Argus"], only: ["agent-runner"]),
        ImportLaw(
            "Databases stay behind a store", ["GRDB", "GRDBSQLite"], only: ["TaskStoreSQLite", "LocalAPIServer"]),
        ImportLaw(
            "Libraries log and measure through the standard APIs", ["Telemetry"],
            only: ["OperatorService", "das", "das-operator", "das-gateway"]),
        ImportLaw("The runtime knows none of our kinds", ["SwarmAPI"], not: ["ControllerRuntime", "KubernetesClient"]),
        ImportLaw("Test kits stay out of what is shipped", ["TaskStoreTesting"], only: []),
        ImportLaw(
            "Command lines are read by programs", ["ArgumentParser"],
            only: ["ProgramSupport", "OperatorService", "das", "das-operator", "das-gateway", "agent-runner"]),
    ]

    /// Modules whose answers follow from their arguments alone.
    static let pureModules = [
        "StructuredData", "HTTPTransport", "KubernetesModel", "SwarmAPI", "SwarmScaling", "TaskQueue", "Argus",
    ]
    /// What reads or changes the world, or the time.
    static let impureWords: Set<Substring> = [
        "FileManager", "FileHandle", "FileDescriptor", "ProcessInfo", "ContinuousClock", "SuspendingClock", "getenv",
        "SystemRandomNumberGenerator", "fopen", "socket", "clock_gettime", "gettimeofday", "Thread", "DispatchQueue",
    ]
    static let purityExceptions: [String: String] = [:]
}

/// A rule over the whole table.
struct ImportLaw: Sendable, CustomTestStringConvertible {
    var sentence: String
    var imported: Set<String>
    var isBroken: @Sendable (_ importer: String) -> Bool
    var testDescription: String { sentence }

    init(_ sentence: String, _ imported: Set<String>, only importers: Set<String>) {
        self.sentence = sentence
        self.imported = imported
        isBroken = { !importers.contains($0) }
    }

    init(_ sentence: String, _ imported: Set<String>, not importers: Set<String>) {
        self.sentence = sentence
        self.imported = imported
        isBroken = { importers.contains($0) }
    }
}
