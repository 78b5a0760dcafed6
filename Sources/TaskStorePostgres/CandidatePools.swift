import TaskQueue

/// Ready tasks that a transaction has locked for its lease calls, and the order in which they are given out.
///
/// Calls of agents that can do the same share a pool, so that one statement serves them all. It finds the submitters whose turn it
/// is, and of each the first tasks; those that another transaction has locked just now are passed over. What becomes of the turns
/// is then decided here, by `FairOrder`, task by task.
final class CandidatePools {
    /// What the agents of a pool can do.
    struct Key: Hashable {
        var swarm: SwarmKey
        /// Each once, sorted.
        var types: [String]
    }

    /// The tasks of one submitter and type, in their order; the last one is next.
    private struct Queue {
        var waiting: [StoredTask]
        /// There are no others behind them.
        var isWhole: Bool
    }

    private struct Pool {
        /// By submitter and type.
        var lanes: [String: [String: Queue]] = [:]
        /// How many more tasks are in order before others must be asked for.
        var reach: Int
        /// There are no other submitters.
        var isWhole: Bool
    }

    /// Tasks that a statement is asked for, at most; who needs more asks again.
    private static let maxWanted = 512

    private var pools: [Key: Pool] = [:]
    /// When each submitter was last served, by swarm.
    private var turns: [SwarmKey: [String: Int64]] = [:]
    /// Those that were served by this transaction.
    private(set) var served: [SwarmKey: Set<String>] = [:]

    /// Asks for what the calls may get, as far as it can be told before their agents are read.
    func steps(
        for calls: [LeaseCall], _ context: StoreContext, adopt: @escaping (inout RowReader) throws -> StoredTask
    ) -> [StoreTransaction.Step] {
        var wanted: [Key: Int] = [:]
        for call in calls {
            guard let registration = context.registration(call.agent), let key = Self.key(registration, context)
            else { continue }
            wanted[key, default: 0] += min(call.slots, registration.slots, Self.maxWanted)
        }
        return wanted.filter { $0.value > 0 }.map { key, count in step(key, count, adopt) }
    }

    /// What an agent may be given, as the catalogue stands; `nil`: nothing.
    static func key(_ registration: AgentRegistration, _ context: StoreContext) -> Key? {
        let swarm = SwarmKey(namespace: registration.namespace, swarm: registration.swarm)
        guard let entry = context.entry(swarm), !entry.isSuspended else { return nil }
        let types =
            registration.capabilities.isEmpty
            ? entry.capabilities : entry.capabilities.filter(registration.capabilities.contains)
        return types.isEmpty ? nil : Key(swarm: swarm, types: Set(types).sorted())
    }

    /// Asks for candidates of a pool anew.
    func step(
        _ key: Key, _ count: Int, _ adopt: @escaping (inout RowReader) throws -> StoredTask
    ) -> StoreTransaction.Step {
        let wanted = min(count, Self.maxWanted)
        return StoreTransaction.Step(Request(Statement(Self.sql(wanted)), Self.parameters(key))) {
            [unowned self] rows in
            var pool = Pool(reach: wanted, isWhole: true)
            var lanes = 0
            var depth = Int.max
            _ = try rows.map { row in
                let task = try adopt(&row)
                let turn = try row.integer()
                lanes = try row.int()
                depth = try row.int()
                let (submitter, type) = (task.record.fairnessKey, task.record.type)
                if turns[key.swarm]?[submitter] == nil { turns[key.swarm, default: [:]][submitter] = turn }
                pool.lanes[submitter, default: [:]][type, default: Queue(waiting: [], isWhole: true)].waiting
                    .append(task)
            }
            pool.isWhole = lanes < wanted
            for (submitter, types) in pool.lanes {
                for (type, queue) in types {
                    pool.lanes[submitter]?[type] = Queue(
                        waiting: queue.waiting.reversed(), isWhole: queue.waiting.count < depth)
                }
            }
            pools[key] = pool
        }
    }

    /// The next task of a pool; `nil`: it must be asked for anew, unless it is exhausted.
    func next(_ key: Key) -> StoredTask? {
        guard var pool = pools[key], pool.reach > 0 || pool.isWhole else { return nil }
        var best: (place: Int64, task: StoredTask)?
        for (submitter, types) in pool.lanes {
            guard let first = types.values.compactMap(\.waiting.last).min(by: Self.isBefore) else { continue }
            let turn = turns[key.swarm]?[submitter] ?? 0
            let place = FairOrder.place(readyAt: first.record.readyAt, priority: first.record.priority, turn: turn)
            if let best, (best.place, best.task.sequence) < (place, first.sequence) { continue }
            best = (place, first)
        }
        guard let task = best?.task else { return nil }
        let (submitter, type) = (task.record.fairnessKey, task.record.type)
        pool.lanes[submitter]?[type]?.waiting.removeLast()
        pool.reach -= 1
        // Who stands behind it, or whether anybody does, is not known here.
        if let queue = pool.lanes[submitter]?[type], queue.waiting.isEmpty, !queue.isWhole {
            pool.reach = 0
            pool.isWhole = false
        }
        pools[key] = pool
        return task
    }

    /// Whether there is nothing to ask for.
    func isExhausted(_ key: Key) -> Bool {
        guard let pool = pools[key] else { return false }
        return pool.isWhole && pool.lanes.values.allSatisfy { $0.values.allSatisfy(\.waiting.isEmpty) }
    }

    /// A task that was too large for one call may be another's.
    func putBack(_ task: StoredTask, _ key: Key) {
        pools[key]?.lanes[task.record.fairnessKey]?[task.record.type]?.waiting.append(task)
        pools[key]?.reach += 1
    }

    /// The submitter of a task that was just leased has had a turn.
    func takeTurn(_ record: TaskRecord, _ turn: Int64) {
        let swarm = SwarmKey(namespace: record.namespace, swarm: record.swarm)
        turns[swarm, default: [:]][record.fairnessKey] = turn
        served[swarm, default: []].insert(record.fairnessKey)
    }

    /// The transaction has itself changed what is ready: what was found is not all any more.
    func forget(_ swarm: SwarmKey) {
        for key in pools.keys where key.swarm == swarm { pools[key] = nil }
    }

    /// Stores the turns that were taken.
    func turnRequest() -> Request? {
        let rows = served.flatMap { swarm, submitters in submitters.map { (swarm, $0, turns[swarm]?[$0] ?? 0) } }
            .sorted { ($0.0.namespace, $0.0.swarm, $0.1) < ($1.0.namespace, $1.0.swarm, $1.1) }
        if rows.isEmpty { return nil }
        var parameters = Parameters()
        parameters.add(rows.map(\.0.namespace))
        parameters.add(rows.map(\.0.swarm))
        parameters.add(rows.map(\.1))
        parameters.add(rows.map(\.2))
        return Request(Self.storeTurns, parameters)
    }

    private static func isBefore(_ left: StoredTask, _ right: StoredTask) -> Bool {
        (left.record.rank, left.sequence) < (right.record.rank, right.sequence)
    }

    // MARK: Statements

    private static func parameters(_ key: Key) -> Parameters {
        var parameters = Parameters(.text(key.swarm.namespace), .text(key.swarm.swarm))
        parameters.add(key.types)
        return parameters
    }

    static let storeTurns = Statement(
        "turns_store",
        """
        INSERT INTO turns AS old (namespace, swarm, fairness_key, turn)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
        ON CONFLICT (namespace, swarm, fairness_key) DO UPDATE SET turn = excluded.turn WHERE old.turn < excluded.turn
        """)

    /// Each submitter with ready tasks, found by going from one to the next in the index.
    static let submitters =
        """
        WITH RECURSIVE submitter (name) AS (
            (SELECT fairness_key FROM tasks WHERE state = 'ready' AND namespace = $1::text AND swarm = $2::text
            ORDER BY fairness_key LIMIT 1)
            UNION ALL
            SELECT (SELECT fairness_key FROM tasks WHERE state = 'ready' AND namespace = $1::text AND swarm = $2::text
                AND fairness_key > submitter.name ORDER BY fairness_key LIMIT 1)
            FROM submitter WHERE submitter.name IS NOT NULL
        )
        """

    private static let here = "state = 'ready' AND namespace = $1::text AND swarm = $2::text"

    /// The number stands in the text: a plan for any number at all would take the tasks as they lie and sort them.
    ///
    /// Of the submitters, as many are taken as tasks are wanted, those first whose turn it is: others cannot come in. Of each, twice
    /// the tasks are taken that would be an even share: where that is not enough, there will be another question.
    private static func sql(_ wanted: Int) -> String {
        """
        \(submitters), lane AS (
            SELECT name, coalesce(turn, 0) AS turn, greatest(ready_at * 1000, coalesce(turn, 0))
                - priority * \(FairOrder.priorityStep) AS place, sequence
            FROM submitter
            LEFT JOIN turns ON turns.namespace = $1::text AND turns.swarm = $2::text AND fairness_key = name
            CROSS JOIN LATERAL (
                SELECT head.* FROM unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
                    SELECT ready_at, priority, rank, sequence FROM tasks WHERE \(here) AND fairness_key = name
                    AND tasks.type = wanted.type ORDER BY rank, sequence LIMIT 1
                ) AS head ORDER BY rank, sequence LIMIT 1
            ) AS first
            WHERE name IS NOT NULL ORDER BY place, sequence LIMIT \(wanted)
        ), extent AS (
            SELECT count(*) AS lanes, least(\(wanted), 1 + 2 * \(wanted) / greatest(count(*), 1)) AS depth FROM lane
        )
        SELECT \(TaskTable.columns(of: "task")), lane.turn, extent.lanes, extent.depth
        FROM extent CROSS JOIN lane CROSS JOIN unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
            SELECT * FROM tasks WHERE \(here) AND fairness_key = lane.name AND tasks.type = wanted.type
            ORDER BY rank, sequence LIMIT (SELECT depth FROM extent) FOR UPDATE SKIP LOCKED
        ) AS task
        """
    }

    static let exist = Statement(
        "candidates_exist",
        """
        \(submitters)
        SELECT EXISTS (SELECT 1 FROM submitter CROSS JOIN unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
            SELECT 1 FROM tasks WHERE \(here) AND fairness_key = name AND tasks.type = wanted.type LIMIT 1
        ) AS task)
        """)

    static func existence(_ key: Key) -> Request { Request(exist, parameters(key)) }
}
