import Synchronization
import SystemThreads
import TaskQueue

/// A thread that writes: it gathers the calls that are waiting into one transaction, so that many concurrent calls share its two
/// exchanges with the server and its wait for the disk.
///
/// A call is answered after the commit. Where a transaction comes to nothing, all of its calls do, and they are done again: at once
/// after a conflict with somebody else's transaction; on a new session where the old one broke before the commit was sent; each
/// alone where the server refused something, so that a call which cannot be stored fails alone.
///
/// `@unchecked Sendable`: `session` and what it stands by are used on the thread alone.
final class StoreWriter: @unchecked Sendable {
    /// A transaction takes no more calls than this; the others wait for the next one.
    static let maxCalls = 256
    /// Nor more bytes of inputs and results.
    static let maxBytes = 32 << 20
    /// A transaction that others come between is done again so often.
    static let maxConflicts = 8

    struct Call: Sendable {
        let needs: Needs
        /// Does the work within a transaction, and answers what will be called after the commit.
        let work: @Sendable (StoreTransaction) throws -> (() -> Void)
        let fail: @Sendable (any Error) -> Void
    }

    private let context: StoreContext
    private let queue = WorkQueue<Call>()
    private let presence: PresentSession
    /// Called after each commit that added to the feed.
    private let onFeed: @Sendable () -> Void
    private let announcement: Request
    private let failure = Mutex<(any Error)?>(nil)
    private let thread = Mutex<OSThread?>(nil)

    init(
        _ presence: PresentSession, _ context: StoreContext, announcement: Request,
        onFeed: @escaping @Sendable () -> Void
    ) {
        self.presence = presence
        self.context = context
        self.announcement = announcement
        self.onFeed = onFeed
    }

    /// Whether the last transaction came to nothing.
    var hasFailed: Bool { failure.withLock { $0 != nil } }

    /// Begins to work; answers once there is a session.
    /// - Throws: `TaskStoreError`.
    func start(_ name: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                let started = try OSThread.start(name) { [self] in
                    do {
                        _ = try presence.session(context)
                        continuation.resume()
                    } catch {
                        presence.end()
                        return continuation.resume(throwing: error)
                    }
                    work()
                }
                thread.withLock { $0 = started }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Runs `body` in the next transaction. What it returns is called after the commit, and gives the answer.
    func perform<Result: Sendable>(
        _ needs: Needs, _ body: @escaping @Sendable (StoreTransaction) throws -> (() throws -> Result)
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let call = Call(
                needs: needs,
                work: { transaction in
                    let answer = try body(transaction)
                    return { continuation.resume(with: Swift.Result(catching: answer)) }
                },
                fail: { continuation.resume(throwing: $0) })
            if !queue.add(call) { continuation.resume(throwing: TaskStoreError(.closed, "the task store is closed")) }
        }
    }

    /// Takes no more calls; those it has taken are done.
    func stop() { queue.close() }

    /// Returns when the thread has ended.
    func ended() async {
        guard let thread = thread.withLock(\.self) else { return }
        await withCheckedContinuation { continuation in
            let waiting = try? OSThread.start("store close") {
                thread.join()
                continuation.resume()
            }
            if waiting == nil { continuation.resume() }
        }
    }

    // MARK: On the thread

    private func work() {
        while let calls = queue.take(\.needs.bytes, upTo: Self.maxBytes, count: Self.maxCalls) { settle(calls) }
        presence.end()
    }

    /// Does calls until each is answered or has failed, or waits again.
    private func settle(_ calls: [Call]) {
        var conflicts = 0
        var hasReconnected = false
        while true {
            var isCommitting = false
            do {
                try transact(calls, &isCommitting)
                failure.withLock { $0 = nil }
                return
            } catch let error as PostgresError where error.isConflict && conflicts < Self.maxConflicts {
                conflicts += 1
            } catch let error as PostgresError where error.kind == .connectionLost && !isCommitting && !hasReconnected {
                hasReconnected = true
            } catch let error as PostgresError where !error.isAboutOneCall || calls.count == 1 {
                let isUncertain = isCommitting && error.kind == .connectionLost
                return fail(calls, TaskStoreError.of(error, isUncertain: isUncertain))
            } catch  where calls.count == 1 || !presence.isOpen {
                return fail(calls, TaskStoreError.of(error))
            } catch {
                // Somebody's call cannot be stored: it is found by doing each alone.
                for call in calls { settle([call]) }
                return
            }
        }
    }

    private func transact(_ calls: [Call], _ isCommitting: inout Bool) throws {
        let session = try presence.session(context)
        let transaction = StoreTransaction(session, context)
        var answers: [() -> Void] = []
        var postponed: [Call] = []
        do {
            var needs = Needs()
            for call in calls { needs.add(call.needs) }
            try transaction.begin(needs)
            // Those that make tasks come last: candidates for leases have been chosen by then.
            for call in calls.filter({ $0.needs.insertions == 0 }) + calls.filter({ $0.needs.insertions > 0 }) {
                if transaction.isFull, !call.needs.leases.isEmpty {
                    postponed.append(call)
                } else {
                    answers.append(try call.work(transaction))
                }
            }
            defer { isCommitting = transaction.isCommitting }
            try transaction.commit(notifying: announcement)
        } catch {
            abandon(transaction, after: error)
            throw error
        }
        for answer in answers { answer() }
        queue.putBack(postponed)
        if transaction.hasFed { onFeed() }
    }

    private func abandon(_ transaction: StoreTransaction, after error: any Error) {
        if let error = error as? PostgresError, error.endsSession { return presence.end() }
        do { try transaction.rollBack() } catch { presence.end() }
    }

    private func fail(_ calls: [Call], _ error: any Error) {
        failure.withLock { $0 = error }
        for call in calls { call.fail(error) }
    }
}
