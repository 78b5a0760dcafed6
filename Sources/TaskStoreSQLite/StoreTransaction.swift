import FoundationEssentials
import GRDB
import StructuredData
import Synchronization
import TaskQueue

/// One transaction of the writer: reads records, applies events through the machine, and stores all that a transition says.
///
/// Not `Sendable`: it lives on the writer's thread, for one commit.
final class StoreTransaction {
    /// What the writer keeps between transactions.
    final class Context: Sendable {
        struct Key: Hashable {
            var namespace: String
            var swarm: String
        }

        private struct State {
            var generator: any RandomNumberGenerator & Sendable
            var catalogue: [Key: CatalogueEntry]?
            /// The rows of `lanes` that were in use lately.
            var lanes: [LaneName: Int64] = [:]
            /// How many lanes submitters have.
            var submitters: [Submitter: Int] = [:]
            /// How many tasks of namespaces have not ended.
            var live: [String: Int] = [:]
            /// Rows of `agents` that were read lately.
            var agents: [AgentID: AgentRecord] = [:]
            var lastTurn: Int64
        }

        /// More are not remembered at once.
        private static let maxLanes = 20_000
        private static let maxAgents = 5_000

        let machine: TaskMachine
        let notes = AgentNotes()
        let pulse = SwarmPulse()
        let atHand = TasksAtHand()
        /// The writer's own.
        let shelf = StatementShelf()
        /// The store's time.
        let now: @Sendable () -> StoreTime
        private let state: Mutex<State>

        init(
            machine: TaskMachine, now: @escaping @Sendable () -> StoreTime,
            generator: any RandomNumberGenerator & Sendable, lastTurn: Int64
        ) {
            self.machine = machine
            self.now = now
            state = Mutex(State(generator: generator, catalogue: nil, lastTurn: lastTurn))
        }

        func token() -> LeaseToken { state.withLock { LeaseToken(using: &$0.generator) } }
        func bits() -> UInt64 { state.withLock { $0.generator.next() } }

        func entry(_ key: Key, _ db: Database) throws -> CatalogueEntry? {
            if let entries = state.withLock({ $0.catalogue }) { return entries[key] }
            let entries = try StoreTransaction.catalogue(db)
            let byKey = Dictionary(
                entries.map { (Key(namespace: $0.namespace, swarm: $0.swarm), $0) }, uniquingKeysWith: { $1 })
            state.withLock { $0.catalogue = byKey }
            return byKey[key]
        }

        /// What is cached may have been read from a transaction that came to nothing, or is about to change.
        func forgetCached() {
            notes.notWritten()
            atHand.forgetAll()
            state.withLock {
                $0.catalogue = nil
                $0.lanes = [:]
                $0.submitters = [:]
                $0.live = [:]
                $0.agents = [:]
            }
        }

        func agent(_ id: AgentID) -> AgentRecord? { state.withLock { $0.agents[id] } }

        func remember(_ agent: AgentRecord) {
            state.withLock { state in
                if state.agents.count >= Self.maxAgents { state.agents = [:] }
                state.agents[agent.id] = agent
            }
        }

        /// Its row is about to change.
        func forget(_ agent: AgentID) { state.withLock { $0.agents[agent] = nil } }

        func live(in namespace: String) -> Int? { state.withLock { $0.live[namespace] } }

        func setLive(_ count: Int, in namespace: String) { state.withLock { $0.live[namespace] = count } }

        /// Nothing, where the number is not known.
        func addLive(_ count: Int, in namespace: String) { state.withLock { $0.live[namespace]? += count } }

        func lane(_ name: LaneName) -> Int64? { state.withLock { $0.lanes[name] } }

        func remember(_ lane: Int64, _ name: LaneName) {
            state.withLock { state in
                if state.lanes.count >= Self.maxLanes { state.lanes = [:] }
                state.lanes[name] = lane
            }
        }

        func lanes(of submitter: Submitter) -> Int? { state.withLock { $0.submitters[submitter] } }

        func remember(_ count: Int, of submitter: Submitter) {
            state.withLock { state in
                if state.submitters.count >= Self.maxLanes { state.submitters = [:] }
                state.submitters[submitter] = count
            }
        }

        func forgetLanes(of submitter: Submitter) { state.withLock { $0.submitters[submitter] = nil } }

        /// The turn of a lane that is served now. A number that a rolled back call had is not given again.
        func turn(at now: StoreTime) -> Int64 {
            state.withLock { state in
                state.lastTurn = FairOrder.turn(after: state.lastTurn, at: now)
                return state.lastTurn
            }
        }
    }

    let db: Database
    let context: Context
    /// One moment for each call.
    private(set) var now: StoreTime
    /// What the calls so far have added to the feed.
    private(set) var fed: [Change] = []
    private var fedInCall: [Change] = []
    /// Whether somebody who learns from the feed alone waits for what it says.
    private(set) var isPressing = false
    /// Whoever made the current call tells of what comes of it.
    var isTold = false
    /// How far the feed has been pruned, if it was.
    private(set) var pruned: Int64?
    var hasWritten = false
    /// What the current call has changed and `flush` has yet to write.
    var pending = Pending()

    var machine: TaskMachine { context.machine }

    init(_ db: Database, _ context: Context) {
        self.db = db
        self.context = context
        now = context.now()
    }

    func beginCall() {
        now = context.now()
        fedInCall = []
        isTold = false
        pending = Pending()
    }

    /// Writes what the call has gathered: counts that many of its tasks may share.
    func flush() throws {
        try flushKeys()
        try flushLanes()
        try flushGroups()
        try flushCounts()
    }

    func endCall(isKept: Bool) {
        if isKept {
            fed += fedInCall
            isPressing = isPressing || !fedInCall.isEmpty && !(isTold && FeedHints.canWait(fedInCall))
        } else {
            context.forgetCached()
            pending = Pending()
        }
    }

    /// Notes the time in the store, so that it never goes back, whatever happens to this machine's clock. The end of the feed says it,
    /// too.
    func finish() throws {
        try flush()
        if hasWritten, fed.last?.time != now || pruned != nil {
            try run("UPDATE state SET time = max(time, ?)", [now.milliseconds])
        }
    }

    // MARK: Statements

    func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
        hasWritten = true
        try DirectStatement(sql, arguments, db).run()
    }

    func run(_ query: Query, _ give: (inout Binder) throws -> Void) throws {
        hasWritten = true
        try DirectStatement(query, context.shelf, db, give).run()
    }

    func rows(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    func row(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    /// Reads rows without making any; for what is read often. Each row is to be read without another statement.
    func read<Element>(
        _ sql: String, _ arguments: [(any DatabaseValueConvertible)?],
        _ body: (inout RowReader) throws -> Element
    ) throws -> [Element] {
        try DirectStatement(sql, arguments, db).rows(body)
    }

    /// Reads the one row that there is, or may be.
    func read<Element>(
        _ query: Query, _ give: (inout Binder) throws -> Void, _ body: (inout RowReader) throws -> Element
    ) throws -> Element? {
        try DirectStatement(query, context.shelf, db, give).first(body)
    }

    // MARK: Tasks

    func task(_ id: TaskID) throws -> StoredTask? {
        try context.atHand.task(id) ?? read(Self.taskByID, { $0.bind(id.text) }, TaskRow.read)
    }

    func tasks(where condition: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> [StoredTask] {
        try read(TaskRow.select + "WHERE " + condition, arguments, TaskRow.read)
    }

    func task(at sequence: Int64) throws -> StoredTask? {
        try context.atHand.task(at: sequence) ?? read(Self.taskBySequence, { $0.bind(sequence) }, TaskRow.read)
    }

    /// Applies `event` to a task and stores what comes of it, for other tasks of its key, too. Answers the task as it is then.
    /// - Parameter result: what an accepted report brings.
    @discardableResult
    func apply(_ event: TaskEvent, to task: StoredTask, result: [UInt8]? = nil) throws -> TaskTransition {
        let transition = machine.apply(event, to: task.record, at: now)
        guard let key = task.record.concurrencyKey, KeyStanding.isConcerned(task.record, transition.record) else {
            try store(transition, of: task, result: result)
            return transition
        }
        return try settle(KeyName(namespace: task.record.namespace, key: key), task.record, transition) {
            try store($0, of: task, result: result)
            return task.sequence
        }
    }

    /// Applies an event that the rules for keys have decided on already.
    func move(_ task: StoredTask, _ event: TaskEvent) throws -> TaskRecord {
        let transition = machine.apply(event, to: task.record, at: now)
        try store(transition, of: task)
        return transition.record
    }

    func store(_ transition: TaskTransition, of task: StoredTask, result: [UInt8]? = nil) throws {
        let record = transition.record
        if record != task.record {
            let lane =
                record.state.isEnd
                ? nil : record.swarm == task.record.swarm ? task.lane : try lane(of: record)
            noteLanes(task.record, task.lane, record, lane)
            noteGroup(task.record, record)
            if let update = TaskPart.update(from: task.record, lane: task.lane, to: record, lane: lane) {
                try run(update.query) { binder in
                    update.give(&binder)
                    binder.bind(task.sequence)
                }
                context.atHand.wrote(StoredTask(sequence: task.sequence, lane: lane, record: record))
            }
            if let result, transition.verdict == .accepted {
                try run(Self.setResult) {
                    $0.bind(result)
                    $0.bind(task.sequence)
                }
            } else if record.state.isEnd, !task.record.state.isEnd {
                try run(Self.dropCheckpoint) { $0.bind(task.sequence) }
            }
        }
        try log(transition)
    }

    /// Puts a new task in, which is known to be new if it has a key. Answers it as it is then; `nil`: its id is there already.
    func insert(_ transition: TaskTransition, input: [UInt8], result: [UInt8]? = nil) throws -> TaskRecord? {
        let record = transition.record
        guard let key = record.concurrencyKey, !record.state.isEnd else {
            return try add(transition, input, result).map { _ in record }
        }
        return try settle(KeyName(namespace: record.namespace, key: key), nil, transition) { transition in
            guard let sequence = try add(transition, input, result) else {
                throw TaskStoreError(.corrupt, "task \(record.id) is there and was not found")
            }
            return sequence
        }.record
    }

    private func add(_ transition: TaskTransition, _ input: [UInt8], _ result: [UInt8]?) throws -> Int64? {
        let record = transition.record
        let lane = record.state.isEnd ? nil : try lane(of: record)
        try run(TaskRow.insert) { TaskRow.give(record, lane: lane, to: &$0) }
        if db.changesCount == 0 { return nil }
        let sequence = db.lastInsertedRowID
        context.atHand.wrote(StoredTask(sequence: sequence, lane: lane, record: record))
        noteLanes(nil, nil, record, lane)
        noteGroup(nil, record)
        try run(Self.insertPayload) {
            $0.bind(sequence)
            $0.bind(input)
            $0.bind(result)
        }
        try log(transition)
        return sequence
    }

    /// Ledger and feed.
    private func log(_ transition: TaskTransition) throws {
        let record = transition.record
        if let attempt = transition.attempt {
            try run(Self.insertAttempt) {
                $0.bind(attempt.task.text)
                $0.bind(attempt.number)
                $0.bind(attempt.epoch)
                $0.bind(attempt.agent.text)
                $0.bind(attempt.agentName)
                $0.bind(attempt.started)
                $0.bind(attempt.ended)
                $0.bind(attempt.end.rawValue)
                $0.bind(attempt.failure?.code)
                $0.bind(attempt.failure?.message)
            }
        }
        if let outcome = transition.outcome {
            try run(Self.insertOutcome) {
                $0.bind(outcome.task.text)
                $0.bind(outcome.namespace)
                $0.bind(outcome.swarm)
                $0.bind(outcome.type)
                $0.bind(outcome.state.rawValue)
                $0.bind(outcome.attempts)
                $0.bind(outcome.waitMs)
                $0.bind(outcome.runMs)
                $0.bind(outcome.inputBytes)
                $0.bind(outcome.resultBytes)
                $0.bind(outcome.failureCode)
                $0.bind(outcome.ended)
            }
        }
        if let group = FailureGroup(transition) { try join(group) }
        for kind in transition.changes {
            try feed(kind, record)
            guard kind == .submitted || kind == .leased || kind == .finished else { continue }
            let swarm = Context.Key(namespace: record.namespace, swarm: record.swarm)
            pending.activity.insert(swarm)
            if kind == .submitted { pending.arrivals[swarm, default: 0] += 1 }
        }
    }

    // MARK: Feed

    private func feed(_ kind: Change.Kind, _ record: TaskRecord) throws {
        try feed(
            kind, namespace: record.namespace, swarm: record.swarm, task: record.id, object: record.origin.objectName,
            state: record.state, agent: record.lastLease?.agent, work: Change.WorkKind(record))
    }

    func feed(
        _ kind: Change.Kind, namespace: String, swarm: String, task: TaskID? = nil, object: String? = nil,
        state: TaskState? = nil, agent: AgentID? = nil, work: Change.WorkKind? = nil
    ) throws {
        // An end of a SwarmTask's task stays in the feed until the operator has written it.
        let isPending = kind == .finished && object != nil
        try run(Self.insertFeed) {
            $0.bind(now)
            $0.bind(kind.rawValue)
            $0.bind(namespace)
            $0.bind(swarm)
            $0.bind(task?.text)
            $0.bind(object)
            $0.bind(state?.rawValue)
            $0.bind(agent?.text)
            $0.bind(isPending)
            $0.bind(work?.type)
            $0.bind(work?.inputBytes)
        }
        fedInCall.append(
            Change(
                cursor: db.lastInsertedRowID, time: now, kind: kind, namespace: namespace, swarm: swarm, task: task,
                object: object, state: state, agent: agent, work: work))
    }

    func hasPruned(through cursor: Int64) { pruned = max(pruned ?? cursor, cursor) }

    // MARK: Catalogue

    static func catalogue(_ db: Database) throws -> [CatalogueEntry] {
        try Row.fetchAll(db, sql: "SELECT entry FROM catalogue ORDER BY namespace, swarm").map { row in
            var row = RowReader(row)
            return try JSON.parse(row.bytes()).decode(CatalogueEntry.self)
        }
    }

    func entry(namespace: String, swarm: String) throws -> CatalogueEntry? {
        try context.entry(Context.Key(namespace: namespace, swarm: swarm), db)
    }
}

extension StoreTransaction {
    private static let taskByID = Query(TaskRow.selectByID)
    private static let taskBySequence = Query(TaskRow.selectBySequence)
    private static let insertPayload = Query("INSERT INTO payloads (sequence, input, result) VALUES (?, ?, ?)")
    private static let setResult = Query("UPDATE payloads SET result = ?, checkpoint = NULL WHERE sequence = ?")
    private static let dropCheckpoint = Query(
        "UPDATE payloads SET checkpoint = NULL WHERE sequence = ? AND checkpoint IS NOT NULL")
    private static let insertAttempt = Query(
        """
        INSERT INTO attempts (task, number, epoch, agent, agent_name, started, ended, "end", failure_code,
        failure_message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    private static let insertOutcome = Query(
        """
        INSERT INTO outcomes (task, namespace, swarm, type, state, attempts, wait_ms, run_ms, input_bytes,
        result_bytes, failure_code, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    private static let insertFeed = Query(
        """
        INSERT INTO feed (time, kind, namespace, swarm, task, object, state, agent, pending, type, input_bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
}
