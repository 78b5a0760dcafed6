import KubernetesModel
package import StructuredData
package import SwarmAPI
import Synchronization
package import TaskQueue

/// Brings a fan-out forward: puts its items into the queue, ends it when they have ended, and runs its reduce step.
///
/// Flow: how the items stand, as the store counts them → `FanOutPlan` → one step, or several while there is more to submit.
/// Guarantees: items have identifiers of their own, so that submitting is idempotent; where to go on, the store's count says, so
/// that a restart loses nothing. Assumptions: one look at a time for each fan-out. Caveat: `spec.suspend` holds what is not
/// submitted, and with `parallelism` what is not running.
package struct FanOutDriver: Sendable {
    /// What a look has come to.
    package enum Outcome: Sendable {
        /// It goes on; `again`: when to look next, though nothing has happened.
        case goesOn(SwarmTask.Status, again: Duration?)
        case ended(SwarmTask.Status)
        /// Its reduce step is in the queue, under the identifier of the fan-out.
        case reducing(TaskRecord)
    }

    private static let batchSize = 500
    private static let batchesPerLook = 10
    private static let fullQueuePause = Duration.seconds(5)
    private static let noSwarmPause = Duration.seconds(60)

    private let store: any TaskStore
    private let catalogue: SwarmCatalogue
    private let configMap: @Sendable (_ reference: SwarmTask.InputSource.Key, _ namespace: String) async throws -> JSON
    private let cancellation: FanOutCancellation
    private let reader: FanOutItemReader
    /// The limits that were set, by fan-out.
    private let limits = Limits()

    private final class Limits: Sendable {
        let set = Mutex<[TaskID: Int]>([:])
    }

    package init(
        store: any TaskStore, catalogue: SwarmCatalogue, cancelGraceMilliseconds: Int64,
        configMap:
            @escaping @Sendable (_ reference: SwarmTask.InputSource.Key, _ namespace: String) async throws -> JSON
    ) {
        self.store = store
        self.catalogue = catalogue
        self.configMap = configMap
        cancellation = FanOutCancellation(store: store, graceMilliseconds: cancelGraceMilliseconds)
        reader = FanOutItemReader(store: store)
    }

    /// The key that bounds how many items of a fan-out run at once.
    package static func concurrencyKey(_ group: TaskID) -> String { "fanout/\(group)" }

    /// Does what is next.
    /// - Parameter input: the task's input, put together when it is needed.
    package func advance(
        _ task: SwarmTask, _ id: TaskID, input: @escaping @Sendable () async throws -> JSON
    ) async throws -> Outcome {
        guard let fanOut = task.spec.fanOut else { preconditionFailure("\(id) is no fan-out") }
        let look = Look(task: task, id: id, fanOut: fanOut, input: input, driver: self)
        return try await look.advance()
    }

    /// The items of a fan-out in a status that a record gave, as that of a reduce step.
    package func adding(to status: SwarmTask.Status, of task: SwarmTask, _ id: TaskID) async throws -> SwarmTask.Status
    {
        guard task.spec.fanOut != nil, let summary = try await store.group(id) else { return status }
        var status = status
        status.items = FanOutStatus.finalCounts(
            total: task.status?.items?.total ?? summary.counts.total, summary.counts)
        return status
    }

    /// The object is gone: nothing of it is to go on.
    package func abandon(_ id: TaskID, reason: String) async throws {
        guard let summary = try await store.group(id) else { return }
        try await cancellation.cancel(id, reason: reason)
        try await forget(id, namespace: summary.namespace)
    }

    private func forget(_ id: TaskID, namespace: String) async throws {
        cancellation.forget(id)
        limits.set.withLock { $0[id] = nil }
        _ = try await store.removeLimit(namespace: namespace, key: Self.concurrencyKey(id))
    }

    private func limit(_ id: TaskID, to number: Int, namespace: String) async throws {
        if limits.set.withLock({ $0[id] }) == number { return }
        try await store.putLimit(
            KeyLimit(maxConcurrent: number), namespace: namespace, key: Self.concurrencyKey(id))
        limits.set.withLock { $0[id] = number }
    }
}

extension FanOutDriver {
    /// One look at a fan-out.
    private struct Look {
        let task: SwarmTask
        let id: TaskID
        let fanOut: SwarmTask.FanOut
        let input: @Sendable () async throws -> JSON
        let driver: FanOutDriver

        private var namespace: String { task.metadata.namespace ?? "" }

        func advance() async throws -> Outcome {
            do {
                return try await steps()
            } catch InputProblem.missing(let message) {
                let summary = try await driver.store.group(id)
                return .goesOn(
                    status(reason: "InputNotFound", message, total: nil, summary), again: .seconds(5))
            } catch InputProblem.invalid(let message) {
                try await driver.cancellation.cancel(id, reason: message)
                return try await end(.failed, reason: "InvalidInput", message: message, total: nil)
            }
        }

        private func steps() async throws -> Outcome {
            var summary = try await driver.store.group(id)
            var material: (input: JSON, items: FanOutItems)?
            func load() async throws -> (input: JSON, items: FanOutItems) {
                if let material { return material }
                let input = try await input()
                let items = try await FanOutItems(fanOut) { try await read($0, in: input) }
                material = (input, items)
                return (input, items)
            }
            let total: Int
            if let known = task.status?.items?.total { total = known } else { total = try await load().items.count }
            if let parallelism = fanOut.parallelism {
                try await driver.limit(id, to: task.spec.suspend == true ? 0 : parallelism, namespace: namespace)
            }
            for _ in 0..<FanOutDriver.batchesPerLook {
                switch plan(total: total, summary).next {
                case .submit(let first):
                    let (input, items) = try await load()
                    guard items.count == total else {
                        throw InputProblem.invalid(
                            "what spec.fanOut.itemsFrom names had \(total) items, and has \(items.count) now")
                    }
                    let batch = first..<min(first + FanOutDriver.batchSize, total)
                    if let outcome = try await submit(batch, of: items, input, total: total, summary) { return outcome }
                    summary = try await driver.store.group(id)
                case .cancelRest(let reason):
                    try await driver.cancellation.cancel(id, reason: reason)
                    summary = try await driver.store.group(id)
                    if summary?.counts.live ?? 0 == 0 { continue }
                    return .goesOn(status(reason: "Cancelling", reason, total: total, summary), again: nil)
                case .reduce: return try await reduce(total: total, summary)
                case .end(let phase, let reason, let message):
                    return try await end(phase, reason: reason, message: message, total: total)
                case .wait: return waiting(total: total, summary)
                }
            }
            return .goesOn(status(reason: "Running", "", total: total, summary), again: .zero)
        }

        private func plan(total: Int, _ summary: GroupSummary?) -> FanOutPlan {
            var plan = FanOutPlan(total: total, counts: summary?.counts ?? GroupCounts())
            plan.allowedFailures = fanOut.allowedFailures ?? 0
            plan.hasReduce = fanOut.reduce != nil
            plan.isCancelled = task.spec.cancel == true
            plan.isSuspended = task.spec.suspend == true
            plan.isOverdue = millisecondsLeft(summary).map { $0 <= 0 } ?? false
            return plan
        }

        /// Of the deadline of the whole.
        private func millisecondsLeft(_ summary: GroupSummary?) -> Int64? {
            guard let deadline = task.spec.deadlineSeconds else { return nil }
            let now = driver.store.now()
            return (summary?.created ?? now) + Int64(deadline) * 1000 - now
        }

        private func waiting(total: Int, _ summary: GroupSummary?) -> Outcome {
            let isSuspended = task.spec.suspend == true
            let left = millisecondsLeft(summary).map { Duration.milliseconds(max($0, 1)) }
            return .goesOn(
                status(reason: isSuspended ? "Suspended" : "Running", "", total: total, summary), again: left)
        }

        // MARK: Items

        private func read(_ source: SwarmTask.ItemSource, in input: JSON) async throws -> JSON {
            if let reference = source.configMapKeyRef { return try await driver.configMap(reference, namespace) }
            let path = source.path ?? ""
            do {
                if let value = input.value(at: try JSONPointer(parsing: path)) { return value }
            } catch {
                throw InputProblem.invalid("spec.fanOut.itemsFrom.path: \(error)")
            }
            throw InputProblem.invalid("spec.fanOut.itemsFrom.path: the input has nothing at \(path)")
        }

        /// Puts some items into the queue. Answers what stops it, if something does.
        private func submit(
            _ batch: Range<Int>, of items: FanOutItems, _ input: JSON, total: Int, _ summary: GroupSummary?
        ) async throws -> Outcome? {
            let current = driver.catalogue.current
            var submissions: [Submission] = []
            for index in batch {
                var own = input
                own["item"] = items[index]
                own["itemIndex"] = JSON(index)
                switch TaskAdmission.decide(task, id: TaskID(item: index, of: id), input: own, in: current) {
                case .admitted(let submission): submissions.append(item(submission, summary))
                case .waits(let reason, let message):
                    return .goesOn(
                        status(reason: reason, message, total: total, summary), again: FanOutDriver.noSwarmPause)
                case .refused(_, let message): throw InputProblem.invalid("item \(index): \(message)")
                }
            }
            for verdict in try await driver.store.submit(submissions) {
                guard case .refused(let refusal) = verdict else { continue }
                guard case .queueFull(let limit) = refusal else {
                    throw InputProblem.invalid("another namespace has an item of this task")
                }
                let summary = try await driver.store.group(id)
                return .goesOn(
                    status(
                        reason: "QueueFull",
                        "namespace \(namespace) has \(limit) tasks that have not ended; the rest of the items waits",
                        total: total, summary), again: FanOutDriver.fullQueuePause)
            }
            return nil
        }

        /// A submission of the task made one of an item.
        private func item(_ submission: Submission, _ summary: GroupSummary?) -> Submission {
            var submission = submission
            submission.origin = .http(submitter: "swarmtask/\(task.metadata.name ?? "")")
            // Its items take turns with what others submit.
            submission.fairnessKey = id.text
            submission.concurrencyKey = fanOut.parallelism == nil ? nil : FanOutDriver.concurrencyKey(id)
            submission.dedupKey = nil
            submission.isSuspended = false
            submission.deadlineMs = millisecondsLeft(summary)
            return submission
        }

        // MARK: The end

        private func reduce(total: Int, _ summary: GroupSummary?) async throws -> Outcome {
            guard let reduce = fanOut.reduce else { preconditionFailure("the plan has no reduce step") }
            var input = try await input()
            input["items"] = .array(
                try await driver.reader.results(
                    of: id, namespace: namespace, total: total, succeeded: summary?.counts.succeeded ?? 0))
            var step = task
            step.spec.type = reduce.type
            switch TaskAdmission.decide(step, id: id, input: input, in: driver.catalogue.current) {
            case .admitted(var submission):
                submission.deadlineMs = millisecondsLeft(summary)
                let verdict = try await driver.store.submit([submission]).first
                if let record = verdict?.record {
                    try await driver.forget(id, namespace: namespace)
                    return .reducing(record)
                }
                return .goesOn(
                    status(reason: "QueueFull", "the reduce step waits", total: total, summary),
                    again: FanOutDriver.fullQueuePause)
            case .waits(let reason, let message):
                return .goesOn(
                    status(reason: reason, message, total: total, summary), again: FanOutDriver.noSwarmPause)
            case .refused(let reason, let message):
                return try await end(
                    .failed, reason: reason, message: "spec.fanOut.reduce: \(message)", total: total)
            }
        }

        private func end(
            _ phase: SwarmTask.Phase, reason: String, message: String, total: Int?
        ) async throws -> Outcome {
            let summary = try await driver.store.group(id)
            let counts = summary?.counts ?? GroupCounts()
            try await driver.forget(id, namespace: namespace)
            let text = phase == .succeeded ? message : FanOutStatus.message(message, summary?.failures ?? [])
            var status = TaskStatus.outside(
                task, phase: phase, reason: reason, message: text, now: driver.store.now())
            status.queuedTime = summary.map { FanOutStatus.time($0.created) }
            status.message = text.isEmpty ? nil : text
            if let total = total ?? task.status?.items?.total {
                let items = FanOutStatus.finalCounts(total: total, counts)
                status.items = items
                status.progress = FanOutStatus.progress(items)
                if phase == .succeeded { status.result = FanOutStatus.result(items) }
            }
            return .ended(status)
        }

        private func status(
            reason: String, _ message: String, total: Int?, _ summary: GroupSummary?
        ) -> SwarmTask.Status {
            let counts = summary?.counts ?? GroupCounts()
            let phase: SwarmTask.Phase =
                counts.leased + counts.ended > 0 ? .running : counts.total > 0 ? .queued : .pending
            var status = TaskStatus.outside(
                task, phase: phase, reason: reason,
                message: FanOutStatus.message(message, summary?.failures ?? []), now: driver.store.now())
            if status.message?.isEmpty == true { status.message = nil }
            status.queuedTime = summary.map { FanOutStatus.time($0.created) }
            if let total = total ?? task.status?.items?.total {
                let items = FanOutStatus.counts(total: total, counts)
                status.items = items
                status.progress = FanOutStatus.progress(items)
            }
            return status
        }
    }
}
