/// Who takes turns with others of a swarm: all tasks of one fairness key.
package struct Submitter: Hashable, Sendable {
    package var namespace: String
    package var swarm: String
    package var fairnessKey: String

    package init(namespace: String, swarm: String, fairnessKey: String) {
        self.namespace = namespace
        self.swarm = swarm
        self.fairnessKey = fairnessKey
    }

    package init(_ record: TaskRecord) {
        self.init(namespace: record.namespace, swarm: record.swarm, fairnessKey: record.fairnessKey)
    }
}

/// Whose tasks a store counts and orders together: those of one submitter and type in a swarm.
package struct LaneName: Hashable, Sendable, Comparable {
    package var namespace: String
    package var swarm: String
    package var fairnessKey: String
    package var type: String

    package init(_ record: TaskRecord) {
        namespace = record.namespace
        swarm = record.swarm
        fairnessKey = record.fairnessKey
        type = record.type
    }

    package static func < (left: LaneName, right: LaneName) -> Bool {
        (left.namespace, left.swarm, left.fairnessKey, left.type)
            < (right.namespace, right.swarm, right.fairnessKey, right.type)
    }
}
