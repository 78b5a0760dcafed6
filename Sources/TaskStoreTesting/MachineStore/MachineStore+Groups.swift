package import TaskQueue

extension MachineStore {
    package func group(_ id: TaskID) async throws -> GroupSummary? {
        read { contents in
            guard var summary = contents.groups[id] else { return nil }
            let failures = contents.tasks.values.compactMap { task in
                task.record.id.item?.group == id ? ItemFailure(task.record) : nil
            }
            summary.failures = Array(failures.sorted { $0.index < $1.index }.prefix(GroupSummary.maxFailures))
            return summary
        }
    }

    package func liveGroups() async throws -> [TaskID] {
        read { contents in contents.groups.values.filter { $0.counts.live > 0 }.map(\.group) }
    }
}

extension MachineStore.Call {
    /// Counts what an item has come to.
    mutating func noteGroup(_ before: TaskRecord?, _ after: TaskRecord) {
        guard before?.state != after.state, let group = after.id.item?.group else { return }
        let new = GroupSummary(
            group: group, namespace: after.namespace, created: now, counts: GroupCounts())
        contents.groups[group, default: new].counts.note(before?.state, after.state)
        contents.groupChanges[group] = now
    }

    /// Whether it is an item whose group goes on, or has changed since.
    func isKept(_ id: TaskID, changedSince time: StoreTime) -> Bool {
        guard let group = id.item?.group, let counts = contents.groups[group]?.counts else { return false }
        return counts.live > 0 || contents.groupChanges[group].map { $0 >= time } ?? false
    }

    /// Forgets groups that ended longer ago than any of their items is kept.
    mutating func forgetGroups() {
        let policy = machine.policy
        let last = now + -max(policy.retentionMs, policy.failedRetentionMs)
        for (group, changed) in contents.groupChanges where changed < last {
            guard contents.groups[group]?.counts.live == 0 else { continue }
            contents.groups[group] = nil
            contents.groupChanges[group] = nil
        }
    }
}
