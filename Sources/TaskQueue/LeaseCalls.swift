/// An agent asks for work.
package struct LeaseCall: Sendable, Hashable {
    package var agent: AgentID
    /// Rises per registration; the same one again asks for the same answer again.
    package var request: Int64
    package var slots: Int
    /// Inputs and checkpoints of the answer together stay within this, but for the first task.
    package var maxBytes: Int

    package init(agent: AgentID, request: Int64, slots: Int, maxBytes: Int = QueuePolicy.maxLeaseAnswerBytes) {
        self.agent = agent
        self.request = request
        self.slots = slots
        self.maxBytes = maxBytes
    }
}

package enum LeaseVerdict: Sendable, Hashable {
    case answered(LeaseOffer)
    /// The agent is not registered (any more): it is to register again.
    case unknownAgent
    /// A request with a higher number was there before.
    case stale

    package var offer: LeaseOffer? { if case .answered(let offer) = self { offer } else { nil } }
}

package struct LeaseOffer: Sendable, Hashable {
    package var tasks: [LeasedTask]
    /// The agent gets no leases while it is so.
    package var isDraining: Bool

    package init(tasks: [LeasedTask], isDraining: Bool) {
        self.tasks = tasks
        self.isDraining = isDraining
    }
}

/// A lease as its agent gets it.
package struct LeasedTask: Sendable, Hashable {
    /// As it stands with this lease.
    package var record: TaskRecord
    package var key: LeaseKey
    package var input: [UInt8]
    /// What an earlier attempt saved.
    package var checkpoint: [UInt8]?

    package init(record: TaskRecord, key: LeaseKey, input: [UInt8], checkpoint: [UInt8]?) {
        self.record = record
        self.key = key
        self.input = input
        self.checkpoint = checkpoint
    }
}

/// A sign of life for one lease.
package struct Beat: Sendable, Hashable {
    package var task: TaskID
    package var key: LeaseKey
    package var progress: Progress?
    /// Handed to the next attempt, should there be one.
    package var checkpoint: [UInt8]?
    /// What the attempt has written since the last sign that was answered; UTF-8, not empty.
    package var output: [UInt8]?

    package init(
        task: TaskID, key: LeaseKey, progress: Progress? = nil, checkpoint: [UInt8]? = nil, output: [UInt8]? = nil
    ) {
        self.task = task
        self.key = key
        self.progress = progress
        self.checkpoint = checkpoint
        self.output = output
    }

    /// The machine's view of this sign.
    package var event: TaskEvent { .beat(key, progress, wroteOutput: output != nil) }
}

package enum BeatVerdict: Sendable, Hashable {
    case alive
    case cancelRequested(forcedInMs: Int64?)
    case lost
}

/// The answer to a heartbeat: one verdict for each lease.
package struct BeatAnswer: Sendable, Hashable {
    package var verdicts: [BeatVerdict]
    package var isDraining: Bool
    /// `false`: the agent is not registered (any more). Its leases were prolonged all the same.
    package var isKnown: Bool

    package init(verdicts: [BeatVerdict], isDraining: Bool, isKnown: Bool) {
        self.verdicts = verdicts
        self.isDraining = isDraining
        self.isKnown = isKnown
    }
}

/// What became of one attempt, with its bytes.
package struct AttemptReport: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// JSON.
        case complete(result: [UInt8])
        /// The result is the blob that was written under this lease, with this SHA-256 (lower-case hexadecimal).
        case completeWithBlob(sha256: String, bytes: Int)
        case fail(Failure, isRetryable: Bool)
        case release(checkpoint: [UInt8]?)
    }

    package var task: TaskID
    package var key: LeaseKey
    package var content: Content

    package init(task: TaskID, key: LeaseKey, content: Content) {
        self.task = task
        self.key = key
        self.content = content
    }

    /// The machine's view of this report.
    package var report: Report {
        switch content {
        case .complete(let result):
            Report(kind: .complete(resultBytes: result.count), digest: ReportDigest(kind: "complete", result))
        case .completeWithBlob(let sha256, let bytes):
            Report(
                kind: .complete(
                    resultBytes: bytes, blob: ResultBlob(id: BlobID(task: task, epoch: key.epoch), sha256: sha256)),
                digest: ReportDigest(kind: "blob", sha256.utf8))
        case .fail(let failure, let isRetryable):
            Report(
                kind: isRetryable ? .failRetryable(failure) : .failPermanent(failure),
                digest: ReportDigest(
                    kind: isRetryable ? "retryable" : "permanent", Array("\(failure.code)\n\(failure.message)".utf8)))
        case .release: Report(kind: .release, digest: ReportDigest(kind: "release", []))
        }
    }
}

package enum ReportOutcome: Sendable, Hashable {
    /// With the task as it is now.
    case accepted(TaskRecord)
    case duplicate
    case refused(ReportRefusal)
}
