// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that whoever builds the project does not build this. The benchmarks call what has `package` access,
// which ends at the package: so the modules that they need are targets here too, over the same sources (`Modules` is a link to
// ../Sources). That the targets are those of ../Package.swift is tested there.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

extension Target {
    static func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
        .target(name: name, dependencies: dependencies, path: "Modules/\(name)", swiftSettings: settings)
    }
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let orderedCollections = product(name: "OrderedCollections", package: "swift-collections")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let heap = product(name: "HeapModule", package: "swift-collections")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let log = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
}

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibcurl", path: "Modules/CLibcurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CLibmalloc", path: "Modules/CLibmalloc"),
        .systemLibrary(name: "CLibpq", path: "Modules/CLibpq", pkgConfig: "libpq"),
        .systemLibrary(name: "CHiredis", path: "Modules/CHiredis"),
        .systemLibrary(name: "CLapack", path: "Modules/CLapack"),
        .systemLibrary(name: "CStatx", path: "Modules/CStatx"),
        .systemLibrary(name: "CLibssl", path: "Sources/CLibssl", pkgConfig: "openssl"),
        .systemLibrary(name: "CLibepoll", path: "Sources/CLibepoll"),
        .systemLibrary(name: "CLibyaml", path: "Modules/CLibyaml", pkgConfig: "yaml-0.1"),
        .module("StructuredData", ["CLibyaml", .orderedCollections]),
        .module("HTTPTransport"),
        .module("SystemThreads"),
        .module("KubernetesModel", ["StructuredData"]),
        .module("TaskQueue", ["StructuredData"]),
        .module("TaskProtocol", ["StructuredData", "HTTPTransport"]),
        .module("CurlTransport", ["CLibcurl", "HTTPTransport", "SystemThreads"]),
        .module(
            "KubernetesClient",
            ["HTTPTransport", "KubernetesModel", "StructuredData", .log, .metrics, .subprocess, .systemPackage]),
        .module("TaskStoreSQLite", ["CStatx", "TaskQueue", "StructuredData", "SystemThreads", .grdb, .grdbSQLite]),
        .module("TaskStorePostgres", ["TaskQueue", "StructuredData", "SystemThreads", "CLibpq"]),
        .module("TaskStoreRedis", ["TaskQueue", "StructuredData", "SystemThreads", "CHiredis", .log]),
        .module(
            "ControllerRuntime",
            ["KubernetesClient", "KubernetesModel", "StructuredData", "SystemThreads", .log, .metrics, .heap]),
        .module("SwarmAPI", ["KubernetesModel", "StructuredData"]),
        .module("SwarmScaling"),
        .module(
            "SwarmOperator",
            [
                "SwarmAPI", "SwarmScaling", "TaskQueue", "ControllerRuntime", "KubernetesClient", "KubernetesModel",
                "StructuredData", .log, .metrics,
            ]),
        .module("Argus", ["CLapack", "StructuredData", .crypto]),
        .target(name: "BenchmarkSupport", dependencies: ["StructuredData"], swiftSettings: settings),
        .executableTarget(
            name: "argus-benchmarks", dependencies: ["Argus", "BenchmarkSupport", "StructuredData", .argumentParser],
            swiftSettings: settings),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "BenchmarkSupport", "CLibepoll", "CLibmalloc", "CLibssl", "ControllerRuntime", "CurlTransport",
                "HTTPTransport",
                "KubernetesClient", "KubernetesModel",
                "StructuredData", "SwarmAPI", "SwarmOperator", "SwarmScaling", "SystemThreads", "TaskProtocol",
                "TaskQueue", "TaskStoreSQLite", "TaskStorePostgres", "TaskStoreRedis",
                .argumentParser, .grdb, .log,
            ],
            swiftSettings: settings),
    ]
)
