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
        }

        let machine: TaskMachine
        /// The store's time.
        let now: @Sendable () -> StoreTime
        private let state: Mutex<State>

        init(
            machine: TaskMachine, now: @escaping @Sendable () -> StoreTime,
            generator: any RandomNumberGenerator & Sendable
        ) {
            self.machine = machine
            self.now = now
            state = Mutex(State(generator: generator, catalogue: nil))
        }

        func random() -> Double { state.withLock { Double.random(in: 0..<1, using: &$0.generator) } }
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
        func forgetCached() { state.withLock { $0.catalogue = nil } }
    }

    let db: Database
    let context: Context
    /// One moment for each call.
    private(set) var now: StoreTime
    private(set) var hasFed = false
    private var hasFedInCall = false
    private var hasWritten = false

    var machine: TaskMachine { context.machine }

    init(_ db: Database, _ context: Context) {
        self.db = db
        self.context = context
        now = context.now()
    }

    func beginCall() {
        now = context.now()
        hasFedInCall = false
    }

    func endCall(isKept: Bool) {
        if isKept { hasFed = hasFed || hasFedInCall } else { context.forgetCached() }
    }

    /// Notes the time in the store, so that it never goes back, whatever happens to this machine's clock.
    func finish() throws {
        if hasWritten { try run("UPDATE state SET time = max(time, ?)", [now.milliseconds]) }
    }

    // MARK: Statements

    func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
        hasWritten = true
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    func rows(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    func row(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    // MARK: Tasks

    func task(_ id: TaskID) throws -> StoredTask? {
        try row(TaskRow.select + "WHERE id = ?", [id.text]).map(TaskRow.read)
    }

    func tasks(where condition: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> [StoredTask] {
        try rows(TaskRow.select + "WHERE " + condition, arguments).map(TaskRow.read)
    }

    /// Applies `event` to a task and stores what comes of it.
    @discardableResult
    func apply(_ event: TaskEvent, to task: StoredTask) throws -> TaskTransition {
        let transition = machine.apply(event, to: task.record, at: now, random: context.random())
        let record = transition.record
        if record != task.record {
            try run(
                TaskRow.update, TaskRow.changingValues(record) + [task.sequence])
            if record.state.isEnd, !task.record.state.isEnd {
                try run("UPDATE payloads SET checkpoint = NULL WHERE sequence = ?", [task.sequence])
            }
        }
        try log(transition)
        return transition
    }

    func insert(_ transition: TaskTransition, input: [UInt8], result: [UInt8]? = nil) throws {
        let record = transition.record
        try run(TaskRow.insert, TaskRow.fixedValues(record) + TaskRow.changingValues(record))
        try run(
            "INSERT INTO payloads (sequence, input, result) VALUES (?, ?, ?)",
            [db.lastInsertedRowID, Data(input), result.map { Data($0) }])
        try log(transition)
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
        var isActivity = false
        for kind in transition.changes {
            try feed(kind, record)
            isActivity = isActivity || kind == .submitted || kind == .leased || kind == .finished
        }
        if isActivity {
            try run(
                """
                INSERT INTO activity (namespace, swarm, last) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET last = max(last, excluded.last)
                """, [record.namespace, record.swarm, now.milliseconds])
        }
    }

    // MARK: Feed

    private func feed(_ kind: Change.Kind, _ record: TaskRecord) throws {
        try feed(
            kind, namespace: record.namespace, swarm: record.swarm, task: record.id, object: record.origin.objectName,
            state: record.state, agent: record.lastLease?.agent)
    }

    func feed(
        _ kind: Change.Kind, namespace: String, swarm: String, task: TaskID? = nil, object: String? = nil,
        state: TaskState? = nil, agent: AgentID? = nil
    ) throws {
        // An end of a SwarmTask's task stays in the feed until the operator has written it.
        let isPending = kind == .finished && object != nil
        try run(
            """
            INSERT INTO feed (time, kind, namespace, swarm, task, object, state, agent, pending)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                now.milliseconds, kind.rawValue, namespace, swarm, task?.text, object, state?.rawValue, agent?.text,
                isPending,
            ])
        hasFedInCall = true
    }

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
