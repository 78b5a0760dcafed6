import Glibc
import Logging
import StructuredData
import Synchronization
import SystemThreads
import TaskProtocol

/// One slot of an agent: a thread that keeps one warm worker child and runs one attempt at a time in it.
///
/// The child is started ahead, and again whenever it has died, so that an attempt finds it ready. What an attempt does to its
/// child, it does to that one alone.
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

    private let mailbox: Mailbox
    private let thread: OSThread

    /// - Parameters:
    ///   - memoryLimit: how many bytes the worker may use with what it has started; `nil`: as many as there are.
    ///   - onEvent: called on the slot's thread; must not block.
    init(
        _ index: Int, command: WorkerCommand, memoryLimit: Int? = nil, logger: Logger,
        onEvent: @escaping @Sendable (Event) -> Void
    ) throws {
        let mailbox = try Mailbox()
        self.mailbox = mailbox
        thread = try OSThread.start("das-slot-\(index)") {
            var supervisor = WorkerSupervisor(
                command: command, memoryLimit: memoryLimit, mailbox: mailbox, logger: logger, onEvent: onEvent)
            supervisor.run()
        }
    }

    func send(_ command: Command) { mailbox.post(command) }

    /// Kills the worker and waits for the slot's thread. To be called once.
    func close() {
        mailbox.post(.close)
        thread.join()
    }

    /// Commands for the slot's thread, with a descriptor that becomes readable when there are some.
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

        func post(_ command: Command) {
            commands.withLock { $0.append(command) }
            // A full pipe is as good as one more byte in it.
            var byte: UInt8 = 0
            _ = Glibc.send(writable, &byte, 1, Int32(MSG_NOSIGNAL))
        }

        func take() -> [Command] {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(readable, &bytes, bytes.count) == bytes.count {}
            return commands.withLock { commands in
                defer { commands = [] }
                return commands
            }
        }
    }
}
