/// A response with its whole body.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: [UInt8]

    public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var isSuccess: Bool { (200..<300).contains(status) }
}

/// A response whose body arrives in chunks. The stream ends at the end of the body and throws `HTTPTransportError` when the
/// transfer breaks; leaving it, or cancelling the task that reads it, drops the transfer.
public struct HTTPStreamingResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: AsyncThrowingStream<[UInt8], any Error>
    /// Changes the request's `silenceTimeoutSeconds` while the body arrives; the time counts from the last byte, `nil` ends the
    /// supervision. For protocols in which only a part of the stream promises that bytes will come.
    public var setSilenceTimeout: @Sendable (_ seconds: Double?) -> Void

    public init(
        status: Int,
        headers: HTTPHeaders,
        body: AsyncThrowingStream<[UInt8], any Error>,
        setSilenceTimeout: @escaping @Sendable (_ seconds: Double?) -> Void = { _ in }
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.setSilenceTimeout = setSilenceTimeout
    }

    public var isSuccess: Bool { (200..<300).contains(status) }
}
