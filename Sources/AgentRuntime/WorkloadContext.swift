public import StructuredData
import Synchronization

/// What a running workload knows of its attempt, and how it speaks to the agent meanwhile. May be used from any thread.
public struct WorkloadContext: Sendable {
    /// The task's id.
    public let task: String
    /// 1 for the first attempt.
    public let attempt: Int
    /// Differs between tasks and is the same for every attempt of one, so that a repeated attempt repeats its random numbers.
    public let seed: UInt64
    /// When the attempt will be stopped for having taken too long; `nil`: never.
    public let deadline: ContinuousClock.Instant?
    /// What the last attempt saved; `nil`: nothing.
    public let lastCheckpoint: JSON?
    /// The task's W3C trace context, to be passed on to what the workload calls.
    public let traceparent: String?

    private let cancellation: CancellationFlag
    private let emit: @Sendable (Emission) -> Void

    /// What a workload tells its agent while it runs.
    enum Emission: Sendable, Equatable {
        case progress(done: Int64, total: Int64?, message: String?)
        case checkpoint(JSON)
        case output(String)
    }

    init(
        task: String,
        attempt: Int,
        deadline: ContinuousClock.Instant? = nil,
        lastCheckpoint: JSON? = nil,
        traceparent: String? = nil,
        cancellation: CancellationFlag = CancellationFlag(),
        emit: @escaping @Sendable (Emission) -> Void
    ) {
        self.task = task
        self.attempt = attempt
        self.seed = Self.seed(of: task)
        self.deadline = deadline
        self.lastCheckpoint = lastCheckpoint
        self.traceparent = traceparent
        self.cancellation = cancellation
        self.emit = emit
    }

    /// A context outside any agent, as `agent-runner run` and tests of workloads need it.
    public static func standalone(
        task: String = "standalone",
        attempt: Int = 1,
        onProgress: @escaping @Sendable (_ done: Int64, _ total: Int64?, _ message: String?) -> Void = { _, _, _ in }
    ) -> WorkloadContext {
        WorkloadContext(task: task, attempt: attempt) { emission in
            if case .progress(let done, let total, let message) = emission { onProgress(done, total, message) }
        }
    }

    /// Whether the attempt is to stop. A workload that runs for more than a second looks now and then, and throws
    /// `WorkloadError.cancelled`.
    public var isCancelled: Bool { cancellation.isSet }

    public func checkCancelled() throws {
        if isCancelled { throw WorkloadError.cancelled }
    }

    /// Calls `handler` once, as soon as the attempt is to stop: on another thread, or here and now where that was asked before.
    /// For workloads that wait instead of looking now and then.
    public func onCancel(_ handler: @escaping @Sendable () -> Void) { cancellation.whenSet(handler) }

    /// Shows how far the work is. Only the latest call counts, and it is passed on with the next heartbeat.
    public func progress(done: Int, total: Int? = nil, message: String? = nil) {
        emit(.progress(done: Int64(done), total: total.map(Int64.init), message: message))
    }

    /// Saves what the next attempt needs to go on from here: at most 256 KiB as JSON; a larger one is dropped with a warning
    /// in the agent's log, and the one before it stays. Only the latest call counts.
    public func saveCheckpoint(_ checkpoint: JSON) { emit(.checkpoint(checkpoint)) }

    /// Shows what the work has to say, whole lines best. It is passed on with the next heartbeat; of more than 32 KiB between
    /// two of them, the latest.
    public func output(_ text: String) { emit(.output(text)) }

    /// FNV-1a, 64 bits.
    private static func seed(of text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}

/// Set once, read from anywhere.
final class CancellationFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    /// Called when the flag is set; `nil` from then on.
    private let handlers = Mutex<[@Sendable () -> Void]?>([])

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
        let waiting = handlers.withLock { handlers in
            defer { handlers = nil }
            return handlers
        }
        for handler in waiting ?? [] { handler() }
    }

    func whenSet(_ handler: @escaping @Sendable () -> Void) {
        let isLate = handlers.withLock { handlers in
            handlers?.append(handler)
            return handlers == nil
        }
        if isLate { handler() }
    }
}
