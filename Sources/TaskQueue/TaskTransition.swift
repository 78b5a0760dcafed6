/// What an event does to a task: all of it, to be stored in one transaction.
package struct TaskTransition: Sendable, Hashable {
    /// The task from now on.
    package var record: TaskRecord
    package var verdict: TaskVerdict
    /// For the ledger: the attempt that this ended.
    package var attempt: AttemptRecord?
    /// For the ledger: the task's end.
    package var outcome: OutcomeRecord?
    /// For the feed, in this order.
    package var changes: [Change.Kind]

    package init(_ record: TaskRecord, _ verdict: TaskVerdict, changes: [Change.Kind] = []) {
        self.record = record
        self.verdict = verdict
        self.changes = changes
    }
}

/// The answer to whoever sent the event.
package enum TaskVerdict: Sendable, Hashable {
    /// To a lease.
    case granted
    /// To a lease: somebody was faster, or the task's time is over.
    case notReady
    /// To a heartbeat: go on.
    case alive
    /// To a heartbeat: stop and report; the lease stands.
    case cancelRequested(forcedInMs: Int64?)
    /// To a heartbeat: the lease is gone, and with it the task.
    case lost
    /// To a report: it counted.
    case accepted
    /// To a report: it counted before.
    case duplicate
    /// To a report: it changed nothing.
    case refused(ReportRefusal)
    /// To a cancellation: the task is cancelled.
    case cancelled
    /// To a cancellation: the agent is being told.
    case cancelling
    /// To anything but the above, and to a cancellation of a task that has ended.
    case changed
    case unchanged
}

package enum ReportRefusal: String, Sendable, Hashable, CaseIterable {
    /// A later lease of the task was given out.
    case superseded
    /// The task has ended without this attempt.
    case ended
    /// This attempt has reported something else before.
    case alreadyReported
    /// The lease has ended by time, and this report could only repeat that.
    case expired
    /// No lease of this task has such an epoch and token.
    case unknownLease
    /// There is no such task.
    case unknownTask
    /// The report refers to a blob that is not there, or has another SHA-256 or size.
    case unknownBlob
}
