import Glibc
import Synchronization
import SystemThreads
import TaskQueue

/// A connection to Redis on a thread of its own, made again whenever it is lost.
///
/// Commands of any number of tasks go out in the order in which they were asked for, those that come together in one write, and
/// are answered in that order. What was under way when the connection broke fails, since nobody knows whether it was done; what was
/// not yet sent goes out on the next connection if that comes at once. While there is none, calls fail at once.
final class RedisLink: Sendable {
    struct Limits: Sendable {
        /// For a connection to be there.
        var connect: Duration = .seconds(3)
        /// From sending a command to its answer.
        var command: Duration = .seconds(5)
        /// Commands that wait or are under way.
        var commands = 10_000
        var bytes = 256 << 20
        /// The longest wait between two attempts to connect.
        var longestPause: Duration = .seconds(1)
    }

    /// Checks the server and makes it ready, on each new connection, before anything else is sent on it.
    typealias Preparation = @Sendable (inout HiredisConnection) throws -> Void

    private struct Call {
        let bytes: [UInt8]
        let answer: @Sendable (Result<RedisReply, any Error>) -> Void
    }

    private enum Phase {
        /// Calls wait for the attempt that is being made.
        case connecting
        case connected
        /// Calls fail with this until an attempt succeeds.
        case down(TaskStoreError)
        case closing
        case closed
    }

    private struct State {
        var phase = Phase.connecting
        var waiting: [Call] = []
        /// Of all that is not answered.
        var commands = 0
        var bytes = 0
        var isAsleep = false
        var closers: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, any Error>] = []
    }

    private let location: RedisLocation
    private let limits: Limits
    private let prepare: Preparation
    /// Called on the link's thread with `nil` when the connection is there, else with why it is not.
    private let onChange: @Sendable (TaskStoreError?) -> Void
    private let state = Mutex(State())
    private let wakeUp: WakeUp

    /// - Throws: `cannotOpen` where the system has no thread or descriptor left.
    init(
        _ location: RedisLocation, limits: Limits, prepare: @escaping Preparation,
        onChange: @escaping @Sendable (TaskStoreError?) -> Void
    ) throws(TaskStoreError) {
        self.location = location
        self.limits = limits
        self.prepare = prepare
        self.onChange = onChange
        do {
            wakeUp = try WakeUp()
            try OSThread.start("redis") { [self] in run() }
        } catch {
            throw TaskStoreError(.cannotOpen, "no connection to \(location) can be made: \(error)", cause: error)
        }
    }

    /// Returns when the first attempt to connect has succeeded.
    /// - Throws: what the attempt failed with.
    func connected() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let outcome: Result<Void, any Error>? = state.withLock { state in
                switch state.phase {
                case .connecting:
                    state.watchers.append(continuation)
                    return nil
                case .connected: return .success(())
                case .down(let error): return .failure(error)
                case .closing, .closed: return .failure(Self.closedError)
                }
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    /// - Throws: `TaskStoreError`: `unavailable`, `closed`. An error that Redis answers is a reply.
    func send(_ command: RedisCommand) async throws -> RedisReply {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(Call(bytes: command.bytes) { continuation.resume(with: $0) })
        }
    }

    /// Makes the connection anew after what was sent has been answered. For when the server behind it cannot serve.
    func reconnect() {
        state.withLock { state in
            if case .connected = state.phase { state.phase = .connecting }
        }
        wakeUp.wake()
    }

    /// Takes no more calls and returns when those it had taken are answered and the connection is closed.
    func close() async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if case .closed = state.phase { return true }
                state.phase = .closing
                state.closers.append(continuation)
                return false
            }
            if isClosed { continuation.resume() } else { wakeUp.wake() }
        }
    }

    private static let closedError = TaskStoreError(.closed, "the task store is closed")

    private func enqueue(_ call: Call) {
        enum Next {
            case nothing, wake
            case fail(TaskStoreError)
        }
        let next = state.withLock { state -> Next in
            switch state.phase {
            case .down(let error): return .fail(error)
            case .closing, .closed: return .fail(Self.closedError)
            case .connecting, .connected: break
            }
            guard state.commands < limits.commands, state.bytes < limits.bytes else {
                return .fail(
                    TaskStoreError(
                        .unavailable, "\(state.commands) calls wait for Redis at \(location); come back later"))
            }
            state.waiting.append(call)
            state.commands += 1
            state.bytes += call.bytes.count
            guard state.isAsleep else { return .nothing }
            state.isAsleep = false
            return .wake
        }
        switch next {
        case .nothing: break
        case .wake: wakeUp.wake()
        case .fail(let error): call.answer(.failure(error))
        }
    }
}

// MARK: - The thread

extension RedisLink {
    private func run() {
        var failures = 0
        while !isEnding {
            let served: Bool
            let failure: any Error
            do {
                var connection = try HiredisConnection(to: location.endpoint, timeout: limits.connect)
                try prepare(&connection)
                failures = 0
                setConnected()
                failure = serve(&connection)
                served = true
            } catch {
                failure = error
                served = false
            }
            if isEnding { break }
            let error = Self.storeError(failure, location)
            onChange(error)
            if !served {
                failures += 1
                setDown(error)
                wakeUp.wait(atMost: pause(after: failures))
            }
        }
        end()
    }

    /// Doubles from 25 ms on, and differs between processes, which would all come back at once.
    private func pause(after failures: Int) -> Duration {
        let longest = min(.milliseconds(25) * (1 << min(failures - 1, 10)), limits.longestPause)
        return longest * Double.random(in: 0.5...1)
    }

    /// Sends calls and hands out their answers until the connection ends.
    private func serve(_ connection: inout HiredisConnection) -> any Error {
        var flights = Flights()
        do {
            while true {
                let (calls, isLast) = takeWaiting(isIdle: flights.isEmpty)
                if isLast, flights.isEmpty { return Self.closedError }
                for call in calls {
                    flights.add(call)
                    try connection.append(call.bytes)
                }
                try connection.flush()
                try wait(connection, flights)
                try connection.receive()
                while let reply = try connection.next() { settle(flights.land(), .success(reply)) }
            }
        } catch {
            while !flights.isEmpty { settle(flights.land(), .failure(Self.storeError(error, location))) }
            return error
        }
    }

    /// Calls that were sent and not yet answered, in order.
    private struct Flights {
        private var calls: [(call: Call, sent: ContinuousClock.Instant)?] = []
        private var first = 0

        var isEmpty: Bool { first == calls.count }
        var oldest: ContinuousClock.Instant? { isEmpty ? nil : calls[first]?.sent }

        mutating func add(_ call: Call) { calls.append((call, .now)) }

        mutating func land() -> Call? {
            if isEmpty { return nil }
            let call = calls[first]?.call
            calls[first] = nil
            first += 1
            if isEmpty {
                calls.removeAll(keepingCapacity: true)
                first = 0
            }
            return call
        }
    }

    /// - Returns: also whether the connection is to end when everything is answered.
    private func takeWaiting(isIdle: Bool) -> (calls: [Call], isLast: Bool) {
        state.withLock { state in
            var calls: [Call] = []
            swap(&calls, &state.waiting)
            // Whoever comes from now on finds the thread polling, or about to.
            state.isAsleep = true
            switch state.phase {
            case .connected: return (calls, false)
            case .connecting:
                // To be made anew: what waits goes out on the next connection.
                state.waiting = calls
                return ([], true)
            case .closing, .closed, .down: return (calls, calls.isEmpty)
            }
        }
    }

    /// Waits for bytes, for calls, or for room to write.
    private func wait(_ connection: borrowing HiredisConnection, _ flights: Flights) throws(RedisFailure) {
        var interests = [
            pollfd(
                fd: connection.descriptor, events: Int16(POLLIN) | (connection.hasOutput ? Int16(POLLOUT) : 0),
                revents: 0),
            pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let deadline = flights.oldest.map { $0 + limits.command }
        let left = deadline.map { ($0 - .now).pollMilliseconds } ?? -1
        let isReady = poll(&interests, 2, max(left, deadline == nil ? -1 : 0))
        if let deadline, isReady == 0, .now >= deadline {
            throw .lost("it did not answer within \(limits.command)")
        }
        if interests[1].revents != 0 { wakeUp.clear() }
    }

    private func settle(_ call: Call?, _ result: Result<RedisReply, any Error>) {
        guard let call else { return }
        state.withLock { state in
            state.commands -= 1
            state.bytes -= call.bytes.count
        }
        call.answer(result)
    }

    private var isEnding: Bool {
        state.withLock { state in
            switch state.phase {
            case .closing, .closed: true
            case .connecting, .connected, .down: false
            }
        }
    }

    private func setConnected() {
        let watchers = state.withLock { state in
            switch state.phase {
            case .closing, .closed: break
            case .connecting, .connected, .down: state.phase = .connected
            }
            defer { state.watchers = [] }
            return state.watchers
        }
        onChange(nil)
        for watcher in watchers { watcher.resume() }
    }

    private func setDown(_ error: TaskStoreError) {
        let (calls, watchers) = state.withLock { state in
            switch state.phase {
            case .closing, .closed: break
            case .connecting, .connected, .down: state.phase = .down(error)
            }
            defer {
                state.waiting = []
                state.watchers = []
            }
            return (state.waiting, state.watchers)
        }
        for call in calls { settle(call, .failure(error)) }
        for watcher in watchers { watcher.resume(throwing: error) }
    }

    private func end() {
        let (calls, watchers, closers) = state.withLock { state in
            state.phase = .closed
            defer {
                state.waiting = []
                state.watchers = []
                state.closers = []
            }
            return (state.waiting, state.watchers, state.closers)
        }
        for call in calls { settle(call, .failure(Self.closedError)) }
        for watcher in watchers { watcher.resume(throwing: Self.closedError) }
        for closer in closers { closer.resume() }
    }

    private static func storeError(_ error: any Error, _ location: RedisLocation) -> TaskStoreError {
        switch error {
        case let error as TaskStoreError: error
        case let error as RedisFailure: error.storeError(location)
        default: TaskStoreError(.unavailable, "Redis at \(location) cannot be used: \(error)", cause: error)
        }
    }
}
