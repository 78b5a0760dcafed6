import HTTPTypes
import Hummingbird
import NIOCore
import StructuredData
import TaskProtocol
import TaskQueue

/// A task's states, progress and output as server-sent events.
///
/// Each event tells the whole state, so that a reader that comes back after a break needs no history: it gets the state of
/// now, and every one that follows. Of the output it gets what was written since the event whose `id` it names, as far as that is kept.
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
        var sent = Place(lastSeen)
        while true {
            guard let record = try await core.store.task(id) else { return }
            // Read after the record: that of one that has ended is whole.
            let output = try await core.store.output(of: id)
            let text = output?.text(after: sent.position)
            let place = Place(state: identifier(record), position: max(output?.end ?? 0, sent.position))
            if place != sent {
                let data = try JSON(encoding: event(record, text, at: core.store.now())).text()
                try await writer.write(ByteBuffer(string: "id: \(place.text)\nevent: state\ndata: \(data)\n\n"))
                sent = place
            }
            if record.state.isEnd { return }
            switch await ticket.wait(until: .now + keepAlive) {
            case .signalled: break
            case .timedOut: try await writer.write(ByteBuffer(string: ": \n\n"))
            case .superseded, .ended: return
            }
        }
    }

    private static func event(_ record: TaskRecord, _ output: String?, at now: StoreTime) -> TaskProtocol.TaskEvent {
        TaskProtocol.TaskEvent(
            time: WireMapping.time(now), phase: WireMapping.phase(record.state), attempt: record.attempts,
            progress: record.progress.map(WireMapping.progress), output: output)
    }

    /// What a reader has seen: the state, and the output up to a position.
    private struct Place: Equatable {
        var state: String
        var position: Int64

        init(state: String, position: Int64) {
            self.state = state
            self.position = position
        }

        /// - Parameter text: an event's `id`; whatever else it is, nothing was seen.
        init(_ text: String?) {
            let parts = (text ?? "").split(separator: "@", omittingEmptySubsequences: false)
            state = parts.first.map(String.init) ?? ""
            position = parts.count == 2 ? max(Int64(parts[1]) ?? 0, 0) : 0
        }

        var text: String { "\(state)@\(position)" }
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
