// swift-tools-version: 6.2
import PackageDescription

/// Settings that every Swift target shares. Warnings are errors only where this is set, as in CI, so that a newer compiler
/// does not break the build of those who only use the package.
let warnings: [SwiftSetting] =
    Context.environment["DAS_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + warnings

extension Target {
    static func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target
    {
        .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
    }

    static func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
    }

    /// What people copy. It sees what is public, as they do.
    static func example(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: dependencies, path: "Examples/\(name)", packageAccess: false,
            swiftSettings: settings)
    }

    /// What several test targets share.
    static func testKit(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
    }

    static func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
        .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
    }
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let orderedCollections = product(name: "OrderedCollections", package: "swift-collections")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let heap = product(name: "HeapModule", package: "swift-collections")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let certificates = product(name: "X509", package: "swift-certificates")
    static let jwt = product(name: "JWTKit", package: "jwt-kit")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let log = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTP2 = product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP2 = product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
}

let package = Package(
    name: "dynamic-agent-swarms",
    products: [
        .library(
            name: "KubernetesClient",
            targets: ["KubernetesClient", "KubernetesModel", "HTTPTransport", "CurlTransport"]),
        .library(name: "StructuredData", targets: ["StructuredData"]),
        .library(name: "ControllerRuntime", targets: ["ControllerRuntime"]),
        .library(name: "Telemetry", targets: ["Telemetry"]),
        .library(name: "AgentRuntime", targets: ["AgentRuntime"]),
        .library(name: "Argus", targets: ["Argus"]),
        .executable(name: "das", targets: ["das"]),
        .executable(name: "das-operator", targets: ["das-operator"]),
        .executable(name: "das-gateway", targets: ["das-gateway"]),
        .executable(name: "agent-runner", targets: ["agent-runner"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // System libraries, each imported only by its one wrapper.
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibdl"),
        .systemLibrary(name: "CLibmalloc"),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CStatx"),
        .systemLibrary(name: "CLinuxDescriptors"),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // Without its pkg-config file, which has flags that the package manager refuses.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        // By its name alone: where several builds of the library are installed, the system's choice of one holds.
        .systemLibrary(name: "CLapack", providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),

        // Values and protocols.
        .module("StructuredData", ["CLibyaml", .orderedCollections]),
        .module("HTTPTransport"),
        .module("SystemThreads"),
        .module("KubernetesModel", ["StructuredData"]),
        .module("CommonExpression", ["KubernetesModel", "StructuredData"]),
        .module("SwarmAPI", ["KubernetesModel", "StructuredData"]),
        .module("SwarmScaling"),
        .module("TaskQueue", ["StructuredData"]),
        .module("TaskProtocol", ["StructuredData", "HTTPTransport"]),
        .module("Argus", ["CLapack", "StructuredData", .crypto]),

        // Clients and runtimes.
        .module("CurlTransport", ["CLibcurl", "HTTPTransport", "SystemThreads"]),
        .module(
            "KubernetesClient",
            ["HTTPTransport", "KubernetesModel", "StructuredData", .log, .metrics, .subprocess, .systemPackage]),
        .module(
            "ControllerRuntime",
            ["KubernetesClient", "KubernetesModel", "StructuredData", "SystemThreads", .log, .metrics, .heap]),
        .module(
            "AgentRuntime",
            ["CLinuxDescriptors", "TaskProtocol", "HTTPTransport", "StructuredData", "SystemThreads", .crypto, .log]),

        // Stores and services.
        .module("ServerConnections", [.nioCore]),
        .module("TaskStoreTesting", ["TaskQueue", "StructuredData"]),
        .module(
            "TaskStoreSQLite", ["CStatx", "TaskQueue", "StructuredData", "SystemThreads", .grdb, .grdbSQLite]),
        .module("TaskStorePostgres", ["CLibpq", "TaskQueue", "StructuredData", "SystemThreads"]),
        .module("TaskStoreRedis", ["CHiredis", "TaskQueue", "StructuredData", "SystemThreads", .log]),
        .module(
            "TaskGateway",
            [
                "TaskQueue", "TaskProtocol", "ServerConnections", "StructuredData", .hummingbird, .hummingbirdCore,
                .hummingbirdTLS, .httpTypes, .nioCore, .nioPosix, .nioHTTPTypes, .nioSSL, .crypto, .log, .metrics,
                .serviceLifecycle,
            ]),
        .module(
            "KubernetesAuthentication",
            ["TaskGateway", "HTTPTransport", "KubernetesClient", "KubernetesModel", .jwt, .log]),
        .module(
            "SwarmOperator",
            [
                "SwarmAPI", "SwarmScaling", "TaskQueue", "ControllerRuntime", "KubernetesClient", "KubernetesModel",
                "StructuredData", .log, .metrics,
            ]),

        // The embedded cluster.
        .module(
            "LocalAPIServer",
            [
                "CommonExpression", "HTTPTransport", "KubernetesModel", "ServerConnections", "StructuredData",
                "SystemThreads", .grdb, .hummingbird, .hummingbirdCore,
                .httpTypes, .nioCore, .nioHTTP2, .nioHTTPTypesHTTP2, .nioSSL, .crypto, .log, .metrics,
                .serviceLifecycle,
            ]),
        .module(
            "LocalControllers", ["ControllerRuntime", "KubernetesClient", "KubernetesModel", "StructuredData", .log]),
        .module(
            "ProcessNode",
            [
                "ControllerRuntime", "KubernetesClient", "KubernetesModel", "StructuredData", "SystemThreads",
                .subprocess, .systemPackage, .hummingbird,
                .hummingbirdTLS, .httpTypes, .nioCore, .nioPosix, .nioSSL, .log, .serviceLifecycle,
            ]),
        .module(
            "LocalCluster",
            [
                "CertificateStore", "LocalAPIServer", "LocalControllers", "ProcessNode",
                "KubernetesClient",
                "CurlTransport", "HTTPTransport", "StructuredData", .crypto, .log, .serviceLifecycle,
            ]),
        .module("ProgramSupport", ["CLibdl", "CLibmalloc", .argumentParser]),
        .module("CertificateStore", [.certificates, .crypto, .asn1]),
        .module(
            "Telemetry",
            ["ServerConnections", .log, .coreMetrics, .hummingbird, .nioCore, .serviceLifecycle, .unixSignals]),
        .module(
            "OperatorService",
            [
                "ProgramSupport", "CertificateStore", "ControllerRuntime", "SwarmOperator", "TaskGateway",
                "TaskStorePostgres", "TaskStoreRedis", "TaskStoreSQLite", "TaskQueue", "KubernetesAuthentication",
                "KubernetesClient",
                "KubernetesModel",
                "CurlTransport", "HTTPTransport", "Telemetry", .crypto, .log,
                .argumentParser, .serviceLifecycle, .unixSignals,
            ]),

        // Programs.
        .program(
            "das",
            [
                "ProgramSupport", "CertificateStore", "LocalAPIServer", "LocalCluster", "OperatorService",
                "ProcessNode", "SwarmAPI", "SwarmScaling", "KubernetesClient",
                "KubernetesModel", "CurlTransport",
                "HTTPTransport",
                "TaskProtocol", "StructuredData", "Telemetry", .argumentParser, .log, .serviceLifecycle, .unixSignals,
                .subprocess, .systemPackage,
            ]),
        .program(
            "das-operator",
            [
                "ProgramSupport", "OperatorService", "Telemetry", "KubernetesClient", .argumentParser, .log,
                .serviceLifecycle,
            ]),
        .program(
            "das-gateway",
            [
                "ProgramSupport", "OperatorService",
                .argumentParser,
            ]),
        .program(
            "agent-runner",
            [
                "AgentRuntime", "Argus", "CurlTransport", "HTTPTransport", "ProgramSupport", "StructuredData",
                "SystemThreads",
                .argumentParser, .log,
            ]),

        // Examples.
        .example(
            "greeter-controller",
            [
                "ControllerRuntime", "CurlTransport", "KubernetesClient", "KubernetesModel", "StructuredData",
                "Telemetry", .argumentParser,
            ]),

        .tests("StructuredDataTests", ["StructuredData", "TestSupport"]),
        .tests("CommonExpressionTests", ["CommonExpression", "StructuredData"]),
        .tests("SystemThreadsTests", ["SystemThreads", "TestSupport"]),
        .tests(
            "ControllerRuntimeTests",
            [
                "NetworkFaults", "TestSupport", "ControllerRuntime", "CurlTransport", "HTTPTransport",
                "KubernetesClient", "KubernetesModel", "StructuredData", "Telemetry", .log,
            ]),
        .tests(
            "ProcessNodeTests",
            [
                "TestSupport", "ProcessNode", "CertificateStore", "ControllerRuntime", "CurlTransport", "HTTPTransport",
                "KubernetesModel", "StructuredData", .log,
            ]),
        .tests(
            "LocalControllersTests",
            [
                "LocalControllers", "ControllerRuntime", "HTTPTransport", "KubernetesClient", "KubernetesModel",
                "StructuredData", .log,
            ]),
        .tests(
            "LocalClusterTests",
            [
                "TestSupport", "LocalCluster", "CertificateStore", "CurlTransport", "HTTPTransport", "KubernetesClient",
                "KubernetesModel", "StructuredData", "das", .log, .serviceLifecycle,
            ]),
        .tests(
            "LocalAPIServerTests",
            [
                "LocalAPIServer", "CertificateStore", "CommonExpression", "KubernetesModel", "StructuredData",
                "SwarmAPI",
                "HTTPTransport", "CurlTransport", "TestSupport",
                .grdb, .httpTypes, .log, .serviceLifecycle,
            ], resources: [.copy("Corpus")]),
        .testKit(
            "TestSupport",
            [
                "CPidfd", "ControllerRuntime", "KubernetesClient", "KubernetesModel", "SystemThreads", .log,
                .subprocess, .systemPackage,
            ]),
        .systemLibrary(name: "CPidfd", path: "Tests/CPidfd"),
        .testKit(
            "TaskSimulation",
            ["AgentRuntime", "TaskProtocol", "TaskQueue", "TaskStoreTesting", "StructuredData", .heap]),
        .testKit(
            "NetworkFaults",
            [
                "TestSupport", "CertificateStore", "CurlTransport", "HTTPTransport", "KubernetesClient", .nioCore,
                .nioPosix, .nioHTTP1, .nioHTTP2, .nioSSL,
            ]),
        .tests(
            "IntegrationTests",
            [
                "TestSupport", "CertificateStore", "ControllerRuntime", "KubernetesClient", "KubernetesModel",
                "CurlTransport", "HTTPTransport", "LocalCluster", "NetworkFaults", "OperatorService", "StructuredData",
                "SwarmAPI", "SwarmOperator", "SystemThreads", "TaskProtocol", "TaskQueue", "TaskStorePostgres",
                "TaskStoreRedis", "TaskStoreSQLite", "TaskStoreTesting", "greeter-controller", .crypto, .log,
                .serviceLifecycle,
            ]),
        .tests(
            "ScenarioTests",
            [
                "TestSupport", "CurlTransport", "HTTPTransport", "KubernetesClient", "KubernetesModel",
                "StructuredData",
                "SwarmAPI", "das", "das-operator", "agent-runner",
            ]),
        .tests(
            "ConformanceTests",
            [
                "TestSupport", "ControllerRuntime", "KubernetesClient", "KubernetesModel", "CurlTransport",
                "HTTPTransport", "StructuredData", "das",
            ]),
        .tests("CertificateStoreTests", ["CertificateStore", "TestSupport"]),
        .tests("ProgramSupportTests", ["ProgramSupport", .argumentParser]),
        .tests(
            "KubernetesAuthenticationTests",
            [
                "KubernetesAuthentication", "HTTPTransport", "KubernetesClient", "StructuredData", "TaskGateway", .jwt,
            ]),
        .tests("SwarmAPITests", ["CommonExpression", "SwarmAPI", "StructuredData", "KubernetesModel"]),
        .tests("TelemetryTests", ["Telemetry", "CurlTransport", "HTTPTransport", .coreMetrics, .log]),
        .tests("SwarmScalingTests", ["SwarmScaling", "StructuredData"], resources: [.copy("Reference")]),
        .tests(
            "SwarmOperatorTests",
            [
                "SwarmOperator", "SwarmAPI", "SwarmScaling", "ControllerRuntime", "KubernetesClient", "HTTPTransport",
                "TaskStoreTesting", "TaskQueue", "KubernetesModel", "StructuredData", .log,
            ]),
        .tests("TaskQueueTests", ["TaskQueue", "StructuredData"]),
        .tests("TaskStoreTestingTests", ["TaskSimulation", "TaskStoreTesting"]),
        .tests(
            "TaskStoreSQLiteTests",
            ["TaskSimulation", "TestSupport", "TaskStoreSQLite", "TaskStoreTesting", "TaskQueue", .grdb, .grdbSQLite]),
        .tests(
            "TaskStorePostgresTests",
            [
                "TaskSimulation", "TestSupport", "NetworkFaults", "TaskStorePostgres", "TaskStoreTesting", "TaskQueue",
                "SystemThreads",
            ]),
        .tests(
            "TaskStoreRedisTests",
            ["TaskSimulation", "TestSupport", "TaskStoreRedis", "TaskStoreTesting", "TaskQueue", .log]),
        .tests("ServerConnectionsTests", ["ServerConnections", .nioCore, .nioEmbedded, .nioPosix]),
        .tests(
            "TaskGatewayTests",
            [
                "TestSupport", "TaskGateway", "TaskProtocol", "TaskQueue", "TaskStoreSQLite", "TaskStoreTesting",
                "StructuredData", "HTTPTransport", "CurlTransport", .crypto, .log, .nioPosix, .serviceLifecycle,
            ]),
        .tests("CurlTransportTests", ["TestSupport", "NetworkFaults", "CurlTransport", "HTTPTransport"]),
        .tests("KubernetesModelTests", ["KubernetesModel", "StructuredData"]),
        .tests(
            "TaskProtocolTests", ["TestSupport", "TaskProtocol", "HTTPTransport", "StructuredData"],
            resources: [.copy("Corpus")]),
        .tests(
            "AgentRuntimeTests",
            [
                "TestSupport", "AgentRuntime", "CurlTransport", "TaskProtocol", "HTTPTransport", "StructuredData",
                "agent-runner", .log,
            ]),
        .tests(
            "AgentRunnerTests",
            [
                "TestSupport", "TaskProtocol", "TaskGateway", "TaskQueue", "TaskStoreSQLite", "CurlTransport",
                "AgentRuntime", "HTTPTransport", "StructuredData", "SystemThreads", "agent-runner", .log,
            ]),
        .tests(
            "KubernetesClientTests",
            [
                "NetworkFaults", "TestSupport", "CurlTransport", "KubernetesClient", "KubernetesModel",
                "HTTPTransport", "StructuredData", .coreMetrics, .log,
            ]),
        .tests("ArgusTests", ["Argus", "StructuredData"], resources: [.copy("Reference")]),
        .tests("StructureTests", ["TestSupport"]),
        .tests(
            "PackagingTests",
            ["TestSupport", "OperatorService", "SwarmAPI", "StructuredData", "TaskQueue", .argumentParser]),
    ]
)
