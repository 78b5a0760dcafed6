import GRDB
import Synchronization
import TaskQueue

/// The single writer: gathers the calls that are waiting into one transaction with a savepoint each, so that many concurrent
/// calls share one wait for the disk.
///
/// Calls run in the order in which they were made, on the database's own thread and never on the cooperative pool. A call is
/// answered after the commit; one that throws is undone alone; should the commit fail, all of its calls do.
final class GroupCommit: Sendable {
    /// A transaction takes no more calls than this; the others wait for the next one.
    static let maxCalls = 256

    private struct Call: Sendable {
        /// Does the work inside a savepoint.
        let work: @Sendable (StoreTransaction) -> Settlement
        /// Answers where there was no transaction to work in.
        let fail: @Sendable (any Error) -> Void
    }

    private struct Settlement {
        let isKept: Bool
        /// Called with the commit's error, if it had one.
        let answer: (_ commitError: (any Error)?) -> Void
    }

    private struct State {
        var waiting: [Call] = []
        var isDraining = false
        var isClosed = false
        /// Those who wait for the last call to be done.
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    private let pool: DatabasePool
    private let files: StoreFiles
    private let state = Mutex(State())
    private let context: StoreTransaction.Context
    /// Called after each commit that added to the feed.
    private let onFeed: @Sendable () -> Void

    init(
        pool: DatabasePool, files: StoreFiles, context: StoreTransaction.Context,
        onFeed: @escaping @Sendable () -> Void
    ) {
        self.pool = pool
        self.files = files
        self.context = context
        self.onFeed = onFeed
    }

    /// Runs `body` in a savepoint of the next transaction and answers once that is durable.
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Call(
                    work: { transaction in
                        do {
                            let result = try body(transaction)
                            try transaction.flush()
                            return Settlement(isKept: true) { commitError in
                                if let commitError {
                                    continuation.resume(throwing: commitError)
                                } else {
                                    continuation.resume(returning: result)
                                }
                            }
                        } catch {
                            return Settlement(isKept: false) { _ in continuation.resume(throwing: error) }
                        }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Takes no more calls, and returns when those it had taken are done.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.isDraining { state.closing.append(continuation) }
                return !state.isDraining
            }
            if isIdle { continuation.resume() }
        }
    }

    private func enqueue(_ call: Call) {
        enum Next { case drain, wait, refuse }
        let next = state.withLock { state -> Next in
            if state.isClosed { return .refuse }
            state.waiting.append(call)
            if state.isDraining { return .wait }
            state.isDraining = true
            return .drain
        }
        switch next {
        case .wait: break
        case .refuse: call.fail(TaskStoreError(.closed, "the task store is closed"))
        case .drain: pool.asyncWriteWithoutTransaction { [self] db in drain(db) }
        }
    }

    private func drain(_ db: Database) {
        while true {
            let (batch, closing) = state.withLock { state -> ([Call], [CheckedContinuation<Void, Never>]) in
                if state.waiting.isEmpty {
                    state.isDraining = false
                    defer { state.closing = [] }
                    return ([], state.closing)
                }
                let batch = Array(state.waiting.prefix(Self.maxCalls))
                state.waiting.removeFirst(batch.count)
                return (batch, [])
            }
            for continuation in closing { continuation.resume() }
            if batch.isEmpty { return }
            commit(batch, in: db)
        }
    }

    private func commit(_ batch: [Call], in db: Database) {
        let transaction = StoreTransaction(db, context)
        var settlements: [Settlement] = []
        settlements.reserveCapacity(batch.count)
        do {
            try files.check()
            try db.inTransaction(.immediate) {
                for call in batch {
                    transaction.beginCall()
                    var settlement: Settlement?
                    try db.inSavepoint {
                        let done = call.work(transaction)
                        settlement = done
                        return done.isKept ? .commit : .rollback
                    }
                    transaction.endCall(isKept: settlement?.isKept ?? false)
                    if let settlement { settlements.append(settlement) }
                }
                try transaction.finish()
                return .commit
            }
        } catch {
            context.forgetCached()
            let error = TaskStoreError.of(error)
            for settlement in settlements { settlement.answer(error) }
            for call in batch.dropFirst(settlements.count) { call.fail(error) }
            return
        }
        for settlement in settlements { settlement.answer(nil) }
        if transaction.hasFed { onFeed() }
    }
}
