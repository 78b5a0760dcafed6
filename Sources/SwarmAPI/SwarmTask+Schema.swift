import StructuredData

extension SwarmTask {
    static let schema = Schema.object(
        "One unit of work for the agents of a swarm.", required: ["spec"],
        [
            ("apiVersion", ["type": "string"]),
            ("kind", ["type": "string"]),
            ("metadata", ["type": "object"]),
            ("spec", specSchema),
            ("status", statusSchema),
        ])

    private static let specSchema = Schema.checked(
        specFields,
        [.immutable("type", isRequired: true)]
            + [
                "swarm", "input", "inputFrom", "dedupKey", "deadlineSeconds", "timeoutSeconds", "retry", "dependsOn",
                "fanOut",
            ].map { .immutable($0) } + [
                .init(
                    "!has(self.fanOut) || !has(self.dedupKey)", "a task with a fanOut has no dedupKey",
                    fieldPath: ".dedupKey")
            ])

    private static let specFields = Schema.object(
        "What is to be done.", required: ["type"],
        [
            (
                "type",
                Schema.string(
                    "The task type, e.g. market-analysis.", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", maxLength: 63,
                    minLength: 1)
            ),
            (
                "swarm",
                Schema.string("Pins the task to one swarm.", maxLength: SwarmNames.longestSwarmName, minLength: 1)
            ),
            ("input", Schema.anyObject("The input, at most 64 KiB.")),
            (
                "inputFrom",
                Schema.checked(
                    Schema.atomicList(
                        "Values from ConfigMaps that are put into the input.", of: inputSource, maxItems: 32),
                    [
                        .init(
                            "self.all(a, self.exists_one(b, b.path == a.path))",
                            "each path of the input can have one source")
                    ])
            ),
            (
                "dedupKey",
                Schema.string(
                    "Tasks with the same key within retention share one result.", maxLength: 256, minLength: 1)
            ),
            (
                "priority",
                Schema.integer(
                    "Higher goes first; one step is worth 30 seconds of waiting.", minimum: -100, maximum: 100,
                    default: 0)
            ),
            (
                "deadlineSeconds",
                Schema.integer("Limit for the whole life of the task.", minimum: 1, maximum: 31_536_000)
            ),
            ("timeoutSeconds", Schema.integer("Limit for one attempt.", minimum: 1, maximum: 86400)),
            ("retry", AgentSwarm.retrySchema),
            (
                "ttlSecondsAfterFinished",
                Schema.integer("The object is deleted this long after its end.", minimum: 0, maximum: 31_536_000)
            ),
            (
                "dependsOn",
                Schema.set(
                    "Tasks that must succeed first; their results stand in the input at results.<name>.",
                    of: Schema.string("Name of a task in the namespace.", maxLength: 253, minLength: 1), maxItems: 64)
            ),
            ("fanOut", FanOut.schema),
            ("suspend", Schema.boolean("Hold the task before it runs.", default: false)),
            (
                "cancel",
                Schema.checked(
                    Schema.boolean("End the task; latches when first seen true.", default: false),
                    [.init("self || !oldSelf", "a cancelled task stays cancelled")])
            ),
        ])

    private static let inputSource = Schema.object(
        "One value.", required: ["path", "configMapKeyRef"],
        [
            (
                "path",
                Schema.string("JSON pointer into the input, e.g. /inputs/0/csv.", pattern: "^/", maxLength: 1024)
            ),
            ("as", Schema.string("How the value is read.", enum: ["text", "json"], default: "text")),
            (
                "configMapKeyRef",
                Schema.object(
                    "Where the value is.", required: ["name", "key"],
                    [
                        ("name", Schema.string("ConfigMap in the task's namespace.", maxLength: 253, minLength: 1)),
                        ("key", Schema.string("Key of its data.", maxLength: 253, minLength: 1)),
                    ])
            ),
        ])

    private static let statusSchema = Schema.object(
        "Where the task is.", default: ["observedGeneration": -1],
        [
            ("observedGeneration", Schema.observedGeneration),
            ("phase", Schema.string("Where in its life the task is.", enum: Phase.allCases.map(\.rawValue))),
            ("conditions", Schema.conditions),
            ("swarm", Schema.string("The swarm that has the task.", maxLength: 63)),
            ("agent", Schema.string("The agent of the latest attempt.", maxLength: 253)),
            ("attempts", Schema.integer("Attempts so far.", minimum: 0)),
            ("queuedTime", Schema.string("When it was put into the queue.", format: "date-time")),
            ("startTime", Schema.string("When the latest attempt began.", format: "date-time")),
            ("completionTime", Schema.string("When it ended.", format: "date-time")),
            (
                "progress",
                Schema.object(
                    "How far the attempt is.",
                    [
                        ("done", Schema.integer("Steps done.", minimum: 0)),
                        ("total", Schema.integer("Steps in all.", minimum: 0)),
                        ("message", Schema.string("What it is at.", maxLength: 1024)),
                    ])
            ),
            ("items", FanOut.countsSchema),
            ("result", Schema.anything("The result, where it takes up at most 16 KiB.")),
            (
                "resultRef",
                Schema.object(
                    "Where the result is, if it is larger.", required: ["uri"],
                    [
                        ("uri", Schema.string("Path of the result at the gateway.", maxLength: 2048)),
                        ("sha256", Schema.string("Checksum, hexadecimal.", maxLength: 64)),
                        ("bytes", Schema.integer("Size.", minimum: 0, format: "int64")),
                    ])
            ),
            ("message", Schema.string("What happened, for people.", maxLength: 32768)),
        ])
}
