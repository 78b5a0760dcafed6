import StructuredData
import TaskProtocol
import TaskQueue

/// From the queue's values to those of the HTTP API.
enum WireMapping {
    /// A result larger than this is not shown inside a task; `…/result` has it whole.
    static let maxShownResultBytes = 16 << 10

    static func phase(_ state: TaskState) -> TaskPhase {
        switch state {
        case .held: .pending
        case .delayed, .ready: .queued
        case .leased: .running
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    static func states(_ phase: TaskPhase) -> Set<TaskState>? {
        let states = TaskState.allCases.filter { self.phase($0) == phase }
        return states.isEmpty ? nil : Set(states)
    }

    static func time(_ time: StoreTime) -> String {
        RFC3339.text(secondsSince1970: Double(time.milliseconds) / 1000)
    }

    static func view(_ record: TaskRecord, result: JSON? = nil) -> TaskView {
        TaskView(
            id: record.id.text, namespace: record.namespace, type: record.type, phase: phase(record.state),
            swarm: record.swarm, agent: record.agent, priority: record.priority, attempts: record.attempts,
            queuedTime: time(record.created), startTime: record.firstLeased.map(time),
            completionTime: record.ended.map(time), progress: record.progress.map(progress), result: result,
            resultRef: result == nil ? resultReference(record) : nil, code: record.failure?.code,
            message: record.failure?.message, labels: record.labels.isEmpty ? nil : record.labels,
            concurrencyKey: record.concurrencyKey, fairnessKey: record.fairnessKey)
    }

    /// Where a result that lies apart can be had.
    static func resultReference(_ record: TaskRecord) -> ResultReference? {
        guard record.state == .succeeded, let blob = record.resultBlob, let bytes = record.resultBytes else {
            return nil
        }
        return ResultReference(
            uri: "/v1/namespaces/\(record.namespace)/tasks/\(record.id)/result", sha256: blob.sha256,
            bytes: Int64(bytes))
    }

    static func waiting(_ waiting: Waiting) -> WaitingView {
        WaitingView(
            reason: waiting.reason.rawValue, message: waiting.message, until: waiting.until.map(time),
            ahead: waiting.position?.ahead, otherSubmitters: waiting.position?.otherSubmitters)
    }

    static func limit(_ limit: KeyLimit, of key: String, isSet: Bool) -> KeyLimitView {
        KeyLimitView(
            key: key, isSet: isSet, maxConcurrent: limit.maxConcurrent,
            ratePerSecond: limit.rate.map { rounded($0.perSecond) }, burst: limit.rate?.burst)
    }

    /// To five significant digits: 3 a second is kept as a time between two, and is to be shown as 3.
    private static func rounded(_ number: Double) -> Double {
        var scale = 1.0
        while number * scale < 10_000 { scale *= 10 }
        return (number * scale).rounded() / scale
    }

    static func failures(_ group: FailureGroup) -> FailureGroupView {
        FailureGroupView(
            swarm: group.swarm, fingerprint: group.fingerprint.id, code: group.fingerprint.code,
            pattern: group.fingerprint.pattern, count: group.count, firstTime: time(group.first),
            lastTime: time(group.last), examples: group.examples.map(\.text))
    }

    static func progress(_ progress: Progress) -> TaskProgress {
        TaskProgress(done: progress.done, total: progress.total, message: progress.message)
    }

    static func progress(_ progress: TaskProgress) -> Progress {
        Progress(
            done: progress.done, total: progress.total,
            message: progress.message.map { bounded($0, QueuePolicy.maxProgressMessageBytes) })
    }

    static func grant(_ task: LeasedTask, _ policy: QueuePolicy) throws -> LeaseGrant {
        let record = task.record
        let since = record.lease?.since ?? record.readyAt
        return LeaseGrant(
            task: record.id.text, type: record.type, attempt: record.attempts, epoch: task.key.epoch,
            token: task.key.token.hexadecimal, leaseMs: policy.leaseMs, input: try JSON.parse(task.input),
            timeoutMs: record.timeoutMs, deadlineMs: record.deadline.map { max($0 - since, 0) },
            checkpoint: try task.checkpoint.map { try JSON.parse($0) }, traceparent: record.traceparent)
    }

    static func attempt(_ attempt: AttemptRecord) -> AttemptView {
        let outcome =
            switch attempt.end {
            case .succeeded: "completed"
            case .failed, .timedOut, .deadline: "failed"
            case .released: "released"
            case .expired, .unacknowledged: "expired"
            case .cancelled: "cancelled"
            }
        return AttemptView(
            attempt: attempt.number, epoch: attempt.epoch, agent: attempt.agentName,
            startTime: time(attempt.started), endTime: time(attempt.ended), outcome: outcome,
            code: attempt.failure?.code, message: attempt.failure?.message)
    }

    /// The attempt under way, which the ledger does not have yet.
    static func runningAttempt(_ record: TaskRecord) -> AttemptView? {
        guard let lease = record.lease else { return nil }
        return AttemptView(
            attempt: record.attempts, epoch: record.epoch, agent: record.agent ?? lease.agent.text,
            startTime: time(lease.since), outcome: "running")
    }

    static func decision(_ decision: DecisionRecord) -> DecisionView {
        DecisionView(
            time: time(decision.time), from: decision.from, to: decision.to, reason: decision.reason,
            inputs: decision.inputs)
    }

    /// `text`, cut where it is longer than `bytes`.
    static func bounded(_ text: String, _ bytes: Int) -> String {
        if text.utf8.count <= bytes { return text }
        let all = Array(text.utf8)
        var end = bytes - 3
        while end > 0, all[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: all[..<end], as: UTF8.self) + "…"
    }
}
