import KubernetesModel
package import StructuredData

/// The CustomResourceDefinitions of the group, as `das crds` prints them and `CRDs/` holds them.
package enum CustomResourceDefinitions {
    package static let all: [JSON] = [agentSwarms, swarmTasks]

    /// Each definition with the name of its file in `CRDs/`.
    package static let files: [(name: String, definition: JSON)] = all.map { definition in
        ("\(definition["metadata"]?["name"]?.stringValue ?? "").yaml", definition)
    }

    package static let agentSwarms = definition(
        AgentSwarm.resource, shortNames: ["swarm", "swarms"], schema: AgentSwarm.schema,
        columns: [
            column("Agents", "integer", ".status.replicas", "Agent pods that exist"),
            column("Ready", "integer", ".status.readyAgents", "Agents that are ready"),
            column("Busy", "integer", ".status.busyAgents", "Agents that run a task"),
            column("Desired", "integer", ".status.desiredAgents", "Agents wanted now"),
            column("Queue", "integer", ".status.queue.ready", "Tasks that wait for an agent"),
            column("Wait", "integer", ".status.queue.oldestWaitSeconds", "Seconds that the oldest of them has waited"),
            column("Age", "date", ".metadata.creationTimestamp", ""),
            column("Min", "integer", ".spec.scaling.minAgents", "Agents that are always there", priority: 1),
            column("Max", "integer", ".spec.scaling.maxAgents", "The most agents at any time", priority: 1),
            column("Running", "integer", ".status.queue.leased", "Tasks that run", priority: 1),
            column("State", "string", state, "Why the swarm is ready, or is not", priority: 1),
            column("Reason", "string", ".status.lastDecision.reason", "Why there are as many agents", priority: 1),
            column("Suspended", "boolean", ".spec.suspend", "Whether it has been told to stand still", priority: 1),
            column("Strategy", "string", ".spec.scaling.strategy", "Who decides how many agents", priority: 1),
            column("Image", "string", ".spec.agent.image", "The agents' image, where the swarm names one", priority: 1),
            column("Capabilities", "string", ".spec.capabilities", "Task types that the swarm takes", priority: 1),
        ],
        scale: [
            "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        ])

    private static let state = #".status.conditions[?(@.type=="Ready")].reason"#

    package static let swarmTasks = definition(
        SwarmTask.resource, shortNames: ["stask", "stasks"], schema: SwarmTask.schema,
        columns: [
            column("Type", "string", ".spec.type", "What the task asks for"),
            column("Phase", "string", ".status.phase", "Where in its life the task is"),
            column("Swarm", "string", ".status.swarm", "The swarm that has the task"),
            column("Attempts", "integer", ".status.attempts", "Attempts so far"),
            column("Age", "date", ".metadata.creationTimestamp", ""),
            column("Agent", "string", ".status.agent", "The agent of the latest attempt", priority: 1),
            column("Done", "integer", ".status.progress.done", "Steps done, or items of a fan-out", priority: 1),
            column("Total", "integer", ".status.progress.total", "Steps in all", priority: 1),
            column("Completed", "date", ".status.completionTime", "When the task ended", priority: 1),
            column("Message", "string", ".status.message", "What happened", priority: 1),
        ],
        scale: nil)

    private static func column(
        _ name: String, _ type: String, _ path: String, _ description: String, priority: Int = 0
    ) -> JSON {
        var column: JSON = ["name": .string(name), "type": .string(type), "jsonPath": .string(path)]
        if !description.isEmpty { column["description"] = .string(description) }
        if priority > 0 { column["priority"] = JSON(priority) }
        return column
    }

    private static func definition(
        _ resource: ResourceType, shortNames: [String], schema: JSON, columns: [JSON], scale: JSON?
    ) -> JSON {
        var subresources: JSON = ["status": [:]]
        if let scale { subresources["scale"] = scale }
        return [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": [
                "name": .string("\(resource.plural).\(resource.group)"),
                "labels": [
                    "app.kubernetes.io/name": "dynamic-agent-swarms",
                    "app.kubernetes.io/part-of": "dynamic-agent-swarms",
                ],
            ],
            "spec": [
                "group": .string(resource.group),
                "scope": "Namespaced",
                "names": [
                    "kind": .string(resource.kind),
                    "listKind": .string("\(resource.kind)List"),
                    "plural": .string(resource.plural),
                    "singular": .string(resource.kind.lowercased()),
                    "shortNames": JSON(shortNames),
                    "categories": ["das"],
                ],
                "versions": [
                    [
                        "name": .string(resource.version),
                        "served": true,
                        "storage": true,
                        "schema": ["openAPIV3Schema": schema],
                        "subresources": subresources,
                        "additionalPrinterColumns": .array(columns),
                    ]
                ],
            ],
        ]
    }
}
