import KubernetesModel
package import StructuredData
package import SwarmAPI

/// The objects that a swarm owns, as bodies of server-side applies: exactly the fields that the operator stands for.
package struct SwarmObjects: Sendable, Equatable {
    package var serviceAccount: JSON?
    package var deployment: JSON
    /// The namespace's `das-gateway-ca`; owned by nobody, since all swarms of a namespace share it.
    package var gatewayAuthorities: JSON

    /// Plans the objects of `swarm`.
    /// - Throws: `InvalidTemplate` where the swarm's own additions to the pod cannot be used.
    package init(_ swarm: AgentSwarm, configuration: OperatorConfiguration) throws(InvalidTemplate) {
        let planner = Planner(swarm: swarm, configuration: configuration)
        if swarm.spec.agent?.serviceAccountName == nil { serviceAccount = planner.serviceAccount() }
        deployment = try planner.deployment()
        gatewayAuthorities = planner.gatewayAuthorities()
    }

    /// The name of a swarm's Deployment.
    package static func deploymentName(_ swarm: String) -> String { "\(swarm)-agents" }

    /// Selects the Deployments and pods of all swarms.
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

/// The swarm's own additions to the pod template cannot be used.
package struct InvalidTemplate: Error, Sendable, Equatable, CustomStringConvertible {
    /// The field's path in the AgentSwarm.
    package var field: String
    package var message: String

    package var description: String { "\(field): \(message)" }
}

private struct Planner {
    let swarm: AgentSwarm
    let configuration: OperatorConfiguration

    var name: String { swarm.metadata.name ?? "" }
    var namespace: String { swarm.metadata.namespace ?? "" }

    func serviceAccount() -> JSON {
        [
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": metadata(name: swarm.serviceAccountName),
            "automountServiceAccountToken": false,
        ]
    }

    func gatewayAuthorities() -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": [
                "name": .string(SwarmNames.gatewayAuthorities), "namespace": .string(namespace),
                "labels": [
                    SwarmNames.partOfLabel: "dynamic-agent-swarms", SwarmNames.managedByLabel: "das-operator",
                ],
            ],
            "data": .object([SwarmNames.gatewayAuthoritiesKey: .string(configuration.gatewayAuthorities)]),
        ]
    }

    func deployment() throws(InvalidTemplate) -> JSON {
        let template = try podTemplate()
        return [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": metadata(name: SwarmObjects.deploymentName(name)),
            "spec": [
                "selector": ["matchLabels": JSON(SwarmObjects.selectorLabels(name))],
                "revisionHistoryLimit": 2,
                "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": "25%"]],
                "template": template,
            ],
        ]
    }

    private func metadata(name objectName: String) -> JSON {
        var metadata: JSON = [
            "name": .string(objectName), "namespace": .string(namespace),
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

extension Planner {
    private static let tokenDirectory = "/var/run/secrets/das.brashlabs.io/token"
    private static let authoritiesDirectory = "/var/run/secrets/das.brashlabs.io/ca"
    /// What `agent-runner` leaves to whoever declares the swarm: what runs its tasks, and how.
    private static let agentSettings: Set<String> = [
        "DAS_EXEC", "DAS_EXEC_GRACE_SECONDS", "DAS_HTTP", "DAS_LOG_LEVEL", "DAS_WORKER_MEMORY_MIB",
    ]
    private static let ownVolumes: Set<String> = ["das-token", "das-gateway-ca", "tmp"]

    private func podTemplate() throws(InvalidTemplate) -> JSON {
        let agent = swarm.spec.agent
        var container: JSON = [
            "name": "agent",
            "image": .string(agent?.image ?? configuration.agentImage),
            "env": .array(try environment()),
            "readinessProbe": [
                "exec": ["command": ["agent-runner", "ready"]], "periodSeconds": 2, "timeoutSeconds": 5,
                "failureThreshold": 1,
            ],
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": .array(
                [
                    ["name": "das-token", "mountPath": .string(Self.tokenDirectory), "readOnly": true],
                    ["name": "das-gateway-ca", "mountPath": .string(Self.authoritiesDirectory), "readOnly": true],
                    ["name": "tmp", "mountPath": "/tmp"],
                ] + (agent?.volumeMounts ?? [])),
        ]
        if let resources = agent?.resources { container["resources"] = resources }
        if let sources = agent?.envFrom { container["envFrom"] = .array(sources) }

        let template: JSON = [
            "metadata": ["labels": JSON(podLabels)],
            "spec": [
                "serviceAccountName": .string(swarm.serviceAccountName),
                "automountServiceAccountToken": false,
                "terminationGracePeriodSeconds": JSON(swarm.drainSeconds + SwarmDefaults.graceMarginSeconds),
                "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
                "containers": [container],
                "volumes": .array(try volumes()),
            ],
        ]
        return try merged(template)
    }

    /// Whether a variable is the operator's to set.
    private static func isOurs(_ name: String) -> Bool { name.hasPrefix("DAS_") && !agentSettings.contains(name) }

    private func environment() throws(InvalidTemplate) -> [JSON] {
        func value(_ name: String, _ value: String) -> JSON { ["name": .string(name), "value": .string(value)] }
        func field(_ name: String, _ path: String) -> JSON {
            ["name": .string(name), "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": .string(path)]]]
        }
        for (index, entry) in (swarm.spec.agent?.env ?? []).enumerated() {
            guard let name = entry["name"]?.stringValue, Self.isOurs(name) else { continue }
            throw InvalidTemplate(
                field: "spec.agent.env[\(index)].name", message: "\(name) is set by the operator; choose another name")
        }
        return [
            value("DAS_GATEWAY_URL", configuration.gatewayURL),
            value("DAS_CA_FILE", "\(Self.authoritiesDirectory)/\(SwarmNames.gatewayAuthoritiesKey)"),
            value("DAS_TOKEN_FILE", "\(Self.tokenDirectory)/token"),
            field("DAS_NAMESPACE", "metadata.namespace"),
            value("DAS_SWARM", name),
            field("DAS_AGENT", "metadata.name"),
            value("DAS_CAPABILITIES", swarm.spec.capabilities.joined(separator: ",")),
            value("DAS_CONCURRENCY", String(swarm.concurrency)),
            value("DAS_DRAIN_SECONDS", String(swarm.drainSeconds)),
        ] + (swarm.spec.agent?.env ?? [])
    }

    private func volumes() throws(InvalidTemplate) -> [JSON] {
        for (index, volume) in (swarm.spec.agent?.volumes ?? []).enumerated() {
            guard let name = volume["name"]?.stringValue, Self.ownVolumes.contains(name) else { continue }
            throw InvalidTemplate(
                field: "spec.agent.volumes[\(index)].name", message: "\(name) is the operator's; choose another name")
        }
        return [
            [
                "name": "das-token",
                "projected": [
                    "sources": [
                        [
                            "serviceAccountToken": [
                                "audience": .string(SwarmNames.gatewayAudience), "expirationSeconds": 600,
                                "path": "token",
                            ]
                        ]
                    ]
                ],
            ],
            ["name": "das-gateway-ca", "configMap": ["name": .string(SwarmNames.gatewayAuthorities)]],
            ["name": "tmp", "emptyDir": [:]],
        ] + (swarm.spec.agent?.volumes ?? [])
    }

    /// The swarm's `template` merged in by the list-map keys of pods.
    private func merged(_ template: JSON) throws(InvalidTemplate) -> JSON {
        guard let own = swarm.spec.agent?.template else { return template }
        for label in SwarmObjects.selectorLabels(name).keys where own["metadata"]?["labels"]?[label] != nil {
            throw InvalidTemplate(
                field: "spec.agent.template.metadata.labels", message: "\(label) selects the swarm's pods; leave it out"
            )
        }
        for (index, container) in (own["spec"]?["containers"]?.arrayValue ?? []).enumerated()
        where container["name"] == "agent" {
            for entry in container["env"]?.arrayValue ?? [] {
                guard let name = entry["name"]?.stringValue, Self.isOurs(name) else { continue }
                throw InvalidTemplate(
                    field: "spec.agent.template.spec.containers[\(index)].env",
                    message: "\(name) is set by the operator; leave it out")
            }
        }
        for (index, volume) in (own["spec"]?["volumes"]?.arrayValue ?? []).enumerated() {
            guard let name = volume["name"]?.stringValue, Self.ownVolumes.contains(name) else { continue }
            throw InvalidTemplate(
                field: "spec.agent.template.spec.volumes[\(index)]", message: "\(name) is the operator's; leave it out")
        }
        do {
            return try StrategicMergePatch.podTemplate(merging: own, into: template)
        } catch {
            throw InvalidTemplate(field: "spec.agent.template", message: "\(error)")
        }
    }
}
