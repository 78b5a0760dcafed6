import Synchronization
import SystemThreads
import TaskQueue

/// The session of a writer, made when it is needed and made anew when it is gone.
///
/// For as long as it lives, it says to the other programs on the database that this one is present. Who finds that nobody was (at
/// the start, or after the server was away) gives every lease one full period before anybody may end it: its agent could not send
/// heartbeats.
///
/// `@unchecked Sendable`: it lives on the writer's thread, but for `isBack`.
final class PresentSession: @unchecked Sendable {
    /// After a failed attempt to connect, the next one waits this long, in seconds, and twice as long each time.
    private static let pauses = 0.05...1.0

    private let maker: SessionMaker
    private var current: PostgresSession?
    /// The server was seen since the last attempt.
    private let isBack = Atomic(false)
    private var lastFailure: (error: any Error, retry: Double, pause: Double)?

    init(_ maker: SessionMaker) { self.maker = maker }

    var isOpen: Bool { current != nil }

    /// - Throws: `TaskStoreError`; while the server is away, at once.
    func session(_ context: StoreContext) throws -> PostgresSession {
        if let current { return current }
        let isBack = isBack.exchange(false, ordering: .acquiringAndReleasing)
        if let lastFailure, !isBack, MonotonicTime.seconds < lastFailure.retry { throw lastFailure.error }
        do {
            let session = try maker.session(keeping: Statements.writing)
            try arrive(session, context)
            current = session
            lastFailure = nil
            return session
        } catch {
            let error = TaskStoreError.opening(maker.settings, error)
            let pause = min((lastFailure?.pause).map { $0 * 2 } ?? Self.pauses.lowerBound, Self.pauses.upperBound)
            lastFailure = (error, MonotonicTime.seconds + pause, pause)
            throw error
        }
    }

    func end() { current = nil }

    /// The server is there again: the next attempt need not wait. To be called from anywhere.
    func tryAgain() { isBack.store(true, ordering: .releasing) }

    private func arrive(_ session: PostgresSession, _ context: StoreContext) throws {
        // Turns go on from the latest, whoever had it.
        var turn = try session.run([Request("SELECT coalesce(max(turn), 0) FROM lanes")])[0].first
        context.reach(turn: try turn?.integer() ?? 0)
        let presence = Parameters(.integer(AdvisoryLock.presence))
        func lock(_ function: String) throws -> Rows {
            try session.run([Request(Statement("SELECT \(function)($1::bigint)"), presence)])[0]
        }
        var alone = try lock("pg_try_advisory_lock").first
        if try alone?.bool() ?? false {
            try recover(session, context)
            _ = try lock("pg_advisory_lock_shared")
            _ = try lock("pg_advisory_unlock")
        } else {
            // Waits for one that is recovering.
            _ = try lock("pg_advisory_lock_shared")
        }
    }

    private func recover(_ session: PostgresSession, _ context: StoreContext) throws {
        let transaction = StoreTransaction(session, context)
        try transaction.begin(Needs())
        // Time goes on from the latest that the store has lived by, should the server's clock have been put back.
        context.time.reach(transaction.now)
        for task in try transaction.tasks(Request(Statements.tasksLeased)) { try transaction.apply(.recover, to: task) }
        transaction.noteEverything()
        try transaction.commit(notifying: nil)
    }
}
