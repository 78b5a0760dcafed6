import NIOCore

/// Runs tasks on the event loop of a connection: what they write to it goes out without a change of threads, and many that are woken
/// together do so one after the other. For tasks that do little at a time.
final class ConnectionExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
