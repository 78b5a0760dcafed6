import Synchronization
import TaskQueue

/// Columns of the table `tasks` that change together. A transition writes the parts that it changes: each column written costs
/// time, and more where an index has it.
enum TaskPart: Int, CaseIterable {
    case bond, state, waiting, lease, report, cancellation, progress, agent, end, failure, resultSize, resultBlob, order

    var columns: [String] {
        switch self {
        case .bond: ["swarm", "priority"]
        case .state: ["state"]
        case .waiting: ["holds", "ready_at"]
        case .lease:
            [
                "attempts", "releases", "continues_released", "epoch", "token", "lease_agent", "lease_since",
                "lease_expiry", "lease_timeout_at", "lease_acknowledged", "lease_request",
            ]
        case .report: ["report_epoch", "report_token", "report_digest"]
        case .cancellation: ["cancel_requested", "cancel_forced_at", "cancel_reason"]
        case .progress: ["progress_done", "progress_total", "progress_message"]
        case .agent: ["first_leased", "agent"]
        case .end: ["ended"]
        case .failure: ["failure_code", "failure_message"]
        case .resultSize: ["result_bytes"]
        case .resultBlob: ["result_blob_task", "result_blob_epoch", "result_sha256"]
        case .order: ["rank", "due", "lane"]
        }
    }

    /// - Parameter lane: where the task stands; `nil` once it has ended.
    func give(_ record: TaskRecord, lane: Int64?, to binder: inout Binder) {
        switch self {
        case .bond:
            binder.bind(record.swarm)
            binder.bind(record.priority)
        case .state: binder.bind(record.state.rawValue)
        case .waiting:
            binder.bind(record.holds.rawValue)
            binder.bind(record.readyAt)
        case .lease: giveLease(record, to: &binder)
        case .report:
            binder.bind(record.lastReport?.key.epoch)
            binder.bind(record.lastReport?.key.token)
            binder.bind(record.lastReport.map { Int64(bitPattern: $0.digest.bits) })
        case .cancellation:
            binder.bind(record.cancellation?.requested)
            binder.bind(record.cancellation?.forcedAt)
            binder.bind(record.cancellation?.reason)
        case .progress:
            binder.bind(record.progress?.done)
            binder.bind(record.progress?.total)
            binder.bind(record.progress?.message)
        case .agent:
            binder.bind(record.firstLeased)
            binder.bind(record.agent)
        case .end: binder.bind(record.ended)
        case .failure:
            binder.bind(record.failure?.code)
            binder.bind(record.failure?.message)
        case .resultSize: binder.bind(record.resultBytes)
        case .resultBlob:
            binder.bind(record.resultBlob?.id.task.text)
            binder.bind(record.resultBlob?.id.epoch)
            binder.bind(record.resultBlob?.sha256)
        case .order:
            binder.bind(record.rank)
            binder.bind(record.due)
            binder.bind(lane)
        }
    }

    private func giveLease(_ record: TaskRecord, to binder: inout Binder) {
        let lease = record.lastLease
        binder.bind(record.attempts)
        binder.bind(record.releases)
        binder.bind(record.continuesReleased)
        binder.bind(record.epoch)
        binder.bind(record.token)
        binder.bind(lease?.agent.text)
        binder.bind(lease?.since)
        binder.bind(lease?.expiry)
        binder.bind(lease?.timeoutAt)
        binder.bind(lease?.isAcknowledged)
        binder.bind(lease?.request)
    }

    /// Whether the part is another one in `new` than in `old`, lanes apart.
    private func differs(_ old: TaskRecord, _ new: TaskRecord) -> Bool {
        switch self {
        case .bond: old.swarm != new.swarm || old.priority != new.priority
        case .state: old.state != new.state
        case .waiting: old.holds != new.holds || old.readyAt != new.readyAt
        case .lease:
            old.epoch != new.epoch || old.attempts != new.attempts || old.releases != new.releases
                || old.continuesReleased != new.continuesReleased || old.token != new.token
                || old.lastLease != new.lastLease
        case .report: old.lastReport != new.lastReport
        case .cancellation: old.cancellation != new.cancellation
        case .progress: old.progress != new.progress
        case .agent: old.firstLeased != new.firstLeased || old.agent != new.agent
        case .end: old.ended != new.ended
        case .failure: old.failure != new.failure
        case .resultSize: old.resultBytes != new.resultBytes
        case .resultBlob: old.resultBlob != new.resultBlob
        case .order: old.rank != new.rank || old.due != new.due
        }
    }

    // MARK: Statements

    /// What brings a row to a new state: all of some parts. The sequence is the last value.
    struct Update {
        let query: Query
        fileprivate let mask: Int
        fileprivate let record: TaskRecord
        fileprivate let lane: Int64?

        func give(_ binder: inout Binder) {
            for part in TaskPart.all where mask & 1 << part.rawValue != 0 { part.give(record, lane: lane, to: &binder) }
        }
    }

    /// In the order of their columns.
    static let all = allCases

    /// The statement for each set of parts that was needed so far.
    private static let queries = Mutex<[Int: Query]>([:])

    /// What brings a row from `old` to `new`. `nil`: nothing is to be written.
    static func update(
        from old: TaskRecord, lane oldLane: Int64?, to new: TaskRecord, lane: Int64?
    ) -> Update? {
        var mask = 0
        for part in all where part.differs(old, new) || part == .order && oldLane != lane {
            mask |= 1 << part.rawValue
        }
        return mask == 0 ? nil : Update(query: query(mask), mask: mask, record: new, lane: lane)
    }

    private static func query(_ mask: Int) -> Query {
        queries.withLock { queries in
            if let known = queries[mask] { return known }
            let columns = all.filter { mask & 1 << $0.rawValue != 0 }.flatMap(\.columns)
            let query = Query(
                "UPDATE tasks SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE sequence = ?")
            queries[mask] = query
            return query
        }
    }
}
