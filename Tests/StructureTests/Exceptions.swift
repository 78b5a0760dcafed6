/// What the other tests of this folder let pass, each with the reason. An entry that nothing needs any more fails its test.
enum Exceptions {
    /// Files of more than `FileTests.lineLimit` lines.
    static let longFiles: [String: String] = [:]

    /// Files of which nothing is named anywhere else.
    static let unreferencedFiles: [String: String] = [:]

    /// Modules without a test folder of their own.
    static let untestedModules: [String: String] = [
        "CLibcurl": "a module map; CurlTransportTests",
        "CLibyaml": "a module map; StructuredDataTests",
        "HTTPTransport": "values and a protocol; the tests of its transports and clients",
        "TaskStoreTesting": "a test kit; TaskStoreSQLiteTests runs it",
        "OperatorService": "composition; IntegrationTests",
        "LocalCluster": "composition; IntegrationTests",
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
        "TestSupport": "what several folders of tests use",
        "CPidfd": "a system call that TestSupport waits by, and Swift cannot make",
        "NetworkFaults": "a proxy and a server that fail on demand, for tests of clients",
    ]
}
