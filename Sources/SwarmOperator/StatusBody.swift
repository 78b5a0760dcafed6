import KubernetesModel
import StructuredData
import SwarmAPI

/// Bodies of status applies.
enum StatusBody {
    /// The uid makes sure that an object made anew under the same name does not get the old one's status.
    static func make(_ resource: ResourceType, _ metadata: ObjectMeta, status: JSON) -> JSON {
        var identity: JSON = ["name": .string(metadata.name ?? "")]
        if let namespace = metadata.namespace { identity["namespace"] = .string(namespace) }
        if let uid = metadata.uid { identity["uid"] = .string(uid) }
        return [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "metadata": identity,
            "status": status,
        ]
    }
}

/// The fields of a swarm's status that one writer stands for.
struct StatusFields: Sendable {
    private let own: @Sendable (AgentSwarm.Status) -> AgentSwarm.Status

    /// Whether the writer's fields are the same in both, so that there is nothing to write.
    func equal(_ old: AgentSwarm.Status?, _ new: AgentSwarm.Status) -> Bool {
        guard let old else { return false }
        return own(old) == own(new)
    }

    static let swarmController = StatusFields { status in
        AgentSwarm.Status(
            observedGeneration: status.observedGeneration, replicas: status.replicas, readyAgents: status.readyAgents,
            selector: status.selector,
            conditions: (status.conditions ?? []).filter { SwarmObservation.types.contains($0.type) }
                .sorted { $0.type < $1.type })
    }
}
