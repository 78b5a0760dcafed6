import TaskQueue

/// What a call is going to look at. A transaction locks and reads it all at once, for all of its calls; what a call turns out to
/// need beyond it is read then, at the price of one more exchange with the server.
struct Needs: Sendable {
    var tasks: [TaskID] = []
    var agents: [AgentID] = []
    var leases: [LeaseCall] = []
    var dedupKeys: [DedupKey] = []
    /// Concurrency keys of tasks that may be made.
    var keys: [KeyName] = []
    /// Namespaces of tasks that may be made.
    var namespaces: Set<String> = []
    /// Tasks that may be made.
    var insertions = 0
    /// Bytes of inputs and results that the call stores.
    var bytes = 0

    mutating func add(_ other: Needs) {
        tasks += other.tasks
        agents += other.agents
        leases += other.leases
        dedupKeys += other.dedupKeys
        keys += other.keys
        namespaces.formUnion(other.namespaces)
        insertions += other.insertions
        bytes += other.bytes
    }
}

/// What a dedup key is one of.
struct DedupKey: Hashable, Sendable {
    var namespace: String
    var type: String
    var key: String
}

extension DedupKey {
    var lock: Int64 { AdvisoryLock.key("dedup", namespace, type, key) }
}
