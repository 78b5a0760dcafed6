import Testing

/// That the tests of this folder see what they judge.
@Suite("Reading Swift files")
struct ReadingTests {
    @Test(
        "An import is found whatever stands before it",
        arguments: [
            "import Glibc", "package import Glibc", "@testable import Glibc", "@preconcurrency internal import Glibc",
            "    import Glibc", "import struct Glibc.timespec", "import Glibc  // for isatty",
        ])
    func imports(line: String) {
        #expect(SwiftFile(path: "Sources/A/A.swift", text: line).imports == ["Glibc"])
    }

    @Test(
        "What only looks like an import is none",
        arguments: ["// import Glibc", "let import_ = 1", "func x(import: Int) {}"])
    func noImports(line: String) {
        #expect(SwiftFile(path: "Sources/A/A.swift", text: line).imports.isEmpty)
    }

    @Test("Declarations are those of the top level and the members of extensions")
    func declarations() {
        let file = SwiftFile(
            path: "Sources/A/A.swift",
            text: """
                @MainActor package final class Engine: Sendable {
                    func start() {}
                }
                indirect enum Node { case leaf }
                extension Wheel.Spoke: Codable {
                    static func turn() {}
                    private var angle: Int { 1 }
                }
                struct Wheel {
                    var inner = 1
                }
                """)
        #expect(file.declarations == ["Engine", "Node", "turn", "angle", "Wheel"])
        #expect(file.extended == ["Wheel"])
    }

    @Test("A file that nothing names is dead; one that a word elsewhere names is not")
    func death() {
        let sources = [
            SwiftFile(path: "Sources/A/Used.swift", text: "struct Used {}\nstruct Helper {}"),
            SwiftFile(path: "Sources/A/User.swift", text: "func user() { _ = Used() } // Unused"),
            SwiftFile(path: "Sources/A/main.swift", text: "user()"),
            SwiftFile(path: "Sources/A/Unused.swift", text: "struct Unused {}"),
            SwiftFile(path: "Sources/A/Product.swift", text: "public struct Product {}"),
        ]
        let tests = [SwiftFile(path: "Tests/ATests/T.swift", text: "_ = Product(); _ = Unused()")]
        #expect(DeadFiles.among(sources, tests: tests) == ["Sources/A/Unused.swift"])
    }

    @Test("The manifest's targets come with what they may import")
    func manifest() throws {
        let manifest = try PackageManifest(
            """
            static let log = product(name: "Logging", package: "swift-log")
            .module("A"),
            .module(
                "B",
                ["A", .log]),
            .tests("BTests", ["B"], resources: [.copy("Reference")]),
            .systemLibrary(name: "C", pkgConfig: "c"),
            """)
        #expect(manifest.targets.map(\.name) == ["A", "B", "BTests", "C"])
        #expect(manifest.targets.map(\.dependencies) == [[], ["A", "Logging"], ["B"], []])
        #expect(manifest.importable == ["A", "B", "C", "Logging"])
    }
}
