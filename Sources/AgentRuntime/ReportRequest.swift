import StructuredData
import TaskProtocol

/// One call that reports how attempts ended: all of one kind, as each kind has a route of its own.
enum ReportRequest: Sendable, Equatable {
    case complete(CompleteRequest)
    case fail(FailRequest)
    case release(ReleaseRequest)

    /// - Parameters:
    ///   - reports: of one kind, and at least one. One whose result was not sent ahead is no report yet.
    ///   - next: only completions ask for it.
    init(_ reports: [Report], agent: String, next: CompleteRequest.Next?) {
        switch reports.first?.kind {
        case .fail?:
            let items = reports.compactMap { if case .fail(let item) = $0 { item } else { nil } }
            self = .fail(FailRequest(agent: agent, reports: items))
        case .release?:
            let items = reports.compactMap { if case .release(let item) = $0 { item } else { nil } }
            self = .release(ReleaseRequest(agent: agent, reports: items))
        case .complete?, nil:
            let items = reports.compactMap { if case .complete(let item) = $0 { item } else { nil } }
            self = .complete(CompleteRequest(agent: agent, reports: items, next: next))
        }
    }
}

extension ReportRequest {
    /// The attempts whose ends it reports.
    var attempts: [AttemptID] {
        switch self {
        case .complete(let request): request.reports.map { AttemptID(task: $0.task, epoch: $0.epoch) }
        case .fail(let request): request.reports.map { AttemptID(task: $0.task, epoch: $0.epoch) }
        case .release(let request): request.reports.map { AttemptID(task: $0.task, epoch: $0.epoch) }
        }
    }
}

extension Report {
    enum Kind: Sendable, Hashable { case complete, fail, release }

    var kind: Kind {
        switch self {
        case .complete, .completeLarge: .complete
        case .fail: .fail
        case .release: .release
        }
    }

    /// About how much it takes in a call, as JSON.
    var roughBytes: Int {
        // Names, task, epoch, token and what stands between them.
        let frame = 256
        return switch self {
        case .complete(let item): frame + (item.result?.roughBytes(atMost: ProtocolLimits.bodyBytes) ?? 0)
        case .completeLarge: frame
        case .fail(let item): frame + item.code.utf8.count + item.message.utf8.count
        case .release(let item):
            frame + (item.checkpoint?.roughBytes(atMost: ProtocolLimits.bodyBytes) ?? 0)
                + (item.reason?.utf8.count ?? 0)
        }
    }
}
