import Glibc
import SystemThreads

/// The program that is started as a worker, and how.
public struct WorkerCommand: Sendable, Hashable {
    public var executable: String
    public var arguments: [String]
    /// How long an attempt may go on after it was asked to stop, by its time-out or the end of the drain for example. Zero: it is
    /// not asked, and its worker is killed at once.
    public var stopGrace: Duration

    /// - Parameter executable: a path; by default the program that is running, which has the workloads.
    public init(executable: String? = nil, arguments: [String] = ["worker"], stopGrace: Duration = .zero) {
        self.executable = executable ?? Self.thisProgram
        self.arguments = arguments
        self.stopGrace = stopGrace
    }

    /// The path of the running program. The link itself is the way to it where the file was replaced meanwhile.
    private static var thisProgram: String {
        let link = "/proc/self/exe"
        var characters = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &characters, characters.count)
        guard count > 0 else { return link }
        let path = String(decoding: characters[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return access(path, X_OK) == 0 ? path : link
    }
}

/// How a process came to its end.
package enum ChildEnd: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    package init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
    }

    package var description: String {
        switch self {
        case .exited(let code): "left with exit code \(code)"
        case .signalled(SIGKILL): "was killed by SIGKILL (signal 9), by the system if it used too much memory"
        case .signalled(let number): "was killed by \(Self.name(of: number)) (signal \(number))"
        }
    }

    private static func name(of signal: Int32) -> String {
        switch signal {
        case SIGILL: "SIGILL, a trap"
        case SIGTRAP: "SIGTRAP, a trap"
        case SIGABRT: "SIGABRT"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGSEGV: "SIGSEGV"
        case SIGTERM: "SIGTERM"
        case SIGXCPU: "SIGXCPU"
        default: "a signal"
        }
    }
}

/// A child process that leads a session of its own, with one end of a socket pair whose other end is the child's descriptor 3.
/// Dropping it kills what is left of the session and reaps the child: it leaves no zombie.
///
/// Belongs to one thread.
struct ChildProcess: ~Copyable {
    /// The descriptor that the child finds its end at.
    static let childDescriptor: Int32 = 3

    private let pid: pid_t
    var session: ProcessSession { ProcessSession(leader: pid) }
    /// Ours to read and write, non-blocking. Its end is the child's death, since nobody else holds the other one.
    let channel: Int32

    init(_ command: WorkerCommand) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemError("make a socket pair")
        }
        defer { close(ends[1]) }
        do throws(SystemError) {
            pid = try Self.spawn(command, channel: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        channel = ends[0]
        _ = fcntl(channel, F_SETFL, O_NONBLOCK)
    }

    private static func spawn(_ command: WorkerCommand, channel: Int32) throws(SystemError) -> pid_t {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard nothing >= 0 else { throw SystemError("open /dev/null") }
        defer { close(nothing) }
        return try ProcessSpawn(
            command.executable, command.arguments,
            descriptors: [
                (theirs: STDIN_FILENO, ours: nothing),
                // What a workload prints belongs to the log, never into an answer.
                (theirs: STDOUT_FILENO, ours: STDERR_FILENO),
                (theirs: childDescriptor, ours: channel),
            ],
            // A terminal's Ctrl-C is for the agent to handle.
            leads: .session
        ).start()
    }

    deinit {
        kill()
        _ = Self.wait(for: pid)
        close(channel)
    }

    /// Kills the child and whatever it started. The child's death, which ends `channel`, comes first.
    func kill() {
        _ = Glibc.kill(-pid, SIGKILL)
        session.kill()
    }

    /// Takes the child's end, killing first what is left of it. Once `channel` has ended, a child that died by itself keeps
    /// its own status: the kernel fixes that before it closes descriptors.
    consuming func reap() -> ChildEnd {
        kill()
        let status = Self.wait(for: pid)
        close(channel)
        discard self
        return ChildEnd(waitStatus: status)
    }

    private static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        return status
    }
}
