import Glibc
import Synchronization
import SystemThreads
import TaskQueue

/// Listens to the store's channels of Redis, on a connection and a thread of its own, for as long as it is held.
///
/// Messages may be missed while there is no connection: each new one counts as a message.
final class RedisSubscription: Sendable {
    /// A connection on which nothing came for this long is asked for a sign of life.
    private static let silence = Duration.seconds(10)
    private static let answerTime = Duration.seconds(5)

    private enum Phase { case idle, running, closing, closed }

    private struct State {
        var phase = Phase.idle
        /// Whether the first attempt has succeeded or failed.
        var isSettled = false
        var closers: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let location: RedisLocation
    private let limits: RedisLink.Limits
    private let onHint: @Sendable (_ cursor: Int64?) -> Void
    private let onMessage: @Sendable (_ text: String) -> Void
    private let state = Mutex(State())
    private let wakeUp: WakeUp

    /// - Parameters:
    ///   - onHint: called on the subscription's thread with how far the feed has grown; `nil`: some may have been missed.
    ///   - onMessage: called there with what another program tells.
    /// - Throws: `cannotOpen` where the system has no thread or descriptor left.
    init(
        _ location: RedisLocation, limits: RedisLink.Limits, onHint: @escaping @Sendable (_ cursor: Int64?) -> Void,
        onMessage: @escaping @Sendable (_ text: String) -> Void
    ) throws(TaskStoreError) {
        self.location = location
        self.limits = limits
        self.onHint = onHint
        self.onMessage = onMessage
        do {
            wakeUp = try WakeUp()
        } catch {
            throw TaskStoreError(.cannotOpen, "no connection to \(location) can be made: \(error)", cause: error)
        }
    }

    /// Starts to listen; later, tries to connect at once if there is no connection.
    func connect() {
        let isFirst = state.withLock { state in
            guard state.phase == .idle else { return false }
            state.phase = .running
            return true
        }
        guard isFirst else { return wakeUp.wake() }
        do {
            try OSThread.start("redis hints") { [self] in run() }
        } catch {
            // There will be a thread when the next connection is made.
            state.withLock { $0.phase = .idle }
            settle()
        }
    }

    /// Returns when the server has confirmed the subscription, or the first attempt has failed.
    func listening() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isSettled || state.phase == .closing || state.phase == .closed { return true }
                state.watchers.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Returns when the server has taken the subscription back or is not there.
    func close() async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if state.phase == .idle { state.phase = .closed }
                if state.phase == .closed { return true }
                state.phase = .closing
                state.closers.append(continuation)
                return false
            }
            if isClosed { continuation.resume() } else { wakeUp.wake() }
        }
    }

    private func settle() {
        let watchers = state.withLock { state in
            state.isSettled = true
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher.resume() }
    }

    private var isRunning: Bool { state.withLock { $0.phase == .running } }

    private func run() {
        while isRunning {
            do {
                var connection = try HiredisConnection(to: location.endpoint, timeout: limits.connect)
                try Greeting(location).introduce(&connection, within: limits.command)
                try listen(&connection)
            } catch {
                // The other connection says what is wrong; this one comes back by itself. Without it others' commits go unnoticed,
                // so that everyone looks from time to time.
                settle()
                onHint(nil)
                if isRunning { wakeUp.wait(atMost: limits.longestPause) }
            }
        }
        let (closers, watchers) = state.withLock { state in
            state.phase = .closed
            return (state.closers, state.watchers)
        }
        for waiter in closers + watchers { waiter.resume() }
    }

    private func listen(_ connection: inout HiredisConnection) throws(RedisFailure) {
        try connection.append(RedisCommand("SUBSCRIBE", location.channel, location.messageChannel).bytes)
        var isAsked = true
        while true {
            try connection.flush()
            guard isRunning else { return try leave(&connection) }
            var interests = [
                pollfd(
                    fd: connection.descriptor, events: Int16(POLLIN) | (connection.hasOutput ? Int16(POLLOUT) : 0),
                    revents: 0),
                pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&interests, 2, (isAsked ? Self.answerTime : Self.silence).pollMilliseconds)
            if ready == 0 {
                if isAsked { throw .lost("it gave no sign of life within \(Self.answerTime)") }
                try connection.append(RedisCommand("PING").bytes)
                isAsked = true
                continue
            }
            if interests[1].revents != 0 { wakeUp.clear() }
            if interests[0].revents == 0 { continue }
            try connection.receive()
            while let reply = try connection.next() {
                isAsked = false
                try take(reply)
            }
        }
    }

    private func take(_ reply: RedisReply) throws(RedisFailure) {
        if case .error(let text) = reply { throw .refused(text) }
        guard case .array(let parts) = reply, let kind = parts.first?.optionalText else { return }
        switch kind {
        case "subscribe":
            // The server confirms each channel.
            guard parts.count > 1, parts[1].optionalText == location.messageChannel else { return }
            settle()
            onHint(nil)
        case "message":
            guard parts.count > 2 else { return onHint(nil) }
            if parts[1].optionalText == location.messageChannel {
                if let text = parts[2].optionalText { onMessage(text) }
            } else {
                onHint(parts[2].optionalInteger)
            }
        default: break
        }
    }

    /// Waits until the server has closed its end: it counts this subscriber no more.
    private func leave(_ connection: inout HiredisConnection) throws(RedisFailure) {
        try connection.append(RedisCommand("QUIT").bytes)
        let deadline = ContinuousClock.now + .seconds(1)
        while .now < deadline {
            try connection.flush()
            var interest = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&interest, 1, (deadline - .now).pollMilliseconds)
            if interest.revents == 0 { return }
            // Ends with the error that tells of the server's close.
            try connection.receive()
            while try connection.next() != nil {}
        }
    }
}
