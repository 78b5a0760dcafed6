import ArgumentParser
import KubernetesClient
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI
import TaskProtocol

struct Retry: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Run tasks that have ended anew.",
        discussion: """
            Examples:
              das retry my-task
              das retry $(das get --phase Failed -o json | jq -r '.tasks[].id')

            Makes a new task with the same input, labelled with the old one, which stays as it ended: a SwarmTask of one, and
            a task of the gateway's of one that was submitted there, or where SwarmTasks may not be created.
            """)

    @Argument(help: "Tasks, by the names of their SwarmTasks or by their ids.")
    var tasks: [String]

    @OptionGroup var client: ClientOptions
    @OptionGroup var format: OutputOption

    func run() async throws {
        try await client.connect { session in
            var made: [Repetition] = []
            for name in tasks { made.append(try await repeatTask(name, session)) }
            format.output.show(["tasks": .array(try made.map { try $0.json() })]) { isWide in
                let notes = made.compactMap(\.note)
                return (notes + [TaskText.table(made.map(\.task), isWide: isWide)]).joined(separator: "\n")
            }
        }
    }

    /// What was made of a task.
    private struct Repetition {
        var task: TaskView
        /// The SwarmTasks, by their names: the new one and the old one.
        var objects: (new: String, old: String)?

        var note: String? { objects.map { "SwarmTask \($0.new) repeats \($0.old)" } }

        func json() throws -> JSON {
            var json = try JSON(encoding: task)
            if let objects {
                json["name"] = .string(objects.new)
                json["retryOf"] = .string(objects.old)
            }
            return json
        }
    }

    private func repeatTask(_ name: String, _ session: ClientSession) async throws -> Repetition {
        guard let old = try await session.swarmTask(name) else {
            return Repetition(task: try await session.gateway.retry(name, namespace: session.namespace))
        }
        let oldName = old["metadata"]?["name"]?.stringValue ?? name
        guard try old.decode(SwarmTask.self).isFinished else {
            throw CommandFailure(
                .failed, "SwarmTask \(oldName) has not ended yet; das cancel \(oldName) ends it, to run it anew then")
        }
        do {
            let answer = try await session.kubernetes.create(
                SwarmTask.resource, SwarmTask.repetition(of: old), namespace: session.namespace)
            let new = try answer.decode(SwarmTask.self)
            return Repetition(task: TaskView(new), objects: (new.metadata.name ?? "", oldName))
        } catch let status as KubernetesStatus where status.isForbidden {
            StandardError.write(line: "SwarmTasks may not be created here, so the gateway repeats \(oldName)")
            let id = old["metadata"]?["uid"]?.stringValue ?? name
            return Repetition(task: try await session.gateway.retry(id, namespace: session.namespace))
        }
    }
}
