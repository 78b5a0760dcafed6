import HTTPTypes
import StructuredData
import TaskProtocol
import TaskQueue

extension OpenAPIDocument {
    static let operations: [Operation] = taskOperations + queueOperations + agentOperations + serviceOperations

    private static let tasks = "/v1/namespaces/{namespace}/tasks"
    private static func schema(_ name: String) -> JSON { OpenAPISchemas.reference(name) }
    private static let text: JSON = ["type": "string"]

    private static func number(_ name: String, _ description: String, _ most: Int64) -> Parameter {
        Parameter(
            name: name, description: description,
            schema: ["type": "integer", "minimum": 0, "maximum": .integer(most)])
    }

    private static let taskOperations = [
        Operation(
            method: .post, path: tasks, tag: "Tasks", summary: "Submit one task, or up to 500",
            detail: """
                A single task is answered by 201, or by 200 where its dedupKey has one already. A batch is answered by 200 with a \
                verdict for each. A namespace that is full (429 TOO_MANY_REQUESTS) takes more when tasks have ended.
                """,
            body: [
                "oneOf": [
                    schema("TaskSubmission"),
                    [
                        "type": "object", "required": ["tasks"],
                        "properties": [
                            "tasks": [
                                "type": "array", "items": schema("TaskSubmission"),
                                "maxItems": .integer(Int64(ProtocolLimits.tasksPerSubmission)),
                            ]
                        ],
                    ],
                ]
            ],
            answers: [
                Answer(
                    status: 200, description: "The batch's verdicts, or the task that was there already.",
                    schema: ["oneOf": [schema("SubmissionAnswer"), schema("TaskView")]]),
                Answer(status: 201, description: "The new task.", schema: schema("TaskView")),
            ]),
        Operation(
            method: .get, path: tasks, tag: "Tasks", summary: "List tasks, newest first",
            query: [
                Parameter(name: "swarm", description: "Only this swarm's.", schema: text),
                Parameter(name: "type", description: "Only of this task type.", schema: text),
                Parameter(name: "phase", description: "Only in this phase.", schema: schema("TaskPhase")),
                Parameter(
                    name: "parent", description: "Only the items of this task's fan-out, the last one first.",
                    schema: text),
                number("limit", "Tasks of one page; 100 where it is absent.", 500),
                Parameter(name: "cursor", description: "The one that the page before answered.", schema: text),
            ], answers: [Answer(status: 200, description: "A page.", schema: schema("TaskList"))]),
        Operation(
            method: .get, path: tasks + "/{id}", tag: "Tasks", summary: "Read a task, or wait for its end",
            detail: "A task that waits says why, in `waiting`.",
            query: [
                number(
                    "waitMs", "Answers when the task has ended, at the latest after this.", ProtocolLimits.longestWaitMs
                )
            ],
            answers: [Answer(status: 200, description: "The task as it is then.", schema: schema("TaskView"))]),
        Operation(
            method: .get, path: tasks + "/{id}/result", tag: "Tasks", summary: "Read the whole result",
            detail: "A large one is streamed, with its SHA-256 in ETag and Repr-Digest (RFC 9530).",
            answers: [Answer(status: 200, description: "The result.", schema: [:])]),
        Operation(
            method: .get, path: tasks + "/{id}/attempts", tag: "Tasks", summary: "The attempts, from the ledger",
            answers: [Answer(status: 200, description: "In the order of their ends.", schema: schema("AttemptList"))]),
        Operation(
            method: .get, path: tasks + "/{id}/events", tag: "Tasks", summary: "Follow a task's states and progress",
            headers: [
                Parameter(name: "Last-Event-ID", description: "Where an earlier stream of events ended.", schema: text)
            ],
            answers: [
                Answer(
                    status: 200, description: "Server-sent events, up to the task's end.", schema: schema("TaskEvent"),
                    contentType: "text/event-stream")
            ]),
        Operation(
            method: .post, path: tasks + "/{id}/cancel", tag: "Tasks", summary: "Cancel a task",
            body: schema("CancelRequest"),
            answers: [Answer(status: 200, description: "The task as it is then.", schema: schema("TaskView"))]),
        Operation(
            method: .post, path: tasks + "/{id}/retry", tag: "Tasks", summary: "Run an ended task anew, as a new task",
            answers: [Answer(status: 201, description: "The new task.", schema: schema("TaskView"))]),
    ]

    private static let queueOperations = [
        Operation(
            method: .get, path: "/v1/namespaces/{namespace}/limits", tag: "Queue",
            summary: "List the limits of concurrency keys that were set",
            answers: [Answer(status: 200, description: "By key.", schema: schema("KeyLimitList"))]),
        Operation(
            method: .get, path: "/v1/namespaces/{namespace}/limits/{key}", tag: "Queue",
            summary: "How a concurrency key stands",
            answers: [
                Answer(status: 200, description: "The limit in force, and its tasks.", schema: schema("KeyLimitView"))
            ]),
        Operation(
            method: .put, path: "/v1/namespaces/{namespace}/limits/{key}", tag: "Queue",
            summary: "Set the limit of a concurrency key",
            detail: """
                It takes the place of the limit before, and is in force at once; running tasks go on. A key without a limit of \
                its own runs one task at a time.
                """,
            body: schema("KeyLimitRequest"),
            answers: [Answer(status: 200, description: "How the key stands now.", schema: schema("KeyLimitView"))]),
        Operation(
            method: .delete, path: "/v1/namespaces/{namespace}/limits/{key}", tag: "Queue",
            summary: "Take a concurrency key's limit away", answers: [Answer(status: 204, description: "Done.")]),
        Operation(
            method: .get, path: "/v1/namespaces/{namespace}/failures", tag: "Queue",
            summary: "How tasks failed for good, by kind",
            query: [
                Parameter(name: "swarm", description: "Only this swarm's.", schema: text),
                number("limit", "Groups; 100 where it is absent.", 1000),
            ],
            answers: [
                Answer(status: 200, description: "The most frequent first.", schema: schema("FailureGroupList"))
            ]),
        Operation(
            method: .get, path: "/v1/namespaces/{namespace}/swarms/{swarm}/decisions", tag: "Queue",
            summary: "Why a swarm has the size it has",
            query: [number("limit", "Decisions; 100 where it is absent.", 1000)],
            answers: [Answer(status: 200, description: "Newest first.", schema: schema("DecisionList"))]),
    ]

    private static let agentOperations = [
        Operation(
            method: .post, path: "/v1/agents", tag: "Agents", summary: "Register an agent",
            body: schema("RegisterRequest"),
            answers: [Answer(status: 200, description: "Who it is from now on.", schema: schema("RegisterAnswer"))]),
        Operation(
            method: .post, path: "/v1/leases", tag: "Agents", summary: "Ask for tasks, and wait for them",
            detail: """
                `request` rises; an equal one gets the same leases again, a newer one ends older polls. A lease that is not \
                acknowledged within 5 s, by heartbeat or report, expires.
                """,
            body: schema("LeaseRequest"),
            answers: [
                Answer(status: 200, description: "Leases, or a directive.", schema: schema("LeaseAnswer")),
                Answer(status: 204, description: "There was nothing within waitMs."),
            ]),
        Operation(
            method: .post, path: "/v1/leases/heartbeat", tag: "Agents", summary: "Keep leases alive",
            body: schema("HeartbeatRequest"),
            answers: [Answer(status: 200, description: "A verdict for each.", schema: schema("HeartbeatAnswer"))]),
        Operation(
            method: .post, path: "/v1/leases/complete", tag: "Agents",
            summary: "Report results, and perhaps ask for the next tasks",
            detail: """
                All that an agent has to report goes in one call, which is one transaction; each report succeeds or is refused \
                for itself. With `next` the answer brings leases for as many slots as it says, if there are any within a few \
                milliseconds. \
                At most one call that asks for leases is to be out at a time. A report that was repeated, since its answer got \
                lost, is a `duplicate`, in whatever batch it comes.
                """,
            body: schema("CompleteRequest"),
            answers: [Answer(status: 200, description: "A verdict for each.", schema: schema("ReportAnswer"))]),
        Operation(
            method: .post, path: "/v1/leases/fail", tag: "Agents", summary: "Report failures",
            detail: "As many at once as with `complete`, each with a verdict of its own.",
            body: schema("FailRequest"),
            answers: [Answer(status: 200, description: "A verdict for each.", schema: schema("ReportAnswer"))]),
        Operation(
            method: .post, path: "/v1/leases/release", tag: "Agents", summary: "Give tasks back",
            detail: "As many at once as with `complete`, each with a verdict of its own.",
            body: schema("ReleaseRequest"),
            answers: [Answer(status: 200, description: "A verdict for each.", schema: schema("ReportAnswer"))]),
        Operation(
            method: .put, path: "/v1/leases/{task}/result", tag: "Agents",
            summary: "Send a result of more than 1 MiB, to be reported by reference",
            detail: "The body is the result, JSON; it is taken in as it comes.",
            query: [
                Parameter(
                    name: "epoch", description: "The lease's.", schema: ["type": "integer"], isRequired: true),
                Parameter(
                    name: "sha256", description: "The result's SHA-256, hexadecimal.", schema: text, isRequired: true),
            ],
            headers: [
                Parameter(
                    name: "Das-Lease-Token", description: "The lease's token, which is a secret.", schema: text,
                    isRequired: true)
            ],
            answers: [
                Answer(
                    status: 200, description: "What `complete` takes as `resultRef`.", schema: schema("ResultReference")
                )
            ]),
    ]

    private static let serviceOperations = [
        ("/healthz", "Whether the process lives", "text/plain"),
        ("/readyz", "Whether it can serve: it follows the store and can read it", "text/plain"),
        ("/metrics", "Metrics in Prometheus' format, where the program offers them", "text/plain"),
        ("/openapi.json", "This description", "application/json"), ("/docs", "A page that shows it", "text/html"),
    ].map { path, summary, type in
        Operation(
            method: .get, path: path, tag: "Service", summary: summary,
            answers: [Answer(status: 200, description: "It is.", schema: [:], contentType: type)],
            isAuthenticated: false)
    }
}
