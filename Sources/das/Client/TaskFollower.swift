import ProgramSupport
import TaskProtocol

/// Follows tasks to their ends.
struct TaskFollower {
    /// How often one that runs is looked at; its end is told at once.
    private static let pollMs: Int64 = 1000

    var session: ClientSession
    /// Called with each state that differs from the one before.
    var report: @Sendable (TaskView) -> Void

    /// - Parameter name: of the task's object, where a person named that.
    /// - Returns: the task as it ended.
    func follow(_ id: String, named name: String? = nil) async throws -> TaskView {
        var last: TaskView?
        while true {
            let task: TaskView
            do {
                task = try await session.gateway.task(
                    id, namespace: session.namespace, waitMs: last == nil ? 0 : Self.pollMs)
            } catch let error as GatewayError where error.problem?.status == 404 {
                // The queue hears of a SwarmTask a moment after its object is there; of a fan-out it knows the items alone.
                guard let name, name != id else { throw error }
                task = try await session.task(name)
                if !task.phase.isFinal { try await Task.sleep(for: .milliseconds(Self.pollMs)) }
            }
            if task.phase != last?.phase || task.progress != last?.progress
                || task.waiting?.reason != last?.waiting?.reason
            {
                report(task)
            }
            if task.phase.isFinal { return task }
            last = task
        }
    }
}

extension TaskView {
    /// - Throws: what ends the program where the task did not succeed.
    func requireSuccess() throws {
        guard phase != .succeeded else { return }
        throw CommandFailure(
            .failed, "task \(id) has \(phase == .failed ? "failed" : "been cancelled"): \(message ?? "")")
    }
}
