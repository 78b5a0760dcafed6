import TaskQueue

/// One transaction for many calls: locks and reads what they need, applies events through the machine in memory, and writes
/// everything back with the commit.
///
/// Flow: one exchange with the server that begins it, locks and reads; the calls' own work, which asks the server only for what
/// was not foreseen; one exchange that writes and commits. Two exchanges, however many calls.
///
/// Locks are taken in one order by everybody (keys, agents, tasks by place, candidates that nobody else has locked, the feed), so
/// that transactions seldom wait for each other in a circle; where they do, the server ends one, and it is done again.
///
/// Not `Sendable`: it lives on a writer's thread.
final class StoreTransaction {
    private static let maxPayloadBytes = 64 << 20

    let session: PostgresSession
    let context: StoreContext
    /// One moment for all of it.
    private(set) var now: StoreTime
    /// The commit is on its way: should its answer not come, nobody knows what became of it.
    private(set) var isCommitting = false

    private var tasks: [TaskID: StoredTask] = [:]
    private var absentTasks: Set<TaskID> = []
    private var agents: [AgentID: AgentRecord] = [:]
    private var absentAgents: Set<AgentID> = []
    private var lockedKeys: Set<Int64> = []
    /// Places for new tasks.
    private var places: [Int64] = []
    let candidates = CandidatePools()
    /// The concurrency keys that this transaction holds.
    var keys: [KeyName: StoredKey] = [:]
    /// Live tasks of namespaces before this transaction.
    private var liveBefore: [String: Int] = [:]
    private var changes = PendingChanges()
    private var feed: [FeedEntry] = []
    private var lanes = LaneChanges()
    private var groups = GroupChanges()
    /// What is done under the lock of the feed.
    private var closing: [Request] = []
    private var activeIn: Set<SwarmKey> = []
    private var payloadsWanted: [Int64] = []
    private var payloads: [Int64: Payload] = [:]
    private var payloadBytes = 0
    private var questions: [Step] = []
    /// Stores the store's time and activity whether or not it is their turn.
    var notesEverything = false

    var machine: TaskMachine { context.machine }
    var hasFed: Bool { !feed.isEmpty }

    init(_ session: PostgresSession, _ context: StoreContext) {
        self.session = session
        self.context = context
        now = context.time.now()
    }

    /// A statement, and who takes its rows.
    struct Step {
        var request: Request
        var take: ((Rows) throws -> Void)?

        init(_ request: Request, _ take: ((Rows) throws -> Void)? = nil) {
            self.request = request
            self.take = take
        }
    }

    struct Payload {
        var input: [UInt8]
        var checkpoint: [UInt8]?
    }

    // MARK: Beginning

    /// Begins the transaction and reads all of `needs`.
    func begin(_ needs: Needs) throws {
        var steps = [Step(Request(Statements.begin)), headStep()]
        steps += lockSteps(needs.dedupKeys.map(\.lock) + needs.keys.map(\.lock))
        let agents = Set(needs.agents + needs.leases.map(\.agent))
        if !agents.isEmpty { steps.append(agentStep(agents)) }
        if !needs.tasks.isEmpty { steps.append(taskStep(Set(needs.tasks))) }
        steps += candidates.steps(for: needs.leases, context) { [unowned self] row in try adopt(&row) }
        if needs.insertions > 0 { steps.append(placeStep(needs.insertions)) }
        if !needs.namespaces.isEmpty { steps.append(liveStep(needs.namespaces)) }
        try run(steps)
        try holdKeys(needs.keys + tasks.values.compactMap { KeyName($0.record) })
        // After the locks, so that it is not before what they waited for.
        now = max(now, context.time.now())
    }

    /// The catalogue's version, and the time that the database has lived by.
    private func headStep() -> Step {
        Step(Request(Statements.head)) { [unowned self] rows in
            guard var row = rows.first else { throw Self.damaged("the row of the clock is missing") }
            let version = try row.integer()
            now = max(now, try row.time())
            if version != context.catalogueVersion { try loadCatalogue() }
        }
    }

    private func loadCatalogue() throws {
        let rows = try session.run([Request(Statements.catalogue)])
        let (entries, version) = try CatalogueTable.read(rows[0])
        context.setCatalogue(entries, version: version)
    }

    private func liveStep(_ namespaces: Set<String>) -> Step {
        var parameters = Parameters()
        parameters.add(namespaces)
        return Step(Request(Statements.live, parameters)) { [unowned self] rows in
            for namespace in namespaces { liveBefore[namespace] = 0 }
            _ = try rows.map { row in liveBefore[try row.text()] = try row.int() }
        }
    }

    func lockSteps(_ keys: [Int64]) -> [Step] {
        let new = Set(keys).subtracting(lockedKeys)
        if new.isEmpty { return [] }
        lockedKeys.formUnion(new)
        var parameters = Parameters()
        parameters.add(new.sorted())
        return [Step(Request(Statements.lockKeys, parameters))]
    }

    private func agentStep(_ wanted: Set<AgentID>) -> Step {
        var parameters = Parameters()
        parameters.add(wanted.map(\.text))
        return Step(Request(Statements.agentsLocked, parameters)) { [unowned self] rows in
            absentAgents.formUnion(wanted)
            _ = try rows.map { row in keep(try AgentTable.read(&row)) }
        }
    }

    private func taskStep(_ wanted: Set<TaskID>) -> Step {
        var parameters = Parameters()
        parameters.add(wanted.map(\.text))
        return Step(Request(Statements.tasksLocked, parameters)) { [unowned self] rows in
            absentTasks.formUnion(wanted)
            _ = try rows.map { row in try adopt(&row) }
        }
    }

    private func placeStep(_ count: Int) -> Step {
        Step(Request(Statements.places, Parameters(Cell(count)))) { [unowned self] rows in
            places += try rows.map { row in try row.integer() }.reversed()
        }
    }

    // MARK: Exchanges

    /// Sends what is pending, and `steps` after it; waits for the answers.
    func run(_ steps: [Step], afterwards: Request? = nil) throws {
        let steps = changes.take() + steps
        let answers = try session.run(steps.map(\.request), afterwards: afterwards)
        for (step, rows) in zip(steps, answers) { try step.take?(rows) }
    }

    func rows(_ request: Request) throws -> Rows {
        var found: Rows?
        try run([Step(request) { found = $0 }])
        guard let found else { preconditionFailure("an answer to each statement") }
        return found
    }

    /// A statement on what changes under the lock of the feed: it goes with the commit.
    func close(with requests: [Request]) { closing += requests }

    /// A statement that goes with the next exchange, after what is pending then.
    func enqueue(_ request: Request) { changes.add(request) }

    /// A question that goes with the commit, after all that the transaction has written.
    func ask(_ request: Request, _ take: @escaping (Rows) throws -> Void) {
        questions.append(Step(request, take))
    }

    /// Writes everything and commits.
    func commit(notifying announcement: Request?) throws {
        let due = context.notes.due(at: now, activeIn: activeIn, all: notesEverything)
        flushKeys()
        var steps = payloadSteps()
        closing += LaneTable.requests(lanes, turns: candidates.turnsTaken, at: now)
        closing += GroupTable.adding(groups, at: now)
        if !feed.isEmpty || !closing.isEmpty {
            steps.append(Step(Request(FeedTable.lock, Parameters(.integer(AdvisoryLock.feed)))))
            if !feed.isEmpty { steps.append(Step(FeedTable.insertion(of: feed))) }
            steps += closing.map { Step($0) }
        }
        steps += questions
        steps += Statements.noting(due).map { Step($0) }
        steps.append(Step(Request(Statements.commit)))
        isCommitting = true
        // Outside of the transaction: a notification in it would make all of the server's commits wait for each other.
        try run(steps, afterwards: feed.isEmpty ? nil : announcement)
        context.notes.settle(due)
    }

    func rollBack() throws { _ = try session.run([Request(Statements.rollback)]) }

    // MARK: Tasks

    func task(_ id: TaskID) throws -> StoredTask? {
        if let known = tasks[id] { return known }
        if !absentTasks.contains(id) { try run([taskStep([id])]) }
        return tasks[id]
    }

    /// The tasks that `request` selects, locked; a task that the transaction knows is as the transaction knows it.
    func tasks(_ request: Request) throws -> [StoredTask] {
        try rows(request).map { row in try adopt(&row) }
    }

    /// Another candidate of a pool, as long as there are any.
    func candidate(_ key: CandidatePools.Key, wanted: Int) throws -> StoredTask? {
        if let next = candidates.next(key) { return next }
        if candidates.isExhausted(key) { return nil }
        let touched = lanes.touched[key.swarm] ?? []
        try run([candidates.step(key, wanted, touched: touched) { [unowned self] row in try adopt(&row) }])
        return candidates.next(key)
    }

    private func adopt(_ row: inout RowReader) throws -> StoredTask {
        let read = try TaskTable.read(&row)
        if let known = tasks[read.record.id] { return known }
        tasks[read.record.id] = read
        return read
    }

    /// Applies `event` to a task and stores what comes of it, for other tasks of its key, too: the task is then as that leaves it.
    @discardableResult
    func apply(_ event: TaskEvent, to task: StoredTask) throws -> TaskTransition {
        let before = task.record
        let transition = machine.apply(event, to: before, at: now)
        if let key = KeyName(before), KeyStanding.isConcerned(before, transition.record) {
            try settle(key, before, transition, of: task)
        } else {
            store(transition, of: task, before)
        }
        return transition
    }

    /// Applies an event that the rules for keys have decided on already.
    func move(_ task: StoredTask, _ event: TaskEvent) {
        let before = task.record
        store(machine.apply(event, to: before, at: now), of: task, before)
    }

    /// - Parameter before: `nil`: the task is new.
    func store(_ transition: TaskTransition, of task: StoredTask, _ before: TaskRecord?) {
        let record = transition.record
        task.record = record
        lanes.note(before, record)
        groups.note(before, record)
        if let before, before != record {
            changes.update(task)
            if record.state.isEnd, !before.state.isEnd {
                changes.countLive(-1, in: record.namespace)
                if task.checkpointBytes > 0 { save(nil, of: task) }
            }
        }
        log(transition)
    }

    /// Puts a new task in, and answers it as it is then.
    func insert(_ transition: TaskTransition, input: [UInt8], result: [UInt8]? = nil) throws -> TaskRecord {
        if places.isEmpty { try run([placeStep(1)]) }
        let record = transition.record
        let task = StoredTask(sequence: places.removeLast(), record: record)
        tasks[record.id] = task
        changes.insert(task, input: input, result: result)
        if !record.state.isEnd { changes.countLive(1, in: record.namespace) }
        if let key = KeyName(record), !record.state.isEnd {
            try settle(key, nil, transition, of: task)
        } else {
            store(transition, of: task, nil)
        }
        return task.record
    }

    /// Tasks of a namespace that have not ended.
    func live(_ namespace: String) throws -> Int {
        if liveBefore[namespace] == nil {
            // What is pending is counted then.
            try run([liveStep([namespace])])
            liveBefore[namespace]? -= changes.liveSoFar(namespace)
        }
        return (liveBefore[namespace] ?? 0) + changes.liveSoFar(namespace)
    }

    func save(_ checkpoint: [UInt8]?, of task: StoredTask) {
        task.checkpointBytes = checkpoint?.count ?? 0
        changes.update(task)
        changes.setCheckpoint(checkpoint, of: task)
    }

    func append(_ output: [UInt8], to task: StoredTask) { changes.append(output, to: task) }

    func setResult(_ result: [UInt8], of task: StoredTask) { changes.setResult(result, of: task) }

    // MARK: Payloads

    /// The payload of a task will be there after the commit.
    func wantPayload(of task: StoredTask) {
        payloadsWanted.append(task.sequence)
        payloadBytes += task.record.inputBytes + task.checkpointBytes
    }

    /// Whether the answers of the calls so far are so large that further ones had better have a transaction of their own.
    var isFull: Bool { payloadBytes > Self.maxPayloadBytes }

    func payload(of task: StoredTask) -> Payload? { payloads[task.sequence] }

    private func payloadSteps() -> [Step] {
        if payloadsWanted.isEmpty { return [] }
        var parameters = Parameters()
        parameters.add(payloadsWanted)
        return [
            Step(Request(Statements.payloads, parameters)) { [unowned self] rows in
                _ = try rows.map { row in
                    payloads[try row.integer()] = Payload(
                        input: try row.bytes(), checkpoint: row.optionalBytes())
                }
            }
        ]
    }

    // MARK: Agents

    func agent(_ id: AgentID) throws -> AgentRecord? {
        if let known = agents[id] { return known }
        if !absentAgents.contains(id) { try run([agentStep([id])]) }
        return agents[id]
    }

    func agents(_ request: Request) throws -> [AgentRecord] {
        try rows(request).map { row in keep(try AgentTable.read(&row)) }
    }

    private func keep(_ read: AgentRecord) -> AgentRecord {
        if let known = agents[read.id] { return known }
        agents[read.id] = read
        context.remember(read)
        return read
    }

    /// Stores that the agent was heard of.
    func see(_ agent: AgentRecord) {
        agents[agent.id] = agent
        changes.see(agent)
    }

    /// Stores a new agent, or a known one whole.
    func put(_ agent: AgentRecord, isNew: Bool) {
        agents[agent.id] = agent
        context.remember(agent)
        changes.put(agent, isNew: isNew)
    }

    /// Until the end of the transaction, nobody else decides on what this key names.
    func lock(_ key: Int64) throws { try run(lockSteps([key])) }

    // MARK: Ledger and feed

    private func log(_ transition: TaskTransition) {
        if let attempt = transition.attempt { changes.add(attempt) }
        if let outcome = transition.outcome { changes.add(outcome) }
        if let group = FailureGroup(transition) { changes.add(group) }
        let record = transition.record
        for kind in transition.changes {
            feed(
                kind, namespace: record.namespace, swarm: record.swarm, task: record.id,
                object: record.origin.objectName, state: record.state, agent: record.lastLease?.agent,
                work: Change.WorkKind(record))
            let key = SwarmKey(namespace: record.namespace, swarm: record.swarm)
            if kind == .submitted || kind == .leased || kind == .finished { activeIn.insert(key) }
            if kind == .ready { candidates.forget(key) }
        }
    }

    func feed(
        _ kind: Change.Kind, namespace: String, swarm: String, task: TaskID? = nil, object: String? = nil,
        state: TaskState? = nil, agent: AgentID? = nil, work: Change.WorkKind? = nil
    ) {
        feed.append(
            FeedEntry(
                time: now, kind: kind, namespace: namespace, swarm: swarm, task: task, object: object, state: state,
                agent: agent, work: work))
    }

    static func damaged(_ what: String) -> TaskStoreError {
        TaskStoreError(.corrupt, "the task store's tables are damaged: \(what); restore them from a backup")
    }
}
