import Foundation
import TestSupport

/// `agent-runner`, or another program, serving as an agent.
final class AgentProcess {
    let process: ChildProgram
    /// All that it found in its environment.
    let environment: [String: String]
    private let directory: String

    /// - Parameters:
    ///   - gateway: by default a place where nobody listens.
    ///   - command: another program than `agent-runner`, to be found in `PATH`, with its arguments.
    ///   - settings: more of its environment.
    init(
        directory: String, gateway: String = "http://127.0.0.1:9", drainSeconds: Int = 30, command: [String] = [],
        settings: [String: String] = [:]
    ) async throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try "secret".write(toFile: "\(directory)/token", atomically: true, encoding: .utf8)
        environment = Self.environment(directory, gateway, drainSeconds).merging(settings) { _, own in own }
        process = try await ChildProgram.start(
            command.first ?? BuiltProgram.path("agent-runner"), Array(command.dropFirst()), environment: environment,
            inheritsEnvironment: false)
    }

    private static func environment(_ directory: String, _ gateway: String, _ drainSeconds: Int) -> [String: String] {
        [
            "DAS_GATEWAY_URL": gateway, "DAS_TOKEN_FILE": "\(directory)/token", "DAS_NAMESPACE": "team",
            "DAS_SWARM": "argus", "DAS_AGENT": "argus-1", "DAS_CONCURRENCY": "2",
            "DAS_DRAIN_SECONDS": "\(drainSeconds)", "DAS_RUNTIME_DIR": directory, "DAS_LOG_LEVEL": "debug",
        ]
    }

    /// The process ids of its children.
    var children: [Int32] { ProcessTable.children(of: process.processIdentifier) }

    deinit { try? FileManager.default.removeItem(atPath: directory) }
}
