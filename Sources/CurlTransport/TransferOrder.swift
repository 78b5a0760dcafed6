internal import HTTPTransport
internal import Synchronization
internal import SystemThreads

/// A request on its way to the loop, and where its outcome goes.
struct TransferOrder: Sendable {
    enum Delivery: Sendable {
        case whole(CheckedContinuation<HTTPResponse, any Error>)
        case stream(CheckedContinuation<ResponseHead, any Error>, StreamBuffer)

        /// Fails what is still to be answered: the head, or the rest of the body.
        func fail(_ error: any Error) {
            switch self {
            case .whole(let continuation): continuation.resume(throwing: error)
            case .stream(let continuation, let buffer):
                buffer.finish(throwing: error)
                continuation.resume(throwing: error)
            }
        }
    }

    var ticket: TransferTicket
    var request: HTTPRequest
    /// That of the request's URL.
    var address: URLAddress
    var delivery: Delivery
    /// When the exchange must be over, waiting included.
    var deadline: Double?

    init(ticket: TransferTicket, request: HTTPRequest, address: URLAddress, delivery: Delivery) {
        self.ticket = ticket
        self.request = request
        self.address = address
        self.delivery = delivery
        deadline = request.timeoutSeconds.map { MonotonicTime.seconds + $0 }
    }
}

/// Names a transfer, and remembers a cancellation that comes before the loop has heard of the transfer.
final class TransferTicket: Sendable, Hashable {
    private let cancelled = Atomic(false)

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    func cancel() { cancelled.store(true, ordering: .releasing) }

    static func == (left: TransferTicket, right: TransferTicket) -> Bool { left === right }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
