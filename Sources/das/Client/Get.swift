import ArgumentParser
import KubernetesClient
import KubernetesModel
import ProgramSupport
import StructuredData
import SwarmAPI
import TaskProtocol

struct Get: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Show swarms and tasks.",
        discussion: """
            Examples:
              das get                         # the latest tasks of the namespace
              das get --swarm argus --phase Failed -o wide
              das get swarms
              das get my-task -o yaml         # by the name of its SwarmTask, or by its id
              das get swarm/argus -o json
            """)

    @Argument(help: "`swarms`, `tasks`, swarm/NAME, or tasks by name or id. Default: tasks.")
    var targets: [String] = []

    @OptionGroup var client: ClientOptions

    @Option(help: "Only tasks of this swarm.")
    var swarm: String?

    @Option(help: "Only tasks of this type.")
    var type: String?

    @Option(help: "Only tasks in this phase: Queued, Running, Succeeded, Failed or Cancelled.")
    var phase: String?

    @Option(help: "At most so many tasks, newest first.")
    var limit = 50

    @OptionGroup var format: OutputOption

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
        let phases = ["Queued", "Running", "Succeeded", "Failed", "Cancelled"]
        if let phase, !phases.contains(phase) {
            throw ValidationError("--phase is \(phase); it must be one of \(phases.joined(separator: ", "))")
        }
        for target in targets where !["swarms", "tasks"].contains(target) {
            guard Target(argument: target) != nil else {
                throw ValidationError("\(target) is neither swarm/NAME nor the name or id of a task")
            }
        }
    }

    func run() async throws {
        try await client.connect { session in
            switch targets {
            case ["swarms"]: try showSwarms(try await allSwarms(session))
            case [], ["tasks"]: try showTasks(try await latestTasks(session))
            default: try await show(targets.compactMap(Target.init), session)
            }
        }
    }

    private func show(_ targets: [Target], _ session: ClientSession) async throws {
        var swarms: [AgentSwarm] = []
        var tasks: [TaskView] = []
        for target in targets {
            switch target {
            case .swarm(let name): swarms.append(try await session.swarm(name))
            case .task(let name): tasks.append(try await session.task(name))
            }
        }
        if !swarms.isEmpty { try showSwarms(swarms) }
        if !tasks.isEmpty { try showTasks(tasks) }
    }

    private func allSwarms(_ session: ClientSession) async throws -> [AgentSwarm] {
        try await session.kubernetes.list(AgentSwarm.self, namespace: session.namespace).items
    }

    private func latestTasks(_ session: ClientSession) async throws -> [TaskView] {
        var tasks: [TaskView] = []
        var cursor: String?
        repeat {
            let page = try await session.gateway.tasks(
                namespace: session.namespace,
                filter: TaskFilter(
                    swarm: swarm, type: type, phase: phase.map(TaskPhase.init(rawValue:)),
                    limit: min(limit - tasks.count, 500), cursor: cursor))
            tasks += page.tasks
            cursor = page.cursor
        } while cursor != nil && tasks.count < limit
        return tasks
    }

    private func showTasks(_ tasks: [TaskView]) throws {
        let isOne = targets.count == 1 && targets != ["tasks"]
        let value = isOne ? try JSON(encoding: tasks[0]) : ["tasks": try JSON(encoding: tasks)]
        format.output.show(value) { TaskText.table(tasks, isWide: $0) }
    }

    private func showSwarms(_ swarms: [AgentSwarm]) throws {
        let isOne = targets.count == 1 && targets != ["swarms"]
        let value = isOne ? try JSON(encoding: swarms[0]) : ["swarms": try JSON(encoding: swarms)]
        format.output.show(value) { SwarmText.table(swarms, isWide: $0) }
    }
}

/// Swarms for people.
enum SwarmText {
    static func table(_ swarms: [AgentSwarm], isWide: Bool) -> String {
        guard !swarms.isEmpty else { return "no swarms" }
        var table = TextTable(
            ["SWARM", "AGENTS", "READY", "BUSY", "DESIRED", "QUEUE", "STATE"] + (isWide ? ["CAPABILITIES", "WHY"] : []))
        for swarm in swarms {
            let status = swarm.status
            var cells =
                [swarm.metadata.name ?? ""]
                + [
                    status?.replicas, status?.readyAgents, status?.busyAgents, status?.desiredAgents,
                    status?.queue?.ready,
                ]
                .map { String($0 ?? 0) } + [state(status)]
            if isWide {
                cells += [swarm.spec.capabilities.joined(separator: ","), status?.lastDecision?.message ?? ""]
            }
            table.add(cells)
        }
        return table.text
    }

    private static func state(_ status: AgentSwarm.Status?) -> String {
        let conditions = status?.conditions ?? []
        if let stalled = conditions.first(where: { $0.type == "Stalled" && $0.status == "True" }) {
            return "Stalled: \(stalled.reason ?? "")"
        }
        return conditions.first { $0.type == "Ready" }?.reason ?? ""
    }
}
