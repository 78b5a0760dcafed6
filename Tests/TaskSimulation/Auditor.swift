import TaskQueue
import TaskStoreTesting

/// Looks at all open tasks again and again: whether what is due is done in time, and whether all is done.
final class Auditor {
    private unowned let world: Simulation
    private let submitters: Submitters

    init(_ world: Simulation, _ submitters: Submitters) {
        self.world = world
        self.submitters = submitters
    }

    func start() {
        world.plan(after: 1_000) { [self] in
            try await world.attempt { try await look() }
            start()
        }
    }

    func describeOpenTasks() async throws -> String {
        try await open().map { "\($0.id) is \($0.state.rawValue), holds \($0.holds.rawValue)" }.joined(separator: ", ")
    }

    private func open() async throws -> [TaskRecord] {
        try await world.store.peek().tasks(
            TaskQuery(namespace: Simulation.namespace, states: [.delayed, .held, .ready, .leased], limit: 1000)
        ).tasks
    }

    private func look() async throws {
        let tasks = try await open()
        for task in tasks {
            try world.history.saw(task)
            try checkPunctuality(of: task)
            if !world.isChaotic, task.holds.contains(.suspended) {
                try await world.store.amend(task.id, TaskAmendment(isSuspended: false))
            }
        }
        if !world.isChaotic { try await clearDrainMarks() }
        if !world.isChaotic, tasks.isEmpty, submitters.areDone { world.finish() }
    }

    /// A mark outlives the agent's process, as it is meant for the pod.
    private func clearDrainMarks() async throws {
        for swarm in world.swarms {
            let agents = try await world.store.peek().agents(namespace: Simulation.namespace, swarm: swarm)
            for agent in agents where agent.isDraining { try await world.store.setDraining(agent.id, false) }
        }
    }

    /// What time makes due is done within the sweep, as long as somebody has been there to do it.
    private func checkPunctuality(of task: TaskRecord) throws {
        guard let due = task.due, let served = world.servedSince else { return }
        let late = world.now - max(served, world.now - (world.time - due))
        try require(
            late <= Simulation.sweepMs,
            "\(task.id) is \(task.state.rawValue), and what was due \(world.time - due) ms ago has not been done")
    }
}
