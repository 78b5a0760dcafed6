package import TaskQueue

extension MachineStore {
    package func reap(limit: Int) async throws -> ReapResult {
        change { call in
            var result = ReapResult(changed: 0, expiredLeases: 0, next: nil)
            if flaw == .reaperSleeps { return result }
            for due in call.due(limit: limit) {
                // What time does to one task may move others of its key.
                let isStale = flaw == .reaperActsOnWhatItReadBefore
                guard let record = isStale ? due : call.contents.tasks[due.id]?.record else { continue }
                let transition = call.apply(.tick, to: record.id, as: record)
                if transition.record != record { result.changed += 1 }
                if let end = transition.attempt?.end, end == .expired || end == .unacknowledged {
                    result.expiredLeases += 1
                }
            }
            call.reapKeys(limit: limit)
            call.forget(limit: limit)
            result.next = call.contents.nextDue
            return result
        }
    }

    package func nextDue() async throws -> StoreTime? { read(\.nextDue) }
}

extension MachineStore.Call {
    /// What time changes now, the longest overdue first.
    fileprivate mutating func due(limit: Int) -> [TaskRecord] {
        let due = contents.tasks.values
            .compactMap { task in task.record.due.map { (due: $0, task: task) } }
            .filter { $0.due <= now }
            .sorted { ($0.due, $0.task.sequence) < ($1.due, $1.task.sequence) }
            .prefix(limit).map(\.task.record)
        guard flaw == .reaperActsOnWhatItReadBefore else { return due }
        defer { contents.readByReaper = due }
        return contents.readByReaper
    }

    /// Deletes what is older than its retention.
    fileprivate mutating func forget(limit: Int) {
        let policy = machine.policy
        let ended = contents.order.filter { id in
            guard let record = contents.tasks[id]?.record, let end = record.ended else { return false }
            let start = now + -policy.retention(of: record.state)
            return end < start && !contents.pendingOutcomes.contains(id) && !isKept(id, changedSince: start)
        }.prefix(limit)
        if !ended.isEmpty {
            for id in ended { contents.tasks[id] = nil }
            contents.order.removeAll { contents.tasks[$0] == nil }
        }
        forgetGroups()
        let silent = now + -policy.agentRetentionMs
        for agent in contents.agents where agent.lastSeen < silent && contents.leased(by: agent.id).isEmpty {
            contents.agents.removeAll { $0.id == agent.id }
            if !agent.isGone { feed(.agentGone, of: agent) }
        }
        let ancient = now + -policy.ledgerRetentionMs
        contents.attempts.removeAll { $0.ended < ancient }
        contents.outcomes.removeAll { $0.ended < ancient }
        contents.decisions.removeAll { $0.time < ancient }
        contents.failures.removeAll { $0.last < ancient }
        if contents.turns.values.contains(where: { FairOrder.isForgettable(turn: $0, at: now) }) {
            let used = Set(contents.tasks.values.filter { !$0.record.state.isEnd }.map { Submitter($0.record) })
            contents.turns = contents.turns.filter {
                used.contains($0.key) || !FairOrder.isForgettable(turn: $0.value, at: now)
            }
        }
        if let last = contents.feed.last(where: { $0.time < ancient }) { pruneFeed(through: last.cursor) }
    }
}
