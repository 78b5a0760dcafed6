internal import CLibcurl
internal import HTTPTransport
internal import SystemThreads

/// One request and its response, while libcurl works on it. Everything here happens on the loop's thread.
final class CurlTransfer {
    /// Why one of our own callbacks stopped the transfer.
    enum Stop {
        case responseTooLarge
        case streamOverflow
        /// libcurl wanted to send again what may have been carried out already.
        case repetition
    }

    let request: HTTPRequest
    let ticket: TransferTicket
    /// Where the request counts as running; `nil` for a connection of its own.
    let host: String?
    private let deadline: Double?
    var silenceTimeoutSeconds: Double? {
        didSet { lastByteAt = MonotonicTime.seconds }
    }

    let easy: EasyHandle
    var headerList = StringList()
    var connectList = StringList()
    private let maxStreamBufferBytes: Int
    private let errorText: UnsafeMutablePointer<CChar>
    private let sockets: SocketTable
    /// Known once the request goes out.
    private(set) var connection: SocketTable.Connection?
    private var delivery: TransferOrder.Delivery?
    private var head = ResponseHead()
    private var body: [UInt8] = []
    private var lastByteAt = MonotonicTime.seconds
    /// Whether libcurl reads no more from the connection, until the stream's reader has caught up.
    private var isHeldBack = false
    /// How often libcurl has begun to send the request.
    private var sendings = 0
    private var stop: Stop?

    /// On an error the delivery is still the caller's.
    init(
        _ order: TransferOrder, host: String?, _ configuration: CurlTransport.Configuration, _ sockets: SocketTable
    ) throws(HTTPTransportError) {
        guard let easy = EasyHandle() else {
            throw HTTPTransportError(.closed, "libcurl gives no handle: the memory is used up", wasNotSent: true)
        }
        self.easy = easy
        request = order.request
        ticket = order.ticket
        self.host = host
        deadline = order.deadline
        silenceTimeoutSeconds = order.request.silenceTimeoutSeconds
        maxStreamBufferBytes = configuration.maxStreamBufferBytes
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        self.sockets = sockets
        try configure(order.address, configuration, sockets)
        clibcurl_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
        setCallbacks()
        delivery = order.delivery
    }

    deinit {
        // The handle goes after this, and may still write its last error.
        clibcurl_set_pointer(easy.raw, CURLOPT_ERRORBUFFER, nil)
        errorText.deallocate()
    }

    var raw: UnsafeMutableRawPointer { easy.raw }

    /// The transfer of a handle that the driver holds.
    static func of(easy: UnsafeMutableRawPointer) -> CurlTransfer? {
        var context: UnsafeMutableRawPointer?
        guard clibcurl_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK else { return nil }
        return context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// When the transfer will have taken, or been silent for, too long. One that is held back is silent by our own doing.
    var nextDeadline: Double {
        let silentAt = isHeldBack ? nil : silenceTimeoutSeconds.map { lastByteAt + $0 }
        return min(deadline ?? .infinity, silentAt ?? .infinity)
    }

    /// Why the transfer is given up once `nextDeadline` has come.
    func lateError(_ now: Double) -> HTTPTransportError {
        if let deadline, deadline <= now { return .timedOut(request, wasNotSent: sendings == 0) }
        return HTTPTransportError(
            .silent, "\(request.summary): no byte for \(silenceTimeoutSeconds ?? 0) s", wasNotSent: sendings == 0)
    }

    /// Lets libcurl read from the connection again. It delivers what it kept at once.
    func goOn() -> CURLcode {
        isHeldBack = false
        lastByteAt = MonotonicTime.seconds
        return curl_easy_pause(raw, CURLPAUSE_CONT)
    }

    /// Delivers the outcome that libcurl reports.
    func end(_ code: CURLcode) {
        guard code == CURLE_OK else {
            let failure = CurlFailure(
                code: code, text: String(cString: errorText), stop: stop, wasSent: sendings > 0, summary: summary,
                maxResponseBytes: request.maxResponseBytes, maxStreamBufferBytes: maxStreamBufferBytes)
            return end(throwing: failure.error)
        }
        switch delivery.take() {
        case .whole(let continuation):
            continuation.resume(returning: HTTPResponse(status: head.status, headers: head.headers, body: body))
        case .stream(let continuation, let buffer):
            buffer.finish()
            if !head.isComplete {
                continuation.resume(
                    throwing: HTTPTransportError(.connectionLost, "\(summary): the response has no header"))
            }
        case nil: break
        }
    }

    func end(throwing error: any Error) {
        switch delivery.take() {
        case .whole(let continuation): continuation.resume(throwing: error)
        case .stream(let continuation, let buffer):
            buffer.finish(throwing: error)
            if !head.isComplete { continuation.resume(throwing: error) }
        case nil: break
        }
    }

    private var summary: String { request.summary }
}

extension HTTPRequest {
    /// What the request is, for messages.
    var summary: String { "\(method.rawValue) \(url)" }
}

extension HTTPTransportError {
    static func timedOut(_ request: HTTPRequest, wasNotSent: Bool) -> HTTPTransportError {
        HTTPTransportError(
            .timedOut, "\(request.summary): not done within \(request.timeoutSeconds ?? 0) s", wasNotSent: wasNotSent)
    }
}

// What libcurl calls.
extension CurlTransfer {
    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        clibcurl_set_pointer(raw, CURLOPT_PRIVATE, context)
        clibcurl_set_pointer(raw, CURLOPT_HEADERDATA, context)
        clibcurl_set_data_callback(raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlTransfer.with(context, bytes, size * count) { $0.receive(headerLine: $1) }
        }
        clibcurl_set_pointer(raw, CURLOPT_WRITEDATA, context)
        clibcurl_set_data_callback(raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlTransfer.with(context, bytes, size * count) { $0.receive(body: $1) }
        }
        clibcurl_set_pointer(raw, CURLOPT_PREREQDATA, context)
        clibcurl_set_request_callback(raw) { context, _, _, _, localPort in
            guard let context else { return CURL_PREREQFUNC_ABORT }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            transfer.connection = transfer.sockets.connection(localPort: localPort)
            return transfer.maySend() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    /// - Returns: `count`, or 0, which ends the transfer, or `CURL_WRITEFUNC_PAUSE`.
    private static func with(
        _ context: UnsafeMutableRawPointer?,
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int,
        _ body: (CurlTransfer, UnsafeRawBufferPointer) -> StreamBuffer.Intake
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        transfer.lastByteAt = MonotonicTime.seconds
        transfer.connection?.lastByteAt = transfer.lastByteAt
        switch body(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) {
        case .taken: return count
        case .heldBack: return Int(CURL_WRITEFUNC_PAUSE)
        case .refused: return 0
        }
    }

    private func receive(headerLine: UnsafeRawBufferPointer) -> StreamBuffer.Intake {
        if head.add(line: headerLine), case .stream(let continuation, _)? = delivery {
            continuation.resume(returning: head)
        }
        return .taken
    }

    private func receive(body chunk: UnsafeRawBufferPointer) -> StreamBuffer.Intake {
        switch delivery {
        case .stream(_, let buffer):
            let intake = buffer.append(chunk)
            isHeldBack = intake == .heldBack
            if intake == .refused { stop = .streamOverflow }
            return intake
        case .whole:
            if body.count + chunk.count <= request.maxResponseBytes {
                body.append(contentsOf: chunk)
                return .taken
            }
            stop = .responseTooLarge
        case nil: break
        }
        return .refused
    }

    /// Called each time before the request is sent. libcurl sends again what it sent on a pooled connection that then broke
    /// without an answer; the server may have carried it out, so this is only for requests that change nothing.
    private func maySend() -> Bool {
        sendings += 1
        if sendings == 1 || request.method == .get || request.method == .head { return true }
        stop = .repetition
        return false
    }
}
