internal import CLibcurl
internal import HTTPTransport

/// Runs transfers on a multi handle. Everything here happens on one thread.
struct CurlDriver: ~Copyable {
    private let configuration: CurlTransport.Configuration
    private let multi: MultiHandle
    private var transfers: [TransferTicket: CurlTransfer] = [:]
    /// No transfer's silence ends before this time.
    private var nextSilenceCheck = Double.infinity

    /// The longest wait without anything to do; every event ends it.
    private static let maxWaitSeconds = 60.0

    init?(_ configuration: CurlTransport.Configuration, use: HTTPRequest.ConnectionUse) {
        guard let multi = MultiHandle() else { return nil }
        self.configuration = configuration
        self.multi = multi
        if use == .shared {
            let limit = configuration.maxConnectionsPerHost
            clibcurl_set_multi_long(self.multi.raw, CURLMOPT_MAX_HOST_CONNECTIONS, limit)
            clibcurl_set_multi_long(self.multi.raw, CURLMOPT_MAXCONNECTS, limit)
        }
    }

    var waker: MultiWaker { MultiWaker(multi) }

    mutating func execute(_ command: CurlLoop.Command) {
        switch command {
        case .start(let order): start(order)
        case .cancel(let ticket): drop(ticket, CancellationError())
        case .setSilenceTimeout(let ticket, let seconds):
            guard let transfer = transfers[ticket] else { return }
            transfer.silenceTimeoutSeconds = seconds
            watch(transfer)
        }
    }

    /// Does what can be done now, then waits for something to happen.
    ///
    /// - Returns: An error after which the multi handle is of no use.
    mutating func turn() -> HTTPTransportError? {
        var running: Int32 = 0
        var code = curl_multi_perform(multi.raw, &running)
        guard code == CURLM_OK else { return Self.failure(code) }
        if collect() {
            // Ends resume readers and free connections for those that wait: look again before sleeping.
            return nil
        }
        let now = PlatformThread.monotonicSeconds()
        if now >= nextSilenceCheck { dropSilent(now) }
        let wait = min(max(nextSilenceCheck - now, 0), Self.maxWaitSeconds)
        // Rounded up, or the last fraction of a millisecond would be spent spinning.
        code = curl_multi_poll(multi.raw, nil, 0, Int32((wait * 1000).rounded(.up)), nil)
        return code == CURLM_OK ? nil : Self.failure(code)
    }

    mutating func failAll(_ error: HTTPTransportError) {
        for ticket in Array(transfers.keys) { drop(ticket, error) }
    }

    private mutating func start(_ order: TransferOrder) {
        guard !order.ticket.isCancelled else { return order.delivery.fail(CancellationError()) }
        let transfer: CurlTransfer
        do throws(HTTPTransportError) {
            transfer = try CurlTransfer(order, configuration)
        } catch {
            return order.delivery.fail(error)
        }
        let code = curl_multi_add_handle(multi.raw, transfer.raw)
        guard code == CURLM_OK else {
            return order.delivery.fail(Self.failure(code))
        }
        transfers[order.ticket] = transfer
        watch(transfer)
    }

    /// Delivers the transfers that have ended.
    private mutating func collect() -> Bool {
        var hasEnded = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = CurlTransfer.of(easy: easy)
            else { continue }
            // The message is gone once the handle is removed.
            let code = message.pointee.data.result
            curl_multi_remove_handle(multi.raw, easy)
            transfers[transfer.ticket] = nil
            transfer.end(code)
            hasEnded = true
        }
        return hasEnded
    }

    private mutating func drop(_ ticket: TransferTicket, _ error: any Error) {
        guard let transfer = transfers.removeValue(forKey: ticket) else { return }
        curl_multi_remove_handle(multi.raw, transfer.raw)
        transfer.end(throwing: error)
    }

    private mutating func watch(_ transfer: CurlTransfer) {
        if let deadline = transfer.silenceDeadline { nextSilenceCheck = min(nextSilenceCheck, deadline) }
    }

    private mutating func dropSilent(_ now: Double) {
        for (ticket, transfer) in transfers {
            if let deadline = transfer.silenceDeadline, deadline <= now { drop(ticket, transfer.silenceError) }
        }
        nextSilenceCheck = transfers.values.reduce(.infinity) { min($0, $1.silenceDeadline ?? .infinity) }
    }

    private static func failure(_ code: CURLMcode) -> HTTPTransportError {
        HTTPTransportError(.closed, "libcurl failed: \(String(cString: curl_multi_strerror(code)))")
    }
}
