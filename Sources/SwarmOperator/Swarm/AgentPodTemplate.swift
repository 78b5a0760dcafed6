import KubernetesModel
import StructuredData
import SwarmAPI

/// The swarm's own additions to the pod template cannot be used.
package struct InvalidTemplate: Error, Sendable, Equatable, CustomStringConvertible {
    /// The field's path in the AgentSwarm.
    package var field: String
    package var message: String

    package var description: String { "\(field): \(message)" }
}

/// The pod of one agent, fit for the `restricted` Pod Security level.
struct AgentPodTemplate {
    let swarm: AgentSwarm
    let configuration: OperatorConfiguration
    let labels: [String: String]

    private var name: String { swarm.metadata.name ?? "" }

    private static let tokenDirectory = "/var/run/secrets/das.brashlabs.io/token"
    private static let authoritiesDirectory = "/var/run/secrets/das.brashlabs.io/ca"
    /// What `agent-runner` leaves to whoever declares the swarm: what runs its tasks, and how.
    private static let agentSettings: Set<String> = [
        "DAS_EXEC", "DAS_EXEC_GRACE_SECONDS", "DAS_HTTP", "DAS_LOG_LEVEL", "DAS_WORKER_MEMORY_MIB",
    ]
    private static let ownVolumes: Set<String> = ["das-token", "das-gateway-ca", "tmp"]

    func json() throws(InvalidTemplate) -> JSON {
        let agent = swarm.spec.agent
        var container: JSON = [
            "name": "agent",
            "image": .string(agent?.image ?? configuration.agentImage),
            "env": .array(try environment()),
            // No startup or liveness probe: an agent that waits for its gateway is not broken, and one that hangs loses its leases.
            "readinessProbe": [
                "exec": ["command": ["agent-runner", "ready"]], "periodSeconds": 2, "timeoutSeconds": 5,
                "failureThreshold": 1,
            ],
            // The last lines of an agent that crashes stand in its status, and from there in the swarm's.
            "terminationMessagePolicy": "FallbackToLogsOnError",
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
            "metadata": ["labels": JSON(labels)],
            "spec": [
                "serviceAccountName": .string(swarm.serviceAccountName),
                "automountServiceAccountToken": false,
                "terminationGracePeriodSeconds": JSON(swarm.drainSeconds + SwarmDefaults.graceMarginSeconds),
                "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
                "topologySpreadConstraints": .array(spread),
                "containers": [container],
                "volumes": .array(try volumes()),
            ],
        ]
        return try merged(template)
    }

    /// Over zones and nodes as far as there is room: the loss of one is to cost few agents.
    private var spread: [JSON] {
        ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map { key in
            [
                "maxSkew": 1, "topologyKey": .string(key), "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": ["matchLabels": JSON(SwarmObjects.selectorLabels(name))],
            ]
        }
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
        let merged: JSON
        do {
            merged = try StrategicMergePatch.podTemplate(merging: own, into: template)
        } catch {
            throw InvalidTemplate(field: "spec.agent.template", message: "\(error)")
        }
        try check(merged, against: template)
        return merged
    }

    /// What the agent needs to be known by the gateway is still there, whatever directives the template has.
    private func check(_ merged: JSON, against template: JSON) throws(InvalidTemplate) {
        for field in ["serviceAccountName", "automountServiceAccountToken"]
        where merged["spec"]?[field] != template["spec"]?[field] {
            throw InvalidTemplate(
                field: "spec.agent.template.spec.\(field)",
                message: field == "serviceAccountName"
                    ? "leave it out and set spec.agent.serviceAccountName"
                    : "the agent has a token of its own; leave it out")
        }
        func named(_ list: JSON?) -> [String: JSON] {
            (list?.arrayValue ?? []).reduce(into: [:]) { $0[$1["name"]?.stringValue ?? ""] = $1 }
        }
        let container = named(merged["spec"]?["containers"])["agent"]
        let environment = named(container?["env"])
        let volumes = named(merged["spec"]?["volumes"])
        let mounted = Set((container?["volumeMounts"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        for entry in template["spec"]?["containers"]?[0]?["env"]?.arrayValue ?? []
        where Self.isOurs(entry["name"]?.stringValue ?? "") && environment[entry["name"]?.stringValue ?? ""] != entry {
            throw InvalidTemplate(
                field: "spec.agent.template",
                message: "it takes \(entry["name"]?.stringValue ?? "") away from the agent")
        }
        for name in Self.ownVolumes.sorted() where volumes[name] == nil || !mounted.contains(name) {
            throw InvalidTemplate(field: "spec.agent.template", message: "it takes volume \(name) away from the agent")
        }
    }
}
