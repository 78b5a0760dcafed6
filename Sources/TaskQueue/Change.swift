/// One entry of the store's change feed. The feed is durable and in commit order: who has read up to a cursor has missed
/// nothing before it.
package struct Change: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case submitted
        /// The task stands in the ready order from now on. Follows `submitted` in the feed where it does so at once.
        case ready
        /// The task waits again: for a backoff, or held.
        case waiting
        case leased
        /// How far it is has changed, or its output has grown.
        case progress
        /// Its agent is to stop; it has not yet.
        case cancelling
        /// The task ended. Stays in the feed, for a SwarmTask's, until `acknowledgeOutcomes`.
        case finished
        /// Its swarm or priority was changed.
        case amended
        case agentRegistered
        case agentGone
        /// An agent's drain mark was set or taken back.
        case agentDrain
        /// A swarm's entry in the catalogue was put or removed.
        case catalogue
    }

    package var cursor: Int64
    package var time: StoreTime
    package var kind: Kind
    package var namespace: String
    package var swarm: String
    package var task: TaskID?
    /// The SwarmTask's name where the task comes from one.
    package var object: String?
    /// The state after the change.
    package var state: TaskState?
    package var agent: AgentID?
    /// What the task asks for, and the size of its input; `nil` where the change is of no task, or was told by an earlier release.
    package var work: WorkKind?

    /// What is known before a task runs of how long it will take.
    package struct WorkKind: Sendable, Hashable {
        package var type: String
        package var inputBytes: Int

        package init(type: String, inputBytes: Int) {
            self.type = type
            self.inputBytes = inputBytes
        }

        package init(_ record: TaskRecord) { self.init(type: record.type, inputBytes: record.inputBytes) }
    }

    package init(
        cursor: Int64, time: StoreTime, kind: Kind, namespace: String, swarm: String, task: TaskID? = nil,
        object: String? = nil, state: TaskState? = nil, agent: AgentID? = nil, work: WorkKind? = nil
    ) {
        self.cursor = cursor
        self.time = time
        self.kind = kind
        self.namespace = namespace
        self.swarm = swarm
        self.task = task
        self.object = object
        self.state = state
        self.agent = agent
        self.work = work
    }
}

package struct ChangePage: Sendable, Hashable {
    package var changes: [Change]
    /// Where to read on.
    package var cursor: Int64
    /// Entries after the cursor asked for have been pruned: the reader must look at everything anew. Never so for a reader
    /// that acknowledges what it has read.
    package var isTruncated: Bool

    package init(changes: [Change], cursor: Int64, isTruncated: Bool) {
        self.changes = changes
        self.cursor = cursor
        self.isTruncated = isTruncated
    }
}
