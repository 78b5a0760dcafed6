/// A task as the store holds it, without its bytes (input, result, checkpoint), which are read apart.
package struct TaskRecord: Sendable, Hashable {
    // What was asked for; fixed at submission but for `priority` and, until leased, `swarm`.
    package var id: TaskID
    package var namespace: String
    package var type: String
    /// The swarm that the task is bound to.
    package var swarm: String
    /// Whether the submitter named the swarm; a pinned task is never bound to another one.
    package var isPinned: Bool
    package var origin: TaskOrigin
    package var priority: Int
    package var created: StoreTime
    /// The end of the task's whole life.
    package var deadline: StoreTime?
    /// One attempt's time.
    package var timeoutMs: Int64
    package var retry: RetryPolicy
    package var dedupKey: String?
    package var concurrencyKey: String?
    package var fairnessKey: String
    package var traceparent: String?
    package var labels: [String: String]
    package var inputBytes: Int
    /// The task whose repetition this one is.
    package var retryOf: TaskID?
    /// The task whose result this one took over, since both have the same `dedupKey`.
    package var adoptedFrom: TaskID?

    // Where it stands; changed by the machine alone.
    package var state: TaskState
    package var holds: HoldReasons
    /// When it became ready or will; while leased or ended, when it last did.
    package var readyAt: StoreTime
    /// Leases so far, but for those that followed a release.
    package var attempts: Int
    package var releases: Int
    /// Whether the last attempt was released, so that the next lease is no attempt more.
    package var continuesReleased: Bool
    /// Rises with every lease; 0 before the first.
    package var epoch: Int64
    /// The last lease's token.
    package var token: LeaseToken?
    /// The latest lease, also after it has ended.
    package var lastLease: Lease?
    package var lastReport: ReportMark?
    package var cancellation: CancellationMark?
    package var progress: Progress?
    package var firstLeased: StoreTime?
    /// Who has or last had it, by the pod's name.
    package var agent: String?
    package var ended: StoreTime?
    /// Why the last attempt, or the task, did not succeed.
    package var failure: Failure?
    package var resultBytes: Int?
    /// Where the result lies that is too large for the record's payload.
    package var resultBlob: ResultBlob?

    package init(
        id: TaskID, namespace: String, type: String, swarm: String, isPinned: Bool, origin: TaskOrigin,
        priority: Int, created: StoreTime, deadline: StoreTime?, timeoutMs: Int64, retry: RetryPolicy,
        dedupKey:
            String?, concurrencyKey: String?, fairnessKey: String, traceparent: String?, labels: [String: String],
        inputBytes: Int, retryOf: TaskID?, adoptedFrom: TaskID?, state: TaskState, holds: HoldReasons,
        readyAt:
            StoreTime, attempts: Int, releases: Int, continuesReleased: Bool, epoch: Int64, token: LeaseToken?,
        lastLease: Lease?, lastReport: ReportMark?, cancellation: CancellationMark?, progress: Progress?,
        firstLeased: StoreTime?, agent: String?, ended: StoreTime?, failure: Failure?, resultBytes: Int?,
        resultBlob: ResultBlob? = nil
    ) {
        self.id = id
        self.namespace = namespace
        self.type = type
        self.swarm = swarm
        self.isPinned = isPinned
        self.origin = origin
        self.priority = priority
        self.created = created
        self.deadline = deadline
        self.timeoutMs = timeoutMs
        self.retry = retry
        self.dedupKey = dedupKey
        self.concurrencyKey = concurrencyKey
        self.fairnessKey = fairnessKey
        self.traceparent = traceparent
        self.labels = labels
        self.inputBytes = inputBytes
        self.retryOf = retryOf
        self.adoptedFrom = adoptedFrom
        self.state = state
        self.holds = holds
        self.readyAt = readyAt
        self.attempts = attempts
        self.releases = releases
        self.continuesReleased = continuesReleased
        self.epoch = epoch
        self.token = token
        self.lastLease = lastLease
        self.lastReport = lastReport
        self.cancellation = cancellation
        self.progress = progress
        self.firstLeased = firstLeased
        self.agent = agent
        self.ended = ended
        self.failure = failure
        self.resultBytes = resultBytes
        self.resultBlob = resultBlob
    }
}

extension TaskRecord {
    /// The lease that stands.
    package var lease: Lease? { state == .leased ? lastLease : nil }

    /// Place among the ready tasks of its submitter, lowest first: ready time less 30 s for each level of priority.
    /// `FairOrder` says how submitters take turns.
    package var rank: Int64 {
        readyAt.milliseconds &- Int64(priority) &* QueuePolicy.priorityStepMs
    }

    /// When time alone next changes this record; `nil`: never.
    package var due: StoreTime? {
        if state.isEnd { return nil }
        var first = deadline
        func note(_ time: StoreTime) { first = first.map { min($0, time) } ?? time }
        if state == .delayed { note(readyAt) }
        if let lease {
            note(lease.expiry)
            note(lease.timeoutAt)
            if let forced = cancellation?.forcedAt { note(forced) }
        }
        return first
    }
}

/// Who a task comes from.
package enum TaskOrigin: Sendable, Hashable {
    /// A SwarmTask; its UID is the task's id.
    case object(name: String)
    case http(submitter: String)

    package var objectName: String? { if case .object(let name) = self { name } else { nil } }
}

package struct Progress: Sendable, Hashable, Codable {
    package var done: Int64
    package var total: Int64?
    package var message: String?

    package init(done: Int64, total: Int64? = nil, message: String? = nil) {
        self.done = done
        self.total = total
        self.message = message
    }
}

/// Why an attempt or a task failed.
package struct Failure: Sendable, Hashable, Codable {
    /// Upper case: one of those below, or the workload's own.
    package var code: String
    package var message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    package static let leaseExpired = "LEASE_EXPIRED"
    package static let timedOut = "TIMED_OUT"
    package static let deadlineExceeded = "DEADLINE_EXCEEDED"
    package static let cancelled = "CANCELLED"
}
