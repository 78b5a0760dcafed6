import TaskQueue

/// What a transaction has decided and not written yet: one statement for each kind of it, whatever the number of rows.
struct PendingChanges {
    private struct PayloadChange {
        var result: [UInt8]?
        var setsCheckpoint = false
        var checkpoint: [UInt8]?
    }

    private struct NewPayload {
        var sequence: Int64
        var input: [UInt8]
        var result: [UInt8]?
    }

    private var inserted: [StoredTask] = []
    private var insertedPlaces: Set<Int64> = []
    private var newPayloads: [NewPayload] = []
    private var updated: [StoredTask] = []
    private var updatedPlaces: Set<Int64> = []
    private var payloadChanges: [Int64: PayloadChange] = [:]
    private var outputs: [Int64: [UInt8]] = [:]
    private var attempts: [AttemptRecord] = []
    private var outcomes: [OutcomeRecord] = []
    private var seen: [AgentID: AgentRecord] = [:]
    private var others: [Request] = []
    private var failures: [FailureKey: FailureGroup] = [:]
    private var live: [String: Int] = [:]
    /// What was taken out for writing, too.
    private var liveWritten: [String: Int] = [:]

    private struct FailureKey: Hashable {
        var swarm: SwarmKey
        var fingerprint: String
    }

    mutating func insert(_ task: StoredTask, input: [UInt8], result: [UInt8]?) {
        inserted.append(task)
        insertedPlaces.insert(task.sequence)
        newPayloads.append(NewPayload(sequence: task.sequence, input: input, result: result))
    }

    mutating func update(_ task: StoredTask) {
        // One that is not written yet is written as it is in the end.
        if insertedPlaces.contains(task.sequence) { return }
        if updatedPlaces.insert(task.sequence).inserted { updated.append(task) }
    }

    mutating func setResult(_ result: [UInt8], of task: StoredTask) {
        payloadChanges[task.sequence, default: PayloadChange()].result = result
    }

    mutating func setCheckpoint(_ checkpoint: [UInt8]?, of task: StoredTask) {
        var change = payloadChanges[task.sequence] ?? PayloadChange()
        change.setsCheckpoint = true
        change.checkpoint = checkpoint
        payloadChanges[task.sequence] = change
    }

    mutating func append(_ output: [UInt8], to task: StoredTask) { outputs[task.sequence, default: []] += output }

    mutating func add(_ attempt: AttemptRecord) { attempts.append(attempt) }
    mutating func add(_ outcome: OutcomeRecord) { outcomes.append(outcome) }

    mutating func add(_ group: FailureGroup) {
        let swarm = SwarmKey(namespace: group.namespace, swarm: group.swarm)
        let key = FailureKey(swarm: swarm, fingerprint: group.fingerprint.id)
        failures[key] = failures[key]?.joined(by: group) ?? group
    }

    mutating func countLive(_ number: Int, in namespace: String) { live[namespace, default: 0] += number }

    /// How many live tasks the transaction has made, less those that it has ended.
    func liveSoFar(_ namespace: String) -> Int { (live[namespace] ?? 0) + (liveWritten[namespace] ?? 0) }

    mutating func see(_ agent: AgentRecord) { seen[agent.id] = agent }
    mutating func add(_ request: Request) { others.append(request) }

    mutating func put(_ agent: AgentRecord, isNew: Bool) {
        seen[agent.id] = nil
        others.append(isNew ? AgentTable.insertion(of: agent) : AgentTable.update(of: agent))
    }

    /// Empties this into statements.
    mutating func take() -> [StoreTransaction.Step] {
        var requests: [Request] = []
        if !inserted.isEmpty {
            requests.append(TaskTable.insertion(of: inserted))
            requests.append(Self.insertion(of: newPayloads))
        }
        if !updated.isEmpty { requests.append(TaskTable.update(of: updated)) }
        if !payloadChanges.isEmpty { requests.append(Self.update(of: payloadChanges)) }
        if !outputs.isEmpty { requests.append(OutputTable.appending(outputs)) }
        if !attempts.isEmpty { requests.append(AttemptTable.insertion(of: attempts)) }
        if !outcomes.isEmpty { requests.append(OutcomeTable.insertion(of: outcomes)) }
        if !seen.isEmpty { requests.append(AgentTable.sight(of: Array(seen.values))) }
        requests += others
        // Rows that transactions share, in one order for all.
        if let counts = LiveTable.counting(live) { requests.append(counts) }
        if !failures.isEmpty { requests.append(FailureTable.joining(Array(failures.values))) }
        let written = liveWritten.merging(live, uniquingKeysWith: +)
        self = PendingChanges()
        liveWritten = written
        return requests.map { StoreTransaction.Step($0) }
    }

    private static func insertion(of payloads: [NewPayload]) -> Request {
        var parameters = Parameters()
        parameters.add(payloads.lazy.map(\.sequence))
        parameters.add(.bytes, payloads.lazy.map { .bytes($0.input) })
        parameters.add(.bytes, payloads.lazy.map { Cell($0.result) })
        return Request(Statements.payloadsInsert, parameters)
    }

    private static func update(of changes: [Int64: PayloadChange]) -> Request {
        let changes = changes.sorted { $0.key < $1.key }
        var parameters = Parameters()
        parameters.add(changes.lazy.map(\.key))
        parameters.add(.bytes, changes.lazy.map { Cell($0.value.result) })
        parameters.add(.boolean, changes.lazy.map { .boolean($0.value.setsCheckpoint) })
        parameters.add(.bytes, changes.lazy.map { Cell($0.value.checkpoint) })
        return Request(Statements.payloadsUpdate, parameters)
    }
}
