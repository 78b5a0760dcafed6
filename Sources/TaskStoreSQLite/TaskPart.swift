import GRDB
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
    func values(of record: TaskRecord, lane: Int64?) -> [(any DatabaseValueConvertible)?] {
        switch self {
        case .bond: [record.swarm, record.priority]
        case .state: [record.state.rawValue]
        case .waiting: [record.holds.rawValue, record.readyAt.milliseconds]
        case .lease: leaseValues(record)
        case .report:
            [
                record.lastReport?.key.epoch, record.lastReport?.key.token.bytes,
                record.lastReport.map { Int64(bitPattern: $0.digest.bits) },
            ]
        case .cancellation:
            [
                record.cancellation?.requested.milliseconds, record.cancellation?.forcedAt?.milliseconds,
                record.cancellation?.reason,
            ]
        case .progress: [record.progress?.done, record.progress?.total, record.progress?.message]
        case .agent: [record.firstLeased?.milliseconds, record.agent]
        case .end: [record.ended?.milliseconds]
        case .failure: [record.failure?.code, record.failure?.message]
        case .resultSize: [record.resultBytes]
        case .resultBlob:
            [record.resultBlob?.id.task.text, record.resultBlob?.id.epoch, record.resultBlob?.sha256]
        case .order: [record.rank, record.due?.milliseconds, lane]
        }
    }

    private func leaseValues(_ record: TaskRecord) -> [(any DatabaseValueConvertible)?] {
        let lease = record.lastLease
        return [
            record.attempts, record.releases, record.continuesReleased, record.epoch, record.token?.bytes,
            lease?.agent.text, lease?.since.milliseconds, lease?.expiry.milliseconds, lease?.timeoutAt.milliseconds,
            lease?.isAcknowledged, lease?.request,
        ]
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

    /// The statement for each set of parts that was needed so far.
    private static let statements = Mutex<[Int: String]>([:])

    /// What brings a row from `old` to `new`; the sequence is its last argument. `nil`: nothing is to be written.
    static func update(
        from old: TaskRecord, lane oldLane: Int64?, to new: TaskRecord, lane: Int64?
    ) -> (sql: String, arguments: [(any DatabaseValueConvertible)?])? {
        var mask = 0
        var arguments: [(any DatabaseValueConvertible)?] = []
        arguments.reserveCapacity(20)
        for part in allCases where part.differs(old, new) || part == .order && oldLane != lane {
            mask |= 1 << part.rawValue
            arguments += part.values(of: new, lane: lane)
        }
        return mask == 0 ? nil : (statement(mask), arguments)
    }

    private static func statement(_ mask: Int) -> String {
        statements.withLock { statements in
            if let known = statements[mask] { return known }
            let columns = allCases.filter { mask & 1 << $0.rawValue != 0 }.flatMap(\.columns)
            let sql = "UPDATE tasks SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE sequence = ?"
            statements[mask] = sql
            return sql
        }
    }
}
