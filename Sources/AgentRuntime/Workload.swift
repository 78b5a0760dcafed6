public import StructuredData

/// The code behind a task type.
///
/// A workload runs on the main thread of a worker child, a process that holds nothing else: it may block, keep all cores
/// busy, or trap. A trap ends this attempt alone, which then counts as failed and may be retried. The child is reused, so
/// that what a workload leaves in global state is seen by the next task of the same agent.
public protocol Workload: Sendable {
    /// The task type's name, for example `market-analysis`.
    var type: String { get }

    /// What inputs must look like, as a JSON Schema.
    var inputSchema: JSON { get }

    /// What results look like, as a JSON Schema.
    var outputSchema: JSON { get }

    /// Does the work.
    ///
    /// - Returns: the result, at most `WorkloadLimits.resultBytes` as JSON. One of more than 1 MiB is kept apart from the task,
    ///   and is slower to send.
    /// - Throws: `WorkloadError`, which says whether another attempt may succeed. Any other error counts as permanent.
    func run(_ input: JSON, context: WorkloadContext) throws -> JSON

    /// Whether `answer`, which `run` returned, says itself that the work could not be done: then the task fails with this
    /// error, while `agent-runner run` still shows the answer.
    func rejection(of answer: JSON) -> WorkloadError?
}

extension Workload {
    public func rejection(of answer: JSON) -> WorkloadError? { nil }
}

/// Why an attempt failed.
public struct WorkloadError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Kind: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Another attempt may succeed.
        public static let retryable = Kind(rawValue: "retryable")
        /// The same input will fail again.
        public static let permanent = Kind(rawValue: "permanent")
    }

    /// Upper case, for programs: `SCHEMA`, `CANCELLED`, `UPSTREAM_BUSY`.
    public struct Code: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        /// The workload stopped because it was asked to.
        public static let cancelled: Code = "CANCELLED"
        /// The agent knows no workload of the task's type.
        public static let unknownType: Code = "UNKNOWN_TYPE"
        /// The input breaks the type's schema.
        public static let schema: Code = "SCHEMA"
        /// The worker died: by a signal, or by leaving.
        public static let workerCrashed: Code = "WORKER_CRASHED"
        /// The worker said something that is not of the protocol between it and the agent.
        public static let workerProtocol: Code = "WORKER_PROTOCOL"
        public static let timedOut: Code = "TIMED_OUT"
        /// The worker used more memory than it may.
        public static let memoryLimit: Code = "MEMORY_LIMIT"
        public static let resultTooLarge: Code = "RESULT_TOO_LARGE"
        /// The workload threw something that is no `WorkloadError`.
        public static let workloadFailed: Code = "WORKLOAD_FAILED"
    }

    public var kind: Kind
    public var code: Code
    /// What went wrong and what to do about it, for people.
    public var message: String

    public init(_ kind: Kind, code: Code, message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }

    public static func retryable(_ code: Code, _ message: String) -> WorkloadError {
        WorkloadError(.retryable, code: code, message: message)
    }

    public static func permanent(_ code: Code, _ message: String) -> WorkloadError {
        WorkloadError(.permanent, code: code, message: message)
    }

    public static let cancelled = WorkloadError.permanent(.cancelled, "the task was cancelled")

    public var description: String { "\(code.rawValue): \(message)" }
}
