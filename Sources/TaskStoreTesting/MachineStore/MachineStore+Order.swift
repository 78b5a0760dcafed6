package import TaskQueue

extension MachineStore {
    package func position(of task: TaskID) async throws -> QueuePosition? {
        read { contents in
            guard let task = contents.tasks[task], task.record.state == .ready else { return nil }
            let record = task.record
            let ready = contents.tasks.values.filter {
                $0.record.state == .ready && $0.record.namespace == record.namespace && $0.record.swarm == record.swarm
            }
            let ahead = ready.count { other in
                other.record.fairnessKey == record.fairnessKey
                    && (other.record.rank, other.sequence) < (record.rank, task.sequence)
            }
            let others = Set(ready.map(\.record.fairnessKey)).subtracting([record.fairnessKey]).count
            return QueuePosition(
                ahead: min(ahead, QueuePosition.maxCounted), otherSubmitters: min(others, QueuePosition.maxCounted))
        }
    }
}

extension MachineStore.Contents {
    /// The first ready task of each lane, of those that `isWanted`.
    func heads(where isWanted: (TaskRecord) -> Bool) -> [MachineStore.Task] {
        var heads: [Submitter: MachineStore.Task] = [:]
        for task in tasks.values where task.record.state == .ready && isWanted(task.record) {
            let lane = Submitter(task.record)
            if let head = heads[lane], (head.record.rank, head.sequence) < (task.record.rank, task.sequence) {
                continue
            }
            heads[lane] = task
        }
        return Array(heads.values)
    }

    /// The ready task that `FairOrder` puts first, of those that `isWanted`.
    func nextReady(where isWanted: (TaskRecord) -> Bool) -> MachineStore.Task? {
        func place(_ task: MachineStore.Task) -> Int64 {
            FairOrder.place(
                readyAt: task.record.readyAt, priority: task.record.priority,
                turn: turns[Submitter(task.record)] ?? 0)
        }
        return heads(where: isWanted).min { (place($0), $0.sequence) < (place($1), $1.sequence) }
    }
}

extension MachineStore.Call {
    /// The lane of a task that was just leased has had its turn.
    mutating func takeTurn(_ record: TaskRecord) {
        contents.lastTurn = FairOrder.turn(after: contents.lastTurn, at: now)
        contents.turns[Submitter(record)] = contents.lastTurn
    }
}
