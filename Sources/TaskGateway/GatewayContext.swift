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

    /// A parameter of the path, with its escapes undone.
    func pathText(_ name: String) throws -> String {
        let bytes = Array(try parameters.require(name).utf8)
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let digits = String(decoding: bytes[(index + 1)...].prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.first?.isHexDigit == true, let byte = UInt8(digits, radix: 16) else {
                throw Problems.malformed("the path has a % that is not followed by two hexadecimal digits")
            }
            text.append(byte)
            index += 3
        }
        guard let decoded = String(validating: text, as: UTF8.self) else {
            throw Problems.malformed("the path is not UTF-8")
        }
        return decoded
    }

    /// Runs `operation`; signals `ticket` the end if the caller goes away meanwhile.
    func whileConnected<Value>(
        _ ticket: Ticket, _ operation: () async throws -> Value
    ) async throws -> Value {
        let watch =
            channel.eventLoop.inEventLoop
            ? try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
            : try await channel.pipeline.handler(type: ConnectionWatch.self).get()
        return try await watch.watching(onClose: { ticket.signal(.ended) }, operation)
    }
}
