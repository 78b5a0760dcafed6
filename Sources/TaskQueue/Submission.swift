/// A task to be put into the store, with every default already taken (see `Catalogue.admit`).
package struct Submission: Sendable, Hashable {
    package var id: TaskID
    package var namespace: String
    package var type: String
    package var swarm: String
    package var isPinned: Bool
    package var origin: TaskOrigin
    /// JSON.
    package var input: [UInt8]
    package var priority: Int
    /// Milliseconds from the submission until it may run.
    package var delayMs: Int64
    /// Milliseconds from the submission until the end of its life.
    package var deadlineMs: Int64?
    package var timeoutMs: Int64
    package var retry: RetryPolicy
    package var dedupKey: String?
    package var concurrencyKey: String?
    package var fairnessKey: String
    package var traceparent: String?
    package var labels: [String: String]
    package var isSuspended: Bool
    package var retryOf: TaskID?

    package init(
        id: TaskID,
        namespace: String,
        type: String,
        swarm: String,
        isPinned: Bool = false,
        origin: TaskOrigin,
        input: [UInt8],
        priority: Int = 0,
        delayMs: Int64 = 0,
        deadlineMs: Int64? = nil,
        timeoutMs: Int64 = QueuePolicy().defaultTimeoutMs,
        retry: RetryPolicy = RetryPolicy(),
        dedupKey: String? = nil,
        concurrencyKey: String? = nil,
        fairnessKey: String? = nil,
        traceparent: String? = nil,
        labels: [String: String] = [:],
        isSuspended: Bool = false,
        retryOf: TaskID? = nil
    ) {
        self.id = id
        self.namespace = namespace
        self.type = type
        self.swarm = swarm
        self.isPinned = isPinned
        self.origin = origin
        self.input = input
        self.priority = priority
        self.delayMs = delayMs
        self.deadlineMs = deadlineMs
        self.timeoutMs = timeoutMs
        self.retry = retry
        self.dedupKey = dedupKey
        self.concurrencyKey = concurrencyKey
        if let fairnessKey {
            self.fairnessKey = fairnessKey
        } else if case .http(let submitter) = origin {
            self.fairnessKey = submitter
        } else {
            self.fairnessKey = namespace
        }
        self.traceparent = traceparent
        self.labels = labels
        self.isSuspended = isSuspended
        self.retryOf = retryOf
    }
}

/// What became of a submission.
package enum SubmitVerdict: Sendable, Hashable {
    case created(TaskRecord)
    /// The task is there already: the same id, or the same `dedupKey` on a task that is under way or succeeded.
    case existing(TaskRecord)
    /// A new, ended task that took over the result of an earlier one with the same `dedupKey`; SwarmTasks only.
    case adopted(TaskRecord)
    case refused(SubmitRefusal)

    package var record: TaskRecord? {
        switch self {
        case .created(let record), .existing(let record), .adopted(let record): record
        case .refused: nil
        }
    }
}

package enum SubmitRefusal: Sendable, Hashable {
    /// Another namespace has a task of this id.
    case idTaken
    /// The namespace has as many live tasks as it may have (`QueuePolicy.maxLiveTasks`). Nothing is wrong with the submission:
    /// it is to come again.
    case queueFull(limit: Int)
}
