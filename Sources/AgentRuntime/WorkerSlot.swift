import Glibc
import HTTPTransport
import Logging
import StructuredData
import Synchronization
import SystemThreads
import TaskProtocol

/// One slot of an agent: a thread that keeps one warm worker child and runs one attempt at a time in it.
///
/// The child is started ahead, and again whenever it has died, so that an attempt finds it ready. What an attempt does to its
/// child, it does to that one alone.
///
/// A change of threads takes longer than to hand an attempt over, or to take a small result: whoever commands the slot does at once
/// what can be done without waiting, and the thread that sends reports reads what the child says. The slot's own thread does the
/// rest: it starts and ends children, keeps deadlines, and reads and writes what is large.
final class WorkerSlot: Sendable {
    enum Command: Sendable {
        case run(LeaseGrant)
        /// Ignored where the slot does not (any more) run this attempt.
        case stop(AttemptID, StopReason)
        case close
    }

    enum Event: Sendable {
        case ready
        /// The idle worker died; the next one is being started.
        case down
        case progress(AttemptID, TaskProgress)
        case checkpoint(AttemptID, JSON)
        case output(AttemptID, String)
        case ended(AttemptID, AttemptOutcome, reusable: Bool)
    }

    /// What goes to the child with a larger input is made on the slot's thread: it takes a while, and many slots do it side by side.
    private static let smallInputBytes = 16 << 10

    private let mailbox: Mailbox
    private let supervisor: Mutex<WorkerSupervisor>
    private let watcher: DescriptorGroup?
    private let onEvent: @Sendable (Event) -> Void
    private let thread = Mutex<OSThread?>(nil)

    /// - Parameters:
    ///   - memoryLimit: how many bytes the worker may use with what it has started; `nil`: as many as there are.
    ///   - watcher: a thread that reads what the child says; `nil`: the slot's own does.
    ///   - onEvent: called on the slot's thread, or on that of `watcher`; must not block.
    init(
        _ index: Int, command: WorkerCommand, memoryLimit: Int? = nil, watcher: DescriptorGroup? = nil,
        logger: Logger, onEvent: @escaping @Sendable (Event) -> Void
    ) throws {
        mailbox = try Mailbox()
        supervisor = Mutex(
            WorkerSupervisor(
                command: command, memoryLimit: memoryLimit, alarm: try Alarm(), canBeWatched: watcher != nil,
                logger: logger))
        self.watcher = watcher
        self.onEvent = onEvent
        let thread = try OSThread.start("das-slot-\(index)") { [self] in run() }
        self.thread.withLock { $0 = thread }
    }

    func send(_ command: Command) {
        mailbox.post(command)
        if Self.isQuick(command), doAtOnce() { return }
        mailbox.wake()
    }

    /// Kills the worker and waits for the slot's thread. To be called once.
    func close() {
        send(.close)
        thread.withLock { $0.take() }?.join()
    }

    private static func isQuick(_ command: Command) -> Bool {
        switch command {
        case .run(let grant): grant.input.roughBytes(atMost: smallInputBytes) < smallInputBytes
        // A kill takes its time.
        case .stop, .close: false
        }
    }

    /// - Returns: `false`: there is something for the slot's thread to do, which may be at it already.
    private func doAtOnce() -> Bool {
        supervisor.withLockIfAvailable { supervisor in
            supervisor.handle(mailbox.take())
            return !supervisor.needsItsThread
        } ?? false
    }

    /// What the slot's thread does.
    private func run() {
        var arrived = Arrivals()
        while true {
            supervisor.withLock { supervisor in
                supervisor.take(arrived)
                supervisor.handle(mailbox.take())
            }
            tell()
            arrived = Arrivals()
            let (next, child) = supervisor.withLock { ($0.next(), $0.childNumber) }
            switch next {
            case .end: return
            case .check(var check):
                check.look()
                supervisor.withLock { $0.take(check) }
            case .watch(let descriptor): watch(descriptor, child)
            case .unwatch(let descriptor): watcher?.unwatch(descriptor)
            case .wait(let wanted): arrived = wait(wanted)
            }
        }
    }

    /// Tells what has happened.
    private func tell() {
        var events = supervisor.withLock { $0.takeEvents(goesOn: false) }
        while !events.isEmpty {
            for event in events { onEvent(event) }
            events = supervisor.withLock { $0.takeEvents(goesOn: true) }
        }
    }

    // MARK: A watched child

    private func watch(_ descriptor: Int32, _ child: Int) {
        let watch = DescriptorWatch(
            descriptor, onReadable: { [self] in hear(child) },
            onEnd: { [self] in
                supervisor.withLock { $0.endWatches() }
                mailbox.wake()
            })
        if watcher?.watch(watch) != true { supervisor.withLock { $0.endWatches() } }
    }

    /// On the watcher's thread.
    private func hear(_ child: Int) -> Bool {
        let goesOn = supervisor.withLock { $0.hear(child: child) }
        tell()
        if !goesOn || supervisor.withLock({ $0.needsItsThread }) { mailbox.wake() }
        return goesOn
    }

    /// What a wait ended with.
    struct Arrivals {
        var canRead = false
        var canWrite = false
        var isAlarmed = false
    }

    private func wait(_ wanted: WorkerSupervisor.Wait) -> Arrivals {
        let input = Int16(POLLIN)
        let output = Int16(POLLOUT)
        var descriptors = [
            pollfd(fd: mailbox.readable, events: input, revents: 0),
            pollfd(fd: wanted.alarm, events: input, revents: 0),
            // A negative one is passed over.
            pollfd(
                fd: wanted.canRead || wanted.canWrite ? wanted.channel ?? -1 : -1,
                events: (wanted.canRead ? input : 0) | (wanted.canWrite ? output : 0), revents: 0),
        ]
        poll(&descriptors, nfds_t(descriptors.count), -1)
        if descriptors[0].revents != 0 { mailbox.clear() }
        let events = descriptors[2].revents
        return Arrivals(
            canRead: wanted.canRead && events & ~output != 0, canWrite: events & output != 0,
            isAlarmed: descriptors[1].revents != 0)
    }

    /// Commands for the slot, with a descriptor that becomes readable when its thread is to look for them.
    final class Mailbox: Sendable {
        private let commands = Mutex<[Command]>([])
        let readable: Int32
        private let writable: Int32

        init() throws(SystemError) {
            var ends: [Int32] = [-1, -1]
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("make a socket pair") }
            (readable, writable) = (ends[0], ends[1])
        }

        deinit {
            Glibc.close(readable)
            Glibc.close(writable)
        }

        func post(_ command: Command) { commands.withLock { $0.append(command) } }

        func wake() {
            // A full pipe is as good as one more byte in it.
            var byte: UInt8 = 0
            _ = Glibc.send(writable, &byte, 1, Int32(MSG_NOSIGNAL))
        }

        /// Takes back what woke the thread. What is posted from then on wakes it again.
        func clear() {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(readable, &bytes, bytes.count) == bytes.count {}
        }

        func take() -> [Command] {
            commands.withLock { commands in
                defer { commands = [] }
                return commands
            }
        }
    }
}
