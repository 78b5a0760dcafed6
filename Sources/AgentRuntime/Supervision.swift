import StructuredData
import TaskProtocol

/// One attempt in a worker, as its supervisor sees it: when it must be stopped and why, and what its end means. Time is a
/// parameter.
///
/// A workload that is to stop is killed at once, or asked first and given its grace, as its worker says. A forced cancellation and
/// too much memory leave no time to ask.
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
    /// How long the workload may go on after it was asked to stop.
    private let grace: Duration
    private let timeoutAt: Instant?
    private var isCancelled = false
    private var isAsked = false
    private var forceAt: Instant?
    /// Why the attempt ends, once that is settled; its worker may still be in its grace.
    private var fate: Fate?
    private var checkpoint: JSON?

    /// Whether the worker has been killed, so that what it still says does not count.
    private(set) var isKilled = false

    init(_ grant: LeaseGrant, grace: Duration = .zero, now: Instant) {
        self.grant = grant
        self.grace = grace
        timeoutAt = grant.timeLimitMs.map { now + .milliseconds($0) }
        checkpoint = grant.checkpoint
    }

    /// When `check` has something to decide.
    var nextCheck: Instant? {
        if isKilled { return nil }
        return [fate == nil ? timeoutAt : nil, forceAt].compactMap { $0 }.min()
    }

    mutating func saved(_ checkpoint: JSON) { self.checkpoint = checkpoint }

    mutating func stop(_ reason: StopReason, now: Instant) -> Effect {
        guard !isKilled else { return .nothing }
        guard case .cancelled(let mode, let grace) = reason else { return end(.stopped(reason), now) }
        if mode == .force { return kill(.cancelled) }
        if let grace { force(at: now + grace) }
        isCancelled = true
        return ask()
    }

    mutating func check(now: Instant) -> Effect {
        guard !isKilled else { return .nothing }
        if let forceAt, forceAt <= now { return kill(.cancelled) }
        if fate == nil, let timeoutAt, timeoutAt <= now { return end(.timedOut, now) }
        return .nothing
    }

    /// The worker said something that makes no sense.
    mutating func broke(_ how: String) -> Effect { isKilled ? .nothing : kill(.broken(how)) }

    /// The worker uses more memory than it may.
    mutating func uses(_ bytes: Int, limit: Int) -> Effect {
        isKilled ? .nothing : kill(.tooLarge(bytes: bytes, limit: limit))
    }

    private mutating func end(_ fate: Fate, _ now: Instant) -> Effect {
        if grace == .zero { return kill(fate) }
        if self.fate == nil {
            self.fate = fate
            force(at: now + grace)
        }
        return ask()
    }

    private mutating func ask() -> Effect {
        defer { isAsked = true }
        return isAsked ? .nothing : .askToCancel
    }

    private mutating func force(at instant: Instant) { forceAt = min(forceAt ?? instant, instant) }

    /// The first reason stands.
    private mutating func kill(_ fate: Fate) -> Effect {
        self.fate = self.fate ?? fate
        isKilled = true
        return .kill
    }

    /// What it means that the workload returned `result`, which took `bytes`. One that was ready in the grace of a drain or fence
    /// counts; the gateway sees to it that it counts once.
    func outcome(result: JSON, bytes: Int) -> AttemptOutcome {
        switch fate {
        case .timedOut?: return timedOut
        case .stopped(.leaseLost)?: return .discarded
        default: break
        }
        guard bytes <= WorkloadLimits.resultBytes else {
            return .failed(
                .permanent(
                    .resultTooLarge,
                    "the result has \(bytes) bytes as JSON, and at most \(WorkloadLimits.resultBytes) are taken: ask for less"
                ))
        }
        return bytes <= ProtocolLimits.inlineResultBytes ? .completed(result) : .completedLarge(result.serialized())
    }

    /// What it means that the workload threw `error`. After a request to stop, whatever it threw is how it stopped.
    func outcome(thrown error: WorkloadError) -> AttemptOutcome {
        if fate != nil { return outcome(death: .exited(0)) }
        return .failed(isCancelled ? .cancelled : error)
    }

    /// What the worker's death means.
    func outcome(death: ChildEnd) -> AttemptOutcome {
        switch fate {
        case nil where isCancelled: .failed(.cancelled)
        case nil: .failed(.retryable(.workerCrashed, "the worker \(death)"))
        case .timedOut?: timedOut
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

    private var timedOut: AttemptOutcome {
        .failed(.retryable(.timedOut, "the attempt took longer than its time-out of \(grant.timeLimitMs ?? 0) ms"))
    }
}
