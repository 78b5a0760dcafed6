import Foundation

/// A `das up` as a child process, on a folder that goes with it.
package struct ClusterProcess: Sendable {
    package let directory: String
    package let up: ChildProgram

    package var kubeconfig: String { "\(directory)/kubeconfig" }

    package static func newDirectory() -> String { "/tmp/das-test-\(UInt64.random(in: .min ... .max))" }

    /// Starts a cluster on the folder, which may hold the data of an earlier one, and waits until it answers.
    package static func start(_ directory: String, arguments: [String] = []) async throws -> ClusterProcess {
        let up = try await ChildProgram.start(
            BuiltProgram.path("das"), ["up", "--data-dir", directory] + arguments)
        try await up.waitFor("das is up")
        return ClusterProcess(directory: directory, up: up)
    }

    /// Ends it as Ctrl-C would; the exit code.
    package func stop() async throws -> Int32 {
        up.send(SIGTERM)
        return try await up.exitCode()
    }

    /// Kills whatever is still running on a folder, and removes it.
    package static func discard(_ directory: String) {
        for process in ProcessTable.holding(directory) { kill(process.pid, SIGKILL) }
        // A test that failed early may have made none.
        try? FileManager.default.removeItem(atPath: directory)
    }
}
