import GRDB
import Synchronization
import SystemThreads
import TaskQueue

/// The single writer: gathers the calls that are waiting into one transaction, so that many concurrent calls share one wait for
/// the disk.
///
/// Calls run in the order in which they were made, on a thread of their own and never on the cooperative pool. A call is
/// answered after the commit, which waits for the disk; one that throws is undone alone; should the commit fail, all of its calls do.
final class GroupCommit: Sendable {
    /// A transaction takes no more calls than this; the others wait for the next one.
    static let maxCalls = 256

    private struct Call: Sendable {
        /// Does the work; what is not to be kept is undone by who calls it.
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
    /// Always the same one, which has what a commit needs at hand.
    private let thread: DedicatedThread
    private let files: StoreFiles
    private let state = Mutex(State())
    private let context: StoreTransaction.Context
    private let feedTail: FeedTail
    private let checkpoints: LogCheckpoints
    /// Called after each commit that added to the feed.
    private let onFeed: @Sendable (_ isPressing: Bool) -> Void

    /// - Throws: `SystemError` where there is no thread to be had.
    init(
        pool: DatabasePool, files: StoreFiles, context: StoreTransaction.Context, feedTail: FeedTail,
        checkpoints: LogCheckpoints, onFeed: @escaping @Sendable (_ isPressing: Bool) -> Void
    ) throws {
        thread = try DedicatedThread("task store")
        self.pool = pool
        self.files = files
        self.context = context
        self.feedTail = feedTail
        self.checkpoints = checkpoints
        self.onFeed = onFeed
    }

    deinit { thread.stop() }

    /// Runs `body` in the next transaction and answers once that is durable.
    /// - Parameter onStored: called with the answer right before that is given, on the thread of the commits.
    func perform<Result: Sendable>(
        onStored: (@Sendable (Result) -> Void)? = nil,
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
                                    onStored?(result)
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
        case .drain: Task(executorPreference: thread) { [self] in drain() }
        }
    }

    /// On the thread, which has the database's queue meanwhile.
    private func drain() { pool.writeWithoutTransaction { drain($0) } }

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
        var rest = batch[...]
        while let first = rest.first {
            rest = rest.dropFirst()
            rest = commit(first, with: rest, in: db)
        }
    }

    /// Commits the calls together. Should the first be undone, nothing is committed but the error told, and the others are left.
    private func commit(_ first: Call, with others: ArraySlice<Call>, in db: Database) -> ArraySlice<Call> {
        let transaction = StoreTransaction(db, context)
        let whole = DirectTransaction(db: db, shelf: context.shelf)
        var settlements: [Settlement] = []
        settlements.reserveCapacity(1 + others.count)
        do {
            try files.check()
            try whole.run {
                // Nothing was done before it that would have to stay: it does without a savepoint, which costs a call alone much.
                let settlement = run(first, in: transaction)
                settlements.append(settlement)
                if !settlement.isKept { return false }
                for call in others {
                    try whole.part {
                        let settlement = run(call, in: transaction)
                        settlements.append(settlement)
                        return settlement.isKept
                    }
                }
                try transaction.finish()
                return true
            }
        } catch {
            context.forgetCached()
            let error = TaskStoreError.of(error)
            for settlement in settlements { settlement.answer(error) }
            let rest = settlements.isEmpty ? [first] + others : others.dropFirst(settlements.count - 1)
            for call in rest { call.fail(error) }
            return []
        }
        // Whoever has an answer finds what it says in the feed.
        feedTail.append(transaction.fed)
        if let pruned = transaction.pruned { feedTail.prune(through: pruned) }
        for settlement in settlements { settlement.answer(nil) }
        if !transaction.fed.isEmpty { onFeed(transaction.isPressing) }
        checkpoints.committed(db)
        return settlements.count == 1 ? others : []
    }

    private func run(_ call: Call, in transaction: StoreTransaction) -> Settlement {
        transaction.beginCall()
        let settlement = call.work(transaction)
        transaction.endCall(isKept: settlement.isKept)
        return settlement
    }
}
