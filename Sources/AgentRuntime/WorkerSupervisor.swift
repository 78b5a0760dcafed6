import Glibc
import Logging
import StructuredData
import TaskProtocol

/// What a slot does with its commands, its child and its deadlines. Nothing in here waits.
struct WorkerSupervisor: ~Copyable {
    typealias Instant = ContinuousClock.Instant

    /// A child that has not said `ready` after this long is started anew.
    private static let startDeadline = Duration.seconds(30)
    /// More than this at once is read on the slot's thread: it takes a while, and many slots do it side by side.
    private static let loudBytes = 16 << 10

    private let command: WorkerCommand
    private let memoryLimit: Int?
    /// Goes off when something is due, or before.
    private let alarm: Alarm
    private let logger: Logger

    private var child: ChildProcess?
    /// Counts the children, so that what is said of one is not taken for the next one's.
    private(set) var childNumber = 0
    /// Its end was read.
    private var hasChildEnded = false
    private var mustKillChild = false
    /// There is another thread that may wait for what the child says.
    private var canBeWatched: Bool
    /// It does.
    private var isWatched = false
    /// So much has come at once that the slot's own thread is to read it.
    private var isLoud = false
    private var isReady = false
    private var startBackoff = Backoff()
    private var nextStart = Instant.now
    private var incoming = FrameBuffer()
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)
    private var outgoing: ArraySlice<UInt8> = []
    private var supervision: Supervision?
    private var memory: MemoryWatch?
    private var nextMemoryCheck = Instant.now
    private var isClosed = false
    /// When the alarm goes off; `nil`: it is not set, or was heard.
    private var alarmed: Instant?
    /// What is still to be told.
    private var events: [WorkerSlot.Event] = []
    /// A thread is telling what was there before.
    private var isTelling = false

    init(command: WorkerCommand, memoryLimit: Int?, alarm: Alarm, canBeWatched: Bool, logger: Logger) {
        self.command = command
        self.memoryLimit = memoryLimit
        self.alarm = alarm
        self.canBeWatched = canBeWatched
        self.logger = logger
    }

    /// Whether there is something to do that cannot wait for the child or the alarm.
    var needsItsThread: Bool {
        isClosed || hasChildEnded || mustKillChild || isLoud || !events.isEmpty || !outgoing.isEmpty
    }

    /// What is to be told now. One thread tells until nothing is left: events stay in their order.
    /// - Parameter goesOn: by the thread that has told what it took before.
    mutating func takeEvents(goesOn: Bool) -> [WorkerSlot.Event] {
        if isTelling, !goesOn { return [] }
        isTelling = !events.isEmpty
        defer { events = [] }
        return events
    }

    // MARK: Commands and deadlines

    mutating func handle(_ commands: [WorkerSlot.Command]) {
        for command in commands { handle(command) }
        if !commands.isEmpty { setAlarm() }
    }

    private mutating func handle(_ command: WorkerSlot.Command) {
        switch command {
        case .close: isClosed = true
        case .stop(let id, let reason):
            guard supervision?.grant.id == id, let effect = supervision?.stop(reason, now: .now) else { return }
            apply(effect)
        case .run(let grant):
            precondition(supervision == nil, "a slot runs one attempt at a time")
            let now = Instant.now
            supervision = Supervision(grant, grace: self.command.stopGrace, now: now)
            if nextMemoryCheck <= now { nextMemoryCheck = now + WorkerMemory.interval }
            guard isReady else {
                // It died after it was counted as ready.
                return end(
                    .released(checkpoint: grant.checkpoint, reason: "the worker has to be started first"),
                    reusable: false)
            }
            send(
                .run(
                    .init(
                        task: grant.task, type: grant.type, attempt: grant.attempt, input: grant.input,
                        timeoutMs: grant.timeLimitMs, checkpoint: grant.checkpoint, traceparent: grant.traceparent)))
        }
    }

    private mutating func checkDeadlines() {
        if let effect = supervision?.check(now: .now) { apply(effect) }
        if child != nil, !isReady, supervision == nil, nextStart <= .now {
            logger.error("a worker did not start in time and is killed")
            child?.kill()
            nextStart = .now + Self.startDeadline
        }
    }

    /// A look at the memory of a worker, which takes a while.
    struct MemoryCheck {
        fileprivate var child: Int
        fileprivate var attempt: AttemptID
        fileprivate var watch: MemoryWatch
        fileprivate var excess: Int?

        mutating func look() { excess = watch.excess(now: .now) }
    }

    private mutating func dueMemoryCheck() -> MemoryCheck? {
        guard let supervision, !supervision.isKilled, let memory, nextMemoryCheck <= .now else { return nil }
        nextMemoryCheck = .now + WorkerMemory.interval
        return MemoryCheck(child: childNumber, attempt: supervision.grant.id, watch: memory)
    }

    mutating func take(_ check: MemoryCheck) {
        guard check.child == childNumber else { return }
        memory = check.watch
        guard let limit = memoryLimit, let bytes = check.excess, supervision?.grant.id == check.attempt,
            let effect = supervision?.uses(bytes, limit: limit)
        else { return }
        apply(effect)
    }

    private mutating func apply(_ effect: Supervision.Effect) {
        switch effect {
        case .nothing: break
        case .askToCancel: send(.cancel)
        case .kill: mustKillChild = true
        }
    }

    // MARK: The child

    private mutating func startIfDue() {
        guard child == nil, supervision == nil, nextStart <= .now else { return }
        incoming = FrameBuffer()
        outgoing = []
        do {
            let child = try ChildProcess(command)
            memory = memoryLimit.map { MemoryWatch(child.session, limit: $0, now: .now) }
            self.child = consume child
            childNumber += 1
            (hasChildEnded, mustKillChild, isWatched, isLoud) = (false, false, false, false)
            nextStart = .now + Self.startDeadline
        } catch {
            logger.error("\(error)")
            restLater()
        }
    }

    private mutating func restLater() {
        var random = SystemRandomNumberGenerator()
        nextStart = .now + startBackoff.next(using: &random)
    }

    /// The child's end was closed: the child is dead, or as good as dead.
    private mutating func childEnded() {
        guard let status = child.take()?.reap() else { return }
        (hasChildEnded, mustKillChild, isWatched, isLoud) = (false, false, false, false)
        let wasReady = isReady
        isReady = false
        if wasReady {
            nextStart = .now
        } else {
            logger.error("a worker \(status) before it was ready: does \"\(command.executable)\" start?")
            restLater()
        }
        if let supervision {
            end(supervision.outcome(death: status), reusable: false)
        } else if wasReady {
            logger.warning("an idle worker \(status); the next one is being started")
            events.append(.down)
            restLater()
        }
    }

    private mutating func end(_ outcome: AttemptOutcome, reusable: Bool) {
        guard let supervision = supervision.take() else { return }
        var reusable = reusable
        isLoud = false
        if reusable, let bytes = memory?.excess(now: .now, isBrief: true) {
            // The next attempt would be killed for what this one has left behind.
            logger.warning("a worker still uses \(bytes >> 20) MiB after \(supervision.grant.id), and is started anew")
            reusable = false
            isReady = false
            mustKillChild = true
        }
        events.append(.ended(supervision.grant.id, outcome, reusable: reusable))
    }

    // MARK: Messages

    private mutating func send(_ message: WorkerCommandMessage) {
        let content = message.json.serialized()
        guard content.count <= FrameBuffer.longestFrameBytes else {
            return end(
                .failed(.permanent(.schema, "the input has \(content.count) bytes, more than a worker takes")),
                reusable: true)
        }
        outgoing += FrameBuffer.frame(content)
        flush()
    }

    private mutating func flush() {
        guard let channel = child?.channel else { return }
        while !outgoing.isEmpty {
            let sent = outgoing.withUnsafeBytes {
                Glibc.send(channel, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // Where the child is gone, reading finds out.
            guard sent > 0 else { return }
            outgoing = outgoing.dropFirst(sent)
        }
        outgoing = []
    }

    private mutating func receive() {
        guard let channel = child?.channel else { return }
        // Bounded, so that a workload that never stops talking can still be stopped.
        for _ in 0..<16 {
            let count = read(channel, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else {
                hasChildEnded = true
                return
            }
            incoming.append(chunk[..<count])
            if isWatched, incoming.count > Self.loudBytes {
                isLoud = true
                return
            }
            takeFrames()
            // That was all; should there be more by now, the next wait says so.
            if count < chunk.count { return }
        }
    }

    private mutating func takeFrames() {
        do {
            while let frame = try incoming.next() {
                guard let json = try? JSON.parse(frame), let message = WorkerEventMessage(json) else {
                    return broke("it sent something that is no message")
                }
                handle(message, bytes: frame.count)
            }
        } catch {
            broke("it sent \(error.bytes) bytes at once")
        }
    }

    private mutating func broke(_ how: String) {
        if let effect = supervision?.broke(how) { apply(effect) } else { mustKillChild = true }
    }

    private mutating func handle(_ message: WorkerEventMessage, bytes: Int) {
        if case .ready = message {
            guard !isReady else { return }
            isReady = true
            startBackoff.reset()
            return events.append(.ready)
        }
        guard let supervision, !supervision.isKilled else { return }
        let id = supervision.grant.id
        switch message {
        case .ready: break
        case .progress(let done, let total, let message):
            events.append(.progress(id, TaskProgress(done: done, total: total, message: message)))
        case .checkpoint(let checkpoint):
            guard bytes <= ProtocolLimits.checkpointBytes else {
                logger.warning(
                    "a checkpoint of \(id) has \(bytes) bytes, at most \(ProtocolLimits.checkpointBytes) are taken; dropped"
                )
                return
            }
            self.supervision?.saved(checkpoint)
            events.append(.checkpoint(id, checkpoint))
        case .output(let text): events.append(.output(id, text))
        case .result(let result): end(supervision.outcome(result: result, bytes: bytes), reusable: true)
        case .failure(let error): end(supervision.outcome(thrown: error), reusable: true)
        }
    }

    // MARK: Waiting

    /// What is next for the slot's thread, beside commands.
    enum Next {
        case end
        /// To look at the memory, and to say what was seen.
        case check(MemoryCheck)
        /// To have the child watched, or no longer.
        case watch(descriptor: Int32)
        case unwatch(descriptor: Int32)
        case wait(Wait)
    }

    struct Wait {
        var alarm: Int32
        var channel: Int32?
        var canRead: Bool
        var canWrite: Bool
    }

    /// Does what is due.
    mutating func next() -> Next {
        if isClosed {
            if isWatched, let channel = child?.channel {
                (canBeWatched, isWatched) = (false, false)
                return .unwatch(descriptor: channel)
            }
            child = nil
            return .end
        }
        startIfDue()
        checkDeadlines()
        if mustKillChild { killChild() }
        if let check = dueMemoryCheck() { return .check(check) }
        let channel = child?.channel
        if canBeWatched, !isWatched, !isLoud, let channel {
            isWatched = true
            return .watch(descriptor: channel)
        }
        setAlarm()
        return .wait(
            Wait(alarm: alarm.descriptor, channel: channel, canRead: !isWatched, canWrite: !outgoing.isEmpty))
    }

    private mutating func killChild() {
        mustKillChild = false
        child?.kill()
    }

    /// Does what a wait ended for.
    mutating func take(_ arrived: WorkerSlot.Arrivals) {
        if arrived.isAlarmed {
            alarmed = nil
            alarm.set(nil)
        }
        if arrived.canWrite { flush() }
        if arrived.canRead { receive() }
        if isLoud { takeFrames() }
        if hasChildEnded { childEnded() }
    }

    /// Reads what a child has said, on another thread than the slot's.
    /// - Returns: whether that thread is to go on waiting.
    mutating func hear(child: Int) -> Bool {
        guard child == childNumber, isWatched, self.child != nil else { return false }
        receive()
        isWatched = !isLoud && !hasChildEnded
        return isWatched
    }

    /// There is no other thread any more.
    mutating func endWatches() { (canBeWatched, isWatched) = (false, false) }

    /// One that goes off too early is left as it is: attempts that are short need none of their own.
    private mutating func setAlarm() {
        var next = supervision?.nextCheck
        if supervision == nil, !isReady { next = nextStart }
        if supervision?.isKilled == false, memory != nil { next = min(next ?? nextMemoryCheck, nextMemoryCheck) }
        guard let next else { return }
        if let alarmed, alarmed <= next { return }
        alarmed = next
        alarm.set(next - .now)
    }
}
