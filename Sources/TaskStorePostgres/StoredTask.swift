import TaskQueue

/// A task within a transaction: as it was read, or made, and as the transaction leaves it.
///
/// One object for each task of a transaction, so that everyone in it sees the same record.
final class StoredTask {
    let sequence: Int64
    var record: TaskRecord
    var checkpointBytes: Int

    init(sequence: Int64, record: TaskRecord, checkpointBytes: Int = 0) {
        self.sequence = sequence
        self.record = record
        self.checkpointBytes = checkpointBytes
    }
}

/// How a task lies in the table `tasks`. The lists of this file (columns and reading) keep one order.
enum TaskTable {
    /// Written once.
    private static let fixed: [Column<StoredTask>] = [
        Column("sequence", .integer) { Cell($0.sequence) },
        Column("id", .text) { Cell($0.record.id.text) },
        Column("namespace", .text) { Cell($0.record.namespace) },
        Column("type", .text) { Cell($0.record.type) },
        Column("pinned", .boolean) { Cell($0.record.isPinned) },
        Column("object_name", .text) { Cell($0.record.origin.objectName) },
        Column("submitter", .text) { Cell($0.record.origin.submitter) },
        Column("created", .integer) { Cell($0.record.created.milliseconds) },
        Column("deadline", .integer) { Cell($0.record.deadline?.milliseconds) },
        Column("timeout_ms", .integer) { Cell($0.record.timeoutMs) },
        Column("retry_limit", .integer) { Cell($0.record.retry.limit) },
        Column("retry_backoff_seconds", .double) { .double($0.record.retry.backoffSeconds) },
        Column("retry_max_backoff_seconds", .double) { .double($0.record.retry.maxBackoffSeconds) },
        Column("retry_on", .text) { Cell($0.record.retry.retryOn.text) },
        Column("give_up_on", .text) { Cell($0.record.retry.giveUpOn.text) },
        Column("dedup_key", .text) { Cell($0.record.dedupKey) },
        Column("concurrency_key", .text) { Cell($0.record.concurrencyKey) },
        Column("fairness_key", .text) { Cell($0.record.fairnessKey) },
        Column("traceparent", .text) { Cell($0.record.traceparent) },
        Column("labels", .text) { $0.record.labels.isEmpty ? .null : .text(Labels.text($0.record.labels)) },
        Column("input_bytes", .integer) { Cell($0.record.inputBytes) },
        Column("retry_of", .text) { Cell($0.record.retryOf?.text) },
        Column("adopted_from", .text) { Cell($0.record.adoptedFrom?.text) },
    ]

    /// Written at every transition.
    private static let changing: [Column<StoredTask>] = [
        Column("swarm", .text) { Cell($0.record.swarm) },
        Column("priority", .integer) { Cell($0.record.priority) },
        Column("state", .text) { Cell($0.record.state.rawValue) },
        Column("holds", .integer) { Cell($0.record.holds.rawValue) },
        Column("ready_at", .integer) { Cell($0.record.readyAt.milliseconds) },
        Column("attempts", .integer) { Cell($0.record.attempts) },
        Column("releases", .integer) { Cell($0.record.releases) },
        Column("continues_released", .boolean) { Cell($0.record.continuesReleased) },
        Column("epoch", .integer) { Cell($0.record.epoch) },
        Column("token", .bytes) { Cell($0.record.token?.bytes) },
        Column("lease_agent", .text) { Cell($0.record.lastLease?.agent.text) },
        Column("lease_since", .integer) { Cell($0.record.lastLease?.since.milliseconds) },
        Column("lease_expiry", .integer) { Cell($0.record.lastLease?.expiry.milliseconds) },
        Column("lease_timeout_at", .integer) { Cell($0.record.lastLease?.timeoutAt.milliseconds) },
        Column("lease_acknowledged", .boolean) { Cell($0.record.lastLease?.isAcknowledged) },
        Column("lease_request", .integer) { Cell($0.record.lastLease?.request) },
        Column("report_epoch", .integer) { Cell($0.record.lastReport?.key.epoch) },
        Column("report_token", .bytes) { Cell($0.record.lastReport?.key.token.bytes) },
        Column("report_digest", .integer) { Cell($0.record.lastReport.map { Int64(bitPattern: $0.digest.bits) }) },
        Column("cancel_requested", .integer) { Cell($0.record.cancellation?.requested.milliseconds) },
        Column("cancel_forced_at", .integer) { Cell($0.record.cancellation?.forcedAt?.milliseconds) },
        Column("cancel_reason", .text) { Cell($0.record.cancellation?.reason) },
        Column("progress_done", .integer) { Cell($0.record.progress?.done) },
        Column("progress_total", .integer) { Cell($0.record.progress?.total) },
        Column("progress_message", .text) { Cell($0.record.progress?.message) },
        Column("first_leased", .integer) { Cell($0.record.firstLeased?.milliseconds) },
        Column("agent", .text) { Cell($0.record.agent) },
        Column("ended", .integer) { Cell($0.record.ended?.milliseconds) },
        Column("failure_code", .text) { Cell($0.record.failure?.code) },
        Column("failure_message", .text) { Cell($0.record.failure?.message) },
        Column("result_bytes", .integer) { Cell($0.record.resultBytes) },
        Column("result_blob_task", .text) { Cell($0.record.resultBlob?.id.task.text) },
        Column("result_blob_epoch", .integer) { Cell($0.record.resultBlob?.id.epoch) },
        Column("result_sha256", .text) { Cell($0.record.resultBlob?.sha256) },
        Column("checkpoint_bytes", .integer) { Cell($0.checkpointBytes) },
    ]

    /// What the machine derives, for indexes; never read back.
    private static let derived: [Column<StoredTask>] = [
        Column("rank", .integer) { Cell($0.record.rank) },
        Column("due", .integer) { Cell($0.record.due?.milliseconds) },
    ]

    private static let inserted = fixed + changing + derived
    private static let updated = fixed.prefix(1) + changing + derived

    static let columns = (fixed + changing).map(\.name).joined(separator: ", ")
    /// The same of a table that is called something else.
    static func columns(of table: String) -> String {
        (fixed + changing).map { "\(table).\($0.name)" }.joined(separator: ", ")
    }
    static let select = "SELECT \(columns) FROM tasks "

    static let insert = Statement("tasks_insert", BulkStatement.insert(into: "tasks", inserted))
    static let update = Statement("tasks_update", BulkStatement.update("tasks", updated))

    static func insertion(of tasks: [StoredTask]) -> Request { request(insert, inserted, tasks) }
    static func update(of tasks: [StoredTask]) -> Request { request(update, Array(updated), tasks) }

    private static func request(
        _ statement: Statement, _ columns: [Column<StoredTask>], _ tasks: [StoredTask]
    ) -> Request {
        var parameters = Parameters()
        parameters.add(columns, of: tasks)
        return Request(statement, parameters)
    }

    static func read(_ row: inout RowReader) throws -> StoredTask {
        // The order of evaluation is the order of the columns.
        let sequence = try row.integer()
        let id = TaskID(try row.text())
        let namespace = try row.text()
        let type = try row.text()
        let isPinned = try row.bool()
        let objectName = row.optionalText()
        let submitter = row.optionalText()
        let created = try row.time()
        let deadline = try row.optionalTime()
        let timeoutMs = try row.integer()
        let retry = RetryPolicy(
            limit: try row.int(), backoffSeconds: try row.double(), maxBackoffSeconds: try row.double(),
            retryOn: FailureCodes(text: row.optionalText()), giveUpOn: FailureCodes(text: row.optionalText()))
        let dedupKey = row.optionalText()
        let concurrencyKey = row.optionalText()
        let fairnessKey = try row.text()
        let traceparent = row.optionalText()
        let labels = try row.optionalText().map(Labels.read) ?? [:]
        let inputBytes = try row.int()
        let retryOf = row.optionalText().map(TaskID.init(_:))
        let adoptedFrom = row.optionalText().map(TaskID.init(_:))
        let swarm = try row.text()
        let priority = try row.int()
        let state = try row.word(TaskState.self)
        let holds = HoldReasons(rawValue: try row.int())
        let readyAt = try row.time()
        let attempts = try row.int()
        let releases = try row.int()
        let continuesReleased = try row.bool()
        let epoch = try row.integer()
        let token = try row.optionalToken()
        let lease = try lease(&row)
        let report = try report(&row)
        let cancellation = try cancellation(&row)
        let progress = try progress(&row)
        let firstLeased = try row.optionalTime()
        let agent = row.optionalText()
        let ended = try row.optionalTime()
        let failure = row.optionalFailure()
        let resultBytes = try row.optionalInt()
        let resultBlob = try resultBlob(&row)
        let record = TaskRecord(
            id: id, namespace: namespace, type: type, swarm: swarm, isPinned: isPinned,
            origin: objectName.map { .object(name: $0) } ?? .http(submitter: submitter ?? ""), priority: priority,
            created: created, deadline: deadline, timeoutMs: timeoutMs, retry: retry, dedupKey: dedupKey,
            concurrencyKey: concurrencyKey, fairnessKey: fairnessKey, traceparent: traceparent, labels: labels,
            inputBytes: inputBytes, retryOf: retryOf, adoptedFrom: adoptedFrom, state: state, holds: holds,
            readyAt: readyAt, attempts: attempts, releases: releases, continuesReleased: continuesReleased,
            epoch: epoch, token: token, lastLease: lease, lastReport: report, cancellation: cancellation,
            progress: progress, firstLeased: firstLeased, agent: agent, ended: ended, failure: failure,
            resultBytes: resultBytes, resultBlob: resultBlob)
        return StoredTask(sequence: sequence, record: record, checkpointBytes: try row.int())
    }

    private static func lease(_ row: inout RowReader) throws -> Lease? {
        let agent = row.optionalText()
        let since = try row.optionalTime()
        let expiry = try row.optionalTime()
        let timeoutAt = try row.optionalTime()
        let isAcknowledged = try row.optionalBool()
        let request = try row.optionalInteger()
        guard let agent, let since, let expiry, let timeoutAt, let isAcknowledged, let request else { return nil }
        return Lease(
            agent: AgentID(agent), since: since, expiry: expiry, timeoutAt: timeoutAt, isAcknowledged: isAcknowledged,
            request: request)
    }

    private static func report(_ row: inout RowReader) throws -> ReportMark? {
        let epoch = try row.optionalInteger()
        let token = try row.optionalToken()
        let digest = try row.optionalInteger()
        guard let epoch, let token, let digest else { return nil }
        return ReportMark(
            key: LeaseKey(epoch: epoch, token: token), digest: ReportDigest(bits: UInt64(bitPattern: digest)))
    }

    private static func resultBlob(_ row: inout RowReader) throws -> ResultBlob? {
        let task = row.optionalText()
        let epoch = try row.optionalInteger()
        let sha256 = row.optionalText()
        guard let task, let epoch, let sha256 else { return nil }
        return ResultBlob(id: BlobID(task: TaskID(task), epoch: epoch), sha256: sha256)
    }

    private static func cancellation(_ row: inout RowReader) throws -> CancellationMark? {
        let requested = try row.optionalTime()
        let forcedAt = try row.optionalTime()
        let reason = row.optionalText()
        return requested.map { CancellationMark(requested: $0, forcedAt: forcedAt, reason: reason ?? "") }
    }

    private static func progress(_ row: inout RowReader) throws -> Progress? {
        let done = try row.optionalInteger()
        let total = try row.optionalInteger()
        let message = row.optionalText()
        return done.map { Progress(done: $0, total: total, message: message) }
    }
}

extension TaskOrigin {
    fileprivate var submitter: String? { if case .http(let submitter) = self { submitter } else { nil } }
}
