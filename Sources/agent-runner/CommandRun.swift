import AgentRuntime
import Glibc
import Synchronization
import SystemThreads

/// A command with what it is given. It runs in a process group of its own, of which nothing is left at its end.
struct CommandRun {
    typealias Instant = ContinuousClock.Instant

    enum End: Equatable {
        case ended(ChildEnd)
        /// It wrote more than is taken, and was killed.
        case tooMuchOutput
    }

    /// Where the command can read its checkpoint, once.
    static let checkpointFile = "/dev/fd/3"
    private static let checkpointDescriptor: Int32 = 3

    var words: [String]
    var environment: [String]
    var input: [UInt8]
    var checkpoint: [UInt8]?
    var maxOutputBytes: Int
    /// How long it may go on after it was asked to stop.
    var grace: Duration

    /// Runs the command to its end.
    /// - Parameters:
    ///   - onCancel: calls what it is given when the command is to stop.
    ///   - onErrors: gets what the command writes to standard error.
    /// - Returns: how it ended, and what it wrote to standard output.
    func run(
        onCancel: (@escaping @Sendable () -> Void) -> Void, onErrors: (ArraySlice<UInt8>) -> Void
    ) throws(SystemError) -> (end: End, output: [UInt8]) {
        let news = try News()
        let inputPipe = try Pipe()
        let outputPipe = try Pipe()
        let errorPipe = try Pipe()
        let checkpointPipe = try Pipe()
        var descriptors = [
            (theirs: STDIN_FILENO, ours: inputPipe.readEnd.number),
            (theirs: STDOUT_FILENO, ours: outputPipe.writeEnd.number),
            (theirs: STDERR_FILENO, ours: errorPipe.writeEnd.number),
        ]
        if checkpoint != nil {
            descriptors.append((theirs: Self.checkpointDescriptor, ours: checkpointPipe.readEnd.number))
        }
        let pid = try ProcessSpawn(
            words[0], Array(words.dropFirst()), environment: environment, descriptors: descriptors, leads: .group
        ).start()
        var streams = Streams(
            input: PipeWriter(inputPipe.keepingWriteEnd(), input),
            checkpoint: PipeWriter(checkpointPipe.keepingWriteEnd(), checkpoint ?? []),
            output: PipeReader(outputPipe.keepingReadEnd()), errors: PipeReader(errorPipe.keepingReadEnd()))
        do {
            try OSThread.start("das-command") { news.waitForEnd(of: pid) }
        } catch {
            Self.endGroup(pid)
            throw error
        }
        onCancel { news.cancel() }
        let isTooMuch = supervise(pid, news, &streams, onErrors)
        let status = Self.endGroup(pid)
        return (isTooMuch ? .tooMuchOutput : .ended(ChildEnd(waitStatus: status)), streams.taken)
    }

    private struct Streams: ~Copyable {
        var input: PipeWriter
        var checkpoint: PipeWriter
        var output: PipeReader
        var errors: PipeReader
        var taken: [UInt8] = []

        init(
            input: consuming PipeWriter, checkpoint: consuming PipeWriter, output: consuming PipeReader,
            errors: consuming PipeReader
        ) {
            self.input = input
            self.checkpoint = checkpoint
            self.output = output
            self.errors = errors
        }

        mutating func transfer(_ onErrors: (ArraySlice<UInt8>) -> Void) {
            input.write()
            checkpoint.write()
            var taken = taken
            output.read { taken += $0 }
            self.taken = taken
            errors.read(onErrors)
        }
    }

    /// Serves the command until its process ends or has to be ended.
    /// - Returns: whether it wrote too much.
    private func supervise(
        _ pid: pid_t, _ news: News, _ streams: inout Streams, _ onErrors: (ArraySlice<UInt8>) -> Void
    ) -> Bool {
        var killAt: Instant?
        while true {
            var polled = [
                news.polled, streams.input.polled, streams.checkpoint.polled, streams.output.polled,
                streams.errors.polled,
            ]
            poll(&polled, nfds_t(polled.count), Self.milliseconds(until: killAt))
            let (isCancelled, hasEnded) = news.take()
            // After its end, what it wrote before is read; what its children may still write holds up nobody.
            streams.transfer(onErrors)
            if streams.taken.count > maxOutputBytes { return true }
            if hasEnded { return false }
            if isCancelled, killAt == nil {
                killAt = .now + grace
                kill(-pid, SIGTERM)
            }
            if let killAt, killAt <= .now { return false }
        }
    }

    private static func milliseconds(until instant: Instant?) -> Int32 {
        guard let instant else { return -1 }
        // In steps, since this clock goes on while the machine is suspended, and that of `poll` does not.
        return Int32(min(max(instant - .now, .zero), .seconds(1)) / .milliseconds(1)) + 1
    }

    /// Kills what is left of the group, and takes the command's end.
    @discardableResult
    private static func endGroup(_ pid: pid_t) -> Int32 {
        // Not waited for before, the process keeps the number from being given to others.
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        return status
    }

    /// What other threads tell of a command: that it has ended, that it is to stop. With a descriptor that becomes readable.
    private final class News: Sendable {
        private let pipe: Pipe
        private let state = Mutex((isCancelled: false, hasEnded: false))

        init() throws(SystemError) {
            pipe = try Pipe()
            _ = fcntl(pipe.readEnd.number, F_SETFL, O_NONBLOCK)
            _ = fcntl(pipe.writeEnd.number, F_SETFL, O_NONBLOCK)
        }

        var polled: pollfd { pollfd(fd: pipe.readEnd.number, events: Int16(POLLIN), revents: 0) }

        func cancel() {
            state.withLock { $0.isCancelled = true }
            wake()
        }

        /// Leaves the process to be waited for.
        func waitForEnd(of pid: pid_t) {
            var information = siginfo_t()
            while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
            state.withLock { $0.hasEnded = true }
            wake()
        }

        func take() -> (isCancelled: Bool, hasEnded: Bool) {
            var bytes: UInt64 = 0
            while read(pipe.readEnd.number, &bytes, 8) > 0 {}
            return state.withLock { $0 }
        }

        private func wake() {
            var byte: UInt8 = 0
            _ = write(pipe.writeEnd.number, &byte, 1)
        }
    }
}
