/// What the other tests of this folder let pass, each with the reason. An entry that nothing needs any more fails its test.
enum Exceptions {
    /// Files of more than `FileTests.lineLimit` lines.
    static let longFiles: [String: String] = [:]

    /// Files of which nothing is named anywhere else.
    static let unreferencedFiles: [String: String] = [:]

    /// Files of Tests with lines that sleep or look again and again: how many, and why no event would do.
    static let timedWaits: [String: (lines: Int, reason: String)] = [
        "Tests/ConformanceTests/ConformanceCluster.swift": (1, "no API server tells when its discovery follows a CRD"),
        "Tests/ControllerRuntimeTests/Clocks.swift": (3, "clocks that tests inject"),
        "Tests/ControllerRuntimeTests/ControllerTests.swift": (1, "a reconcile that gives others their turn"),
        "Tests/ControllerRuntimeTests/StreamingServer.swift": (2, "a clock that tests inject"),
        "Tests/ControllerRuntimeTests/WatchListTests.swift": (1, "a step of a random walk that does nothing"),
        "Tests/CurlTransportTests/RequestTests.swift": (2, "servers that are slow, and that trickle"),
        "Tests/CurlTransportTests/SocketServer.swift": (1, "what makes a server slow"),
        "Tests/CurlTransportTests/StreamTests.swift": (1, "a server that is silent for longer than allowed before"),
        "Tests/IntegrationTests/ElectionTests.swift": (1, "measures how late this machine wakes a thread"),
        "Tests/KubernetesClientTests/TestTime.swift": (1, "a clock that tests inject"),
        "Tests/TaskStorePostgresTests/FaultTests.swift": (1, "a function of the server that holds a commit up"),
        "Tests/SystemThreadsTests/DedicatedThreadTests.swift": (7, "the clock whose sleeps are tested"),
    ]

    /// Modules without a test folder of their own.
    static let untestedModules: [String: String] = [
        "CHiredis": "a module map; TaskStoreRedisTests",
        "CLapack": "a module map; ArgusTests",
        "CLibcurl": "a module map; CurlTransportTests",
        "CLibdl": "a module map; ProgramSupportTests",
        "CLibmalloc": "a module map; ProgramSupportTests",
        "CLibpq": "a module map; TaskStorePostgresTests",
        "CStatx": "a system call that Swift cannot make; TaskStoreSQLiteTests",
        "CLinuxDescriptors": "headers that Swift leaves out; AgentRuntimeTests",
        "CLibyaml": "a module map; StructuredDataTests",
        "HTTPTransport": "values and a protocol; the tests of its transports and clients",
        "OperatorService": "composition; IntegrationTests",
        "das": "composition; IntegrationTests",
        "das-operator": "composition; IntegrationTests",
        "das-gateway": "composition; IntegrationTests",
    ]

    /// Test folders that are about more than one module.
    static let otherTests: [String: String] = [
        "StructureTests": "the package as a whole",
        "PackagingTests": "CRDs, manifests, chart",
        "IntegrationTests": "what crosses processes",
        "ConformanceTests": "client and runtime on any API server",
        "ScenarioTests": "swarms and tasks on any cluster",
        "TestSupport": "what several folders of tests use",
        "CPidfd": "a system call that TestSupport waits by, and Swift cannot make",
        "TaskSimulation": "agents, gateways and a network in simulated time, for the tests of every store",
        "NetworkFaults": "a proxy and a server that fail on demand, for tests of clients",
    ]
}
