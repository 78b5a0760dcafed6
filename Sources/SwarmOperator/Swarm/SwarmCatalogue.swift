import ControllerRuntime
import KubernetesModel
package import SwarmAPI
import Synchronization
package import TaskQueue

/// The catalogue of the swarms that the watch shows, with their schemas compiled once.
package final class SwarmCatalogue: Sendable {
    private let catalogue = Mutex(Catalogue())

    package init() {}

    package func put(_ swarm: AgentSwarm) {
        let entry = CatalogueEntry(swarm)
        catalogue.withLock { catalogue in
            // A swarm's status changes far more often than what it takes.
            guard catalogue.entry(namespace: entry.namespace, swarm: entry.swarm) != entry else { return }
            catalogue.put(entry)
        }
    }

    package func remove(_ swarm: AgentSwarm) {
        catalogue.withLock { $0.remove(namespace: swarm.metadata.namespace ?? "", swarm: swarm.metadata.name ?? "") }
    }

    /// Whether a task's swarm can run it.
    package func standing(of record: TaskRecord) -> SwarmStanding {
        guard let entry = catalogue.withLock({ $0.entry(namespace: record.namespace, swarm: record.swarm) }) else {
            return .absent
        }
        if entry.isSuspended { return .suspended }
        return entry.capabilities.contains(record.type) ? .able : .lacksType
    }

    package var current: Catalogue { catalogue.withLock { $0 } }
}

/// Whether a swarm can run a task that is bound to it.
package enum SwarmStanding: Sendable {
    case able
    case suspended
    /// It does not take the task's type any more.
    case lacksType
    case absent
}
