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

extension ReportRequest {
    var agent: AgentID {
        switch self {
        case .complete(let request): AgentID(request.agent)
        case .fail(let request): AgentID(request.agent)
        case .release(let request): AgentID(request.agent)
        }
    }

    var attemptReports: [AttemptReport] {
        switch self {
        case .complete(let request):
            request.reports.map {
                // No simulated workload has a large one.
                AttemptReport($0.task, $0.epoch, $0.token, .complete(result: ($0.result ?? .null).serialized()))
            }
        case .fail(let request):
            request.reports.map {
                AttemptReport(
                    $0.task, $0.epoch, $0.token,
                    .fail(Failure(code: $0.code, message: $0.message), isRetryable: $0.kind == .retryable))
            }
        case .release(let request):
            request.reports.map {
                AttemptReport($0.task, $0.epoch, $0.token, .release(checkpoint: $0.checkpoint?.serialized()))
            }
        }
    }

    var next: LeaseCall? {
        guard case .complete(let request) = self, let next = request.next else { return nil }
        return LeaseCall(agent: AgentID(request.agent), request: next.request, slots: next.freeSlots)
    }
}

extension AttemptReport {
    fileprivate init(_ task: String, _ epoch: Int64, _ token: String, _ content: Content) {
        guard let token = LeaseToken(hexadecimal: token) else {
            preconditionFailure("an agent reports with a token that it did not get: \(token)")
        }
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
