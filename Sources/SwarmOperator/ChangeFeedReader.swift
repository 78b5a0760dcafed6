package import KubernetesModel
package import Logging
package import TaskQueue

/// Reads the store's change feed and wakes whoever must act: the autoscaler for a swarm whose queue or agents changed, the task
/// controller for a SwarmTask whose record changed.
///
/// Flow: from the feed's start at each start of the operator, then after each hint. Guarantees: every change is seen, since the
/// feed is durable and in commit order; the ends of tasks stay in it until they are written to their objects. Hints only save
/// waiting; `safetyNet` bounds what a lost one costs.
package struct ChangeFeedReader: Sendable {
    package static let consumer = "operator"
    private static let pageSize = 1000
    private static let safetyNet = Duration.seconds(30)
    /// Acknowledging lets the store prune the feed, which gateways read too and count by: they are given this long. It also costs
    /// the store a transaction, of at most so many entries.
    private static let acknowledgeDelay = Duration.seconds(2)
    private static let acknowledgeStep: Int64 = 5000

    /// Where there is so much to read at once, the next page is left to fill up for a moment.
    private static let busyPage: Int64 = 32
    private static let busyPause = Duration.milliseconds(50)
    /// What comes in the meantime is read together: to be woken for each commit costs more than to read it.
    private static let shortPause = Duration.milliseconds(5)

    private let store: any TaskStore
    private let observe: @Sendable ([Change]) -> Void
    private let wakeSwarm: @Sendable (ObjectKey, _ hasWork: Bool) -> Void
    private let wakeTask: @Sendable (ObjectKey, TaskID, _ hasEnded: Bool) -> Void
    private let wakeGroup: @Sendable (TaskID) -> Void
    private let lostTrack: @Sendable () -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - observe: given all changes, before anyone is woken for them.
    ///   - wakeSwarm: `hasWork` where a task has become ready.
    ///   - wakeGroup: an item of the group was leased or has ended.
    ///   - lostTrack: called when entries were pruned before they were read: everything is to be looked at anew.
    package init(
        store: any TaskStore,
        observe: @escaping @Sendable ([Change]) -> Void,
        wakeSwarm: @escaping @Sendable (ObjectKey, _ hasWork: Bool) -> Void,
        wakeTask: @escaping @Sendable (ObjectKey, TaskID, _ hasEnded: Bool) -> Void,
        wakeGroup: @escaping @Sendable (TaskID) -> Void = { _ in },
        lostTrack: @escaping @Sendable () -> Void,
        logger: Logger = Logger(label: "das.operator.feed")
    ) {
        self.store = store
        self.observe = observe
        self.wakeSwarm = wakeSwarm
        self.wakeTask = wakeTask
        self.wakeGroup = wakeGroup
        self.lostTrack = lostTrack
        self.logger = logger
    }

    /// Reads until cancelled.
    package func run() async throws {
        // Taken before the first read, so that nothing falls between the two.
        let hints = store.changeHints()
        let (wakeUps, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in hints { continuation.yield() } }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: Self.safetyNet)
                    continuation.yield()
                }
            }
            let (acknowledgements, acknowledge) = AsyncStream.makeStream(
                of: Int64.self, bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                var last: Int64 = 0
                for await cursor in acknowledgements {
                    try await Task.sleep(for: Self.acknowledgeDelay)
                    do {
                        last = try await acknowledgeAll(after: last, through: cursor)
                    } catch let error as TaskStoreError where error.code != .closed {
                        logger.warning("the change feed could not be acknowledged: \(error)")
                    }
                }
            }
            group.addTask {
                var cursor: Int64 = 0
                continuation.yield()
                for await _ in wakeUps {
                    do {
                        let start = cursor
                        cursor = try await drain(from: start) { acknowledge.yield($0) }
                        try await Task.sleep(for: cursor - start >= Self.busyPage ? Self.busyPause : Self.shortPause)
                    } catch let error as TaskStoreError where error.code != .closed {
                        logger.warning("the change feed could not be read: \(error)")
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
            // The hints end when the store closes; the safety net goes on alone until cancelled.
            try await group.waitForAll()
        }
    }

    private func drain(from start: Int64, didRead: (Int64) -> Void) async throws -> Int64 {
        var cursor = start
        while true {
            let page = try await store.changes(after: cursor, limit: Self.pageSize)
            if page.isTruncated, start > 0 { lostTrack() }
            deliver(page.changes)
            guard page.cursor > cursor else { return cursor }
            cursor = page.cursor
            didRead(cursor)
            if page.changes.count < Self.pageSize { return cursor }
        }
    }

    private func acknowledgeAll(after start: Int64, through end: Int64) async throws -> Int64 {
        // Where it begins is not known after a start: what others have pruned costs nothing.
        var cursor = start == 0 ? end - Self.acknowledgeStep : start
        while cursor < end {
            cursor = min(cursor + Self.acknowledgeStep, end)
            try await store.acknowledge(consumer: Self.consumer, through: cursor)
        }
        return cursor
    }

    private func deliver(_ changes: [Change]) {
        observe(changes)
        var swarms: [ObjectKey: Bool] = [:]
        var groups: Set<TaskID> = []
        for change in changes {
            // Leases and progress change what a swarm shows, not how many agents it needs; its figures are written with delay.
            if change.kind != .progress, !change.swarm.isEmpty {
                let key = ObjectKey(namespace: change.namespace, name: change.swarm)
                swarms[key] = swarms[key] == true || change.kind == .ready
            }
            if change.kind == .leased || change.kind == .finished, let item = change.task?.item {
                groups.insert(item.group)
            }
            if let name = change.object, let task = change.task, change.kind != .submitted, change.kind != .ready {
                wakeTask(
                    ObjectKey(namespace: change.namespace, name: name), task, change.state?.isEnd ?? false)
            }
        }
        for (swarm, hasWork) in swarms { wakeSwarm(swarm, hasWork) }
        for group in groups { wakeGroup(group) }
    }
}
