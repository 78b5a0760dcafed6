import GRDB
import TaskQueue

extension Submitter {
    var place: [(any DatabaseValueConvertible)?] { [namespace, swarm, fairnessKey] }
}

/// The first ready task of a submitter and type, and where that stands in the order.
private struct LaneHead {
    var place: Int64
    var sequence: Int64
    var rank: Int64
    var fairnessKey: String

    static let start = LaneHead(place: .min, sequence: 0, rank: 0, fairnessKey: "")

    func isBefore(_ other: LaneHead) -> Bool { (place, sequence) < (other.place, other.sequence) }
}

extension StoreTransaction {
    private static let firstReady = Query(
        """
        SELECT sequence, ready_at, priority FROM tasks WHERE lane = ? AND state = 'ready'
        ORDER BY rank, sequence LIMIT 1
        """)
    private static let setHead = Query(
        """
        UPDATE lanes SET delayed = delayed + ?, held = held + ?, ready = ready + ?, leased = leased + ?,
        head = ?, head_ready_at = ?, head_priority = ?, turn = max(turn, ?), place = max(?, turn, ?) - ?
        WHERE id = ?
        """)
    private static let addCounts = Query(
        """
        UPDATE lanes SET delayed = delayed + ?, held = held + ?, ready = ready + ?, leased = leased + ?
        WHERE id = ?
        """)
    private static let nextLane = Query(
        """
        SELECT place, head, head_ready_at - head_priority * \(QueuePolicy.priorityStepMs), fairness_key FROM lanes
        WHERE namespace = ? AND swarm = ? AND type = ? AND place IS NOT NULL AND (place, head) > (?, ?)
        ORDER BY place, head LIMIT 1
        """)

    /// Changes that many tasks of one call share, so that they are written once.
    struct Pending {
        struct Lane {
            /// More tasks of each state.
            var delayed = 0
            var held = 0
            var ready = 0
            var leased = 0
            /// Another task may be its first ready one.
            var isHeadStale = false
            /// It was served.
            var turn: Int64?

            mutating func count(_ state: TaskState, _ number: Int) {
                switch state {
                case .delayed: delayed += number
                case .held: held += number
                case .ready: ready += number
                case .leased: leased += number
                case .succeeded, .failed, .cancelled: break
                }
            }

            func giveCounts(to binder: inout Binder) {
                for count in [delayed, held, ready, leased] { binder.bind(count) }
            }

            var isUnchanged: Bool { delayed == 0 && held == 0 && ready == 0 && leased == 0 }
        }

        var lanes: [Int64: Lane] = [:]
        /// How many more live tasks namespaces have.
        var live: [String: Int] = [:]
        var activity: Set<Context.Key> = []
        var arrivals: [Context.Key: Int] = [:]
        var keys: [KeyName: PendingKey] = [:]
        var groups: [TaskID: PendingGroup] = [:]
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
        context.forgetLanes(of: Submitter(record))
        return lane
    }

    /// Notes what a transition means to the lanes of its task.
    func noteLanes(_ before: TaskRecord?, _ oldLane: Int64?, _ after: TaskRecord, _ newLane: Int64?) {
        let isSame =
            oldLane == newLane && before?.state == after.state
            && (after.state != .ready || before?.rank == after.rank)
        if !isSame {
            if let oldLane, let before { note(oldLane, before.state, -1) }
            if let newLane { note(newLane, after.state, 1) }
        }
        let isLive = newLane != nil
        let wasLive = oldLane != nil
        if isLive != wasLive { pending.live[after.namespace, default: 0] += isLive ? 1 : -1 }
    }

    private func note(_ lane: Int64, _ state: TaskState, _ number: Int) {
        pending.lanes[lane, default: Pending.Lane()].count(state, number)
        if state == .ready { pending.lanes[lane]?.isHeadStale = true }
    }

    func flushLanes() throws {
        for (lane, change) in pending.lanes {
            if change.isHeadStale || change.turn != nil {
                let head = try read(
                    Self.firstReady, { $0.bind(lane) },
                    { (sequence: $0.integer(), readyAt: $0.time(), priority: $0.integer()) })
                // The place of no task is null, as is the greater of null and a turn.
                try run(Self.setHead) {
                    change.giveCounts(to: &$0)
                    $0.bind(head?.sequence)
                    $0.bind(head?.readyAt)
                    $0.bind(head?.priority)
                    $0.bind(change.turn ?? 0)
                    $0.bind(head?.readyAt.microseconds)
                    $0.bind(change.turn ?? 0)
                    $0.bind(head.map { $0.priority * FairOrder.priorityStep })
                    $0.bind(lane)
                }
            } else if !change.isUnchanged {
                try run(Self.addCounts) {
                    change.giveCounts(to: &$0)
                    $0.bind(lane)
                }
            }
        }
        pending.lanes.removeAll(keepingCapacity: true)
    }

    /// The ready task that is next in order of those of the given types.
    func nextReady(namespace: String, swarm: String, types: [String]) throws -> StoredTask? {
        try flushLanes()
        var best: LaneHead?
        for type in types {
            var head = LaneHead.start
            while let next = try nextHead(after: head, namespace, swarm, type) {
                head = next
                if let best, best.isBefore(head) { break }
                let submitter = Submitter(namespace: namespace, swarm: swarm, fairnessKey: head.fairnessKey)
                // The turn is the submitter's, and goes to its first task of all types; one of another type comes up there.
                guard try isFirst(head, of: submitter, types) else { continue }
                best = head
                break
            }
        }
        guard let best else { return nil }
        return try task(at: best.sequence)
    }

    private func nextHead(
        after last: LaneHead, _ namespace: String, _ swarm: String, _ type: String
    ) throws -> LaneHead? {
        try read(
            Self.nextLane,
            {
                $0.bind(namespace)
                $0.bind(swarm)
                $0.bind(type)
                $0.bind(last.place)
                $0.bind(last.sequence)
            },
            { LaneHead(place: $0.integer(), sequence: $0.integer(), rank: $0.integer(), fairnessKey: $0.text()) })
    }

    private func isFirst(_ head: LaneHead, of submitter: Submitter, _ types: [String]) throws -> Bool {
        // Most agents can do one type, and most submitters have tasks of one.
        if types.count == 1 { return true }
        if try lanes(of: submitter) == 1 { return true }
        let earlier = try rows(
            """
            SELECT type FROM lanes WHERE namespace = ? AND swarm = ? AND fairness_key = ? AND head IS NOT NULL
            AND (head_ready_at - head_priority * \(QueuePolicy.priorityStepMs), head) < (?, ?)
            """, submitter.place + [head.rank, head.sequence])
        return !earlier.contains { types.contains($0[0]) }
    }

    /// The lane of a task that was just leased has had its turn.
    func takeTurn(_ record: TaskRecord, in lane: Int64) throws {
        let turn = context.turn(at: now)
        pending.lanes[lane, default: Pending.Lane()].turn = turn
        // Most submitters have tasks of one type.
        guard try lanes(of: Submitter(record)) > 1 else { return }
        try flushLanes()
        try run(
            """
            UPDATE lanes SET turn = ?, place = max(head_ready_at * 1000, ?) - head_priority * \(FairOrder.priorityStep)
            WHERE namespace = ? AND swarm = ? AND fairness_key = ?
            """, [turn, turn, record.namespace, record.swarm, record.fairnessKey])
    }

    /// How many lanes a submitter has in a swarm.
    private func lanes(of submitter: Submitter) throws -> Int {
        if let known = context.lanes(of: submitter) { return known }
        let row = try row(
            "SELECT count(*) FROM lanes WHERE namespace = ? AND swarm = ? AND fairness_key = ?", submitter.place)
        let count = (row?[0] as Int64?).map(Int.init(clamping:)) ?? 0
        context.remember(count, of: submitter)
        return count
    }

    /// Deletes lanes in which nothing is any more.
    func forgetLanes(limit: Int) throws {
        let rows = try rows(
            """
            SELECT id, turn FROM lanes WHERE delayed = 0 AND held = 0 AND ready = 0 AND leased = 0 ORDER BY id LIMIT ?
            """, [limit])
        for row in rows where FairOrder.isForgettable(turn: row[1], at: now) {
            try run("DELETE FROM lanes WHERE id = ?", [row[0] as Int64])
        }
        if !rows.isEmpty { context.forgetCached() }
    }

    // MARK: Counts

    /// Tasks of a namespace that have not ended.
    func live(_ namespace: String) throws -> Int {
        let more = pending.live[namespace] ?? 0
        if let known = context.live(in: namespace) { return known + more }
        try flushLanes()
        let row = try row(
            "SELECT sum(delayed + held + ready + leased) FROM lanes WHERE namespace = ?", [namespace])
        let live = (row?[0] as Int64?).map(Int.init(clamping:)) ?? 0
        context.setLive(live - more, in: namespace)
        return live
    }

    func flushCounts() throws {
        for (namespace, more) in pending.live where more != 0 { context.addLive(more, in: namespace) }
        pending.live.removeAll(keepingCapacity: true)
        for swarm in pending.activity {
            if let beat = context.pulse.note(swarm, arrivals: pending.arrivals[swarm] ?? 0, at: now) {
                try write(beat, of: swarm)
            }
        }
        pending.activity.removeAll(keepingCapacity: true)
        pending.arrivals.removeAll(keepingCapacity: true)
    }

    /// Writes what is only in memory before the store is closed.
    func writePulse() throws {
        for (swarm, beat) in context.pulse.takeAll() { try write(beat, of: swarm) }
    }

    private func write(_ beat: SwarmPulse.Beat, of swarm: SwarmPulse.Swarm) throws {
        try run(
            """
            INSERT INTO activity (namespace, swarm, last) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET last = max(last, excluded.last)
            """, [swarm.namespace, swarm.swarm, beat.last.milliseconds])
        for (second, count) in beat.arrivals {
            try run(
                """
                INSERT INTO arrivals (namespace, swarm, second, count) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """, [swarm.namespace, swarm.swarm, second, count])
        }
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
