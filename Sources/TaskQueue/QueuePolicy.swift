/// The queue's times and bounds. The defaults are the ones documented for agents.
package struct QueuePolicy: Sendable, Hashable {
    /// How long a lease lives from the lease on, and from each heartbeat.
    package var leaseMs: Int64 = 15_000
    /// How often an agent should send a heartbeat.
    package var heartbeatMs: Int64 = 5_000
    /// A lease of which the agent has shown no sign within this time expires: its answer was lost on the way.
    package var acknowledgeMs: Int64 = 5_000
    /// The agent ends an attempt at its time-out itself; the reaper does it this much later for an agent that did not.
    package var timeoutGraceMs: Int64 = 2_000
    /// One attempt's time where neither the task nor its type says.
    package var defaultTimeoutMs: Int64 = 300_000
    /// One level of priority is worth this much waiting.
    package static let priorityStepMs: Int64 = 30_000
    /// Priorities beyond ± this are taken as this.
    package static let maxPriority = 1_000
    /// After so many releases of one task, a lease that follows a release counts as an attempt too.
    package static let maxUncountedReleases = 20
    /// Ended tasks are kept this long, with their results; items of a group, from its last change on.
    package var retentionMs: Int64 = 7 * 86_400_000
    /// Those that failed are kept this long, so that somebody can look at what was wrong with them.
    package var failedRetentionMs: Int64 = 30 * 86_400_000
    /// The ledger, and what no consumer of the feed has acknowledged, is kept this long.
    package var ledgerRetentionMs: Int64 = 90 * 86_400_000
    /// Registrations that were not heard of for this long, and hold no lease, are forgotten.
    package var agentRetentionMs: Int64 = 600_000
    /// Tasks of one namespace that have not ended. Submissions beyond are refused, those of SwarmTasks too. Where several
    /// calls submit at once, a store may let in what was counted for one of them.
    package var maxLiveTasks = 5_000_000
    /// A result within this stands in the report; a larger one is a blob.
    package static let maxResultBytes = 1 << 20
    /// The largest blob.
    package var maxBlobBytes = 1 << 30
    /// A blob that no task has as its result, and whose lease is over, is kept this long.
    package var orphanMs: Int64 = 3_600_000
    package static let maxCheckpointBytes = 256 << 10
    package static let maxLeaseAnswerBytes = 8 << 20
    package static let maxProgressMessageBytes = 1_024
    package static let maxFailureMessageBytes = 16 << 10

    package init() {}

    /// How long a task is kept that ended in this state.
    package func retention(of state: TaskState) -> Int64 { state == .failed ? failedRetentionMs : retentionMs }
}
