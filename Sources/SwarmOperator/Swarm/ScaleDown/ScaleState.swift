package import TaskQueue

/// What is observed of a swarm's agents at one moment: everything that a change of their number is planned from.
package struct ScaleState: Sendable, Hashable {
    package struct Agent: Sendable, Hashable {
        package var id: AgentID
        /// Tasks that it holds.
        package var leased: Int
        /// It gets no more leases.
        package var isDraining: Bool

        package init(id: AgentID, leased: Int, isDraining: Bool) {
            self.id = id
            self.leased = leased
            self.isDraining = isDraining
        }
    }

    /// How far a pod has come. A ReplicaSet gives up those of a lower stage first, whatever they are marked with.
    package enum Stage: Int, Sendable, Hashable, Comparable {
        case unscheduled, pending, unready, ready

        package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    /// A pod that runs or may still run: not ended, and not asked to end.
    package struct Pod: Sendable, Hashable {
        package var uid: String
        package var name: String
        package var stage: Stage
        /// It has the deletion cost that makes it a victim.
        package var isMarked: Bool
        /// Seconds since 1970.
        package var created: Int64
        /// Those registered from this pod; none while it starts.
        package var agents: [Agent]
        /// What it runs may take long still: it has not been seen idle for a while.
        package var isBusyForLong: Bool

        package init(
            uid: String, name: String, stage: Stage, isMarked: Bool = false, created: Int64 = 0, agents: [Agent] = [],
            isBusyForLong: Bool = false
        ) {
            self.uid = uid
            self.name = name
            self.stage = stage
            self.isMarked = isMarked
            self.created = created
            self.agents = agents
            self.isBusyForLong = isBusyForLong
        }

        var leased: Int { agents.reduce(0) { $0 + $1.leased } }
        var isDraining: Bool { agents.contains { $0.isDraining } }
    }

    package struct ReplicaSet: Sendable, Hashable {
        /// Its `spec.replicas`.
        package var wanted: Int
        /// Pods and ready ones that its controller counts.
        package var pods: Int
        package var ready: Int
        /// Its status is of its present spec.
        package var isObserved: Bool

        package init(wanted: Int, pods: Int, ready: Int, isObserved: Bool) {
            self.wanted = wanted
            self.pods = pods
            self.ready = ready
            self.isObserved = isObserved
        }
    }

    /// The Deployment's `spec.replicas`.
    package var replicas: Int
    /// The Deployment's status is of its present spec.
    package var isObserved: Bool
    /// The Deployment has pods of an older template.
    package var hasOldPods: Bool
    /// Those of the Deployment's ReplicaSets that have or want pods.
    package var sets: [ReplicaSet]
    package var pods: [Pod]

    package init(replicas: Int, isObserved: Bool, hasOldPods: Bool, sets: [ReplicaSet], pods: [Pod]) {
        self.replicas = replicas
        self.isObserved = isObserved
        self.hasOldPods = hasOldPods
        self.sets = sets
        self.pods = pods
    }

    /// Which of two ReplicaSets gives up a pod is the Deployment's choice, not that of any mark.
    var isRollingOut: Bool { hasOldPods || sets.count > 1 }

    /// No controller still has a victim to choose.
    var isSettled: Bool {
        guard isObserved, sets.allSatisfy(\.isObserved) else { return false }
        return isRollingOut || (sets.reduce(0) { $0 + $1.wanted } == replicas && pods.count <= replicas)
    }
}
