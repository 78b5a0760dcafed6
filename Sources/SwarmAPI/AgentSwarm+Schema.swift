import StructuredData

extension AgentSwarm {
    static let schema = Schema.checked(
        Schema.object(
            "A pool of interchangeable agents that take the same types of task.", required: ["spec"],
            [
                ("apiVersion", ["type": "string"]),
                ("kind", ["type": "string"]),
                ("metadata", ["type": "object"]),
                ("spec", specSchema),
                ("status", statusSchema),
            ]),
        [
            .init(
                "size(self.metadata.name) <= \(SwarmNames.longestSwarmName)",
                "the name of a swarm has at most \(SwarmNames.longestSwarmName) characters", fieldPath: ".metadata")
        ])

    private static let taskTypeName = Schema.string(
        "Name of a task type.", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", maxLength: 63, minLength: 1)

    static let retrySchema = Schema.object(
        "How often, and after which pauses, a failed task is tried again.",
        [
            ("limit", Schema.integer("Further attempts after the first.", minimum: 0, maximum: 19)),
            (
                "backoffSeconds",
                Schema.integer("Pause before the second attempt; it doubles each time.", minimum: 0, maximum: 3600)
            ),
            ("maxBackoffSeconds", Schema.integer("The longest pause.", minimum: 0, maximum: 86400)),
            (
                "retryOn",
                Schema.set(
                    "The only failures that are tried again, by their codes: TIMED_OUT, LEASE_EXPIRED and the workload's own; X* is all that begin with X. Default: all.",
                    of: failureCode, maxItems: 32)
            ),
            (
                "giveUpOn",
                Schema.set(
                    "Failures that are not tried again, also where retryOn has them.", of: failureCode, maxItems: 32)
            ),
        ])

    private static let failureCode = Schema.string(
        "A code, or the beginning of one and *.", pattern: "^[A-Za-z0-9_.-]*[*]?$", maxLength: 64, minLength: 1)

    private static let specSchema = Schema.checked(
        specFields,
        [
            .init(
                "!has(self.taskTypes) || self.taskTypes.all(t, t.name in self.capabilities)",
                "the names of taskTypes must be among the capabilities", fieldPath: ".taskTypes")
        ])

    private static let specFields = Schema.object(
        "What the swarm should be.", required: ["capabilities"],
        [
            (
                "capabilities",
                Schema.set("The task types that the swarm takes.", of: taskTypeName, minItems: 1, maxItems: 64)
            ),
            ("agent", agentSchema),
            (
                "scaling",
                Schema.checked(
                    scalingSchema,
                    [.init("self.minAgents <= self.maxAgents", "minAgents must not be greater than maxAgents")])
            ),
            (
                "replicas",
                Schema.integer(
                    "Agents wanted; read only where scaling.strategy is External (HPA, KEDA, kubectl scale).",
                    minimum: 0,
                    maximum: 1000)
            ),
            (
                "taskTypes",
                Schema.map(
                    "What the agents expect of each task type; the names must be among the capabilities.",
                    of: Schema.object(
                        "One task type.", required: ["name"],
                        [
                            ("name", taskTypeName),
                            ("inputSchema", Schema.anyObject("JSON Schema that a task's input must fit.")),
                            ("outputSchema", Schema.anyObject("JSON Schema of the result.")),
                            (
                                "timeoutSeconds",
                                Schema.integer(
                                    "Limit for one attempt, unless the task sets one.", minimum: 1, maximum: 86400)
                            ),
                            ("retry", retrySchema),
                        ]),
                    keys: ["name"], maxItems: 64)
            ),
            ("suspend", Schema.boolean("No agents, and no new tasks, while true.", default: false)),
        ])

    /// API servers check a default by the rules of its schema before the defaults inside it are filled in, so the
    /// default names the fields that the rule reads.
    private static let scalingSchema = Schema.object(
        "How the number of agents follows the work.",
        default: [
            "minAgents": .integer(Int64(SwarmDefaults.minAgents)),
            "maxAgents": .integer(Int64(SwarmDefaults.maxAgents)),
        ],
        [
            (
                "minAgents",
                Schema.integer(
                    "Agents that are always there.", minimum: 0, maximum: 1000, default: SwarmDefaults.minAgents)
            ),
            (
                "maxAgents",
                Schema.integer(
                    "The most agents at any time.", minimum: 0, maximum: 1000, default: SwarmDefaults.maxAgents)
            ),
            (
                "objective",
                Schema.object(
                    "How long a task may wait for an agent.",
                    default: [:],
                    [
                        (
                            "waitSeconds",
                            Schema.integer(
                                "How many seconds a task should wait for an agent at most.", minimum: 0, maximum: 86400,
                                default: SwarmDefaults.objectiveWaitSeconds)
                        ),
                        (
                            "percentile",
                            Schema.integer(
                                "The percentage of the tasks that should wait no longer.", minimum: 1, maximum: 99,
                                default: SwarmDefaults.objectivePercentile)
                        ),
                    ])
            ),
            (
                "idleSeconds",
                Schema.integer(
                    "Seconds without any task before the last agents go.", minimum: 0, maximum: 86400,
                    default: SwarmDefaults.idleSeconds)
            ),
            (
                "stabilizationSeconds",
                Schema.object(
                    "How long a change must be wanted before it is made.",
                    default: [:],
                    [
                        (
                            "up",
                            Schema.integer(
                                "For more agents, in seconds.", minimum: 0, maximum: 3600,
                                default: SwarmDefaults.stabilizationUpSeconds)
                        ),
                        (
                            "down",
                            Schema.integer(
                                "For fewer agents, in seconds.", minimum: 0, maximum: 86400,
                                default: SwarmDefaults.stabilizationDownSeconds)
                        ),
                    ])
            ),
            (
                "strategy",
                Schema.string(
                    "Demand: the operator decides. External: spec.replicas is followed.", enum: ["Demand", "External"],
                    default: "Demand")
            ),
        ])

    private static let statusSchema = Schema.object(
        "What the operator sees.", default: ["observedGeneration": -1],
        [
            ("observedGeneration", Schema.observedGeneration),
            ("replicas", Schema.integer("Agent pods that exist.", minimum: 0)),
            ("readyAgents", Schema.integer("Agents that are ready.", minimum: 0)),
            ("busyAgents", Schema.integer("Agents that run a task.", minimum: 0)),
            ("desiredAgents", Schema.integer("Agents wanted now.", minimum: 0)),
            ("selector", Schema.string("Label selector of the agent pods.", maxLength: 1024)),
            (
                "queue",
                Schema.object(
                    "The swarm's tasks.",
                    [
                        ("ready", Schema.integer("Tasks that wait for an agent.", minimum: 0)),
                        ("leased", Schema.integer("Tasks that run.", minimum: 0)),
                        ("oldestWaitSeconds", Schema.integer("How long the oldest has waited.", minimum: 0)),
                        (
                            "arrivalsPerMinute",
                            Schema.integer("Tasks that became ready in the last minute.", minimum: 0)
                        ),
                        (
                            "serviceMilliseconds",
                            Schema.integer("How long the latest tasks ran, on average.", minimum: 0)
                        ),
                    ])
            ),
            (
                "lastDecision",
                Schema.object(
                    "The last change of the number of agents, with everything that it was made from.",
                    [
                        ("time", Schema.string("When.", format: "date-time")),
                        ("from", Schema.integer("Agents before.", minimum: 0)),
                        ("to", Schema.integer("Agents after.", minimum: 0)),
                        ("reason", Schema.string("Why, in one CamelCase word.", maxLength: 128)),
                        ("message", Schema.string("Why, in a sentence.", maxLength: 1024)),
                        ("inputs", Schema.anyObject("What the decision was made from.")),
                    ])
            ),
            ("conditions", Schema.conditions),
        ])
}
