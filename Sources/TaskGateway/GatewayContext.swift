import Hummingbird
import NIOCore

/// What belongs to one request.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Set by the authentication middleware; routes below it always find one.
    var caller: Caller?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Who calls, with the token that says so.
    struct Caller: Sendable {
        var identity: Identity
        var bearer: String
    }

    func requireCaller() throws -> Caller {
        guard let caller else { throw Problems.unauthenticated("the call needs an Authorization header") }
        return caller
    }

    /// Runs `operation`; signals `ticket` the end if the caller goes away meanwhile.
    func whileConnected<Value>(
        _ ticket: Ticket, _ operation: () async throws -> Value
    ) async throws -> Value {
        let watch = try await channel.pipeline.handler(type: ConnectionWatch.self).get()
        return try await watch.watching(onClose: { ticket.signal(.ended) }, operation)
    }
}
