public import KubernetesModel

/// How a reconcile ended, other than by an error.
public enum ReconcileResult: Sendable, Hashable {
    /// Nothing more to do until something changes.
    case done
    /// Look again after a time, whatever happens meanwhile.
    case requeue(after: Duration)
    /// Trying again cannot help before the object changes. The reconciler has said so on the object; the reason goes to the
    /// log and the metrics.
    case terminal(reason: String)
}

/// Makes the world agree with one object.
///
/// `reconcile` acts on what is observed now, not on an event; it is called again whenever something it watches changes, after a
/// restart, and after an error with growing pauses, which cost that key only. It is never called for one key twice at a time. A
/// key whose object is gone is reconciled too. The task is cancelled at the controller's reconcile deadline.
public protocol Reconciler: Sendable {
    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult
}

/// A reconciler made of a closure.
public struct ReconcileFunction: Reconciler {
    private let body: @Sendable (ObjectKey) async throws -> ReconcileResult

    public init(_ body: @escaping @Sendable (ObjectKey) async throws -> ReconcileResult) { self.body = body }

    public func reconcile(_ key: ObjectKey) async throws -> ReconcileResult { try await body(key) }
}

/// A reconcile that took longer than its controller allows.
public struct ReconcileDeadlineExceeded: Error, Sendable, Hashable, CustomStringConvertible {
    public var deadline: Duration
    public var description: String { "the reconcile was cancelled after \(deadline)" }
}
