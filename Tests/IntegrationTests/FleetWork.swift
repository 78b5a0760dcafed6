import StructuredData
import TaskProtocol
import TestSupport
import Testing

/// Tasks that are submitted in batches while things happen, each under a key by which it is known again where the answer was lost.
final class FleetWork: Sendable {
    private let fleet: Fleet
    private let count: Int
    private let batch: Int
    private let delayMs: Int
    private let ids = Observed<[String]>([])

    init(_ fleet: Fleet, count: Int, batch: Int = 200, delayMs: Int = 0) {
        self.fleet = fleet
        self.count = count
        self.batch = batch
        self.delayMs = delayMs
    }

    /// Of the tasks that were accepted, in the order of their numbers.
    var accepted: [String] { ids.value }

    /// Submits all tasks. With more than two batches not yet done, it waits a while before the next.
    /// - Parameter submit: sends a batch until it is answered.
    func submit(
        by submit: @Sendable ([TaskSubmission]) async throws -> SubmissionAnswer
    ) async throws {
        for start in stride(from: 0, to: count, by: batch) {
            if start >= 2 * batch { await progress(to: start - 2 * batch, waitMs: 1000) }
            let answer = try await submit((start..<min(start + batch, count)).map(submission))
            let new = try answer.tasks.map { try #require($0.taskId, "\($0.problem?.detail ?? "")") }
            ids.change { $0 += new }
        }
    }

    func submit() async throws {
        try await submit { tasks in
            try await self.fleet.call { try await $0.submit(tasks, namespace: Fleet.namespace) }
        }
    }

    private func submission(_ number: Int) -> TaskSubmission {
        TaskSubmission(
            type: "echo", input: ["result": ["number": JSON(number)], "delayMs": JSON(delayMs)],
            retry: RetryLimits(limit: 19, backoffMs: 1), dedupKey: "task-\(number)")
    }

    /// Waits until a task has ended, or for as long as that; what it is waited for with may be killed meanwhile.
    func progress(to number: Int, waitMs: Int64) async {
        guard let accepted = try? await ids.wait(until: { $0.count > number }) else { return }
        _ = try? await fleet.call {
            try await $0.task(accepted[number], namespace: Fleet.namespace, waitMs: waitMs)
        }
    }
}
