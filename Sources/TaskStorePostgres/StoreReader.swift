import SystemThreads
import TaskQueue

/// Threads with a session each that read. Calls that wait together are sent together, each a part of the pipeline of its own.
final class StoreReader: Sendable {
    static let maxCalls = 32

    struct Call: Sendable {
        let requests: [Request]
        let answer: @Sendable ([Rows]) -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private let maker: SessionMaker
    private let queue = WorkQueue<Call>()

    init(_ maker: SessionMaker) { self.maker = maker }

    /// - Throws: `SystemError` where there is no thread to be had.
    func start(threads: Int) throws {
        for _ in 0..<threads {
            try OSThread.start("store reader") { [self] in ReadingThread(maker, queue).work() }
        }
    }

    func perform<Value: Sendable>(
        _ requests: [Request], _ decode: @escaping @Sendable ([Rows]) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let call = Call(
                requests: requests,
                answer: { rows in continuation.resume(with: Result { try decode(rows) }) },
                fail: { continuation.resume(throwing: $0) })
            if !queue.add(call) { continuation.resume(throwing: TaskStoreError(.closed, "the task store is closed")) }
        }
    }

    func stop() { queue.close() }
}

/// One of them.
private final class ReadingThread {
    private let maker: SessionMaker
    private let queue: WorkQueue<StoreReader.Call>
    private var current: PostgresSession?

    init(_ maker: SessionMaker, _ queue: WorkQueue<StoreReader.Call>) {
        self.maker = maker
        self.queue = queue
    }

    func work() {
        while let calls = queue.take({ _ in 0 }, upTo: 0, count: StoreReader.maxCalls) {
            do {
                do {
                    try answer(calls)
                } catch let error as PostgresError where error.kind == .connectionLost {
                    // Reading again does no harm; a session that had been silent for long may have been gone.
                    try answer(calls)
                }
            } catch {
                let error = TaskStoreError.opening(maker.settings, error)
                for call in calls { call.fail(error) }
            }
        }
    }

    private func answer(_ calls: [StoreReader.Call]) throws {
        let session = try current ?? maker.session(keeping: Reading.all)
        current = nil
        for call in calls {
            for request in call.requests { try session.send(request) }
            try session.synchronise()
        }
        let answers = try session.answers()
        var isUsable = true
        for (call, answer) in zip(calls, answers) {
            switch answer {
            case .success(let rows): call.answer(rows)
            case .failure(let error):
                isUsable = isUsable && !error.endsSession
                call.fail(TaskStoreError.of(error))
            }
        }
        if isUsable { current = session }
    }
}
