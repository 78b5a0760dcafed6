internal import HTTPTransport
internal import Synchronization

/// The bytes of a stream between the loop, which must never wait, and one reader.
///
/// Chunks that arrive while the reader is busy become one, so that a reader that falls behind catches up in large steps.
final class StreamBuffer: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var waiter: CheckedContinuation<[UInt8]?, any Error>?
        var end: Result<Void, any Error>?
    }

    private let maxBytes: Int
    private let state = Mutex(State())

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// - Returns: Whether there was room.
    func append(_ chunk: UnsafeRawBufferPointer) -> Bool {
        let (waiter, hasRoom): (CheckedContinuation<[UInt8]?, any Error>?, Bool) = state.withLock { state in
            guard state.end == nil else { return (nil, false) }
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter, true)
            }
            guard state.bytes.count + chunk.count <= maxBytes else { return (nil, false) }
            state.bytes.append(contentsOf: chunk)
            return (nil, true)
        }
        waiter?.resume(returning: Array(chunk))
        return hasRoom
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
                if let answer = take(orWaitWith: continuation) { continuation.resume(with: answer) }
            }
        } onCancel: {
            cancel()
        }
    }

    private func take(
        orWaitWith continuation: CheckedContinuation<[UInt8]?, any Error>
    ) -> Result<[UInt8]?, any Error>? {
        state.withLock { state in
            if !state.bytes.isEmpty {
                let bytes = state.bytes
                state.bytes = []
                return .success(bytes)
            }
            if let end = state.end { return end.map { nil } }
            guard state.waiter == nil else {
                return .failure(HTTPTransportError(.badRequest, "two tasks read one stream; give it to one of them"))
            }
            state.waiter = continuation
            return nil
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
