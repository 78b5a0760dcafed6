package import TaskQueue

/// How the counts of groups lie in the table `task_groups`. They are written under the lock of the feed, as lanes are, so that
/// programs that share a group do not wait for each other twice.
enum GroupTable {
    /// The fourth step: groups. There are none before it.
    static let migration = [
        """
        CREATE TABLE task_groups (
            id text COLLATE "C" PRIMARY KEY,
            namespace text COLLATE "C" NOT NULL,
            created bigint NOT NULL,
            changed bigint NOT NULL,
            waiting bigint NOT NULL,
            leased bigint NOT NULL,
            succeeded bigint NOT NULL,
            failed bigint NOT NULL,
            cancelled bigint NOT NULL
        ) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0)
        """,
        "CREATE INDEX task_groups_ended ON task_groups (changed) WHERE waiting + leased = 0",
        "CREATE INDEX tasks_failed_by_id ON tasks (id) WHERE state = 'failed'",
    ]

    /// Whether a row of `tasks` is an item whose group goes on, or has changed since the time $1.
    static let keepsItem = """
        (tasks.id ~ '\\.[0-9]{6}$' AND EXISTS (SELECT 1 FROM task_groups
        WHERE task_groups.id = left(tasks.id, -7) AND (waiting + leased > 0 OR changed >= $1::bigint)))
        """

    static let add = Statement(
        "groups_add",
        """
        INSERT INTO task_groups AS old
        (id, namespace, created, changed, waiting, leased, succeeded, failed, cancelled)
        SELECT id, namespace, $3::bigint, $3::bigint, waiting, leased, succeeded, failed, cancelled
        FROM unnest($1::text[], $2::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
        AS new (id, namespace, waiting, leased, succeeded, failed, cancelled)
        ON CONFLICT (id) DO UPDATE SET changed = greatest(old.changed, excluded.changed),
        waiting = old.waiting + excluded.waiting, leased = old.leased + excluded.leased,
        succeeded = old.succeeded + excluded.succeeded, failed = old.failed + excluded.failed,
        cancelled = old.cancelled + excluded.cancelled
        """)

    static let read = Statement(
        "group_read",
        """
        SELECT namespace, created, waiting, leased, succeeded, failed, cancelled FROM task_groups WHERE id = $1::text
        """)

    static let failures = Statement(
        "group_failures",
        TaskTable.select
            + """
            WHERE state = 'failed' AND id > $1::text AND id < $2::text ORDER BY id LIMIT \(GroupSummary.maxFailures)
            """)

    static let live = Statement("groups_live", "SELECT id FROM task_groups WHERE waiting + leased > 0")

    static func adding(_ changes: GroupChanges, at now: StoreTime) -> [Request] {
        // In one order for everybody.
        let changes = changes.counts.filter { !$0.value.counts.isZero }.sorted { $0.key < $1.key }
        if changes.isEmpty { return [] }
        var parameters = Parameters()
        parameters.add(changes.map(\.key.text))
        parameters.add(changes.map(\.value.namespace))
        parameters.add(.integer(now.milliseconds))
        for count in [\GroupCounts.waiting, \.leased, \.succeeded, \.failed, \.cancelled] {
            parameters.add(changes.map { Int64($0.value.counts[keyPath: count]) })
        }
        return [Request(add, parameters)]
    }

    /// Forgets groups that ended longer ago than any of their items is kept.
    static func forgetting(changedBefore time: StoreTime) -> Request {
        Request(
            """
            DELETE FROM task_groups WHERE id IN (SELECT id FROM task_groups WHERE waiting + leased = 0
            AND changed < $1::bigint ORDER BY changed LIMIT 64)
            """, .integer(time.milliseconds))
    }
}

/// What a transaction has changed in groups.
struct GroupChanges {
    struct Change {
        var namespace: String
        var counts = GroupCounts()
    }

    private(set) var counts: [TaskID: Change] = [:]

    /// Notes what an item has come to.
    mutating func note(_ before: TaskRecord?, _ after: TaskRecord) {
        guard before?.state != after.state, let group = after.id.item?.group else { return }
        counts[group, default: Change(namespace: after.namespace)].counts.note(before?.state, after.state)
    }
}

extension PostgresTaskStore {
    package func group(_ id: TaskID) async throws -> GroupSummary? {
        let bounds = id.itemBounds
        return try await reader.perform([
            Request(GroupTable.read, Parameters(.text(id.text))),
            Request(GroupTable.failures, Parameters(.text(bounds.lower), .text(bounds.upper))),
        ]) { answers in
            guard var row = answers[0].first else { return nil }
            return GroupSummary(
                group: id, namespace: try row.text(), created: try row.time(),
                counts: GroupCounts(
                    waiting: try row.int(), leased: try row.int(), succeeded: try row.int(), failed: try row.int(),
                    cancelled: try row.int()),
                failures: try answers[1].map { row in try TaskTable.read(&row).record }
                    .compactMap { ItemFailure($0) })
        }
    }

    package func liveGroups() async throws -> [TaskID] {
        try await read(Request(GroupTable.live)) { rows in try rows.map { row in TaskID(try row.text()) } }
    }
}
