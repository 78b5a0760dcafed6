import StructuredData
import TaskProtocol

/// One attempt in a worker, as its supervisor sees it: when it must be stopped and why, and what its end means. Time is a
/// parameter.
struct Supervision: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Effect: Sendable, Hashable {
        case nothing
        /// Tell the workload to stop.
        case askToCancel
        /// Kill the worker.
        case kill
    }

    private enum Fate: Hashable {
        case timedOut
        case cancelled
        case stopped(StopReason)
        case broken(String)
        case tooLarge(bytes: Int, limit: Int)
    }

    let grant: LeaseGrant
    private let timeoutAt: Instant?
    private var isCancelled = false
    private var forceAt: Instant?
    private var fate: Fate?
    private var checkpoint: JSON?

    init(_ grant: LeaseGrant, now: Instant) {
        self.grant = grant
        timeoutAt = grant.timeLimitMs.map { now + .milliseconds($0) }
        checkpoint = grant.checkpoint
    }

    /// Whether the worker has been killed, so that what it still says does not count.
    var isKilled: Bool { fate != nil }

    /// When `check` has something to decide.
    var nextCheck: Instant? { isKilled ? nil : [timeoutAt, forceAt].compactMap { $0 }.min() }

    mutating func saved(_ checkpoint: JSON) { self.checkpoint = checkpoint }

    mutating func stop(_ reason: StopReason, now: Instant) -> Effect {
        guard !isKilled else { return .nothing }
        guard case .cancelled(let mode, let grace) = reason else { return kill(.stopped(reason)) }
        if mode == .force { return kill(.cancelled) }
        if let grace { forceAt = min(forceAt ?? now + grace, now + grace) }
        defer { isCancelled = true }
        return isCancelled ? .nothing : .askToCancel
    }

    mutating func check(now: Instant) -> Effect {
        guard !isKilled else { return .nothing }
        if let forceAt, forceAt <= now { return kill(.cancelled) }
        if let timeoutAt, timeoutAt <= now { return kill(.timedOut) }
        return .nothing
    }

    /// The worker said something that makes no sense.
    mutating func broke(_ how: String) -> Effect { isKilled ? .nothing : kill(.broken(how)) }

    /// The worker uses more memory than it may.
    mutating func uses(_ bytes: Int, limit: Int) -> Effect {
        isKilled ? .nothing : kill(.tooLarge(bytes: bytes, limit: limit))
    }

    private mutating func kill(_ fate: Fate) -> Effect {
        self.fate = fate
        return .kill
    }

    /// What it means that the workload returned `result`, which took `bytes`.
    func outcome(result: JSON, bytes: Int) -> AttemptOutcome {
        guard bytes <= WorkloadLimits.resultBytes else {
            return .failed(
                .permanent(
                    .resultTooLarge,
                    "the result has \(bytes) bytes as JSON, and at most \(WorkloadLimits.resultBytes) are taken: ask for less"
                ))
        }
        return bytes <= ProtocolLimits.inlineResultBytes ? .completed(result) : .completedLarge(result.serialized())
    }

    /// What it means that the workload threw `error`. After a request to cancel, whatever it threw is how it stopped.
    func outcome(thrown error: WorkloadError) -> AttemptOutcome { .failed(isCancelled ? .cancelled : error) }

    /// What the worker's death means.
    func outcome(death: ChildEnd) -> AttemptOutcome {
        switch fate {
        case nil where isCancelled: .failed(.cancelled)
        case nil: .failed(.retryable(.workerCrashed, "the worker \(death)"))
        case .timedOut?:
            .failed(.retryable(.timedOut, "the attempt took longer than its time-out of \(grant.timeLimitMs ?? 0) ms"))
        case .tooLarge(let bytes, let limit)?:
            .failed(
                .retryable(
                    .memoryLimit,
                    "the attempt used \(bytes >> 20) MiB of memory, and may use \(limit >> 20) MiB (DAS_WORKER_MEMORY_MIB)"
                ))
        case .cancelled?: .failed(.cancelled)
        case .broken(let how)?: .failed(.retryable(.workerProtocol, "the worker was stopped: \(how)"))
        case .stopped(.leaseLost)?: .discarded
        case .stopped(.fenced)?:
            .released(
                checkpoint: checkpoint, reason: "no heartbeat got through for as long as the lease lasts")
        case .stopped(.drained)?: .released(checkpoint: checkpoint, reason: "the agent is being drained")
        case .stopped(.cancelled)?: .failed(.cancelled)
        }
    }
}
