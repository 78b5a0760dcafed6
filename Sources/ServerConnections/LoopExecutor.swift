package import NIOCore

/// Runs tasks on an event loop: what they write to its connections goes out without a change of threads. For tasks that do little
/// at a time.
package final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Runs `operation` off the event loop, which reads and writes for other connections as well, for what takes its time.
package func withoutLoop<Value: Sendable>(_ operation: () async throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(globalConcurrentExecutor, operation: operation)
}
