import ArgumentParser
import KubernetesClient
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI
import TaskProtocol

struct Cancel: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Cancel tasks.",
        discussion: """
            Examples:
              das cancel my-task                     # the workload is asked to stop
              das cancel my-task --grace-seconds 10  # and killed if it has not within 10 s
              das cancel my-task --force             # killed at once

            A task that has ended stays as it ended.
            """)

    @Argument(help: "Tasks, by the names of their SwarmTasks or by their ids.")
    var tasks: [String]

    @OptionGroup var client: ClientOptions

    @Flag(help: "Do not ask: kill the attempt.")
    var force = false

    @Option(help: "Kill the attempt if it goes on for so long.")
    var graceSeconds: Double?

    @OptionGroup var format: OutputOption

    func validate() throws {
        guard (0..<1e9).contains(graceSeconds ?? 0) else { throw ValidationError("--grace-seconds must be at least 0") }
    }

    func run() async throws {
        let request = CancelRequest(
            mode: force ? .force : .cooperative, graceMs: graceSeconds.map { Int64($0 * 1000) })
        try await client.connect { session in
            var cancelled: [TaskView] = []
            for name in tasks { cancelled.append(try await cancel(name, request, session)) }
            format.output.show(["tasks": try JSON(encoding: cancelled)]) { TaskText.table(cancelled, isWide: $0) }
        }
    }

    private func cancel(_ name: String, _ request: CancelRequest, _ session: ClientSession) async throws -> TaskView {
        let id = try await session.taskID(name)
        do {
            return try await session.gateway.cancel(id, namespace: session.namespace, request)
        } catch let error as GatewayError where error.problem?.status == 404 {
            // Not in the queue yet; its object can say so.
            guard id != name else {
                throw CommandFailure(.failed, "there is no task \(name) in namespace \(session.namespace)")
            }
            return TaskView(
                try await session.kubernetes.patch(
                    SwarmTask.self, name, namespace: session.namespace, patch: .merge(["spec": ["cancel": true]])))
        }
    }
}
