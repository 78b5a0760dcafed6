private import FoundationEssentials
import Glibc
import StructuredData

/// Tells the readiness probe, which is another process in the same pod, how the agent stands.
///
/// The agent writes a file that names its process by id and start time, so that what an earlier life left behind counts for
/// nothing, even where the process id is in use again.
public struct Readiness: Sendable {
    private let path: String

    /// - Parameter namespace: nodes that run pods as processes share one directory between namespaces.
    public init(directory: String, namespace: String, agent: String) {
        let name = String(
            "\(namespace).\(agent)".map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." ? $0 : "_" })
        path = "\(directory)/das-agent-\(name).json"
    }

    /// The place that an agent with this environment uses.
    /// - Throws: `AgentConfigurationError` where `DAS_AGENT` is missing.
    public init(environment: [String: String]) throws(AgentConfigurationError) {
        guard let agent = environment["DAS_AGENT"], !agent.isEmpty else {
            throw AgentConfigurationError(
                variable: "DAS_AGENT", message: "DAS_AGENT is not set: it says the agent's name, which is its pod's")
        }
        self.init(
            directory: AgentConfiguration.runtimeDirectory(environment),
            namespace: environment["DAS_NAMESPACE"] ?? "", agent: agent)
    }

    /// Says how this process stands; the file changes as a whole.
    func write(ready: Bool, reason: String) throws {
        let pid = getpid()
        let state: JSON = [
            "pid": JSON(Int(pid)), "started": Self.startTime(of: pid).map { .string($0) } ?? .null,
            "ready": .bool(ready),
            "reason": .string(reason),
        ]
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(state.serialized()).write(to: URL(filePath: path), options: .atomic)
    }

    func remove() { unlink(path) }

    /// Why the agent is not ready, in one line; `nil`: it is.
    public func reasonNotReady() -> String? {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            return "not ready: no agent has registered (there is no \(path))"
        }
        guard let state = try? JSON.parse([UInt8](bytes)),
            let pid = state["pid"]?.intValue.flatMap(pid_t.init(exactly:))
        else { return "not ready: \(path) is damaged" }
        guard let started = Self.startTime(of: pid), started == state["started"]?.stringValue else {
            return "not ready: \(path) is of an agent that has ended"
        }
        guard state["ready"]?.boolValue == true else {
            return "not ready: \(state["reason"]?.stringValue ?? "the agent says so")"
        }
        return nil
    }

    /// When the process started, in clock ticks since boot: the 22nd field of its `stat`, counted behind the name, which may
    /// itself hold spaces and parentheses.
    private static func startTime(of pid: pid_t) -> String? {
        guard let bytes = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/stat")) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // A zombie has ended, though it still has a start time.
        return fields.count > 19 && fields[0] != "Z" ? String(fields[19]) : nil
    }
}
