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
            var lastTurn: Int64
        }

        /// More are not remembered at once.
        private static let maxLanes = 20_000

        let machine: TaskMachine
        let notes = AgentNotes()
        let pulse = SwarmPulse()
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
            state.withLock {
                $0.catalogue = nil
                $0.lanes = [:]
                $0.submitters = [:]
                $0.live = [:]
            }
        }

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

    // MARK: Tasks

    func task(_ id: TaskID) throws -> StoredTask? { try read(TaskRow.selectByID, [id.text], TaskRow.read).first }

    func tasks(where condition: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> [StoredTask] {
        try read(TaskRow.select + "WHERE " + condition, arguments, TaskRow.read)
    }

    func task(at sequence: Int64) throws -> StoredTask? {
        try read(TaskRow.selectBySequence, [sequence], TaskRow.read).first
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
                try run(update.sql, update.arguments + [task.sequence])
            }
            if let result, transition.verdict == .accepted {
                try run(
                    "UPDATE payloads SET result = ?, checkpoint = NULL WHERE sequence = ?",
                    [Data(result), task.sequence])
            } else if record.state.isEnd, !task.record.state.isEnd {
                try run(
                    "UPDATE payloads SET checkpoint = NULL WHERE sequence = ? AND checkpoint IS NOT NULL",
                    [task.sequence])
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
        try run(TaskRow.insert, TaskRow.values(record, lane: lane))
        if db.changesCount == 0 { return nil }
        let sequence = db.lastInsertedRowID
        noteLanes(nil, nil, record, lane)
        noteGroup(nil, record)
        try run(
            "INSERT INTO payloads (sequence, input, result) VALUES (?, ?, ?)",
            [sequence, Data(input), result.map { Data($0) }])
        try log(transition)
        return sequence
    }

    /// Ledger and feed.
    private func log(_ transition: TaskTransition) throws {
        let record = transition.record
        if let attempt = transition.attempt {
            try run(
                """
                INSERT INTO attempts (task, number, epoch, agent, agent_name, started, ended, "end", failure_code,
                failure_message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    attempt.task.text, attempt.number, attempt.epoch, attempt.agent.text, attempt.agentName,
                    attempt.started.milliseconds, attempt.ended.milliseconds, attempt.end.rawValue,
                    attempt.failure?.code, attempt.failure?.message,
                ])
        }
        if let outcome = transition.outcome {
            try run(
                """
                INSERT INTO outcomes (task, namespace, swarm, type, state, attempts, wait_ms, run_ms, input_bytes,
                result_bytes, failure_code, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    outcome.task.text, outcome.namespace, outcome.swarm, outcome.type, outcome.state.rawValue,
                    outcome.attempts, outcome.waitMs, outcome.runMs, outcome.inputBytes, outcome.resultBytes,
                    outcome.failureCode, outcome.ended.milliseconds,
                ])
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
        try run(
            """
            INSERT INTO feed (time, kind, namespace, swarm, task, object, state, agent, pending, type, input_bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                now.milliseconds, kind.rawValue, namespace, swarm, task?.text, object, state?.rawValue, agent?.text,
                isPending, work?.type, work?.inputBytes,
            ])
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
