import TaskQueue

/// Ready tasks that a transaction has locked for its lease calls, and the order in which they are given out.
///
/// Calls of agents that can do the same share a pool, so that one statement serves them all. It finds the submitters whose turn it
/// is, and of each the first tasks; those that another transaction has locked just now are passed over. What becomes of the turns
/// is then decided here, by `FairOrder`, task by task.
///
/// The submitters are found by what the table of lanes says of them, which is what the last commit has left; those that this
/// transaction has changed are named, and looked at as they are.
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

    /// Tasks that statements are for: one is kept for each number, which is part of its text. A plan for any number at all would take
    /// the tasks as they lie and sort them. Who needs more than the last asks again.
    private static let sizes = [1, 4, 16, 32, 64, 128, 256, 512]
    private static var maxWanted: Int { sizes[sizes.count - 1] }

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
        return wanted.filter { $0.value > 0 }.map { key, count in step(key, count, touched: [], adopt) }
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
    /// - Parameter touched: the submitters in whose lanes the transaction has changed something.
    func step(
        _ key: Key, _ count: Int, touched: Set<String>,
        _ adopt: @escaping (inout RowReader) throws -> StoredTask
    ) -> StoreTransaction.Step {
        let wanted = Self.sizes.first { $0 >= count } ?? Self.maxWanted
        var parameters = Self.parameters(key)
        let known = touched.union(served[key.swarm] ?? [])
        parameters.add(known)
        parameters.add(.integer, known.map { Cell(turns[key.swarm]?[$0]) })
        let statement = Self.statements[Size(wanted: wanted, isOfOneType: key.types.count == 1)]
        guard let statement else { preconditionFailure("a statement for each size") }
        return StoreTransaction.Step(Request(statement, parameters)) {
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

    /// The turns that were taken.
    var turnsTaken: [(swarm: SwarmKey, submitter: String, turn: Int64)] {
        served.flatMap { swarm, submitters in
            submitters.map { (swarm: swarm, submitter: $0, turn: turns[swarm]?[$0] ?? 0) }
        }
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

    private struct Size: Hashable {
        var wanted: Int
        var isOfOneType: Bool
    }

    private static let statements: [Size: Statement] = {
        let all = sizes.flatMap { [Size(wanted: $0, isOfOneType: true), Size(wanted: $0, isOfOneType: false)] }
        return Dictionary(
            uniqueKeysWithValues: all.map { size in
                (size, Statement("candidates_\(size.wanted)\(size.isOfOneType ? "_one" : "")", sql(size)))
            })
    }()

    static let writing: [Statement] = Array(statements.values) + [exist]

    private static let here = "namespace = $1::text AND swarm = $2::text"

    /// The rank of a lane's first task, and that task.
    private static func head(of lane: String) -> String {
        "(\(lane).head_ready_at - \(lane).head_priority * \(QueuePolicy.priorityStepMs), \(lane).head)"
    }

    /// Of the submitters, as many are taken as tasks are wanted, those first whose turn it is: others cannot come in. A lane whose first
    /// task is not its submitter's first of the wanted types is passed over. Of each submitter, twice the tasks are taken that would be
    /// an even share: where that is not enough, there will be another question.
    private static func sql(_ size: Size) -> String {
        let wanted = size.wanted
        let isFirst =
            size.isOfOneType
            ? ""
            : """
            AND NOT EXISTS (SELECT 1 FROM lanes AS other WHERE other.namespace = $1::text AND other.swarm = $2::text
                AND other.fairness_key = lanes.fairness_key AND other.type = ANY ($3::text[])
                AND \(head(of: "other")) < \(head(of: "lanes")))
            """
        return """
            WITH known AS (
                SELECT * FROM unnest($4::text[], $5::bigint[]) AS known (name, turn)
            ), near AS (
                SELECT name, turn FROM known
                UNION
                SELECT next.fairness_key, NULL FROM unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
                    SELECT fairness_key FROM lanes WHERE \(here) AND lanes.type = wanted.type AND place IS NOT NULL
                    AND fairness_key <> ALL ($4::text[]) \(isFirst) ORDER BY place, head LIMIT \(wanted)
                ) AS next
            ), lane AS (
                SELECT name, turn.turn, \(LaneTable.place(readyAt: "ready_at", priority: "priority", turns: "turn.turn"))
                    AS place, sequence
                FROM near CROSS JOIN LATERAL (SELECT coalesce(near.turn, (SELECT max(lanes.turn) FROM lanes
                    WHERE \(here) AND fairness_key = name), 0) AS turn) AS turn
                CROSS JOIN LATERAL (
                    SELECT head.* FROM unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
                        SELECT ready_at, priority, rank, sequence FROM tasks WHERE state = 'ready' AND \(here)
                        AND fairness_key = name AND tasks.type = wanted.type ORDER BY rank, sequence LIMIT 1
                    ) AS head ORDER BY rank, sequence LIMIT 1
                ) AS first ORDER BY place, sequence LIMIT \(wanted)
            ), extent AS (
                SELECT (SELECT count(*) FROM near) AS lanes,
                    least(\(wanted), 1 + 2 * \(wanted) / greatest(count(*), 1)) AS depth FROM lane
            )
            SELECT \(TaskTable.columns(of: "task")), lane.turn, extent.lanes, extent.depth
            FROM extent CROSS JOIN lane CROSS JOIN unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
                SELECT * FROM tasks WHERE state = 'ready' AND \(here) AND fairness_key = lane.name
                AND tasks.type = wanted.type ORDER BY rank, sequence LIMIT (SELECT depth FROM extent)
                FOR UPDATE SKIP LOCKED
            ) AS task
            """
    }

    private static let exist = Statement(
        "candidates_exist",
        """
        SELECT EXISTS (SELECT 1 FROM lanes WHERE \(here) AND type = ANY ($3::text[]) AND place IS NOT NULL)
        """)

    static func existence(_ key: Key) -> Request { Request(exist, parameters(key)) }
}
