import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskQueue

extension SwarmTaskReconciler {
    /// The least time between two writes of a fan-out's counts.
    private static let countsMilliseconds: Int64 = 1000

    /// Brings a fan-out forward whose reduce step is not in the queue.
    func advance(_ task: SwarmTask, _ id: TaskID, lacksInput: Bool) async throws -> ReconcileResult {
        let outcome = try await fanOuts.advance(task, id) { [self] in
            try await input(of: task, lacksInput: lacksInput)
        }
        switch outcome {
        case .reducing(let record): return try await follow(task, record)
        case .ended(let status):
            try await write(status, on: task)
            forgetWrites(of: task.key)
            return afterEnd(of: task)
        case .goesOn(let status, let again):
            if let wait = try await writeCounts(status, on: task) {
                return .requeue(after: min(.milliseconds(wait), again ?? .seconds(1)))
            }
            return again.map { .requeue(after: $0) } ?? .done
        }
    }

    /// Writes a status unless one was written just now. Answers how long to wait then, in milliseconds.
    private func writeCounts(_ status: SwarmTask.Status, on task: SwarmTask) async throws -> Int64? {
        let now = store.now().milliseconds
        if task.status?.phase == status.phase {
            let wait = lastWrite(of: task.key) + Self.countsMilliseconds - now
            if wait > 0 { return wait }
        }
        try await write(status, on: task)
        noteWrite(of: task.key, at: now)
        return nil
    }

    /// The whole input. The cache has dropped it once items are in the queue.
    private func input(of task: SwarmTask, lacksInput: Bool) async throws -> JSON {
        guard lacksInput else { return try await wholeInput(of: task) }
        let whole = try await client.get(
            SwarmTask.self, task.metadata.name ?? "", namespace: task.metadata.namespace)
        guard whole.metadata.uid == task.metadata.uid else {
            throw InputProblem.missing("the object was made anew meanwhile")
        }
        return try await wholeInput(of: whole)
    }
}
