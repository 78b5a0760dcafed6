import Foundation
import TestSupport

/// `agent-runner` serving as an agent.
final class AgentProcess {
    let process = Process()
    private let directory: String
    private let gateway: String
    private let drainSeconds: Int
    private let log = Pipe()

    /// - Parameter gateway: by default a place where nobody listens.
    init(directory: String, gateway: String = "http://127.0.0.1:9", drainSeconds: Int = 30) throws {
        self.directory = directory
        self.gateway = gateway
        self.drainSeconds = drainSeconds
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try "secret".write(toFile: "\(directory)/token", atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: try BuiltProgram.path("agent-runner"))
        process.environment = environment
        process.standardError = log
        try process.run()
    }

    var environment: [String: String] {
        [
            "DAS_GATEWAY_URL": gateway, "DAS_TOKEN_FILE": "\(directory)/token", "DAS_NAMESPACE": "team",
            "DAS_SWARM": "argus", "DAS_AGENT": "argus-1", "DAS_CONCURRENCY": "2",
            "DAS_DRAIN_SECONDS": "\(drainSeconds)", "DAS_RUNTIME_DIR": directory,
        ]
    }

    /// The process ids of its children.
    var children: [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap(Int32.init).filter { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return false }
            return stat[end...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
                == process.processIdentifier
        }
    }

    /// Reads the log until a line contains `text`. Nothing else reads it: what an agent says in a test fits a pipe.
    func waitForLog(_ text: String) -> String {
        var seen = ""
        while !seen.contains(text) {
            let data = log.fileHandleForReading.availableData
            if data.isEmpty { break }
            seen += String(decoding: data, as: UTF8.self)
        }
        return seen
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
