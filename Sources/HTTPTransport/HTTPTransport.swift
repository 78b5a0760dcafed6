/// Sends requests. Implementations retry nothing and interpret no status: an answer of 500 is a response, not an error.
public protocol HTTPTransport: Sendable {
    /// Sends `request` and waits for the whole response.
    ///
    /// Cancelling the task aborts the transfer and throws `CancellationError`.
    /// - Throws: `HTTPTransportError` where no whole response arrived.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse

    /// Sends `request` and returns once the response's head is there.
    /// - Throws: `HTTPTransportError` where no head arrived.
    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse

    /// Runs tasks where answers arrive and requests leave. `nil`: there is no such place.
    var executor: (any TransportThread)? { get }
}

extension HTTPTransport {
    public var executor: (any TransportThread)? { nil }
}
