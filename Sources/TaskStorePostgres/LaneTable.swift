import TaskQueue

extension LaneName {
    var swarmKey: SwarmKey { SwarmKey(namespace: namespace, swarm: swarm) }
}

/// What a transaction means to lanes, and how many tasks it has brought to swarms.
struct LaneChanges {
    /// More tasks of each state.
    struct Counts {
        var delayed = 0
        var held = 0
        var ready = 0
        var leased = 0

        mutating func count(_ state: TaskState, _ number: Int) {
            switch state {
            case .delayed: delayed += number
            case .held: held += number
            case .ready: ready += number
            case .leased: leased += number
            case .succeeded, .failed, .cancelled: break
            }
        }
    }

    private(set) var lanes: [LaneName: Counts] = [:]
    private(set) var arrivals: [SwarmKey: Int] = [:]
    /// Submitters whose first ready task may be another one than the tables say.
    private(set) var touched: [SwarmKey: Set<String>] = [:]

    var isEmpty: Bool { lanes.isEmpty && arrivals.isEmpty }

    /// - Parameter before: `nil`: the task is new.
    mutating func note(_ before: TaskRecord?, _ after: TaskRecord) {
        if before == nil { arrivals[SwarmKey(namespace: after.namespace, swarm: after.swarm), default: 0] += 1 }
        if let before, before.state == after.state, before.swarm == after.swarm,
            after.state != .ready || before.rank == after.rank
        {
            return
        }
        if let before { note(before, -1) }
        note(after, 1)
    }

    private mutating func note(_ record: TaskRecord, _ number: Int) {
        if record.state.isEnd { return }
        let name = LaneName(record)
        lanes[name, default: Counts()].count(record.state, number)
        if record.state == .ready { touched[name.swarmKey, default: []].insert(name.fairnessKey) }
    }
}

/// How lanes and arrivals lie in their tables, which change under the lock of the feed alone: a transaction that changes what is ready
/// adds to the feed, so that who has the lock sees what all before it have left.
enum LaneTable {
    /// Where the first task of a lane stands, as `FairOrder` says.
    static func place(readyAt: String, priority: String, turns: String...) -> String {
        "greatest(\(([readyAt + " * 1000"] + turns).joined(separator: ", "))) - \(priority) * \(FairOrder.priorityStep)"
    }

    private static let store = Statement(
        "lanes_store",
        """
        INSERT INTO lanes AS old (namespace, swarm, fairness_key, type, delayed, held, ready, leased, empty, turn, place,
            head, head_ready_at, head_priority)
        SELECT new.namespace, new.swarm, new.fairness_key, new.type, new.delayed, new.held, new.ready, new.leased,
            new.delayed + new.held + new.ready + new.leased = 0, greatest(before.turn, new.turn),
            \(place(readyAt: "ready_at", priority: "priority", turns: "before.turn", "new.turn")),
            sequence, ready_at, priority
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[]) AS new (namespace, swarm, fairness_key, type, delayed, held, ready, leased, turn)
        CROSS JOIN LATERAL (SELECT coalesce(max(turn), 0) AS turn FROM lanes WHERE lanes.namespace = new.namespace
            AND lanes.swarm = new.swarm AND lanes.fairness_key = new.fairness_key) AS before
        LEFT JOIN LATERAL (SELECT sequence, ready_at, priority FROM tasks WHERE state = 'ready'
            AND tasks.namespace = new.namespace AND tasks.swarm = new.swarm AND tasks.fairness_key = new.fairness_key
            AND tasks.type = new.type ORDER BY rank, sequence LIMIT 1) AS first ON true
        ON CONFLICT (namespace, swarm, fairness_key, type) DO UPDATE SET delayed = old.delayed + excluded.delayed,
            held = old.held + excluded.held, ready = old.ready + excluded.ready,
            leased = old.leased + excluded.leased, empty = old.delayed + excluded.delayed + old.held + excluded.held
                + old.ready + excluded.ready + old.leased + excluded.leased = 0,
            turn = excluded.turn, place = excluded.place, head = excluded.head, head_ready_at = excluded.head_ready_at,
            head_priority = excluded.head_priority
        """)

    /// After `store`: a turn counts for all lanes of a submitter, also for those in which nothing has changed.
    private static let takeTurns = Statement(
        "lanes_take_turns",
        """
        UPDATE lanes SET turn = new.turn, place = CASE WHEN head IS NULL THEN NULL
            ELSE \(place(readyAt: "head_ready_at", priority: "head_priority", turns: "new.turn")) END
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS new (namespace, swarm, fairness_key, turn)
        WHERE lanes.namespace = new.namespace AND lanes.swarm = new.swarm AND lanes.fairness_key = new.fairness_key
            AND lanes.turn < new.turn
        """)

    private static let arrive = Statement(
        "arrivals_count",
        """
        INSERT INTO arrivals AS old (namespace, swarm, second, count)
        SELECT namespace, swarm, $3::bigint, count FROM unnest($1::text[], $2::text[], $4::bigint[])
            AS new (namespace, swarm, count)
        ON CONFLICT (namespace, swarm, second) DO UPDATE SET count = old.count + excluded.count
        """)

    static let writing = [store, takeTurns, arrive]

    /// - Parameter turns: of the submitters that were served.
    static func requests(
        _ changes: LaneChanges, turns: [(swarm: SwarmKey, submitter: String, turn: Int64)], at now: StoreTime
    ) -> [Request] {
        var requests: [Request] = []
        if !changes.lanes.isEmpty {
            let lanes = changes.lanes.sorted { $0.key < $1.key }
            var parameters = Parameters()
            parameters.add(lanes.lazy.map(\.key.namespace))
            parameters.add(lanes.lazy.map(\.key.swarm))
            parameters.add(lanes.lazy.map(\.key.fairnessKey))
            parameters.add(lanes.lazy.map(\.key.type))
            parameters.add(lanes.lazy.map { Int64($0.value.delayed) })
            parameters.add(lanes.lazy.map { Int64($0.value.held) })
            parameters.add(lanes.lazy.map { Int64($0.value.ready) })
            parameters.add(lanes.lazy.map { Int64($0.value.leased) })
            var taken: [SwarmKey: [String: Int64]] = [:]
            for turn in turns { taken[turn.swarm, default: [:]][turn.submitter] = turn.turn }
            parameters.add(lanes.lazy.map { taken[$0.key.swarmKey]?[$0.key.fairnessKey] ?? 0 })
            requests.append(Request(store, parameters))
        }
        if !turns.isEmpty {
            var parameters = Parameters()
            parameters.add(turns.lazy.map(\.swarm.namespace))
            parameters.add(turns.lazy.map(\.swarm.swarm))
            parameters.add(turns.lazy.map(\.submitter))
            parameters.add(turns.lazy.map(\.turn))
            requests.append(Request(takeTurns, parameters))
        }
        if !changes.arrivals.isEmpty {
            let arrivals = Array(changes.arrivals)
            var parameters = Parameters()
            parameters.add(arrivals.lazy.map(\.key.namespace))
            parameters.add(arrivals.lazy.map(\.key.swarm))
            parameters.add(.integer(now.milliseconds / 1000))
            parameters.add(arrivals.lazy.map { Int64($0.value) })
            requests.append(Request(arrive, parameters))
        }
        return requests
    }

    /// Deletes lanes in which nothing is any more and whose turns have passed, and arrivals that nobody counts.
    static func forgetting(at now: StoreTime) -> [Request] {
        [
            Request(
                """
                DELETE FROM lanes WHERE (namespace, swarm, fairness_key, type) IN (SELECT namespace, swarm, fairness_key,
                type FROM lanes WHERE empty AND turn <= $1::bigint ORDER BY turn LIMIT 64)
                """, .integer(now.microseconds)),
            Request("DELETE FROM arrivals WHERE second < $1::bigint", .integer(now.milliseconds / 1000 - 60)),
        ]
    }
}
