import StructuredData
import TaskProtocol

/// Names one attempt: a task under one lease.
struct AttemptID: Sendable, Hashable, CustomStringConvertible {
    var task: String
    var epoch: Int64

    var description: String { "\(task)#\(epoch)" }
}

extension LeaseGrant {
    var id: AttemptID { AttemptID(task: task, epoch: epoch) }

    /// How long the attempt may run: its own time, or what is left of the task's where that is less.
    var timeLimitMs: Int64? { [timeoutMs, deadlineMs].compactMap(\.self).min() }
}

/// How an attempt came to its end in a worker.
enum AttemptOutcome: Sendable, Equatable {
    case completed(JSON)
    /// With a result, as JSON, that is too large to travel in a report.
    case completedLarge([UInt8])
    case failed(WorkloadError)
    /// Stopped with no outcome: somebody is to run it again, from the checkpoint.
    case released(checkpoint: JSON?, reason: String)
    /// Stopped, and nobody wants to hear of it: the lease is another's.
    case discarded
}

/// Why a running attempt is to be stopped.
enum StopReason: Sendable, Hashable {
    /// Asked of the workload; forced once `grace` has passed.
    case cancelled(mode: CancelMode, grace: Duration?)
    /// The gateway said that the lease is another's.
    case leaseLost
    /// No heartbeat got through for a lease's time, so that the lease may be another's.
    case fenced
    /// The agent ends.
    case drained
}

/// What an attempt tells the gateway, until it was heard.
enum Report: Sendable, Equatable {
    case complete(CompleteRequest.Item)
    /// The result is sent first, and the report then refers to it.
    case completeLarge(CompleteRequest.Item, result: [UInt8])
    case fail(FailRequest.Item)
    case release(ReleaseRequest.Item)

    var isCompletion: Bool {
        switch self {
        case .complete, .completeLarge: true
        case .fail, .release: false
        }
    }

    init?(_ outcome: AttemptOutcome, of grant: LeaseGrant) {
        switch outcome {
        case .completed(let result):
            self = .complete(.init(task: grant.task, epoch: grant.epoch, token: grant.token, result: result))
        case .completedLarge(let result):
            self = .completeLarge(.init(task: grant.task, epoch: grant.epoch, token: grant.token), result: result)
        case .failed(let error):
            self = .fail(
                .init(
                    task: grant.task, epoch: grant.epoch, token: grant.token,
                    kind: FailureKind(rawValue: error.kind.rawValue),
                    code: error.code.rawValue, message: error.message))
        case .released(let checkpoint, let reason):
            self = .release(
                .init(
                    task: grant.task, epoch: grant.epoch, token: grant.token, checkpoint: checkpoint, reason: reason))
        case .discarded:
            return nil
        }
    }
}
