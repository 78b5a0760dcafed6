package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
import StructuredData
import SwarmAPI
import Synchronization
package import TaskQueue

/// Takes a SwarmTask into the queue, and writes what becomes of it back.
///
/// Flow: object not in the queue → its dependencies have succeeded → input put together → admitted to a swarm → submitted under its UID; then the record in the
/// queue → status. Guarantees: submitting is idempotent; the end of a task stays in the store's feed until it stands on the
/// object; a task that ends within `quietMilliseconds` costs one status write. Assumptions: woken by the object's watch and by
/// the change feed. Caveat: a ConfigMap that is missing is looked for again on a timer.
package final class SwarmTaskReconciler: Reconciler {
    private static let behindPause = Duration.milliseconds(50)
    private static let missingInputPause = Duration.seconds(5)
    private static let noSwarmPause = Duration.seconds(60)
    /// The end, arrival or deletion of a dependency wakes the task; the time is the safety net.
    private static let dependencyPause = Duration.seconds(60)
    private static let fullQueuePause = Duration.seconds(5)

    let client: KubernetesClient
    let store: any TaskStore
    private let tasks: Store<CachedTask>
    private let catalogue: SwarmCatalogue
    private let allocation: TaskAllocation
    private let inputs: InputResolver
    package let dependencies: DependencyIndex
    private let dependencyResults: DependencyResults
    package let fanOutIndex: FanOutIndex
    let fanOuts: FanOutDriver
    private let events: EventRecorder
    private let configuration: OperatorConfiguration
    private let barrier = WriteBarrier<SwarmTask>()
    private let memory = Mutex(Memory())

    /// What was heard but not acted on yet. Lost with the process; the feed and the sweep at start tell it again.
    private struct Memory {
        /// Tasks whose object was deleted.
        var deleted: [ObjectKey: Set<TaskID>] = [:]
        /// Ended tasks whose end is not acknowledged to the store.
        var ended: [ObjectKey: Set<TaskID>] = [:]
        /// When the progress of a task was last written.
        var progressWrites: [ObjectKey: Int64] = [:]
    }

    package init(
        client: KubernetesClient,
        store: any TaskStore,
        tasks: Store<CachedTask>,
        catalogue: SwarmCatalogue,
        allocation: TaskAllocation? = nil,
        events: EventRecorder,
        configuration: OperatorConfiguration
    ) {
        self.client = client
        self.store = store
        self.tasks = tasks
        self.catalogue = catalogue
        self.allocation = allocation ?? TaskAllocation(store: store)
        self.events = events
        self.configuration = configuration
        let inputs = InputResolver(client)
        self.inputs = inputs
        dependencies = DependencyIndex(tasks)
        fanOutIndex = FanOutIndex(tasks)
        fanOuts = FanOutDriver(
            store: store, catalogue: catalogue, cancelGraceMilliseconds: configuration.cancelGraceMilliseconds
        ) { reference, namespace in
            try await inputs.value(
                of: SwarmTask.InputSource(path: "", as: .json, configMapKeyRef: reference),
                field: "spec.fanOut.itemsFrom", namespace: namespace)
        }
        dependencyResults = DependencyResults(store: store) { key in
            do {
                return try await client.get(SwarmTask.self, key.name, namespace: key.namespace)
            } catch let status as KubernetesStatus where status.isNotFound {
                return nil
            }
        }
    }

    /// The feed told that a task ended.
    package func noteEnd(of task: TaskID, _ key: ObjectKey) {
        memory.withLock { _ = $0.ended[key, default: []].insert(task) }
    }

    /// The watch told that an object is gone.
    package func noteDeletion(of object: CachedTask) {
        guard let uid = object.metadata.uid else { return }
        memory.withLock { _ = $0.deleted[object.key, default: []].insert(TaskID(uid)) }
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        try await cancelDeleted(key)
        guard let cached = tasks.get(key), let uid = cached.metadata.uid else {
            try await acknowledge(key)
            barrier.forget(key)
            memory.withLock { $0.progressWrites[key] = nil }
            return .done
        }
        if barrier.isBehind(key, store: tasks) { return .requeue(after: Self.behindPause) }
        let id = TaskID(uid)
        let task = try cached.task()
        if task.isFinished {
            try await acknowledge(key)
            return try await expire(task)
        }
        // An object that is being deleted is not begun; what runs is cancelled when it is gone.
        guard let record = try await store.task(id) else {
            guard task.metadata.deletionTimestamp == nil else { return .done }
            if cached.isFanOut, cached.lacksInput { return try await advance(task, id, lacksInput: true) }
            guard cached.lacksInput else { return try await admit(task, id) }
            return try await admitAgain(key, id)
        }
        return try await follow(task, record)
    }
}

// MARK: Into the queue

extension SwarmTaskReconciler {
    private func admit(_ task: SwarmTask, _ id: TaskID) async throws -> ReconcileResult {
        if task.spec.cancel == true {
            return try await end(task, .cancelled, reason: "Cancelled", message: "cancelled before it was queued")
        }
        switch dependencies.decide(task) {
        case .ready: break
        case .waits(let reason, let message):
            try await hold(task, reason: reason, message: message)
            return .requeue(after: Self.dependencyPause)
        case .fails(let reason, let message):
            return try await end(task, .failed, reason: reason, message: message)
        }
        if task.spec.fanOut != nil { return try await advance(task, id, lacksInput: false) }
        let input: JSON
        do {
            input = try await wholeInput(of: task)
        } catch InputProblem.missing(let message) {
            try await hold(task, reason: "InputNotFound", message: message)
            return .requeue(after: Self.missingInputPause)
        } catch InputProblem.invalid(let message) {
            return try await end(task, .failed, reason: "InvalidInput", message: message)
        }
        let namespace = task.metadata.namespace ?? ""
        let current = catalogue.current
        if task.spec.swarm == nil {
            try await allocation.prepare(
                current.takers(of: task.spec.type, namespace: namespace), namespace: namespace)
        }
        let verdict = TaskAdmission.decide(task, id: id, input: input, in: current) { [allocation] in
            allocation.load(of: $0, namespace: namespace)
        }
        switch verdict {
        case .admitted(let submission):
            allocation.give(to: submission.swarm, namespace: namespace)
            let verdicts = try await store.submit([submission])
            if case .refused(.queueFull(let limit))? = verdicts.first {
                // It is pushed back, not lost: the object is its place in the line.
                try await hold(
                    task, reason: "QueueFull",
                    message:
                        "namespace \(submission.namespace) has \(limit) tasks that have not ended, and may have no more"
                )
                return .requeue(after: Self.fullQueuePause)
            }
            guard let record = verdicts.first?.record else {
                // The catalogue does not have the swarm yet: its own reconciler puts it there.
                return .requeue(after: .milliseconds(200))
            }
            return try await follow(task, record)
        case .waits(let reason, let message):
            try await hold(task, reason: reason, message: message)
            // A change of any swarm of the namespace wakes the task; the time is the safety net.
            return .requeue(after: Self.noSwarmPause)
        case .refused(let reason, let message):
            return try await end(task, .failed, reason: reason, message: message)
        }
    }

    /// The object says that its task was queued, but the store has lost it. The cache has dropped the input by then.
    private func admitAgain(_ key: ObjectKey, _ id: TaskID) async throws -> ReconcileResult {
        let task: SwarmTask
        do {
            task = try await client.get(SwarmTask.self, key.name, namespace: key.namespace)
        } catch let status as KubernetesStatus where status.isNotFound {
            // The watch will tell.
            return .done
        }
        // Made anew meanwhile, or at its end: the watch will tell that, too.
        guard task.metadata.uid == id.text, !task.isFinished else { return .done }
        return try await admit(task, id)
    }

    /// - Throws: `InputProblem`, or what reading threw.
    func wholeInput(of task: SwarmTask) async throws -> JSON {
        try await dependencyResults.adding(
            dependencies.identities(of: task), to: try await inputs.resolve(task), namespace: task.key.namespace)
    }

    private func hold(_ task: SwarmTask, reason: String, message: String) async throws {
        let status = TaskStatus.outside(task, phase: .pending, reason: reason, message: message, now: store.now())
        try await write(status, on: task)
    }

    private func end(
        _ task: SwarmTask, _ phase: SwarmTask.Phase, reason: String, message: String
    ) async throws -> ReconcileResult {
        try await write(
            TaskStatus.outside(task, phase: phase, reason: reason, message: message, now: store.now()), on: task)
        return afterEnd(of: task)
    }
}

// MARK: Following the record

extension SwarmTaskReconciler {
    func follow(_ task: SwarmTask, _ found: TaskRecord) async throws -> ReconcileResult {
        let record = try await amended(task, found)
        if record.state.isEnd {
            let result = try await result(of: record)
            let status = TaskStatus.of(
                task, record: record, result: result.inline, resultDigest: result.digest,
                gatewayPath: "/v1/namespaces/\(record.namespace)/tasks/\(record.id.text)/result")
            try await write(fanOuts.adding(to: status, of: task, record.id), on: task)
            noteEnd(of: record.id, task.key)
            try await acknowledge(task.key)
            memory.withLock { $0.progressWrites[task.key] = nil }
            return afterEnd(of: task)
        }
        let now = store.now().milliseconds
        let age = now - record.created.milliseconds
        if age < configuration.quietMilliseconds {
            return .requeue(after: .milliseconds(configuration.quietMilliseconds - age))
        }
        let status = try await fanOuts.adding(
            to: TaskStatus.of(
                task, record: record, result: nil, gatewayPath: "", standing: catalogue.standing(of: record)),
            of: task, record.id)
        if onlyProgressDiffers(task.status, status) {
            let last = memory.withLock { $0.progressWrites[task.key] } ?? 0
            let wait = last + configuration.progressMilliseconds - now
            if wait > 0 { return .requeue(after: .milliseconds(wait)) }
        }
        try await write(status, on: task)
        memory.withLock { $0.progressWrites[task.key] = now }
        return .done
    }

    /// Carries over what the object's owner may still change.
    private func amended(_ task: SwarmTask, _ record: TaskRecord) async throws -> TaskRecord {
        guard !record.state.isEnd else { return record }
        if task.spec.cancel == true, record.cancellation == nil {
            return try await store.cancel(
                record.id,
                CancelOrder(
                    mode: .cooperative, graceMs: configuration.cancelGraceMilliseconds, reason: "spec.cancel was set"))
                ?? record
        }
        var amendment = TaskAmendment()
        if let priority = task.spec.priority, priority != record.priority { amendment.priority = priority }
        let suspend = task.spec.suspend ?? false
        if suspend != record.holds.contains(.suspended), record.state.isWaiting { amendment.isSuspended = suspend }
        guard amendment != TaskAmendment() else { return record }
        return try await store.amend(record.id, amendment) ?? record
    }

    /// A small result itself, and the SHA-256 of a larger one that does not lie apart.
    private func result(of record: TaskRecord) async throws -> (inline: JSON?, digest: String?) {
        guard record.state == .succeeded, record.resultBlob == nil, let bytes = try await store.result(of: record.id)
        else { return (nil, nil) }
        guard bytes.count > SwarmTask.largestInlineResultBytes else { return (try JSON.parse(bytes), nil) }
        return (nil, configuration.sha256(bytes))
    }

    private func onlyProgressDiffers(_ old: SwarmTask.Status?, _ new: SwarmTask.Status) -> Bool {
        guard var old, old.progress != new.progress else { return false }
        old.progress = new.progress
        return StatusComparison.equal(old, new)
    }

    func lastWrite(of key: ObjectKey) -> Int64 { memory.withLock { $0.progressWrites[key] } ?? 0 }

    func noteWrite(of key: ObjectKey, at time: Int64) { memory.withLock { $0.progressWrites[key] = time } }

    func forgetWrites(of key: ObjectKey) { memory.withLock { $0.progressWrites[key] = nil } }

    func write(_ status: SwarmTask.Status, on task: SwarmTask) async throws {
        guard !StatusComparison.equal(task.status, status) else { return }
        let body = StatusBody.make(SwarmTask.resource, task.metadata, status: try JSON(encoding: status))
        if let written = try await client.applyStatus(of: SwarmTask.self, body, manager: SwarmNames.taskController) {
            barrier.wrote(written, for: task.key)
            // Success is no event: a busy queue would drown the API server in them.
            if status.phase == .failed {
                let reason = status.conditions?["Stalled"]?.reason ?? "Failed"
                events.record(.warning, reason: reason, action: "Run", note: status.message ?? "", on: task)
            }
        }
    }
}

// MARK: The end of objects

extension SwarmTaskReconciler {
    private func cancelDeleted(_ key: ObjectKey) async throws {
        guard let ids = memory.withLock({ $0.deleted[key] }) else { return }
        for id in ids {
            _ = try await store.cancel(
                id,
                CancelOrder(
                    mode: .cooperative, graceMs: configuration.cancelGraceMilliseconds,
                    reason: "the SwarmTask was deleted"))
            try await fanOuts.abandon(id, reason: "the SwarmTask was deleted")
        }
        // Nobody is left to write their ends to.
        try await store.acknowledgeOutcomes(of: Array(ids))
        memory.withLock { $0.deleted[key]?.subtract(ids) }
        memory.withLock { if $0.deleted[key]?.isEmpty == true { $0.deleted[key] = nil } }
    }

    private func acknowledge(_ key: ObjectKey) async throws {
        guard let ids = memory.withLock({ $0.ended[key] }) else { return }
        try await store.acknowledgeOutcomes(of: Array(ids))
        memory.withLock { memory in
            memory.ended[key]?.subtract(ids)
            if memory.ended[key]?.isEmpty == true { memory.ended[key] = nil }
        }
    }

    /// Our own status write wakes nobody, so the way to the object's deletion begins here.
    func afterEnd(of task: SwarmTask) -> ReconcileResult {
        guard let ttl = task.spec.ttlSecondsAfterFinished else { return .done }
        return .requeue(after: .seconds(ttl))
    }

    /// Deletes a finished task once its `ttlSecondsAfterFinished` are over.
    private func expire(_ task: SwarmTask) async throws -> ReconcileResult {
        guard let ttl = task.spec.ttlSecondsAfterFinished, task.metadata.deletionTimestamp == nil,
            let ended = task.status?.completionTime.flatMap(Timestamp.seconds)
        else { return .done }
        let left = ended + Int64(ttl) - store.now().milliseconds / 1000
        if left > 0 { return .requeue(after: .seconds(left)) }
        // Others are to have its result yet; the end of each of them wakes it.
        guard dependencies.dependents(of: task.key).isEmpty else { return .done }
        do {
            try await client.delete(
                SwarmTask.self, task.metadata.name ?? "", namespace: task.metadata.namespace,
                options: DeleteOptions(uid: task.metadata.uid, propagation: .background))
        } catch let status as KubernetesStatus where status.isNotFound || status.isConflict {
            // Gone already, or made anew.
        }
        return .done
    }
}

/// Whether two statuses say the same, whatever the order of conditions.
private enum StatusComparison {
    static func equal(_ old: SwarmTask.Status?, _ new: SwarmTask.Status) -> Bool {
        guard var old else { return false }
        var new = new
        old.conditions = (old.conditions ?? []).sorted { $0.type < $1.type }
        new.conditions = (new.conditions ?? []).sorted { $0.type < $1.type }
        return old == new
    }
}
