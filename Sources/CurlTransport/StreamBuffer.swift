internal import HTTPTransport
internal import Synchronization

/// The bytes of a stream between the loop, which must never wait, and one reader.
///
/// Chunks that arrive while the reader is busy become one, so that a reader that falls behind catches up in large steps. What a
/// reader may fall behind by is bounded: beyond that the stream's source is held back, where it can be, and else the stream ends.
final class StreamBuffer: Sendable {
    /// What becomes of a chunk for which there is no room.
    enum Overflow: Sendable {
        /// The chunk is refused, which ends the stream.
        case refused
        /// The source keeps the chunk, and brings no more until it is called to go on: once, after the reader has taken what is
        /// here.
        case heldBack(goOn: @Sendable () -> Void)
    }

    enum Intake: Sendable, Hashable {
        case taken
        case heldBack
        case refused
    }

    private struct State {
        var bytes: [UInt8] = []
        var waiter: CheckedContinuation<[UInt8]?, any Error>?
        var end: Result<Void, any Error>?
        var isHeldBack = false
    }

    private let maxBytes: Int
    private let overflow: Overflow
    private let state = Mutex(State())

    init(maxBytes: Int, overflow: Overflow = .refused) {
        self.maxBytes = maxBytes
        self.overflow = overflow
    }

    /// Takes in the whole of `chunk`, or nothing.
    func append(_ chunk: UnsafeRawBufferPointer) -> Intake {
        let (waiter, intake): (CheckedContinuation<[UInt8]?, any Error>?, Intake) = state.withLock { state in
            guard state.end == nil else { return (nil, .refused) }
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter, .taken)
            }
            if state.bytes.count + chunk.count <= maxBytes {
                state.bytes.append(contentsOf: chunk)
                return (nil, .taken)
            }
            guard case .heldBack = overflow else { return (nil, .refused) }
            if state.bytes.isEmpty {
                // No reading would make room for it.
                state.bytes.append(contentsOf: chunk)
                return (nil, .taken)
            }
            state.isHeldBack = true
            return (nil, .heldBack)
        }
        waiter?.resume(returning: Array(chunk))
        return intake
    }

    /// Ends the stream behind the bytes it holds; only the first end counts.
    func finish(throwing error: (any Error)? = nil) {
        let waiter = state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
            guard state.end == nil else { return nil }
            state.end = error.map { .failure($0) } ?? .success(())
            return state.waiter.take()
        }
        if let error { waiter?.resume(throwing: error) } else { waiter?.resume(returning: nil) }
    }

    /// The bytes that have arrived since the last call; waits for some. `nil`: the end.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (answer, mayGoOn) = take(orWaitWith: continuation)
                if mayGoOn, case .heldBack(let goOn) = overflow { goOn() }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            cancel()
        }
    }

    private func take(
        orWaitWith continuation: CheckedContinuation<[UInt8]?, any Error>
    ) -> (answer: Result<[UInt8]?, any Error>?, mayGoOn: Bool) {
        state.withLock { state in
            if !state.bytes.isEmpty {
                let bytes = state.bytes
                state.bytes = []
                let wasHeldBack = state.isHeldBack
                state.isHeldBack = false
                return (.success(bytes), wasHeldBack)
            }
            if let end = state.end { return (end.map { nil }, false) }
            guard state.waiter == nil else {
                let error = HTTPTransportError(.badRequest, "two tasks read one stream; give it to one of them")
                return (.failure(error), false)
            }
            state.waiter = continuation
            return (nil, false)
        }
    }

    private func cancel() {
        let waiter = state.withLock { state in
            state.bytes = []
            state.end = .failure(CancellationError())
            return state.waiter.take()
        }
        waiter?.resume(throwing: CancellationError())
    }
}

/// Drops the transfer of a stream once nobody can read it any more, or its reader was cancelled.
final class StreamLease: Sendable {
    private let buffer: StreamBuffer
    private let drop: @Sendable () -> Void

    init(_ buffer: StreamBuffer, drop: @escaping @Sendable () -> Void) {
        self.buffer = buffer
        self.drop = drop
    }

    deinit { drop() }

    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await buffer.next()
        } onCancel: {
            drop()
        }
    }
}
