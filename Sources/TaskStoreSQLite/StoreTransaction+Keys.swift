import GRDB
import TaskQueue

struct KeyName: Hashable {
    var namespace: String
    var key: String
}

/// A key as a call has found it, and as it has become since.
struct PendingKey {
    var found: KeyStanding
    var standing: KeyStanding
    /// It has a row in `keys`.
    var isStored: Bool
    var foundDue: Int64?
    /// It may have to be written.
    var isTouched = false

    mutating func touch(_ standing: KeyStanding) {
        self.standing = standing
        isTouched = true
    }
}

extension StoreTransaction {
    func standing(_ name: KeyName) throws -> KeyStanding {
        if let known = pending.keys[name] { return known.standing }
        let found = try Self.key(name, db)
        pending.keys[name] = found
        return found.standing
    }

    static func key(_ name: KeyName, _ db: Database) throws -> PendingKey {
        let arguments: StatementArguments = [name.namespace, name.key]
        func row(_ sql: String) throws -> Row? {
            try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
        }
        var standing = KeyStanding()
        if let limit = try row(LimitRow.select + "WHERE namespace = ? AND key = ?") {
            standing.limit = LimitRow.read(limit).limit
        }
        let stored = try row("SELECT full_at, due FROM keys WHERE namespace = ? AND key = ?")
        if let stored { standing.bucket = TokenBucket(fullAt: stored[0]) }
        let places = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT swarm, ready, held, leased FROM key_places WHERE namespace = ? AND key = ?"),
            arguments: arguments)
        for place in places {
            standing.places[place[0]] = KeyStanding.Places(ready: place[1], held: place[2], leased: place[3])
        }
        return PendingKey(
            found: standing, standing: standing, isStored: stored != nil, foundDue: stored?[1] as Int64?)
    }

    /// Stores a transition of a task that has a key, and what it brings about for the others.
    /// - Parameter store: stores the task and answers its place in the table.
    func settle(
        _ name: KeyName, _ before: TaskRecord?, _ transition: TaskTransition, _ store: (TaskTransition) throws -> Int64
    ) throws -> TaskTransition {
        var standing = try standing(name)
        var transition = standing.take(before, transition, at: now)
        pending.keys[name]?.touch(standing)
        let sequence = try store(transition)
        if let moved = try rebalance(name)[sequence] { transition.record = moved }
        return transition
    }

    /// Moves tasks of a key until as many are ready as can be leased. Answers those that were moved.
    @discardableResult
    func rebalance(_ name: KeyName) throws -> [Int64: TaskRecord] {
        var standing = try standing(name)
        var moved: [Int64: TaskRecord] = [:]
        for _ in 0..<KeyStanding.maxMoves {
            guard let move = standing.nextMove(at: now) else { break }
            guard let task = try task(for: move, of: name) else {
                assertionFailure("key \(name.key) counts tasks that are not there")
                break
            }
            let after = try self.move(task, move.hold.map { .hold($0) } ?? .unhold(.keyLimits))
            standing.note(task.record, after)
            moved[task.sequence] = after
        }
        pending.keys[name]?.touch(standing)
        return moved
    }

    private func task(for move: KeyStanding.Move, of name: KeyName) throws -> StoredTask? {
        let condition =
            move.hold == nil
            ? "state = 'held' AND holds IN (2, 4, 6) AND namespace = ? AND concurrency_key = ? AND swarm = ? ORDER BY rank, sequence LIMIT 1"
            : "state = 'ready' AND namespace = ? AND concurrency_key = ? AND swarm = ? ORDER BY rank DESC, sequence DESC LIMIT 1"
        return try tasks(where: condition, [name.namespace, name.key, move.swarm]).first
    }

    /// Holds a ready task that a lease has found its key to have no room for.
    func holdForKey(_ task: StoredTask, _ name: KeyName) throws {
        var standing = try standing(name)
        let after = try move(task, .hold(standing.reason(at: now)))
        standing.note(task.record, after)
        pending.keys[name]?.touch(standing)
    }

    /// - Parameter limit: `nil`: the key has none of its own any more.
    func setLimit(_ limit: KeyLimit?, of name: KeyName) throws {
        // As it stands under the limit before.
        var standing = try standing(name)
        if let limit {
            try run(
                """
                INSERT OR REPLACE INTO limits (namespace, key, max_concurrent, rate_interval, rate_burst)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    name.namespace, name.key, limit.maxConcurrent, limit.rate?.intervalMicroseconds,
                    limit.rate?.burst,
                ])
        } else {
            try run("DELETE FROM limits WHERE namespace = ? AND key = ?", [name.namespace, name.key])
        }
        standing.set(limit ?? .standard, at: now)
        pending.keys[name]?.touch(standing)
        try rebalance(name)
    }

    /// Looks at the keys that time has brought something.
    func reapKeys(limit: Int) throws {
        // What this call has changed so far says when they are due.
        try flushKeys()
        let due = try rows(
            "SELECT namespace, key FROM keys WHERE due <= ? ORDER BY due, namespace, key LIMIT ?",
            [now.milliseconds, limit])
        for row in due { try rebalance(KeyName(namespace: row[0], key: row[1])) }
    }

    func flushKeys() throws {
        for (name, key) in pending.keys where key.isTouched {
            let place: [(any DatabaseValueConvertible)?] = [name.namespace, name.key]
            for swarm in Set(key.found.places.keys).union(key.standing.places.keys) {
                let after = key.standing.places[swarm]
                if key.found.places[swarm] == after { continue }
                if let after {
                    try run(
                        """
                        INSERT OR REPLACE INTO key_places (namespace, key, swarm, ready, held, leased)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """, place + [swarm, after.ready, after.held, after.leased])
                } else {
                    try run("DELETE FROM key_places WHERE namespace = ? AND key = ? AND swarm = ?", place + [swarm])
                }
            }
            let due = key.standing.due(at: now)?.milliseconds
            if key.standing.isIdle(at: now) {
                if key.isStored { try run("DELETE FROM keys WHERE namespace = ? AND key = ?", place) }
            } else if !key.isStored || key.standing.bucket != key.found.bucket || due != key.foundDue
                || key.standing.places.isEmpty != key.found.places.isEmpty
            {
                try run(
                    "INSERT OR REPLACE INTO keys (namespace, key, full_at, due, empty) VALUES (?, ?, ?, ?, ?)",
                    place + [key.standing.bucket.fullAt, due, key.standing.places.isEmpty])
            }
        }
        pending.keys.removeAll(keepingCapacity: true)
    }

    /// Deletes keys without tasks whose buckets have filled up.
    func forgetKeys(limit: Int) throws {
        try run(
            """
            DELETE FROM keys WHERE (namespace, key) IN
            (SELECT namespace, key FROM keys WHERE empty = 1 AND full_at <= ? LIMIT ?)
            """, [now.microseconds, limit])
    }
}
