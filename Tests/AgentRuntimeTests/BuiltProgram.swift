import FoundationEssentials

/// The programs that were built together with these tests.
enum BuiltProgram {
    static func path(_ name: String) throws -> String {
        let places =
            [try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")] + CommandLine.arguments
        for place in places.compactMap({ $0 }) where place.hasPrefix("/") {
            // On Linux the test bundle is a file in the build directory.
            let program = URL(filePath: place).deletingLastPathComponent().appending(path: name).path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
        }
        throw NotBuilt(name: name)
    }

    struct NotBuilt: Error, CustomStringConvertible {
        var name: String
        var description: String { "\(name) is not beside the tests; build it first: swift build --product \(name)" }
    }
}
