import GRDB
package import TaskQueue

/// How the counts of a group lie in the table `task_groups`.
enum GroupRow {
    /// The fourth migration: groups. There are none before it.
    static let migration = [
        """
        CREATE TABLE task_groups (
            id TEXT PRIMARY KEY,
            namespace TEXT NOT NULL,
            created INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            waiting INTEGER NOT NULL,
            leased INTEGER NOT NULL,
            succeeded INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            cancelled INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX task_groups_ended ON task_groups (changed) WHERE waiting + leased = 0",
        "CREATE INDEX tasks_failed_by_id ON tasks (id) WHERE state = 'failed'",
    ]

    static let add = """
        INSERT INTO task_groups (id, namespace, created, changed, waiting, leased, succeeded, failed, cancelled)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET changed = max(changed, excluded.changed),
        waiting = waiting + excluded.waiting, leased = leased + excluded.leased,
        succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed,
        cancelled = cancelled + excluded.cancelled
        """

    /// Whether a row of `tasks` is an item whose group goes on, or has changed since the time ?1.
    static let keepsItem = """
        (tasks.id GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]' AND EXISTS (SELECT 1 FROM task_groups
        WHERE task_groups.id = substr(tasks.id, 1, length(tasks.id) - 7) AND (waiting + leased > 0 OR changed >= ?1)))
        """

    private static let failed = "WHERE state = 'failed' AND id > ? AND id < ? ORDER BY id LIMIT ?"

    static func read(_ id: TaskID, _ db: Database) throws -> GroupSummary? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT namespace, created, waiting, leased, succeeded, failed, cancelled FROM task_groups
                    WHERE id = ?
                    """), arguments: [id.text])
        guard let row else { return nil }
        var reader = RowReader(row)
        var summary = GroupSummary(
            group: id, namespace: reader.text(), created: reader.time(),
            counts: GroupCounts(
                waiting: reader.int(), leased: reader.int(), succeeded: reader.int(), failed: reader.int(),
                cancelled: reader.int()))
        if summary.counts.failed > 0 {
            let bounds = id.itemBounds
            summary.failures = try Row.fetchAll(
                db.cachedStatement(
                    sql: TaskRow.select + "INDEXED BY tasks_failed_by_id \(failed)"),
                arguments: [bounds.lower, bounds.upper, GroupSummary.maxFailures]
            ).compactMap { try ItemFailure(TaskRow.read($0).record) }
        }
        return summary
    }
}

extension SQLiteTaskStore {
    package func group(_ id: TaskID) async throws -> GroupSummary? {
        try await read { db in try GroupRow.read(id, db) }
    }

    package func liveGroups() async throws -> [TaskID] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT id FROM task_groups WHERE waiting + leased > 0").map { TaskID($0) }
        }
    }
}

extension StoreTransaction {
    /// What a call has changed in a group.
    struct PendingGroup {
        var namespace: String
        var counts = GroupCounts()
    }

    /// Notes what an item has come to.
    func noteGroup(_ before: TaskRecord?, _ after: TaskRecord) {
        guard before?.state != after.state, let group = after.id.item?.group else { return }
        pending.groups[group, default: PendingGroup(namespace: after.namespace)].counts.note(
            before?.state, after.state)
    }

    func flushGroups() throws {
        for (group, change) in pending.groups where !change.counts.isZero {
            let counts = change.counts
            try run(
                GroupRow.add,
                [
                    group.text, change.namespace, now.milliseconds, now.milliseconds, counts.waiting, counts.leased,
                    counts.succeeded, counts.failed, counts.cancelled,
                ])
        }
        pending.groups = [:]
    }

    /// Forgets groups that ended longer ago than any of their items is kept.
    func forgetGroups(changedBefore time: StoreTime, limit: Int) throws {
        try run(
            """
            DELETE FROM task_groups WHERE id IN (SELECT id FROM task_groups WHERE waiting + leased = 0 AND changed < ?
            ORDER BY changed LIMIT ?)
            """, [time.milliseconds, limit])
    }
}
