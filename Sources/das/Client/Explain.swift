import ArgumentParser
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI
import TaskProtocol

struct Explain: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Say why a swarm has as many agents as it has, and why a task is where it is.",
        discussion: """
            Examples:
              das explain swarm/argus          # the last decisions, each made again from its recorded inputs
              das explain my-task              # what it waits for, its attempts, and how they ended

            A scaling decision is a function of the inputs that the ledger keeps with it. They are decided on again here; where
            another release would decide otherwise, that is said.
            """)

    @Argument(help: "swarm/NAME, or a task by name or id.")
    var target: Target

    @OptionGroup var client: ClientOptions

    @Option(help: "How many of a swarm's last decisions.")
    var decisions = 5

    @OptionGroup var format: OutputOption

    func validate() throws {
        guard decisions >= 0 else { throw ValidationError("--decisions must be at least 0") }
    }

    func run() async throws {
        try await client.connect { session in
            switch target {
            case .swarm(let name): try await explain(swarm: name, session)
            case .task(let name): try await explain(task: name, session)
            }
        }
    }

    private func explain(swarm name: String, _ session: ClientSession) async throws {
        let swarm = try await session.swarm(name)
        let last = try await session.gateway.decisions(swarm: name, namespace: session.namespace)
            .sorted { $0.time > $1.time }.prefix(decisions).map(DecisionReplay.init)
        let explanation = SwarmExplanation(name: name, status: swarm.status, decisions: Array(last))
        let value: JSON = [
            "swarm": .string(name), "explanation": .string(explanation.summary),
            "status": try JSON(encoding: swarm.status), "decisions": .array(try last.map { try $0.json() }),
        ]
        format.output.show(value) { _ in explanation.text }
    }

    private func explain(task name: String, _ session: ClientSession) async throws {
        let task = try await session.task(name)
        var attempts: [AttemptView] = []
        do {
            attempts = try await session.gateway.attempts(of: task.id, namespace: session.namespace)
        } catch let error as GatewayError where error.problem?.status == 404 {
            // The queue does not know the task yet.
        }
        let value: JSON = ["task": try JSON(encoding: task), "attempts": try JSON(encoding: attempts)]
        format.output.show(value) { _ in TaskExplanation(task: task, attempts: attempts).text }
    }
}
