import NIOCore

/// Runs tasks on the event loop of a connection: what they write to it goes out without a change of threads, and many that are woken
/// together do so one after the other. For tasks that do little at a time.
final class ConnectionExecutor: TaskExecutor {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        channel.eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// The short way to the connection, for a task that this runs; `nil` where the connection has none.
    func outlet() -> BodyOutlet? { BodyOutlet(channel) }
}
