internal import Dispatch
internal import HTTPTransport
internal import Synchronization
internal import SystemThreads

/// A thread that drives transfers, seen from the other threads.
final class CurlLoop: Sendable {
    enum Command: Sendable {
        case start(TransferOrder)
        case cancel(TransferTicket)
        case setSilenceTimeout(TransferTicket, seconds: Double?)
        /// Brings on a transfer that was held back.
        case goOn(TransferTicket)
        case watch(DescriptorWatch)
        case unwatch(Int32)
        /// Something to do at a second of `MonotonicTime`.
        case call(at: Double, @Sendable () -> Void)
        /// A part of a task that runs here.
        case run(UnownedJob)
    }

    enum Phase: Sendable {
        /// No thread yet.
        case idle
        case running
        /// Fail everything and end.
        case closing
        /// The process exits: leave everything as it is and never touch libcurl again.
        case parking
        case ended
    }

    private struct Inbox {
        var phase = Phase.idle
        var commands: [Command] = []
        /// There while the thread may be woken.
        var waker: MultiWaker?
        /// The thread waits, or is about to, and would not see what is put here now.
        var isAsleep = false

        /// Takes what has come.
        mutating func take() -> [Command] {
            isAsleep = false
            return commands.take()
        }

        mutating func wake() {
            guard isAsleep else { return }
            isAsleep = false
            waker?.wake()
        }
    }

    let configuration: CurlTransport.Configuration
    let use: HTTPRequest.ConnectionUse
    private let inbox = Mutex(Inbox())
    private let threadEnd = DispatchGroup()

    static let closedError = HTTPTransportError(.closed, "the transport was shut down", wasNotSent: false)
    private static let refusedError = HTTPTransportError(.closed, "the transport was shut down", wasNotSent: true)
    /// So often is done what follows before sockets have their turn.
    private static let mostRounds = 16
    /// So often libcurl has its turn before descriptors that are watched have theirs.
    private static let mostTurns = 16

    init(_ configuration: CurlTransport.Configuration, use: HTTPRequest.ConnectionUse) {
        self.configuration = configuration
        self.use = use
    }

    func start(_ order: TransferOrder) {
        if !put(.start(order)) { order.delivery.fail(Self.refusedError) }
    }

    /// Hands a command to the thread, which begins with the first one. `false`: there is no thread any more.
    private func put(_ command: Command) -> Bool {
        let (isFirst, isTaken) = inbox.withLock { inbox in
            let isFirst = inbox.phase == .idle
            if isFirst {
                inbox.phase = .running
                threadEnd.enter()
            }
            // While the process exits, an order waits in the inbox for ever: nobody is left to be told of a failure.
            guard inbox.phase == .running || inbox.phase == .parking else { return (false, false) }
            inbox.commands.append(command)
            inbox.wake()
            return (isFirst, true)
        }
        if isFirst { startThread() }
        return isTaken
    }

    func cancel(_ ticket: TransferTicket) {
        ticket.cancel()
        send(.cancel(ticket))
    }

    func setSilenceTimeout(_ seconds: Double?, of ticket: TransferTicket) {
        send(.setSilenceTimeout(ticket, seconds: seconds))
    }

    func goOn(_ ticket: TransferTicket) { send(.goOn(ticket)) }

    func close() {
        inbox.withLock { inbox in
            switch inbox.phase {
            case .idle: inbox.phase = .ended
            case .running:
                inbox.phase = .closing
                inbox.wake()
            case .closing, .parking, .ended: break
            }
        }
    }

    func park() {
        inbox.withLock { inbox in
            guard inbox.phase == .running || inbox.phase == .closing else { return }
            inbox.phase = .parking
            inbox.wake()
        }
    }

    /// - Returns: Whether the thread has ended, or parked, in time.
    func waitForEnd(seconds: Double) -> Bool {
        threadEnd.wait(timeout: .now() + seconds) == .success
    }

    private func send(_ command: Command) {
        inbox.withLock { inbox in
            guard inbox.phase == .running else { return }
            inbox.commands.append(command)
            inbox.wake()
        }
    }

    private func startThread() {
        CurlLibrary.register(self)
        do {
            try OSThread.start("curl-\(use)") { self.run() }
        } catch {
            refuseOrders(
                HTTPTransportError(.closed, "the transport got no thread from the system: \(error)", wasNotSent: true))
            CurlLibrary.unregister(self)
            threadEnd.leave()
        }
    }
}

/// Tasks that deal with answers as they come, and send what follows from them, do so without a change of threads.
extension CurlLoop: TransportThread {
    func watch(_ watch: DescriptorWatch) -> Bool { put(.watch(watch)) }

    func unwatch(_ descriptor: Int32) { send(.unwatch(descriptor)) }

    func call(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        call(at: MonotonicTime.seconds + delay / .seconds(1), body)
    }

    /// - Parameter time: a second of `MonotonicTime`.
    func call(at time: Double, _ body: @escaping @Sendable () -> Void) { _ = put(.call(at: time, body)) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // A task that outlives the thread ends somewhere.
        if !put(.run(job)) { globalConcurrentExecutor.enqueue(job) }
    }
}

// The thread's own side.
extension CurlLoop {
    private func run() {
        drive()
        // Only now is libcurl left alone: until here a process that exits waits for this thread.
        CurlLibrary.unregister(self)
        threadEnd.leave()
    }

    /// Returns once the multi handle is gone.
    private func drive() {
        guard CurlLibrary.prepare(), var driver = CurlDriver(configuration, use: use) else {
            return refuseOrders(HTTPTransportError(.closed, "libcurl cannot be initialised", wasNotSent: true))
        }
        inbox.withLock { $0.waker = driver.waker }
        let executor = asUnownedTaskExecutor()
        var turns = 0
        while true {
            switch work(&driver, executor) {
            case .idle, .running:
                do throws(HTTPTransportError) {
                    // Ends resume readers and make room for those that wait, and both may have put something here.
                    turns += 1
                    let isIdle = try !driver.advance() && fallAsleep()
                    guard isIdle || turns >= Self.mostTurns else { continue }
                    turns = 0
                    let readable = try isIdle ? driver.wait() : driver.wait(atMost: 0)
                    // What follows from it needs to wake nobody.
                    inbox.withLock { $0.isAsleep = false }
                    driver.callDue()
                    driver.tell(of: readable)
                } catch {
                    driver.failAll(error)
                    return refuseOrders(error)
                }
            case .parking:
                threadEnd.leave()
                OSThread.park()
            case .closing, .ended:
                driver.failAll(Self.closedError)
                return refuseOrders(Self.refusedError)
            }
        }
    }

    /// Does what has come, and what follows from that: one part of a task brings on the next, and libcurl, which looks at every
    /// transfer when it is asked, can wait for a few of them.
    /// - Returns: the phase in which the loop is after it.
    private func work(_ driver: inout CurlDriver, _ executor: UnownedTaskExecutor) -> Phase {
        for _ in 0..<Self.mostRounds {
            let (phase, commands) = inbox.withLock { inbox in
                // Once closed, what is still in the inbox is failed later.
                (inbox.phase, inbox.phase == .running ? inbox.take() : [])
            }
            if commands.isEmpty { return phase }
            for command in commands {
                if case .run(let job) = command {
                    job.runSynchronously(on: executor)
                } else {
                    driver.execute(command)
                }
            }
        }
        return .running
    }

    /// `false`: something has come that is to be done first.
    private func fallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.commands.isEmpty && inbox.phase == .running
            return inbox.isAsleep
        }
    }

    /// From here on nothing wakes the thread, and what was ordered too late fails.
    private func refuseOrders(_ error: HTTPTransportError) {
        let commands = inbox.withLock { inbox in
            inbox.phase = .ended
            inbox.waker = nil
            return inbox.take()
        }
        for command in commands {
            switch command {
            case .start(let order): order.delivery.fail(error)
            case .run(let job): globalConcurrentExecutor.enqueue(job)
            case .watch(let watch): watch.onEnd()
            case .cancel, .setSilenceTimeout, .goOn, .unwatch, .call: break
            }
        }
    }
}

extension Array {
    /// The elements, leaving the array empty.
    fileprivate mutating func take() -> [Element] {
        let elements = self
        self = []
        return elements
    }
}
