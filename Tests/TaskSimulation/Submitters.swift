import TaskQueue
import TaskStoreTesting

/// Those who submit tasks, again and again until they are told that a task is there.
final class Submitters {
    /// In the order of their making.
    private(set) var tasks: [TaskID] = []
    private(set) var accepted: Set<TaskID> = []
    private var unanswered = 0
    private unowned let world: Simulation
    private var random: SeededGenerator

    init(_ world: Simulation) {
        self.world = world
        random = world.random("submitters")
    }

    /// Whether every submission has been answered.
    var areDone: Bool { unanswered == 0 }

    func start() {
        var left = world.options.tasks
        var number = 0
        while left > 0 {
            let count = min(Int.random(in: 1...(world.options.isBusy ? 12 : 4), using: &random), left)
            left -= count
            let batch = (0..<count).map { _ -> Submission in
                number += 1
                return submission(TaskID("task-\(number)"))
            }
            unanswered += 1
            let time = Int64.random(in: 0...Int64(world.options.seconds) * 800, using: &random)
            world.plan(after: time) { [self] in
                tasks += batch.map(\.id)
                submit(batch)
            }
        }
    }

    private func submission(_ id: TaskID) -> Submission {
        var submission = Submission(
            id: id, namespace: Simulation.namespace, type: random.pick(Simulation.types) ?? "",
            swarm: random.pick(world.swarms) ?? "",
            origin: random.chance(50) ? .object(name: "object-\(id)") : .http(submitter: "somebody"),
            input: Array("\"\(id)\"".utf8))
        submission.isPinned = random.chance(30)
        submission.priority = Int.random(in: -2...2, using: &random)
        submission.delayMs = random.chance(20) ? .random(in: 1...20_000, using: &random) : 0
        submission.deadlineMs = random.chance(15) ? .random(in: 1_000...120_000, using: &random) : nil
        submission.timeoutMs = random.chance(20) ? .random(in: 500...5_000, using: &random) : 40_000
        submission.retry = RetryPolicy(
            limit: Int.random(in: 0...4, using: &random), backoffSeconds: random.chance(50) ? 2 : 0,
            maxBackoffSeconds: 20)
        submission.isSuspended = world.options.faults.contains(.amendment) && random.chance(10)
        submission.concurrencyKey = random.chance(30) ? random.pick(Simulation.keys) : nil
        submission.fairnessKey = "submitter-\(Int.random(in: 0...2, using: &random))"
        submission.dedupKey = random.chance(15) ? "key-\(Int.random(in: 0...2, using: &random))" : nil
        return submission
    }

    private func submit(_ batch: [Submission]) {
        world.network.call(timeoutMs: 5_000) { [world] (_, respond: @escaping (Reply<[SubmitVerdict]>) -> Void) in
            respond(.success(try await world.store.submit(batch)))
        } completion: { [self] result in
            switch result {
            case .success(let verdicts):
                unanswered -= 1
                accepted.formUnion(verdicts.compactMap { $0.record?.id })
            case .failure:
                world.plan(after: Int64.random(in: 100...2_000, using: &random)) { [self] in submit(batch) }
            }
        }
    }
}
