/// A thread that runs tasks and everything they call: while the cooperative pool is busy, it goes on.
///
/// Prefer it as a task executor. Sleeping goes through `clock` or `rest(until:)`, because `Task.sleep` would be woken by the
/// pool; and a `Task { }` made on it runs on the pool unless it is told otherwise, while child tasks stay. The thread lives until
/// `stop()`.
///
/// `@unchecked Sendable`: all state is used under the monitor.
package final class DedicatedThread: TaskExecutor, @unchecked Sendable {
    package typealias Instant = ContinuousClock.Instant

    private struct Rest {
        var until: Instant
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct Sleeper {
        var until: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let monitor = Monitor()
    private var jobs: [UnownedJob] = []
    private var rest: Rest?
    private var sleepers: [Int: Sleeper] = [:]
    private var nextSleeper = 0
    private var isWoken = false
    private var isStopped = false
    private var hasEnded = false

    /// - Throws: `SystemError` where there is no thread to be had.
    package init(_ name: String) throws(SystemError) {
        try OSThread.start(name) { [self] in loop() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTooLate = monitor.withLock {
            if !hasEnded { jobs.append(job) }
            return hasEnded
        }
        // A task that outlived the thread ends somewhere.
        if isTooLate { return globalConcurrentExecutor.enqueue(job) }
        // Woken with the lock held, the thread would have to wait for that next.
        monitor.signal()
    }

    /// Returns at `deadline`, or at `wake()`, also if that was called since the last rest, or when the task is cancelled. For
    /// one caller at a time.
    package func rest(until deadline: Instant) async {
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

    package func wake() {
        monitor.withLock {
            isWoken = true
            monitor.signal()
        }
    }

    /// Ends the thread once nothing on it is ready to run or asleep.
    package func stop() {
        monitor.withLock {
            isStopped = true
            monitor.signal()
        }
    }

    private func loop() {
        let executor = asUnownedTaskExecutor()
        while let due = monitor.withLock({ nextWork() }) {
            due.rested?.resume()
            for sleeper in due.slept { sleeper.continuation.resume() }
            for job in due.jobs { job.runSynchronously(on: executor) }
        }
    }

    private struct Work {
        var jobs: [UnownedJob] = []
        var rested: CheckedContinuation<Void, Never>?
        var slept: [Sleeper] = []
    }

    /// Waits for something to do; `nil` at the end.
    private func nextWork() -> Work? {
        while true {
            var work = Work()
            swap(&jobs, &work.jobs)
            let now = Instant.now
            if let rest, isWoken || rest.until <= now {
                isWoken = false
                self.rest = nil
                work.rested = rest.continuation
            }
            for (id, sleeper) in sleepers where sleeper.until <= now {
                sleepers[id] = nil
                work.slept.append(sleeper)
            }
            work.slept.sort { $0.until < $1.until }
            if !work.jobs.isEmpty || work.rested != nil || !work.slept.isEmpty { return work }
            if isStopped, rest == nil, sleepers.isEmpty {
                hasEnded = true
                return nil
            }
            let next = (sleepers.values.map(\.until) + [rest?.until].compactMap(\.self)).min()
            // In steps of a second: the condition's clock stands still while the machine is suspended, ours does not.
            monitor.wait(atMost: next.map { min($0 - now, .seconds(1)) })
        }
    }
}

extension DedicatedThread {
    /// Time that passes, and wakes sleepers, whatever the cooperative pool does.
    package var clock: ThreadClock { ThreadClock(thread: self) }

    package struct ThreadClock: Clock {
        let thread: DedicatedThread

        package var now: Instant { .now }
        package var minimumResolution: Duration { .nanoseconds(1) }

        package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            try await thread.sleep(until: deadline)
        }
    }

    private func sleep(until deadline: Instant) async throws {
        let id = monitor.withLock {
            nextSleeper += 1
            return nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = monitor.withLock {
                    if Task.isCancelled { return true }
                    sleepers[id] = Sleeper(until: deadline, continuation: continuation)
                    monitor.signal()
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = monitor.withLock {
                monitor.signal()
                return sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
