internal import CLibcurl
internal import HTTPTransport
internal import SystemThreads

/// Runs transfers on a multi handle. Everything here happens on one thread.
struct CurlDriver: ~Copyable {
    private let configuration: CurlTransport.Configuration
    private let use: HTTPRequest.ConnectionUse
    private let multi: MultiHandle
    private var transfers: [TransferTicket: CurlTransfer] = [:]
    private var admission: AdmissionQueue
    private var watches: [DescriptorWatch] = []
    /// What is to be done later, the latest first.
    private var calls: [(at: Double, body: @Sendable () -> Void)] = []
    /// Nothing is late before this time.
    private var nextDeadline = Double.infinity

    /// The longest wait without anything to do; every event ends it.
    private static let maxWaitSeconds = 60.0
    private static let maxIdleConnections = 64

    init?(_ configuration: CurlTransport.Configuration, use: HTTPRequest.ConnectionUse) {
        let sockets = SocketTable(unacknowledgedSeconds: configuration.unacknowledgedSeconds)
        guard let multi = MultiHandle(sockets) else { return nil }
        self.configuration = configuration
        self.use = use
        self.multi = multi
        admission = AdmissionQueue(limit: configuration.maxRequestsPerHost)
        clibcurl_set_multi_long(self.multi.raw, CURLMOPT_MAXCONNECTS, Self.maxIdleConnections)
    }

    var waker: MultiWaker { MultiWaker(multi) }

    mutating func execute(_ command: CurlLoop.Command) {
        switch command {
        case .start(let order): start(order)
        case .cancel(let ticket):
            drop(ticket, CancellationError())
            for order in admission.remove(where: { $0.ticket == ticket }) { order.delivery.fail(CancellationError()) }
        case .setSilenceTimeout(let ticket, let seconds):
            guard let transfer = transfers[ticket] else { return }
            transfer.silenceTimeoutSeconds = seconds
            nextDeadline = min(nextDeadline, transfer.nextDeadline)
        case .goOn(let ticket):
            guard let transfer = transfers[ticket] else { return }
            let code = transfer.goOn()
            guard code == CURLE_OK else {
                remove(transfer)
                return transfer.end(code)
            }
            nextDeadline = min(nextDeadline, transfer.nextDeadline)
        case .watch(let watch): watches.append(watch)
        case .unwatch(let descriptor): watches.removeAll { $0.descriptor == descriptor }
        case .call(let time, let body):
            calls.insert((time, body), at: calls.firstIndex { $0.at <= time } ?? calls.endIndex)
        case .run: break
        }
    }

    /// Does what can be done now.
    /// - Returns: Whether transfers have ended: then there may be more to do.
    /// - Throws: an error after which the multi handle is of no use.
    mutating func advance() throws(HTTPTransportError) -> Bool {
        var running: Int32 = 0
        let code = curl_multi_perform(multi.raw, &running)
        guard code == CURLM_OK else { throw Self.failure(code) }
        return collect()
    }

    /// Waits for something to happen.
    /// - Returns: the descriptors that are watched and have something to tell.
    mutating func wait(atMost limit: Double = Self.maxWaitSeconds) throws(HTTPTransportError) -> [Int32] {
        let now = MonotonicTime.seconds
        if now >= nextDeadline { dropLate(now) }
        let wait = min(max(min(nextDeadline, calls.last?.at ?? .infinity) - now, 0), limit)
        // Few: libcurl looks at each at every wait, so who has many watches one that stands for them.
        var watched = watches.map { curl_waitfd(fd: $0.descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0) }
        // Rounded up, or the last fraction of a millisecond would be spent spinning.
        let code = curl_multi_poll(
            multi.raw, &watched, UInt32(watched.count), Int32((wait * 1000).rounded(.up)), nil)
        guard code == CURLM_OK else { throw Self.failure(code) }
        return watched.lazy.filter { $0.revents != 0 }.map(\.fd)
    }

    /// Does what was to be done by now.
    mutating func callDue() {
        while let next = calls.last, next.at <= MonotonicTime.seconds {
            calls.removeLast()
            next.body()
        }
    }

    mutating func tell(of descriptors: [Int32]) {
        for descriptor in descriptors {
            guard let index = watches.firstIndex(where: { $0.descriptor == descriptor }) else { continue }
            if !watches[index].onReadable() { watches.remove(at: index) }
        }
    }

    mutating func failAll(_ error: HTTPTransportError) {
        for order in admission.remove(where: { _ in true }) { order.delivery.fail(error) }
        for ticket in Array(transfers.keys) { drop(ticket, error) }
        for watch in watches { watch.onEnd() }
        watches = []
    }

    private mutating func start(_ order: TransferOrder) {
        guard !order.ticket.isCancelled else { return order.delivery.fail(CancellationError()) }
        guard use == .shared else {
            _ = launch(order, host: nil)
            return
        }
        let host = order.address.authority
        guard admission.enter(order, host: host) else {
            nextDeadline = min(nextDeadline, order.deadline ?? .infinity)
            return
        }
        if !launch(order, host: host) { makeRoom(host) }
    }

    /// - Returns: Whether the transfer runs; else its order has failed.
    private mutating func launch(_ order: TransferOrder, host: String?) -> Bool {
        do throws(HTTPTransportError) {
            let transfer = try CurlTransfer(order, host: host, configuration, multi.sockets)
            let code = curl_multi_add_handle(multi.raw, transfer.raw)
            guard code == CURLM_OK else { throw Self.failure(code) }
            transfers[order.ticket] = transfer
            nextDeadline = min(nextDeadline, transfer.nextDeadline)
            return true
        } catch {
            order.delivery.fail(error)
            return false
        }
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
            remove(transfer)
            transfer.end(code)
            hasEnded = true
        }
        return hasEnded
    }

    private mutating func drop(_ ticket: TransferTicket, _ error: any Error) {
        guard let transfer = transfers[ticket] else { return }
        remove(transfer)
        transfer.end(throwing: error)
    }

    private mutating func remove(_ transfer: CurlTransfer) {
        curl_multi_remove_handle(multi.raw, transfer.raw)
        transfers[transfer.ticket] = nil
        makeRoom(transfer.host)
    }

    /// Starts the next that waits for `host`.
    private mutating func makeRoom(_ host: String?) {
        guard let host else { return }
        while let next = admission.leave(host: host) {
            if launch(next, host: host) { return }
        }
    }

    private mutating func dropLate(_ now: Double) {
        for order in admission.remove(where: { ($0.deadline ?? .infinity) <= now }) {
            order.delivery.fail(HTTPTransportError.timedOut(order.request, wasNotSent: true))
        }
        for (ticket, transfer) in transfers where transfer.nextDeadline <= now {
            drop(ticket, transfer.lateError(now))
            // A multiplexed connection survives the end of one of its requests.
            if let connection = transfer.connection,
                now - connection.lastByteAt >= configuration.silentConnectionSeconds
            {
                multi.sockets.cut(connection)
            }
        }
        nextDeadline = transfers.values.reduce(admission.nextDeadline) { min($0, $1.nextDeadline) }
    }

    private static func failure(_ code: CURLMcode) -> HTTPTransportError {
        HTTPTransportError(
            .closed, "libcurl failed: \(String(cString: curl_multi_strerror(code)))", wasNotSent: true)
    }
}
