import Foundation
package import StructuredData

/// A script of `Benchmarks/Peers` that does the same work by other means, in the same run, and prints a JSON object.
package struct PythonPeer {
    /// The script's file name.
    package var script: String
    /// What `pip` must install for it.
    package var packages: [String]
    /// What else it needs, for the message where it fails.
    package var alsoNeeds: String?

    package init(script: String, packages: [String], alsoNeeds: String? = nil) {
        self.script = script
        self.packages = packages
        self.alsoNeeds = alsoNeeds
    }

    /// Where the scripts are, from the root of the project or from the package of the benchmarks.
    private static let folders = ["Benchmarks/Peers", "Peers"]

    /// Runs the script and answers what it printed.
    /// - Parameters:
    ///   - python: an interpreter that has the packages.
    ///   - arguments: for the script.
    ///   - environment: variables to set beside those of this process.
    package func run(python: String, _ arguments: [String], environment: [String: String] = [:]) throws -> JSON {
        let path = Self.folders.map { "\($0)/\(script)" }.first(where: FileManager.default.fileExists(atPath:))
        guard let path else {
            throw BenchmarkFailure(
                "\(Self.folders[0])/\(script) is not here: run the benchmark from the root of the project")
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let quoted = packages.map { "'\($0)'" }.joined(separator: " ")
            throw BenchmarkFailure(
                """
                the peer ended with \(process.terminationStatus). It needs \(alsoNeeds.map { "\($0), and " } ?? "")a Python \
                with its packages: python3 -m venv VENV && VENV/bin/pip install \(quoted), then --python VENV/bin/python
                """)
        }
        do {
            return try JSON.parse(Array(bytes))
        } catch {
            throw BenchmarkFailure("the peer printed something else: \(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
