import HTTPTypes
import Hummingbird
import NIOCore
import StructuredData
import TaskProtocol
import TaskQueue

/// A task's states and progress as server-sent events.
///
/// Each event tells the whole state, so that a reader that comes back after a break needs no history: it gets the state of
/// now, and every one that follows.
struct TaskEventStream {
    /// A comment line at least this often keeps proxies from closing the connection.
    private static let keepAlive = Duration.seconds(15)

    let core: GatewayCore

    func events(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "get")
        let record = try await core.task(context, in: namespace)
        guard let ticket = core.waiters.enter(record.id) else {
            throw Problems.tooMany("too many callers follow tasks here; read the task instead")
        }
        let lastSeen = request.headers[.lastEventID].flatMap { $0.isEmpty ? nil : $0 }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { [core] writer in
                defer { core.waiters.leave(record.id, ticket) }
                try await context.whileConnected(ticket) {
                    try await Self.follow(record.id, ticket, core, lastSeen, &writer)
                }
                try await writer.finish(nil)
            })
    }

    private static func follow(
        _ id: TaskID, _ ticket: Ticket, _ core: GatewayCore, _ lastSeen: String?,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var sent = lastSeen
        while true {
            guard let record = try await core.store.task(id) else { return }
            let event = event(record, at: core.store.now())
            let name = identifier(record)
            if name != sent {
                let data = try JSON(encoding: event).text()
                try await writer.write(ByteBuffer(string: "id: \(name)\nevent: state\ndata: \(data)\n\n"))
                sent = name
            }
            if record.state.isEnd { return }
            switch await ticket.wait(until: .now + keepAlive) {
            case .signalled: break
            case .timedOut: try await writer.write(ByteBuffer(string: ": \n\n"))
            case .superseded, .ended: return
            }
        }
    }

    private static func event(_ record: TaskRecord, at now: StoreTime) -> TaskProtocol.TaskEvent {
        TaskProtocol.TaskEvent(
            time: WireMapping.time(now), phase: WireMapping.phase(record.state), attempt: record.attempts,
            progress: record.progress.map(WireMapping.progress))
    }

    /// Differs whenever the state does.
    private static func identifier(_ record: TaskRecord) -> String {
        let progress = record.progress.map { "\($0.done).\($0.total ?? -1).\(($0.message ?? "").utf8.count)" } ?? ""
        return "\(record.epoch)-\(record.releases)-\(record.state.rawValue)-\(progress)"
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .ifNoneMatch
}
