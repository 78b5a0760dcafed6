package import TaskQueue

extension MachineStore {
    package func putLimit(_ limit: KeyLimit, namespace: String, key: String) async throws {
        change { $0.setLimit(limit, of: KeyName(namespace: namespace, key: key)) }
    }

    package func removeLimit(namespace: String, key: String) async throws -> Bool {
        change { call in
            let name = KeyName(namespace: namespace, key: key)
            guard call.contents.limits[name] != nil else { return false }
            call.setLimit(nil, of: name)
            return true
        }
    }

    package func limits(namespace: String) async throws -> [KeyLimitEntry] {
        read { contents in
            contents.limits.filter { $0.key.namespace == namespace }
                .map { KeyLimitEntry(key: $0.key.key, limit: $0.value) }.sorted { $0.key < $1.key }
        }
    }

    package func keyStanding(namespace: String, key: String) async throws -> KeyStanding {
        read { $0.standing(KeyName(namespace: namespace, key: key)) }
    }
}

extension MachineStore.Call {
    /// Stores a transition, and what it brings about for the other tasks of its key. Answers the task as it is then.
    mutating func settle(
        _ before: TaskRecord?, _ transition: TaskTransition,
        _ store: (inout MachineStore.Call, TaskTransition) -> Void
    ) -> TaskTransition {
        let record = transition.record
        let isConcerned = before.map { KeyStanding.isConcerned($0, record) } ?? !record.state.isEnd
        guard let key = record.concurrencyKey, isConcerned, flaw != .ignoresLimits else {
            store(&self, transition)
            return transition
        }
        let name = MachineStore.KeyName(namespace: record.namespace, key: key)
        var settled = changeStanding(name) { [now] in $0.take(before, transition, at: now) }
        store(&self, settled)
        if flaw != .keepsSlots || !record.state.isEnd { rebalance(name) }
        if let now = contents.tasks[record.id]?.record { settled.record = now }
        return settled
    }

    /// Moves tasks of a key until as many are ready as can be leased.
    mutating func rebalance(_ name: MachineStore.KeyName) {
        for _ in 0..<KeyStanding.maxMoves {
            guard let move = contents.standing(name).nextMove(at: now), let task = task(for: move, of: name) else {
                break
            }
            self.move(task, move.hold.map { .hold($0) } ?? .unhold(.keyLimits), name)
        }
        changeStanding(name) { _ in }
    }

    private func task(for move: KeyStanding.Move, of name: MachineStore.KeyName) -> TaskRecord? {
        let tasks = contents.tasks.values.filter { task in
            let record = task.record
            guard record.namespace == name.namespace, record.concurrencyKey == name.key, record.swarm == move.swarm
            else { return false }
            return move.hold != nil
                ? record.state == .ready
                : record.state == .held && !record.holds.isEmpty && record.holds.isSubset(of: .keyLimits)
        }
        func isBefore(_ left: MachineStore.Task, _ right: MachineStore.Task) -> Bool {
            (left.record.rank, left.sequence) < (right.record.rank, right.sequence)
        }
        return (move.hold == nil ? tasks.min(by: isBefore) : tasks.max(by: isBefore))?.record
    }

    /// Holds a ready task that a lease has found its key to have no room for.
    mutating func holdForKey(_ record: TaskRecord, _ name: MachineStore.KeyName) {
        move(record, .hold(contents.standing(name).reason(at: now)), name)
    }

    private mutating func move(_ record: TaskRecord, _ event: TaskEvent, _ name: MachineStore.KeyName) {
        let transition = machine.apply(event, to: record, at: now)
        store(transition, of: record)
        changeStanding(name) { $0.note(record, transition.record) }
    }

    /// - Parameter limit: `nil`: the key has none of its own any more.
    fileprivate mutating func setLimit(_ limit: KeyLimit?, of name: MachineStore.KeyName) {
        var standing = contents.standing(name)
        contents.limits[name] = limit
        standing.set(limit ?? .standard, at: now)
        contents.standings[name] = standing
        rebalance(name)
    }

    @discardableResult
    private mutating func changeStanding<Value>(
        _ name: MachineStore.KeyName, _ body: (inout KeyStanding) -> Value
    ) -> Value {
        var standing = contents.standing(name)
        let value = body(&standing)
        contents.standings[name] = standing.isIdle(at: now) ? nil : standing
        contents.keyDues[name] = flaw == .keepsSlots ? nil : standing.due(at: now)
        return value
    }

    /// Looks at the keys that time has brought something.
    mutating func reapKeys(limit: Int) {
        let due = contents.keyDues.filter { $0.value <= now }.sorted {
            ($0.value, $0.key.namespace, $0.key.key) < ($1.value, $1.key.namespace, $1.key.key)
        }
        for (name, _) in due.prefix(limit) { rebalance(name) }
    }
}
