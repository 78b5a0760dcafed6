import Glibc
import Synchronization
import SystemThreads
import TaskQueue

/// A thread with a session that listens for what other programs add to the feed and tell each other, and asks the server for its time
/// now and then.
///
/// Notifications are hints: those that come while the session is being made anew are lost, so that a new session is a hint too.
///
/// Closing it writes to a pipe, which may be done from anywhere.
final class FeedListener: Sendable {
    static let channel = "das_feed"
    /// For what programs tell each other.
    static let messageChannel = "das_messages"
    /// How often the server is asked for its time, in seconds.
    private static let sampleSeconds = 10.0
    private static let pauseSeconds = 0.5

    private let maker: SessionMaker
    /// Who this program is; its own notifications are no news to it.
    private let name: String
    private let clock: ServerClock?
    private let hints: ChangeHints
    private let messages: Broadcast<String>
    /// Called when the server has come back.
    private let onReturn: @Sendable () -> Void
    private let wakeup: (read: Int32, write: Int32)
    private let isClosed = Atomic(false)

    /// - Throws: `SystemError`.
    init(
        _ maker: SessionMaker, name: String, clock: ServerClock?, hints: ChangeHints, messages: Broadcast<String>,
        onReturn: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        self.maker = maker
        self.name = name
        self.clock = clock
        self.hints = hints
        self.messages = messages
        self.onReturn = onReturn
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wakeup = (ends[0], ends[1])
    }

    deinit {
        close(wakeup.read)
        close(wakeup.write)
    }

    /// What a transaction that added to the feed tells the others.
    static func announcement(from name: String) -> Request { Request(announce, Parameters(.text(name))) }

    static let announce = Statement("announce", "SELECT pg_notify('\(channel)', $1::text)")

    /// Begins to listen; answers once the server's time is known.
    /// - Throws: `TaskStoreError`.
    func start() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                try OSThread.start("store feed") { [self] in
                    do {
                        let session = try open()
                        continuation.resume()
                        work(session)
                    } catch {
                        continuation.resume(throwing: TaskStoreError.opening(maker.settings, error))
                    }
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    func stop() {
        isClosed.store(true, ordering: .releasing)
        var byte: UInt8 = 0
        _ = write(wakeup.write, &byte, 1)
    }

    // MARK: On the thread

    private func open() throws -> PostgresSession {
        let session = try maker.session(keeping: [])
        _ = try session.run([Request("LISTEN \(Self.channel)"), Request("LISTEN \(Self.messageChannel)")])
        try sample(session)
        return session
    }

    private func work(_ first: PostgresSession) {
        var session: PostgresSession? = first
        while !isClosed.load(ordering: .acquiring) {
            do {
                if let session {
                    try listen(session)
                } else {
                    session = try open()
                    onReturn()
                    hints.tell()
                }
            } catch {
                session = nil
                wait(for: -1, seconds: Self.pauseSeconds)
            }
        }
    }

    /// Listens until it is time to ask for the server's time, and asks.
    private func listen(_ session: PostgresSession) throws {
        let until = MonotonicTime.seconds + Self.sampleSeconds
        while !isClosed.load(ordering: .acquiring) {
            let rest = until - MonotonicTime.seconds
            if rest <= 0 { try sample(session) } else { wait(for: session.socket, seconds: rest) }
            // Also those that came with the answer to the question for the time.
            let notifications = try session.notifications()
            if notifications.contains(where: { $0.channel == Self.channel && $0.payload != name }) { hints.tell() }
            for told in notifications where told.channel == Self.messageChannel { messages.tell(told.payload) }
            if rest <= 0 { return }
        }
    }

    private func sample(_ session: PostgresSession) throws {
        let before = ContinuousClock.now
        let rows = try session.run([Request("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")])
        guard var row = rows[0].first else { return }
        let way = (ContinuousClock.now - before) / 2
        clock?.sample(try row.time(), at: before + way)
    }

    private func wait(for socket: Int32, seconds: Double) {
        // A negative descriptor is passed over.
        var descriptors = [wakeup.read, socket].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&descriptors, nfds_t(descriptors.count), Int32(seconds * 1000) + 1)
    }
}
