import TaskQueue

/// The store that the pure machine makes, with nothing around it.
struct TraceModel {
    struct Agent {
        var name: String
        var swarm: String
        var slots: Int
        /// Empty: all that its swarm takes.
        var capabilities: [String] = []
        var isDraining = false
        var isGone = false
    }

    struct Told: Equatable {
        var kind: Change.Kind
        var state: TaskState?
    }

    let machine: TaskMachine
    /// In the order of submission.
    private(set) var order: [TaskID] = []
    private(set) var records: [TaskID: TaskRecord] = [:]
    private(set) var told: [TaskID: [Told]] = [:]
    private(set) var attempts: [TaskID: [AttemptRecord]] = [:]
    private(set) var outcomes: [OutcomeRecord] = []
    private(set) var outputs: [TaskID: TaskOutput] = [:]
    var agents: [AgentID: Agent] = [:]
    /// The task types that each swarm takes.
    var swarms: [String: [String]] = [:]
    private(set) var keys = KeyModel()
    private struct Lane: Hashable {
        var swarm: String
        var fairnessKey: String
    }
    private var turns: [Lane: Int64] = [:]
    private var lastTurn: Int64 = 0

    init(machine: TaskMachine) { self.machine = machine }

    var nextDue: StoreTime? { (records.values.compactMap(\.due) + keys.dues).min() }

    mutating func add(_ transition: TaskTransition, at now: StoreTime) throws -> TaskRecord {
        let id = transition.record.id
        order.append(id)
        return try settle(nil, transition, at: now)
    }

    @discardableResult
    mutating func apply(_ event: TaskEvent, to id: TaskID, at now: StoreTime) throws -> TaskVerdict {
        guard let record = records[id] else { throw ConformanceFailure("the model has no task \(id)") }
        let transition = machine.apply(event, to: record, at: now)
        try checkInvariants(record, transition)
        _ = try settle(record, transition, at: now)
        return transition.verdict
    }

    /// Applies a sign of life, and keeps what came with it if the lease stands.
    mutating func beat(_ beat: Beat, at now: StoreTime) throws -> TaskVerdict {
        let verdict = try apply(beat.event, to: beat.task, at: now)
        if verdict != .lost, let output = beat.output { outputs[beat.task, default: TaskOutput()].append(output) }
        return verdict
    }

    /// What must be leased, in order; the tokens are taken over by `take`.
    mutating func grant(_ call: LeaseCall, to agent: Agent, at now: StoreTime) throws -> [TaskID] {
        var granted: [TaskID] = []
        while granted.count < min(call.slots, agent.slots), let record = next(for: agent) {
            if let key = record.concurrencyKey, keys.allowance(of: key, at: now) == 0 {
                store(keys.hold(record, machine, at: now))
                continue
            }
            let order = LeaseOrder(
                agent: call.agent, agentName: agent.name, token: LeaseToken(high: 0, low: 0), request: call.request)
            guard try apply(.lease(order), to: record.id, at: now) == .granted else { continue }
            lastTurn = FairOrder.turn(after: lastTurn, at: now)
            turns[Lane(swarm: record.swarm, fairnessKey: record.fairnessKey)] = lastTurn
            granted.append(record.id)
        }
        return granted
    }

    /// The ready task that `FairOrder` puts first of those that an agent can do: of each lane the first, and of those the one with the
    /// lowest place.
    private func next(for agent: Agent) -> TaskRecord? {
        let swarm = agent.swarm
        let types = (swarms[swarm] ?? []).filter { agent.capabilities.isEmpty || agent.capabilities.contains($0) }
        let ready = ready(in: swarm).filter { types.contains($0.1.type) }
        let firsts = Dictionary(grouping: ready, by: { $0.1.fairnessKey }).values.compactMap { lane in
            lane.min { ($0.1.rank, $0.0) < ($1.1.rank, $1.0) }
        }
        func place(_ record: TaskRecord) -> Int64 {
            let turn = turns[Lane(swarm: swarm, fairnessKey: record.fairnessKey)] ?? 0
            return FairOrder.place(readyAt: record.readyAt, priority: record.priority, turn: turn)
        }
        return firsts.min { (place($0.1), $0.0) < (place($1.1), $1.0) }?.1
    }

    private func ready(in swarm: String) -> [(Int, TaskRecord)] {
        order.enumerated().compactMap { index, id in
            records[id].flatMap { $0.state == .ready && $0.swarm == swarm ? (index, $0) : nil }
        }
    }

    /// Where a task stands: how many of its submitter's come before it, and how many other submitters take turns with that.
    func position(of id: TaskID) -> QueuePosition? {
        guard let record = records[id], record.state == .ready, let index = order.firstIndex(of: id) else { return nil }
        let ready = ready(in: record.swarm)
        return QueuePosition(
            ahead: ready.count { $0.1.fairnessKey == record.fairnessKey && ($0.1.rank, $0.0) < (record.rank, index) },
            otherSubmitters: Set(ready.map(\.1.fairnessKey)).subtracting([record.fairnessKey]).count)
    }

    /// The items of a group, in order.
    func items(of group: TaskID) -> [(index: Int, record: TaskRecord)] {
        order.compactMap { id in
            guard let item = id.item, item.group == group, let record = records[id] else { return nil }
            return (item.index, record)
        }.sorted { $0.index < $1.index }
    }

    /// A group, counted from its items.
    func group(_ id: TaskID) -> GroupSummary? {
        let items = items(of: id).map(\.record)
        guard let first = items.first else { return nil }
        func count(_ states: TaskState...) -> Int { items.count { states.contains($0.state) } }
        return GroupSummary(
            group: id, namespace: first.namespace, created: first.created,
            counts: GroupCounts(
                waiting: count(.delayed, .held, .ready), leased: count(.leased), succeeded: count(.succeeded),
                failed: count(.failed), cancelled: count(.cancelled)),
            failures: Array(items.compactMap { ItemFailure($0) }.prefix(GroupSummary.maxFailures)))
    }

    /// A swarm's counts of waiting and running tasks, and since when the first ones of submitters and types are ready.
    func counts(of swarm: String) -> Counts {
        let mine = records.values.filter { $0.swarm == swarm }
        func count(_ state: TaskState) -> Int { mine.count { $0.state == state } }
        let heads = Dictionary(grouping: ready(in: swarm), by: { [$0.1.fairnessKey, $0.1.type] }).values.compactMap {
            lane in
            lane.min { ($0.1.rank, $0.0) < ($1.1.rank, $1.0) }
        }
        return Counts(
            ready: count(.ready), leased: count(.leased), delayed: count(.delayed), held: count(.held),
            oldestReady: heads.map(\.1.readyAt).min(),
            nextDelayed: mine.filter { $0.state == .delayed }.map(\.readyAt).min())
    }

    struct Counts: Equatable {
        var ready: Int
        var leased: Int
        var delayed: Int
        var held: Int
        var oldestReady: StoreTime?
        var nextDelayed: StoreTime?
    }

    /// Sets a key's limit; `nil`: takes it away.
    mutating func set(_ limit: KeyLimit?, of key: String, at now: StoreTime) throws {
        keys.set(limit, of: key, at: now)
        try rebalance(key, at: now)
    }

    /// Does what is due, as the reaper must. Answers how many tasks time has changed.
    mutating func reap(at now: StoreTime) throws -> Int {
        let due = order.enumerated().compactMap { index, id in
            records[id]?.due.flatMap { $0 <= now ? (due: $0, index: index, id: id) : nil }
        }.sorted { ($0.due, $0.index) < ($1.due, $1.index) }
        var changed = 0
        for task in due {
            let before = records[task.id]
            try apply(.tick, to: task.id, at: now)
            if records[task.id] != before { changed += 1 }
        }
        for key in keys.due(at: now) { try rebalance(key, at: now) }
        return changed
    }

    mutating func take(token: LeaseToken, of id: TaskID) { records[id]?.token = token }

    func leased(by agent: AgentID) -> [TaskID] { order.filter { records[$0]?.lease?.agent == agent } }

    /// Checks the store's record.
    func reconcile(_ found: TaskRecord, at now: StoreTime) throws {
        guard let expected = records[found.id] else { throw ConformanceFailure("the model has no task \(found.id)") }
        try expectEqual(found, expected, "task \(found.id)")
    }

    /// Stores a transition and what it brings about for the other tasks of its key. Answers the task as it is then.
    private mutating func settle(
        _ before: TaskRecord?, _ transition: TaskTransition, at now: StoreTime
    ) throws -> TaskRecord {
        let id = transition.record.id
        if let key = transition.record.concurrencyKey,
            before.map({ KeyStanding.isConcerned($0, transition.record) }) ?? true
        {
            store(keys.take(key, before, transition, at: now))
            try rebalance(key, at: now)
        } else {
            store(transition)
        }
        return records[id] ?? transition.record
    }

    private mutating func rebalance(_ key: String, at now: StoreTime) throws {
        while let move = keys.nextMove(of: key, at: now) {
            let candidates = order.enumerated().compactMap { index, id in
                records[id].flatMap { $0.concurrencyKey == key && $0.swarm == move.swarm ? (index, $0) : nil }
            }
            let held = candidates.filter { $0.1.state == .held && $0.1.holds.isSubset(of: .keyLimits) }
            let ready = candidates.filter { $0.1.state == .ready }
            let chosen =
                move.hold == nil
                ? held.min { ($0.1.rank, $0.0) < ($1.1.rank, $1.0) }
                : ready.max { ($0.1.rank, $0.0) < ($1.1.rank, $1.0) }
            guard let record = chosen?.1 else { throw ConformanceFailure("key \(key) has no task for \(move)") }
            store(keys.move(record, move, machine, at: now))
        }
    }

    private mutating func store(_ transition: TaskTransition) {
        let id = transition.record.id
        records[id] = transition.record
        told[id, default: []] += transition.changes.map { Told(kind: $0, state: transition.record.state) }
        if let attempt = transition.attempt { attempts[id, default: []].append(attempt) }
        if let outcome = transition.outcome { outcomes.append(outcome) }
    }

    private func checkInvariants(_ before: TaskRecord, _ transition: TaskTransition) throws {
        let after = transition.record
        if before.state.isEnd { try expectEqual(after, before, "a task that has ended") }
        try expect(after.epoch >= before.epoch, "the epoch falls")
        try expect(after.attempts <= RetryPolicy.maxAttempts, "\(after.attempts) attempts")
    }
}
