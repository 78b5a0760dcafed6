import KubernetesModel
package import StructuredData
package import SwarmAPI

/// The objects that a swarm owns, as bodies of server-side applies: exactly the fields that the operator stands for.
package struct SwarmObjects: Sendable, Equatable {
    /// `nil`: the swarm's agents run under an account of the user's.
    package var serviceAccount: JSON?
    /// `nil`: the user sees to the agents' network.
    package var networkPolicy: JSON?
    package var disruptionBudget: JSON
    package var deployment: JSON

    /// Plans the objects of `swarm`.
    /// - Throws: `InvalidTemplate` where the swarm's own additions to the pod cannot be used.
    package init(_ swarm: AgentSwarm, configuration: OperatorConfiguration) throws(InvalidTemplate) {
        let planner = Planner(swarm: swarm, configuration: configuration)
        if swarm.spec.agent?.serviceAccountName == nil { serviceAccount = planner.serviceAccount() }
        if swarm.networkMode == .restricted { networkPolicy = planner.networkPolicy() }
        disruptionBudget = planner.disruptionBudget()
        deployment = try planner.deployment()
    }

    /// The objects in the order in which they are made: what pods need comes before them.
    package var bodies: [(kind: OwnedKind, body: JSON)] {
        [
            (.serviceAccount, serviceAccount), (.networkPolicy, networkPolicy), (.disruptionBudget, disruptionBudget),
            (.deployment, deployment),
        ].compactMap { kind, body in body.map { (kind, $0) } }
    }

    /// The name of a swarm's Deployment, budget and network policy.
    package static func deploymentName(_ swarm: String) -> String { "\(swarm)-agents" }

    /// Selects what all swarms own.
    package static let agentsSelector = "\(SwarmNames.nameLabel)=das-agent"

    /// The labels by which a swarm's pods are known; they never change in a swarm's life.
    package static func selectorLabels(_ swarm: String) -> [String: String] {
        [SwarmNames.nameLabel: "das-agent", SwarmNames.swarmLabel: swarm]
    }

    /// `selectorLabels` in the form of a query.
    package static func selector(_ swarm: String) -> String {
        selectorLabels(swarm).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

private struct Planner {
    let swarm: AgentSwarm
    let configuration: OperatorConfiguration

    var name: String { swarm.metadata.name ?? "" }
    var selector: JSON { ["matchLabels": JSON(SwarmObjects.selectorLabels(name))] }

    func serviceAccount() -> JSON {
        // The name that the swarm's pods ask for.
        object(ServiceAccount.resource, name: name, ["automountServiceAccountToken": false])
    }

    func networkPolicy() -> JSON {
        let rules = AgentEgress.rules(gatewayURL: configuration.gatewayURL, more: swarm.spec.agent?.network?.egress)
        return object(
            NetworkPolicy.resource, name: SwarmObjects.deploymentName(name),
            [
                "spec": [
                    "podSelector": selector, "policyTypes": ["Ingress", "Egress"], "egress": .array(rules),
                ]
            ])
    }

    func disruptionBudget() -> JSON {
        object(
            PodDisruptionBudget.resource, name: SwarmObjects.deploymentName(name),
            [
                "spec": [
                    "selector": selector, "maxUnavailable": "25%",
                    // An agent that is not ready has no work, and must not keep a node from being emptied.
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                ]
            ])
    }

    func deployment() throws(InvalidTemplate) -> JSON {
        let labels = podLabels
        let template = try AgentPodTemplate(swarm: swarm, configuration: configuration, labels: labels).json()
        return object(
            Deployment.resource, name: SwarmObjects.deploymentName(name),
            [
                "spec": [
                    "selector": selector,
                    "revisionHistoryLimit": 2,
                    "progressDeadlineSeconds": JSON(configuration.startDeadlineSeconds),
                    "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": "25%"]],
                    "template": template,
                ]
            ])
    }

    private func object(_ resource: ResourceType, name objectName: String, _ content: JSON) -> JSON {
        var object: JSON = [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": metadata(name: objectName),
        ]
        for (member, value) in content.objectValue ?? [:] { object[member] = value }
        return object
    }

    private func metadata(name objectName: String) -> JSON {
        var metadata: JSON = [
            "name": .string(objectName), "namespace": .string(swarm.metadata.namespace ?? ""),
            "labels": JSON(
                podLabels.merging([
                    SwarmNames.managedByLabel: "das-operator", SwarmNames.versionLabel: configuration.version,
                ]) { _, new in new }),
        ]
        if let uid = swarm.metadata.uid {
            metadata["ownerReferences"] = [
                [
                    "apiVersion": .string(AgentSwarm.resource.apiVersion), "kind": "AgentSwarm", "name": .string(name),
                    "uid": .string(uid), "controller": true, "blockOwnerDeletion": true,
                ]
            ]
        }
        return metadata
    }

    private var podLabels: [String: String] {
        SwarmObjects.selectorLabels(name).merging([
            SwarmNames.instanceLabel: name, SwarmNames.componentLabel: "agent",
            SwarmNames.partOfLabel: "dynamic-agent-swarms",
        ]) { _, new in new }
    }
}
