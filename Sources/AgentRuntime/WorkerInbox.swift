import Glibc
import StructuredData
import SystemThreads

/// What the agent says to its worker, read by one thread at a time.
///
/// The main thread reads for itself as long as it has nothing to run: an attempt that another thread had read would have to change
/// threads, which takes longer than a short attempt does. While a workload runs, a second thread reads in its place. It begins only
/// where the workload takes its time, and goes on until it has read the next attempt.
///
/// `@unchecked Sendable`: what is not constant is used under the monitor, but for `frames` and `chunk`, which
/// belong to the thread that reads.
final class WorkerInbox: @unchecked Sendable {
    typealias Attempt = (run: WorkerCommandMessage.Run, cancellation: CancellationFlag)

    /// A workload that runs for longer hears of a request to cancel while it does.
    private static let moment = Duration.milliseconds(2)

    private let channel: Int32
    private let onEnd: @Sendable () -> Never
    private let alarm: Alarm
    private let monitor = Monitor()
    private var frames = FrameBuffer()
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)
    private var waiting: [Attempt] = []
    private var current: CancellationFlag?
    private var isRunning = false
    /// The second thread reads.
    private var isWatched = false

    /// - Parameters:
    ///   - channel: leads to the agent.
    ///   - onEnd: the agent has closed it, or died.
    /// - Throws: where the system has no timer or no thread left.
    init(_ channel: Int32, onEnd: @escaping @Sendable () -> Never) throws(SystemError) {
        self.channel = channel
        self.onEnd = onEnd
        alarm = try Alarm()
        try OSThread.start("das-inbox") { [self] in watch() }
    }

    /// Waits for the next attempt. That before it is over. For the main thread.
    func next() -> Attempt {
        let isOurs = monitor.withLock {
            isRunning = false
            if !isWatched { alarm.set(nil) }
            return waiting.isEmpty && !isWatched
        }
        if isOurs { readAttempt() }
        return monitor.withLock {
            while waiting.isEmpty { monitor.wait(atMost: nil) }
            isRunning = true
            if !isWatched { alarm.set(Self.moment) }
            return waiting.removeFirst()
        }
    }

    /// The second thread.
    private func watch() {
        while true {
            alarm.wait()
            let isOurs = monitor.withLock {
                isWatched = isRunning
                return isWatched
            }
            guard isOurs else { continue }
            readAttempt()
            monitor.withLock {
                isWatched = false
                // The attempt may have begun already, and nobody would read beside it.
                if isRunning { alarm.set(Self.moment) }
                monitor.signal()
            }
        }
    }

    /// Reads until there is an attempt to run.
    private func readAttempt() {
        // A read that waits for data is woken, for nothing, each time that the agent reads.
        var arrival = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
        while !takeFrames() {
            if poll(&arrival, 1, -1) < 0, errno == EINTR { continue }
            let count = read(channel, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { onEnd() }
            frames.append(chunk[..<count])
        }
    }

    /// - Returns: whether there is an attempt to run.
    private func takeFrames() -> Bool {
        do {
            while let frame = try frames.next() {
                guard let message = WorkerCommandMessage(try JSON.parse(frame)) else { _exit(1) }
                put(message)
            }
        } catch {
            _exit(1)
        }
        return monitor.withLock { !waiting.isEmpty }
    }

    private func put(_ message: WorkerCommandMessage) {
        monitor.withLock {
            switch message {
            case .run(let run):
                let cancellation = CancellationFlag()
                current = cancellation
                waiting.append((run, cancellation))
            case .cancel: current?.set()
            }
        }
    }
}
