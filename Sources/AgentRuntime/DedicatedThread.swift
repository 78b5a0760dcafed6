/// A thread that runs one asynchronous loop and everything the loop calls: while the cooperative pool is busy, it goes on.
///
/// Sleeping goes through `rest(until:)`, because `Task.sleep` would be woken by the pool.
///
/// `@unchecked Sendable`: all state is used under the monitor.
final class DedicatedThread: TaskExecutor, @unchecked Sendable {
    private struct Rest {
        var until: ContinuousClock.Instant
        var continuation: CheckedContinuation<Void, Never>
    }

    private let monitor = Monitor()
    private var jobs: [UnownedJob] = []
    private var rest: Rest?
    private var isWoken = false
    private var isStopped = false

    /// - Throws: `SystemError` where there is no thread to be had.
    init(_ name: String) throws {
        _ = try OSThread.start(name) { [self] in loop() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        monitor.withLock {
            jobs.append(job)
            monitor.signal()
        }
    }

    /// Returns at `deadline`, or at `wake()`, also if that was called since the last rest. For one caller at a time.
    func rest(until deadline: ContinuousClock.Instant) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                monitor.withLock {
                    rest = Rest(until: deadline, continuation: continuation)
                    monitor.signal()
                }
            }
        } onCancel: {
            wake()
        }
    }

    func wake() {
        monitor.withLock {
            isWoken = true
            monitor.signal()
        }
    }

    /// Ends the thread once the loop on it has ended.
    func stop() {
        monitor.withLock {
            isStopped = true
            monitor.signal()
        }
    }

    private func loop() {
        let executor = asUnownedTaskExecutor()
        while true {
            var due: [UnownedJob] = []
            var rested: CheckedContinuation<Void, Never>?
            let ended = monitor.withLock {
                while true {
                    if !jobs.isEmpty {
                        swap(&jobs, &due)
                        return false
                    }
                    if let rest, isWoken || rest.until <= .now {
                        isWoken = false
                        self.rest = nil
                        rested = rest.continuation
                        return false
                    }
                    if isStopped { return true }
                    // In steps of a second: the condition's clock stands still while the machine is suspended, ours does not.
                    monitor.wait(atMost: rest.map { min($0.until - .now, .seconds(1)) })
                }
            }
            if ended { return }
            rested?.resume()
            for job in due { job.runSynchronously(on: executor) }
        }
    }
}
