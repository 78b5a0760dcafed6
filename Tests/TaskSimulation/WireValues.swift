import StructuredData
import TaskProtocol
import TaskQueue

@testable import AgentRuntime

// Between the queue's values and the agents', as the gateway's routes do it.

extension LeasedTask {
    func grant(_ policy: QueuePolicy) -> LeaseGrant {
        LeaseGrant(
            task: record.id.text, type: record.type, attempt: record.attempts, epoch: key.epoch,
            token: key.token.hexadecimal, leaseMs: policy.leaseMs, input: .null, timeoutMs: record.timeoutMs)
    }
}

extension Beat {
    init?(_ item: HeartbeatRequest.Item) {
        guard let token = LeaseToken(hexadecimal: item.token) else { return nil }
        self.init(
            task: TaskID(item.task), key: LeaseKey(epoch: item.epoch, token: token),
            progress: item.progress.map { Progress(done: $0.done, total: $0.total, message: $0.message) },
            checkpoint: item.checkpoint?.serialized())
    }
}

extension AttemptReport {
    init?(_ report: AgentRuntime.Report) {
        switch report {
        case .complete(let item):
            self.init(item.task, item.epoch, item.token, .complete(result: (item.result ?? .null).serialized()))
        // No simulated workload has a large one.
        case .completeLarge: return nil
        case .fail(let item):
            self.init(
                item.task, item.epoch, item.token,
                .fail(Failure(code: item.code, message: item.message), isRetryable: item.kind == .retryable))
        case .release(let item):
            self.init(item.task, item.epoch, item.token, .release(checkpoint: item.checkpoint?.serialized()))
        }
    }

    private init?(_ task: String, _ epoch: Int64, _ token: String, _ content: Content) {
        guard let token = LeaseToken(hexadecimal: token) else { return nil }
        self.init(task: TaskID(task), key: LeaseKey(epoch: epoch, token: token), content: content)
    }
}

extension ReportOutcome {
    var word: String {
        switch self {
        case .accepted(let record): "accepted, \(record.state)"
        case .duplicate: "duplicate"
        case .refused(let refusal): "refused, \(refusal)"
        }
    }
}
