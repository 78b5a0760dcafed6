import GRDB
import TaskQueue

/// Whose tasks a row of `lanes` counts and orders.
struct LaneName: Hashable {
    var namespace: String
    var swarm: String
    var fairnessKey: String
    var type: String

    init(_ record: TaskRecord) {
        namespace = record.namespace
        swarm = record.swarm
        fairnessKey = record.fairnessKey
        type = record.type
    }
}

extension StoreTransaction {
    /// Changes that many tasks of one call share, so that they are written once.
    struct Pending {
        struct Lane {
            var live = 0
            var ready = 0
            /// Another task may be its first ready one.
            var isHeadStale = false
        }

        var lanes: [Int64: Lane] = [:]
        /// Live tasks of namespaces, as far as this call has looked at them: before it, and more since.
        var live: [String: (before: Int?, more: Int)] = [:]
        var activity: Set<Context.Key> = []
        var keys: [KeyName: PendingKey] = [:]
    }

    /// The lane that a live task stands in, made if it is the first.
    func lane(of record: TaskRecord) throws -> Int64 {
        let name = LaneName(record)
        if let lane = context.lane(name) { return lane }
        let place: [(any DatabaseValueConvertible)?] = [name.namespace, name.swarm, name.fairnessKey]
        let found = try row(
            "SELECT id FROM lanes WHERE namespace = ? AND swarm = ? AND fairness_key = ? AND type = ?",
            place + [name.type])
        if let lane = found?[0] as Int64? {
            context.remember(lane, name)
            return lane
        }
        // A turn counts for all task types of a submitter.
        try run(
            """
            INSERT INTO lanes (namespace, swarm, fairness_key, type, turn) VALUES (?, ?, ?, ?,
            ifnull((SELECT max(turn) FROM lanes WHERE namespace = ? AND swarm = ? AND fairness_key = ?), 0))
            """, place + [name.type] + place)
        let lane = db.lastInsertedRowID
        context.remember(lane, name)
        return lane
    }

    /// Notes what a transition means to the lanes of its task.
    func noteLanes(_ before: TaskRecord?, _ oldLane: Int64?, _ after: TaskRecord, _ newLane: Int64?) {
        let wasReady = before?.state == .ready
        let isReady = after.state == .ready
        let isSame = oldLane == newLane && wasReady == isReady && (!isReady || before?.rank == after.rank)
        if !isSame {
            if let oldLane { note(oldLane, live: -1, ready: wasReady ? -1 : 0, isHeadStale: wasReady) }
            if let newLane { note(newLane, live: 1, ready: isReady ? 1 : 0, isHeadStale: isReady) }
        }
        let isLive = newLane != nil
        let wasLive = oldLane != nil
        if isLive != wasLive { pending.live[after.namespace, default: (nil, 0)].more += isLive ? 1 : -1 }
    }

    private func note(_ lane: Int64, live: Int, ready: Int, isHeadStale: Bool) {
        pending.lanes[lane, default: Pending.Lane()].live += live
        pending.lanes[lane]?.ready += ready
        if isHeadStale { pending.lanes[lane]?.isHeadStale = true }
    }

    func flushLanes() throws {
        for (lane, change) in pending.lanes {
            if change.isHeadStale {
                let head = try row(
                    """
                    SELECT sequence, ready_at, priority FROM tasks WHERE lane = ? AND state = 'ready'
                    ORDER BY rank, sequence LIMIT 1
                    """, [lane])
                let readyAt = head?[1] as Int64?
                let priority = head?[2] as Int64?
                // The place of no task is null, as is the greater of null and a turn.
                try run(
                    """
                    UPDATE lanes SET live = live + ?, ready = ready + ?, head = ?, head_ready_at = ?,
                    head_priority = ?, place = max(?, turn) - ? WHERE id = ?
                    """,
                    [
                        change.live, change.ready, head?[0] as Int64?, readyAt, priority,
                        readyAt.map { StoreTime(milliseconds: $0).microseconds },
                        priority.map { $0 * FairOrder.priorityStep }, lane,
                    ])
            } else if change.live != 0 || change.ready != 0 {
                try run(
                    "UPDATE lanes SET live = live + ?, ready = ready + ? WHERE id = ?",
                    [change.live, change.ready, lane])
            }
        }
        pending.lanes.removeAll(keepingCapacity: true)
    }

    /// The ready task that is next in order of those of the given types.
    func nextReady(namespace: String, swarm: String, types: [String]) throws -> StoredTask? {
        try flushLanes()
        var best: (place: Int64, head: Int64)?
        for type in types {
            let first = try row(
                """
                SELECT place, head FROM lanes WHERE namespace = ? AND swarm = ? AND type = ? AND place IS NOT NULL
                ORDER BY place, head LIMIT 1
                """, [namespace, swarm, type])
            guard let first, let place = first[0] as Int64?, let head = first[1] as Int64? else { continue }
            if let known = best, known < (place, head) { continue }
            best = (place, head)
        }
        guard let best else { return nil }
        return try task(at: best.head)
    }

    /// The lane of a task that was just leased has had its turn.
    func takeTurn(_ record: TaskRecord) throws {
        try flushLanes()
        let turn = context.turn(at: now)
        try run(
            """
            UPDATE lanes SET turn = ?, place = max(head_ready_at * 1000, ?) - head_priority * \(FairOrder.priorityStep)
            WHERE namespace = ? AND swarm = ? AND fairness_key = ?
            """, [turn, turn, record.namespace, record.swarm, record.fairnessKey])
    }

    /// Deletes lanes in which nothing is any more.
    func forgetLanes(limit: Int) throws {
        let rows = try rows(
            "SELECT id, turn FROM lanes WHERE live = 0 ORDER BY id LIMIT ?", [limit])
        for row in rows where FairOrder.isForgettable(turn: row[1], at: now) {
            try run("DELETE FROM lanes WHERE id = ?", [row[0] as Int64])
        }
        if !rows.isEmpty { context.forgetCached() }
    }

    // MARK: Counts

    /// Tasks of a namespace that have not ended.
    func live(_ namespace: String) throws -> Int {
        let known = pending.live[namespace] ?? (nil, 0)
        if let before = known.before { return before + known.more }
        let row = try row("SELECT live FROM namespaces WHERE namespace = ?", [namespace])
        let before = (row?[0] as Int64?).map(Int.init(clamping:)) ?? 0
        pending.live[namespace] = (before, known.more)
        return before + known.more
    }

    func flushCounts() throws {
        for (namespace, count) in pending.live where count.more != 0 {
            try run(
                """
                INSERT INTO namespaces (namespace, live) VALUES (?, ?)
                ON CONFLICT DO UPDATE SET live = live + excluded.live
                """, [namespace, count.more])
        }
        pending.live.removeAll(keepingCapacity: true)
        for key in pending.activity {
            try run(
                """
                INSERT INTO activity (namespace, swarm, last) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET last = max(last, excluded.last)
                """, [key.namespace, key.swarm, now.milliseconds])
        }
        pending.activity.removeAll(keepingCapacity: true)
    }

    /// Adds a task to the failures of its kind.
    func join(_ group: FailureGroup) throws {
        let name: [(any DatabaseValueConvertible)?] = [
            group.namespace, group.swarm, group.fingerprint.code, group.fingerprint.pattern,
        ]
        let known = try row(
            FailureRow.select + "WHERE namespace = ? AND swarm = ? AND code = ? AND pattern = ?", name)
        let joined = try known.map { try FailureRow.read($0).joined(by: group) } ?? group
        try run(
            """
            INSERT OR REPLACE INTO failures (namespace, swarm, code, pattern, count, first, last, examples)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            name + [
                joined.count, joined.first.milliseconds, joined.last.milliseconds,
                JSONText.of(joined.examples.map(\.text)),
            ])
    }
}
