import FoundationEssentials
import GRDB
import StructuredData
import TaskQueue

/// A task record with its place in the table.
struct StoredTask {
    var sequence: Int64
    /// The row of `lanes` that it belongs to; `nil` once it has ended.
    var lane: Int64?
    var record: TaskRecord
}

/// How a `TaskRecord` lies in the table `tasks`. The three lists of this file (names, reading, values) keep one order.
enum TaskRow {
    /// Written once.
    private static let fixed = [
        "id", "namespace", "type", "pinned", "object_name", "submitter", "created", "deadline", "timeout_ms",
        "retry_limit", "retry_backoff_seconds", "retry_max_backoff_seconds", "retry_on", "give_up_on", "dedup_key",
        "concurrency_key", "fairness_key", "traceparent", "labels", "input_bytes", "retry_of", "adopted_from",
    ]

    /// Written whenever a transition changes them.
    private static let changing = TaskPart.all.flatMap(\.columns)

    static let select = "SELECT sequence, \((fixed + changing).joined(separator: ", ")) FROM tasks "

    static let selectByID = select + "WHERE id = ?"
    static let selectBySequence = select + "WHERE sequence = ?"

    static let insert: Query = {
        let names = fixed + changing
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        return Query(
            "INSERT INTO tasks (\(names.joined(separator: ", "))) VALUES (\(marks)) ON CONFLICT (id) DO NOTHING")
    }()

    static func read(_ row: Row) throws -> StoredTask {
        var row = RowReader(row)
        return try read(&row)
    }

    static func read(_ row: inout RowReader) throws -> StoredTask {
        let sequence = row.integer()
        // The order of evaluation is the order of the columns.
        let id = TaskID(row.text())
        let namespace = row.text()
        let type = row.text()
        let isPinned = row.bool()
        let objectName = row.optionalText()
        let submitter = row.optionalText()
        let created = row.time()
        let deadline = row.optionalTime()
        let timeoutMs = row.integer()
        let retry = RetryPolicy(
            limit: row.int(), backoffSeconds: row.double(), maxBackoffSeconds: row.double(),
            retryOn: FailureCodes(text: row.optionalText()), giveUpOn: FailureCodes(text: row.optionalText()))
        let dedupKey = row.optionalText()
        let concurrencyKey = row.optionalText()
        let fairnessKey = row.text()
        let traceparent = row.optionalText()
        let labels = try labels(row.optionalText())
        let inputBytes = row.int()
        let retryOf = row.optionalText().map(TaskID.init(_:))
        let adoptedFrom = row.optionalText().map(TaskID.init(_:))
        let swarm = row.text()
        let priority = row.int()
        let state = try row.word(TaskState.self)
        let holds = HoldReasons(rawValue: row.int())
        let readyAt = row.time()
        let attempts = row.int()
        let releases = row.int()
        let continuesReleased = row.bool()
        let epoch = row.integer()
        let token = try row.optionalToken()
        let lease = lease(&row)
        let report = try report(&row)
        let cancellation = cancellation(&row)
        let progress = progress(&row)
        let firstLeased = row.optionalTime()
        let agent = row.optionalText()
        let ended = row.optionalTime()
        let failure = row.optionalFailure()
        let resultBytes = row.optionalInt()
        let resultBlob = blob(&row)
        // The record says these itself.
        row.skip(2)
        let lane = row.optionalInteger()
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
        try row.check()
        return StoredTask(sequence: sequence, lane: lane, record: record)
    }

    /// Gives the values for `insert`.
    /// - Parameter lane: where it stands; `nil` once it has ended.
    static func give(_ record: TaskRecord, lane: Int64?, to binder: inout Binder) {
        giveFixed(record, to: &binder)
        for part in TaskPart.all { part.give(record, lane: lane, to: &binder) }
    }

    private static func giveFixed(_ record: TaskRecord, to binder: inout Binder) {
        let submitter: String? = if case .http(let submitter) = record.origin { submitter } else { nil }
        binder.bind(record.id.text)
        binder.bind(record.namespace)
        binder.bind(record.type)
        binder.bind(record.isPinned)
        binder.bind(record.origin.objectName)
        binder.bind(submitter)
        binder.bind(record.created)
        binder.bind(record.deadline)
        binder.bind(record.timeoutMs)
        binder.bind(record.retry.limit)
        binder.bind(record.retry.backoffSeconds)
        binder.bind(record.retry.maxBackoffSeconds)
        binder.bind(record.retry.retryOn.text)
        binder.bind(record.retry.giveUpOn.text)
        binder.bind(record.dedupKey)
        binder.bind(record.concurrencyKey)
        binder.bind(record.fairnessKey)
        binder.bind(record.traceparent)
        binder.bind(record.labels.isEmpty ? nil : JSON(record.labels).text())
        binder.bind(record.inputBytes)
        binder.bind(record.retryOf?.text)
        binder.bind(record.adoptedFrom?.text)
    }

    private static func labels(_ text: String?) throws -> [String: String] {
        guard let text, let members = try JSON.parse(text).objectValue else { return [:] }
        return Dictionary(
            members.map { ($0.key, $0.value.stringValue ?? "") }, uniquingKeysWith: { _, later in later })
    }

    private static func lease(_ row: inout RowReader) -> Lease? {
        let agent = row.optionalText()
        let since = row.optionalTime()
        let expiry = row.optionalTime()
        let timeoutAt = row.optionalTime()
        let isAcknowledged = row.optionalInteger()
        let request = row.optionalInteger()
        guard let agent, let since, let expiry, let timeoutAt, let isAcknowledged, let request else { return nil }
        return Lease(
            agent: AgentID(agent), since: since, expiry: expiry, timeoutAt: timeoutAt,
            isAcknowledged: isAcknowledged != 0, request: request)
    }

    private static func report(_ row: inout RowReader) throws -> ReportMark? {
        let epoch = row.optionalInteger()
        let token = try row.optionalToken()
        let digest = row.optionalInteger()
        guard let epoch, let token, let digest else { return nil }
        return ReportMark(
            key: LeaseKey(epoch: epoch, token: token), digest: ReportDigest(bits: UInt64(bitPattern: digest)))
    }

    private static func cancellation(_ row: inout RowReader) -> CancellationMark? {
        let requested = row.optionalTime()
        let forcedAt = row.optionalTime()
        let reason = row.optionalText()
        return requested.map { CancellationMark(requested: $0, forcedAt: forcedAt, reason: reason ?? "") }
    }

    private static func blob(_ row: inout RowReader) -> ResultBlob? {
        let task = row.optionalText()
        let epoch = row.optionalInteger()
        let sha256 = row.optionalText()
        guard let task, let epoch, let sha256 else { return nil }
        return ResultBlob(id: BlobID(task: TaskID(task), epoch: epoch), sha256: sha256)
    }

    private static func progress(_ row: inout RowReader) -> Progress? {
        let done = row.optionalInteger()
        let total = row.optionalInteger()
        let message = row.optionalText()
        return done.map { Progress(done: $0, total: total, message: message) }
    }
}
