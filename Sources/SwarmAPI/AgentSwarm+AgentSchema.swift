import StructuredData

extension AgentSwarm {
    static let agentSchema = Schema.object(
        "The worker pods.", default: [:],
        [
            (
                "image",
                Schema.string("Container image; default: the operator's --agent-image.", maxLength: 1024, minLength: 1)
            ),
            (
                "concurrency",
                Schema.integer(
                    "Tasks that one agent runs at once.", minimum: 1, maximum: 256, default: SwarmDefaults.concurrency)
            ),
            (
                "drainSeconds",
                Schema.integer(
                    "How long an agent that is told to end may still work; default: the largest time limit of a task type. "
                        + "The pod's grace is this and \(SwarmDefaults.graceMarginSeconds) seconds.",
                    minimum: 0, maximum: 86400)
            ),
            ("resources", resources),
            (
                "env",
                Schema.map(
                    "Environment of the container; DAS_* names are taken, but for those that agent-runner leaves to its users.",
                    of: named("An environment variable."), keys: ["name"], maxItems: 256)
            ),
            (
                "envFrom",
                Schema.atomicList(
                    "ConfigMaps and Secrets that become environment.", of: Schema.anyObject("A source."), maxItems: 64)
            ),
            (
                "volumes",
                Schema.map("Volumes of the pod.", of: named("A volume."), keys: ["name"], maxItems: 64)
            ),
            (
                "volumeMounts",
                Schema.atomicList(
                    "Where the container sees its volumes.", of: Schema.anyObject("A mount."), maxItems: 64)
            ),
            (
                "serviceAccountName",
                Schema.string(
                    "The agents' service account; default: one of the swarm's name, made by the operator.",
                    pattern: #"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"#, maxLength: 253, minLength: 1)
            ),
            ("network", network),
            (
                "template",
                Schema.anyObject(
                    "PodTemplateSpec that is merged into the generated one, lists by their keys; the agent's container is "
                        + "called agent.")
            ),
        ])

    private static let resources: JSON = {
        var schema = Schema.object(
            "What the container asks for and may use.",
            [
                ("requests", Schema.quantities("What a node must have free for it, such as cpu: 500m.")),
                ("limits", Schema.quantities("What it may use at most, such as memory: 512Mi.")),
            ])
        // What later releases of Kubernetes have beside these.
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return schema
    }()

    /// The default names the field that the rule reads: rules see defaults as they are written.
    private static let network = Schema.checked(
        Schema.object(
            "Whom the agents may talk to.", default: ["mode": "Restricted"],
            [
                (
                    "mode",
                    Schema.string(
                        "Restricted: a NetworkPolicy lets the agents reach the gateway, the cluster's DNS and what egress "
                            + "adds, and lets nobody in. Unmanaged: the operator makes none.",
                        enum: ["Restricted", "Unmanaged"], default: "Restricted")
                ),
                (
                    "egress",
                    Schema.atomicList(
                        "Further rules, as in the egress of a NetworkPolicy.",
                        of: Schema.object(
                            "Destinations, each on each of the ports.",
                            [
                                (
                                    "to",
                                    Schema.atomicList(
                                        "Destinations; none: all.",
                                        of: Schema.anyObject(
                                            "One of ipBlock, or podSelector and namespaceSelector."), maxItems: 64)
                                ),
                                (
                                    "ports",
                                    Schema.atomicList(
                                        "Ports; none: all.",
                                        of: Schema.anyObject("A port: protocol, port and endPort."), maxItems: 64)
                                ),
                            ]), maxItems: 64)
                ),
            ]),
        [
            .init(
                "self.mode == 'Restricted' || !has(self.egress)",
                "egress adds to what Restricted allows; with Unmanaged it would be without effect", fieldPath: ".egress"
            )
        ])

    private static func named(_ description: String) -> JSON {
        var schema = Schema.object(
            description, required: ["name"], [("name", Schema.string("Name.", maxLength: 253, minLength: 1))])
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return schema
    }
}
