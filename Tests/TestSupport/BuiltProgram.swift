import FoundationEssentials

/// The programs that were built together with the tests.
package enum BuiltProgram {
    package static func path(_ name: String) throws -> String {
        let places =
            [try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")] + CommandLine.arguments
        for place in places.compactMap({ $0 }) where place.hasPrefix("/") {
            // On Linux the test bundle is a file in the build directory.
            let program = URL(filePath: place).deletingLastPathComponent().appending(path: name).path
            if FileManager.default.isExecutableFile(atPath: program) { return program }
        }
        throw NotBuilt(name: name)
    }

    package struct NotBuilt: Error, CustomStringConvertible {
        package var name: String
        package var description: String {
            "\(name) is not beside the tests; build it first: swift build --product \(name)"
        }
    }
}
