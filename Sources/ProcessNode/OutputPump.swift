private import Glibc
internal import KubernetesModel
private import Synchronization
private import SystemThreads

/// One thread that waits for all containers of the node: for their output, which it writes to their logs, and for their end.
///
/// It is the only place where the node waits for processes, so nothing of it blocks the cooperative pool.
final class OutputPump: Sendable {
    /// A running process, as the pump watches it. The descriptors belong to the pump from here on.
    struct Watch: Sendable {
        var standardOutput: Int32
        var standardError: Int32
        /// Readable once the process has ended; not yet reaped, so its identifier is not used again.
        var processDescriptor: Int32
        var log: ContainerLog
        /// Called on the pump's thread, once, when the process has ended and its output is in the log.
        var onExit: @Sendable () -> Void
    }

    private struct Entry {
        var watch: Watch
        var isOutputOpen = true
        var isErrorOpen = true
    }

    private struct State {
        var added: [Watch] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let wakeRead: Int32
    private let wakeWrite: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ProcessNodeError(.start, "a pipe cannot be made: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wakeRead = ends[0]
        wakeWrite = ends[1]
        do {
            try OSThread.start("node-output") { [self] in loop() }
        } catch {
            throw ProcessNodeError(.start, "\(error)")
        }
    }

    deinit {
        close(wakeRead)
        close(wakeWrite)
    }

    func add(_ watch: Watch) {
        state.withLock { $0.added.append(watch) }
        wake()
    }

    /// Ends the thread once no process is left.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    private func wake() {
        var byte: UInt8 = 0
        _ = write(wakeWrite, &byte, 1)
    }

    private func loop() {
        var entries: [Entry] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let isStopped = state.withLock { state in
                entries += state.added.map { Entry(watch: $0) }
                state.added.removeAll()
                return state.isStopped
            }
            if isStopped && entries.isEmpty { return }
            var polls = [pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
            for entry in entries {
                // A negative descriptor is passed over.
                polls.append(pollfd(fd: entry.watch.processDescriptor, events: Int16(POLLIN), revents: 0))
                polls.append(
                    pollfd(fd: entry.isOutputOpen ? entry.watch.standardOutput : -1, events: Int16(POLLIN), revents: 0))
                polls.append(
                    pollfd(fd: entry.isErrorOpen ? entry.watch.standardError : -1, events: Int16(POLLIN), revents: 0))
            }
            let count = poll(&polls, nfds_t(polls.count), -1)
            if count < 0 { continue }
            if polls[0].revents != 0 { _ = read(wakeRead, &buffer, buffer.count) }
            var left: [Entry] = []
            for (index, entry) in entries.enumerated() {
                var entry = entry
                if polls[3 * index + 2].revents != 0 {
                    entry.isOutputOpen = drain(
                        entry.watch.standardOutput, .stdout, entry.watch.log, &buffer, once: true)
                }
                if polls[3 * index + 3].revents != 0 {
                    entry.isErrorOpen = drain(entry.watch.standardError, .stderr, entry.watch.log, &buffer, once: true)
                }
                if polls[3 * index + 1].revents != 0 { end(entry, &buffer) } else { left.append(entry) }
            }
            entries = left
        }
    }

    /// The process has ended: what it wrote is in the pipes, whole.
    private func end(_ entry: Entry, _ buffer: inout [UInt8]) {
        let watch = entry.watch
        if entry.isOutputOpen { _ = drain(watch.standardOutput, .stdout, watch.log, &buffer, once: false) }
        if entry.isErrorOpen { _ = drain(watch.standardError, .stderr, watch.log, &buffer, once: false) }
        close(watch.standardOutput)
        close(watch.standardError)
        close(watch.processDescriptor)
        watch.log.finish(time: WallTime.microseconds())
        watch.onExit()
    }

    /// Reads what is there; returns whether more may come.
    private func drain(
        _ descriptor: Int32, _ stream: ContainerLog.Stream, _ log: ContainerLog, _ buffer: inout [UInt8], once: Bool
    ) -> Bool {
        // A pipe holds less than this; a grandchild that goes on writing must not keep us here.
        for _ in 0..<64 {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                log.append(buffer[..<count], stream, time: WallTime.microseconds())
                if once { return true }
                continue
            }
            if count == 0 { return false }
            if errno == EINTR { continue }
            return errno == EAGAIN
        }
        return true
    }
}
