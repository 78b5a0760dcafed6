import TaskQueue

/// What is observed of a swarm's agents at one moment: everything that a change of their number is planned from.
struct ScaleState: Sendable, Hashable {
    struct Agent: Sendable, Hashable {
        var id: AgentID
        /// Tasks that it holds.
        var leased: Int
        /// It gets no more leases.
        var isDraining: Bool
    }

    /// How far a pod has come. A ReplicaSet gives up those of a lower stage first, whatever they are marked with.
    enum Stage: Int, Sendable, Hashable, Comparable {
        case unscheduled, pending, unready, ready

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    /// A pod that runs or may still run: not ended, and not asked to end.
    struct Pod: Sendable, Hashable {
        var uid: String
        var name: String
        var stage: Stage
        /// It has the deletion cost that makes it a victim.
        var isMarked = false
        /// Seconds since 1970.
        var created: Int64 = 0
        /// Those registered from this pod; none while it starts.
        var agents: [Agent] = []
        /// What it runs may take long still: it has not been seen idle for a while.
        var isBusyForLong = false

        var leased: Int { agents.reduce(0) { $0 + $1.leased } }
        var isDraining: Bool { agents.contains { $0.isDraining } }
    }

    struct ReplicaSet: Sendable, Hashable {
        /// Its `spec.replicas`.
        var wanted: Int
        /// Pods and ready ones that its controller counts.
        var pods: Int
        var ready: Int
        /// Its status is of its present spec.
        var isObserved: Bool
    }

    /// The Deployment's `spec.replicas`.
    var replicas: Int
    /// The Deployment's status is of its present spec.
    var isObserved: Bool
    /// The Deployment has pods of an older template.
    var hasOldPods: Bool
    /// Those of the Deployment's ReplicaSets that have or want pods.
    var sets: [ReplicaSet]
    var pods: [Pod]

    /// Which of two ReplicaSets gives up a pod is the Deployment's choice, not that of any mark.
    var isRollingOut: Bool { hasOldPods || sets.count > 1 }

    /// No controller still has a victim to choose.
    var isSettled: Bool {
        guard isObserved, sets.allSatisfy(\.isObserved) else { return false }
        return isRollingOut || (sets.reduce(0) { $0 + $1.wanted } == replicas && pods.count <= replicas)
    }
}
