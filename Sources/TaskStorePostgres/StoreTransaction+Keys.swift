import TaskQueue

/// The limits of keys, as `KeyStanding` says.
///
/// Who changes a task that has a key holds the key until the end of the transaction. The task itself is locked before its key is;
/// so whoever holds a key takes no task that somebody else has locked, but the next one, and leaves a note for the reaper where
/// there is none.
extension StoreTransaction {
    /// Locks keys and reads how they stand, all at once.
    func holdKeys(_ names: some Sequence<KeyName>) throws {
        let new = Set(names).filter { keys[$0] == nil }
        if new.isEmpty { return }
        let request = KeyTables.reading(Array(new))
        try run(
            lockSteps(new.map(\.lock)) + [
                Step(request) { [unowned self] rows in
                    for key in try KeyTables.readKeys(rows) { keys[key.name] = key }
                }
            ])
    }

    func standing(_ name: KeyName) throws -> KeyStanding {
        try holdKeys([name])
        guard let key = keys[name] else { preconditionFailure("a row for each key asked for") }
        return key.standing
    }

    /// Stores a transition of a task that has a key, and what it brings about for the others.
    func settle(_ name: KeyName, _ before: TaskRecord?, _ transition: TaskTransition, of task: StoredTask) throws {
        var standing = try standing(name)
        let transition = standing.take(before, transition, at: now)
        keys[name]?.touch(standing)
        store(transition, of: task, before)
        try rebalance(name)
    }

    /// Moves tasks of a key until as many are ready as can be leased.
    func rebalance(_ name: KeyName) throws {
        var standing = try standing(name)
        var isUnfinished = false
        for _ in 0..<KeyStanding.maxMoves {
            guard let move = standing.nextMove(at: now) else { break }
            guard let task = try task(for: move, of: name) else {
                isUnfinished = true
                break
            }
            let before = task.record
            self.move(task, move.hold.map { .hold($0) } ?? .unhold(.keyLimits))
            standing.note(before, task.record)
        }
        keys[name]?.touch(standing)
        keys[name]?.isUnfinished = isUnfinished
    }

    private func task(for move: KeyStanding.Move, of name: KeyName) throws -> StoredTask? {
        let statement = move.hold == nil ? Statements.firstHeld : Statements.lastReady
        return try tasks(
            Request(statement, Parameters(.text(name.namespace), .text(name.key), .text(move.swarm)))
        ).first
    }

    /// Holds a ready task that a lease has found its key to have no room for.
    func holdForKey(_ task: StoredTask, _ name: KeyName) throws {
        var standing = try standing(name)
        let before = task.record
        move(task, .hold(standing.reason(at: now)))
        standing.note(before, task.record)
        keys[name]?.touch(standing)
    }

    /// - Parameter limit: `nil`: the key has none of its own any more.
    func setLimit(_ limit: KeyLimit?, of name: KeyName) throws {
        // As it stands under the limit before.
        var standing = try standing(name)
        enqueue(KeyTables.setting(limit, of: name))
        standing.set(limit ?? .standard, at: now)
        keys[name]?.touch(standing)
        try rebalance(name)
    }

    /// Looks at the keys that time has brought something.
    func reapKeys(limit: Int) throws {
        // What this transaction has changed so far says when they are due.
        flushKeys()
        let due = try rows(
            Request(KeyTables.due, Parameters(.integer(now.milliseconds), Cell(limit)))
        ).map { row in KeyName(namespace: try row.text(), key: try row.text()) }
        try holdKeys(due)
        for name in due { try rebalance(name) }
    }

    /// Has what became of keys written with the next exchange.
    func flushKeys() {
        let touched = keys.values.filter(\.isTouched)
        if touched.isEmpty { return }
        for request in KeyTables.changes(of: touched, at: now) { enqueue(request) }
        for var key in touched {
            key.isStored = !key.standing.isIdle(at: now)
            key.foundDue = key.isStored ? key.due(at: now) : nil
            key.found = key.standing
            key.isTouched = false
            keys[key.name] = key
        }
    }
}
