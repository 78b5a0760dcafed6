import ArgumentParser
import KubernetesClient
import KubernetesModel
import ProgramSupport
import SwarmAPI
import TaskProtocol

struct Logs: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Print what agents have logged.",
        discussion: """
            Examples:
              das logs swarm/argus             # of all its agents
              das logs swarm/argus -f --tail 20
              das logs my-task                 # of the agent that runs it, or ran it last
            """)

    @Argument(help: "swarm/NAME, or a task by name or id.")
    var target: Target

    @OptionGroup var client: ClientOptions

    @Flag(name: .shortAndLong, help: "Go on with what comes.")
    var follow = false

    @Option(help: "Only so many of the last lines of each agent.")
    var tail: Int?

    func validate() throws {
        guard tail ?? 0 >= 0 else { throw ValidationError("--tail must be at least 0") }
    }

    func run() async throws {
        var options = LogOptions()
        options.follow = follow
        options.tailLines = tail
        try await client.connect { [options] session in
            let pods = try await pods(session)
            let namesPods = pods.count > 1
            try await withThrowingTaskGroup(of: Void.self) { group in
                for pod in pods {
                    group.addTask {
                        let prefix = namesPods ? "[\(pod)] " : ""
                        var lines = LineSplitter()
                        for try await bytes in try await session.kubernetes.logs(
                            pod: pod, namespace: session.namespace, options: options)
                        {
                            for line in lines.add(bytes) { TerminalOutput.write(prefix + line + "\n") }
                        }
                        if let rest = lines.rest { TerminalOutput.write(prefix + rest + "\n") }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func pods(_ session: ClientSession) async throws -> [String] {
        switch target {
        case .task(let name):
            let task = try await session.task(name)
            guard let agent = task.agent, !agent.isEmpty else {
                throw CommandFailure(.failed, "no agent has run task \(name) yet: it is \(task.phase.rawValue)")
            }
            return [agent]
        case .swarm(let name):
            _ = try await session.swarm(name)
            let pods = try await session.kubernetes.list(
                Pod.self, namespace: session.namespace,
                options: ListOptions(labelSelector: "\(SwarmNames.swarmLabel)=\(name)")
            ).items.filter { $0.spec.nodeName != nil }.compactMap(\.metadata.name)
            guard !pods.isEmpty else { throw CommandFailure(.failed, "swarm \(name) has no agents now") }
            return pods
        }
    }
}

/// Whole lines from pieces of a text.
struct LineSplitter {
    private var pending: [UInt8] = []

    /// What has no end yet.
    var rest: String? { pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self) }

    mutating func add(_ bytes: [UInt8]) -> [String] {
        pending += bytes
        guard let end = pending.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let whole = pending[..<end]
        pending.removeSubrange(...end)
        return whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
