import TaskQueue

/// The store that the pure machine makes, with nothing around it.
struct TraceModel {
    struct Agent {
        var name: String
        var swarm: String
        var slots: Int
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
    var agents: [AgentID: Agent] = [:]
    /// The earliest and latest time that the last event's jitter allows, where it had one.
    private var readyBounds: [TaskID: ClosedRange<StoreTime>] = [:]

    init(machine: TaskMachine) { self.machine = machine }

    var nextDue: StoreTime? { records.values.compactMap(\.due).min() }

    mutating func add(_ transition: TaskTransition) {
        order.append(transition.record.id)
        store(transition)
    }

    @discardableResult
    mutating func apply(_ event: TaskEvent, to id: TaskID, at now: StoreTime) throws -> TaskVerdict {
        guard let record = records[id] else { throw ConformanceFailure("the model has no task \(id)") }
        let transition = machine.apply(event, to: record, at: now, random: 0)
        let latest = machine.apply(event, to: record, at: now, random: 1)
        if transition.record.readyAt != latest.record.readyAt {
            readyBounds[id] = transition.record.readyAt...latest.record.readyAt
        }
        try checkInvariants(record, transition)
        store(transition)
        return transition.verdict
    }

    /// What must be leased, in order; the tokens are taken over by `take`.
    mutating func grant(_ call: LeaseCall, to agent: Agent, at now: StoreTime) -> [TaskID] {
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        let ready = records.values.filter { $0.state == .ready && $0.swarm == agent.swarm }
            .sorted { ($0.rank, places[$0.id] ?? 0) < ($1.rank, places[$1.id] ?? 0) }
        var granted: [TaskID] = []
        for record in ready {
            if granted.count == min(call.slots, agent.slots) { break }
            let order = LeaseOrder(
                agent: call.agent, agentName: agent.name, token: LeaseToken(high: 0, low: 0), request: call.request)
            let transition = machine.apply(.lease(order), to: record, at: now, random: 0)
            store(transition)
            if transition.verdict == .granted { granted.append(record.id) }
        }
        return granted
    }

    mutating func take(token: LeaseToken, of id: TaskID) { records[id]?.token = token }

    func due(at now: StoreTime) -> [TaskID] {
        order.filter { id in (records[id]?.due).map { $0 <= now } ?? false }
    }

    func leased(by agent: AgentID) -> [TaskID] { order.filter { records[$0]?.lease?.agent == agent } }

    /// Checks the store's record, and takes over what the store drew for itself.
    mutating func reconcile(_ found: TaskRecord, at now: StoreTime) throws {
        guard var expected = records[found.id] else { throw ConformanceFailure("the model has no task \(found.id)") }
        if let bounds = readyBounds.removeValue(forKey: found.id), bounds.contains(found.readyAt) {
            expected.readyAt = found.readyAt
            records[found.id] = expected
        }
        try expectEqual(found, expected, "task \(found.id)")
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
