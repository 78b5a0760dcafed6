/// How loaded swarms are, for those who spread tasks over them: what was last measured, and what has been given to them since.
///
/// Without the latter all that is submitted between two measurements would go to one swarm.
package struct SwarmLoads: Sendable {
    private struct Swarm: Hashable {
        var namespace: String
        var name: String
    }

    private struct Load {
        var measured = 0
        var given = 0
        var time: StoreTime?
    }

    private var loads: [Swarm: Load] = [:]

    package init() {}

    package mutating func note(_ summary: QueueSummary) {
        loads[Swarm(namespace: summary.namespace, name: summary.swarm)] = Load(
            measured: summary.ready + summary.leased + summary.delayed + summary.held, time: summary.time)
    }

    /// A task has been bound to the swarm.
    package mutating func give(to swarm: String, namespace: String) {
        loads[Swarm(namespace: namespace, name: swarm), default: Load()].given += 1
    }

    package mutating func forget(_ swarm: String, namespace: String) {
        loads[Swarm(namespace: namespace, name: swarm)] = nil
    }

    /// Tasks that the swarm has and that have not ended.
    package func load(of swarm: String, namespace: String) -> Int {
        loads[Swarm(namespace: namespace, name: swarm)].map { $0.measured + $0.given } ?? 0
    }

    /// When the swarm was last measured.
    package func measured(_ swarm: String, namespace: String) -> StoreTime? {
        loads[Swarm(namespace: namespace, name: swarm)]?.time
    }
}
