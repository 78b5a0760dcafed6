/// Which tasks of a namespace to list, newest first.
package struct TaskQuery: Sendable, Hashable {
    package var namespace: String
    package var swarm: String?
    package var type: String?
    package var states: Set<TaskState>?
    /// Only the items of this group, the last one first.
    package var group: TaskID?
    /// Where the page before ended.
    package var cursor: Int64?
    package var limit: Int

    package init(
        namespace: String, swarm: String? = nil, type: String? = nil, states: Set<TaskState>? = nil,
        group: TaskID? = nil, cursor: Int64? = nil, limit: Int = 100
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.type = type
        self.states = states
        self.group = group
        self.cursor = cursor
        self.limit = limit
    }
}

extension TaskQuery {
    /// Where a task stands in the list, as the cursor of the page that ends with it: its index in the group that is listed, else
    /// its place in the order of submission.
    package func place(_ record: TaskRecord, _ sequence: Int64) -> Int64? {
        group == nil ? sequence : record.id.item.map { Int64($0.index) }
    }

    /// The identifiers of what is left to list of a group lie between these two.
    package func itemBounds(of group: TaskID) -> (lower: String, upper: String) {
        var bounds = group.itemBounds
        if let cursor, (0..<Int64(TaskID.maxItems)).contains(cursor) {
            bounds.upper = TaskID(item: Int(cursor), of: group).text
        }
        return bounds
    }
}

package struct TaskPage: Sendable, Hashable {
    package var tasks: [TaskRecord]
    /// For the next page; `nil`: this is the last.
    package var cursor: Int64?

    package init(tasks: [TaskRecord], cursor: Int64?) {
        self.tasks = tasks
        self.cursor = cursor
    }
}

/// Where a ready task stands in its swarm's order.
package struct QueuePosition: Sendable, Hashable {
    /// Tasks of its own submitter before it; `maxCounted` stands for more.
    package var ahead: Int
    /// Other submitters with ready tasks, who take turns with its own; `maxCounted` stands for more.
    package var otherSubmitters: Int

    package static let maxCounted = 1000

    package init(ahead: Int, otherSubmitters: Int) {
        self.ahead = ahead
        self.otherSubmitters = otherSubmitters
    }
}

/// What the owner of a task may still change.
package struct TaskAmendment: Sendable, Hashable {
    package var priority: Int?
    package var isSuspended: Bool?
    /// Binds the task to another swarm; nothing happens to a pinned or leased one.
    package var swarm: String?

    package init(priority: Int? = nil, isSuspended: Bool? = nil, swarm: String? = nil) {
        self.priority = priority
        self.isSuspended = isSuspended
        self.swarm = swarm
    }
}

/// A swarm's queue at one moment: what the autoscaler decides on.
package struct QueueSummary: Sendable, Hashable {
    package var namespace: String
    package var swarm: String
    package var time: StoreTime
    package var ready: Int
    package var leased: Int
    package var delayed: Int
    package var held: Int
    /// The earliest ready time among the tasks that are the next of a submitter and type.
    package var oldestReady: StoreTime?
    /// The next delayed task's time.
    package var nextDelayed: StoreTime?
    /// Tasks submitted in the last minute, give or take a second.
    package var arrivalsLastMinute: Int
    /// The mean time of the latest attempts that succeeded, at most 50 of them.
    package var serviceMilliseconds: Int64?
    /// When a task of the swarm was last submitted, leased or ended.
    package var lastActivity: StoreTime?
    package var agents: [AgentLoad]

    package init(
        namespace: String, swarm: String, time: StoreTime, ready: Int = 0, leased: Int = 0, delayed: Int = 0,
        held: Int = 0, oldestReady: StoreTime? = nil, nextDelayed: StoreTime? = nil, arrivalsLastMinute: Int = 0,
        serviceMilliseconds: Int64? = nil, lastActivity: StoreTime? = nil, agents: [AgentLoad] = []
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.time = time
        self.ready = ready
        self.leased = leased
        self.delayed = delayed
        self.held = held
        self.oldestReady = oldestReady
        self.nextDelayed = nextDelayed
        self.arrivalsLastMinute = arrivalsLastMinute
        self.serviceMilliseconds = serviceMilliseconds
        self.lastActivity = lastActivity
        self.agents = agents
    }
}

/// A registered agent and how many tasks it holds.
package struct AgentLoad: Sendable, Hashable {
    package var agent: AgentRecord
    package var leased: Int

    package init(agent: AgentRecord, leased: Int) {
        self.agent = agent
        self.leased = leased
    }
}

/// What one run of the reaper did.
package struct ReapResult: Sendable, Hashable {
    /// Tasks that time had changed.
    package var changed: Int
    /// Leases among them that ended for want of heartbeats.
    package var expiredLeases: Int
    /// When to run it again; `nil`: nothing waits for time.
    package var next: StoreTime?

    package init(changed: Int, expiredLeases: Int, next: StoreTime?) {
        self.changed = changed
        self.expiredLeases = expiredLeases
        self.next = next
    }
}
