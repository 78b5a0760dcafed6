import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func changes(after cursor: Int64, limit: Int) async throws -> ChangePage {
        if let page = feedTail.page(after: cursor, limit: Self.pageLimit(limit)) { return page }
        return try await read { db in
            let changes = try DirectStatement(
                """
                SELECT cursor, time, kind, namespace, swarm, task, object, state, agent, type, input_bytes FROM feed
                WHERE cursor > ? ORDER BY cursor LIMIT ?
                """, [cursor, Self.pageLimit(limit)], db
            ).rows { row in
                var change = Change(
                    cursor: row.integer(), time: row.time(), kind: try row.word(Change.Kind.self),
                    namespace: row.text(), swarm: row.text(), task: row.optionalText().map(TaskID.init(_:)),
                    object: row.optionalText(), state: try row.optionalWord(TaskState.self),
                    agent: row.optionalText().map(AgentID.init(_:)))
                if let type = row.optionalText() {
                    change.work = Change.WorkKind(type: type, inputBytes: Int(clamping: row.integer()))
                }
                return change
            }
            let pruned = try Int64.fetchOne(db, sql: "SELECT pruned FROM state") ?? 0
            return ChangePage(
                changes: changes, cursor: changes.last?.cursor ?? cursor, isTruncated: cursor < pruned)
        }
    }

    package func changeCursor() async throws -> Int64 {
        if let end = feedTail.end { return end }
        return try await read(Self.feedEnd)
    }

    /// The cursor of the latest entry that was ever written.
    static func feedEnd(_ db: Database) throws -> Int64 {
        // The feed may have been pruned to nothing; its numbers go on all the same.
        try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'feed'") ?? 0
    }

    private static func pageLimit(_ limit: Int) -> Int { min(max(limit, 1), 10_000) }

    package func changeHints() -> AsyncStream<Void> { hints.listen() }

    package func acknowledge(consumer: String, through cursor: Int64) async throws {
        try await write { transaction in
            try transaction.run(
                """
                INSERT INTO consumers (name, cursor) VALUES (?, ?)
                ON CONFLICT DO UPDATE SET cursor = max(cursor, excluded.cursor)
                """, [consumer, cursor])
            let row = try transaction.row("SELECT min(cursor) FROM consumers", [])
            if let lowest = row?[0] as Int64? { try transaction.pruneFeed(through: lowest) }
        }
    }

    package func acknowledged(by consumer: String) async throws -> Int64 {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT cursor FROM consumers WHERE name = ?", arguments: [consumer]) ?? 0
        }
    }

    package func acknowledgeOutcomes(of tasks: [TaskID]) async throws {
        try await write { transaction in
            for task in tasks {
                try transaction.run("UPDATE feed SET pending = 0 WHERE task = ? AND pending = 1", [task.text])
            }
            // Those that the consumers had passed already can go.
            try transaction.run("DELETE FROM feed WHERE pending = 0 AND cursor <= (SELECT pruned FROM state)", [])
        }
    }
}

extension StoreTransaction {
    func pruneFeed(through cursor: Int64) throws {
        let row = try row("SELECT pruned FROM state", [])
        if let pruned = row?[0] as Int64?, pruned >= cursor { return }
        try run("DELETE FROM feed WHERE pending = 0 AND cursor <= ?", [cursor])
        try run("UPDATE state SET pruned = ?", [cursor])
        hasPruned(through: cursor)
    }
}
