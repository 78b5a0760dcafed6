import Logging
import TaskQueue

/// Follows the store's change feed and wakes those who wait for what it says.
struct FeedFollower {
    private static let pageLimit = 1000
    /// Where there is so much to read at once, the next page is left to fill up for a moment: reading costs by the page.
    private static let busyPage = 32
    private static let busyPause = Duration.milliseconds(5)
    /// What is urgent for callers here is not waited for: whoever submits and reports wakes them himself.
    private static let shortPause = Duration.milliseconds(2)
    /// After an error of the store.
    private static let retryDelay = Duration.seconds(1)

    let core: GatewayCore
    /// Called after each page: what is due next may have changed.
    let onChanges: @Sendable () -> Void

    /// Follows until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await follow()
                // The store ends its hints when it is closed.
                return
            } catch {
                core.setFollowing(false)
                if Task.isCancelled { return }
                // Told once for all who find that out, and makes the gateway unready until the store works again.
                core.storeFailed(error)
                core.logger.log(
                    level: error is TaskStoreError ? .debug : .error, "cannot follow the change feed",
                    metadata: ["error": .string("\(error)")])
                _ = await core.followerTicket.wait(until: .now + Self.retryDelay)
            }
        }
    }

    private func follow() async throws {
        // The hints are listened to before the feed is read, and the feed's end is noted before the catalogue is loaded:
        // whatever comes in between is seen twice rather than not at all.
        let hints = core.store.changeHints()
        var cursor = try await core.store.changeCursor()
        try await core.loadCatalogue()
        core.agents.forgetAll()
        core.announcements.forgetWoken()
        core.wakeUps.wakeAll()
        core.waiters.changedAll()
        core.setFollowing(true)
        core.logger.debug("following the change feed from \(cursor)")
        defer { core.setFollowing(false) }
        cursor = try await readAll(after: cursor)
        for await _ in hints {
            let start = cursor
            cursor = try await readAll(after: start)
            try await Task.sleep(for: cursor - start >= Self.busyPage ? Self.busyPause : Self.shortPause)
        }
    }

    private func readAll(after start: Int64) async throws -> Int64 {
        var cursor = start
        while true {
            let page = try await core.store.changes(after: cursor, limit: Self.pageLimit)
            if page.isTruncated {
                // Faster consumers have let the store prune what was not read here.
                try await core.loadCatalogue()
                core.agents.forgetAll()
                core.announcements.forgetWoken()
                core.wakeUps.wakeAll()
                core.waiters.changedAll()
            }
            if page.changes.contains(where: { $0.kind == .catalogue }) { try await core.loadCatalogue() }
            for change in page.changes { act(on: change) }
            let strangers = page.changes.filter(isStranger)
            // Who comes to wait from here on looks into the store after all of these.
            if core.broker.waiting > 0 {
                for task in Self.wakeUps(for: strangers) { core.wakeUps.taskIsReady(task.id, task.swarm) }
            }
            cursor = page.cursor
            if !page.changes.isEmpty { onChanges() }
            if page.changes.count < Self.pageLimit { break }
        }
        return cursor
    }

    /// The tasks that are ready, each once. Nobody is woken for those that are not any more, which others may
    /// have leased: through another gateway, or with a report.
    static func wakeUps(for changes: [Change]) -> [WakeUpShare.ReadyTask] {
        var last: [TaskID: Int] = [:]
        for (index, change) in changes.enumerated() {
            switch change.kind {
            case .ready, .leased, .waiting, .finished: if let task = change.task { last[task] = index }
            default: break
            }
        }
        return changes.indices.compactMap { index in
            let change = changes[index]
            guard change.kind == .ready, let task = change.task, last[task] == index else { return nil }
            return WakeUpShare.ReadyTask(
                id: task, swarm: LeaseBroker.SwarmKey(namespace: change.namespace, swarm: change.swarm))
        }
    }

    /// Whether what a change says of a task is not known here: not so of one that was submitted here and is ready.
    private func isStranger(_ change: Change) -> Bool {
        guard change.kind == .ready, let task = change.task else { return true }
        return core.announcements.feedTells(task)
    }

    private func act(on change: Change) {
        let swarm = LeaseBroker.SwarmKey(namespace: change.namespace, swarm: change.swarm)
        core.metrics.count(change)
        if let task = change.task {
            core.waiters.changed(task, hasEnded: change.kind == .finished)
            if [.leased, .waiting, .finished].contains(change.kind) { core.wakeUps.isOver(task) }
        }
        switch change.kind {
        case .catalogue: core.broker.wakeAll(swarm)
        case .agentDrain: if let agent = change.agent { core.broker.wake(agent) }
        case .agentGone:
            if let agent = change.agent {
                core.agents.forget(agent)
                core.broker.wake(agent)
                core.broker.forget(agent)
            }
        case .ready, .agentRegistered, .submitted, .waiting, .leased, .progress, .cancelling, .finished, .amended: break
        }
    }
}
