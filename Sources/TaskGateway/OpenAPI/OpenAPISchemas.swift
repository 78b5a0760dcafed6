import StructuredData
import TaskProtocol
import TaskQueue

/// The schemas of the values that calls take and answer.
enum OpenAPISchemas {
    struct Schema: Sendable {
        var name: String
        var schema: JSON
    }

    static let all: [Schema] = shared + tasks + queue + agents + reports

    static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    // MARK: Making schemas

    private static func object(
        _ name: String, required: [String], _ properties: KeyValuePairs<String, JSON>
    ) -> Schema {
        var members: JSONObject = ["type": "object"]
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        members["properties"] = .object(JSONObject(properties.map { ($0.key, $0.value) }))
        return Schema(name: name, schema: .object(members))
    }

    private static func words(_ name: String, _ words: [String], _ description: String) -> Schema {
        Schema(
            name: name,
            schema: [
                "type": "string", "enum": .array(words.map { .string($0) }), "description": .string(description),
            ])
    }

    private static func described(_ schema: JSON, _ description: String) -> JSON {
        guard var members = schema.objectValue else { return schema }
        members["description"] = .string(description)
        return .object(members)
    }

    private static func list(_ name: String) -> JSON { ["type": "array", "items": reference(name)] }

    /// A list of which one call takes so many.
    private static func batch(_ name: String) -> JSON {
        ["type": "array", "items": reference(name), "maxItems": .integer(Int64(ProtocolLimits.reportsPerCall))]
    }

    private static let text: JSON = ["type": "string"]
    private static let texts: JSON = ["type": "array", "items": ["type": "string"]]
    private static let integer: JSON = ["type": "integer"]
    private static let count: JSON = ["type": "integer", "minimum": 0]
    private static let flag: JSON = ["type": "boolean"]
    private static let time: JSON = ["type": "string", "format": "date-time"]
    private static let anything: JSON = [:]
    private static let labels: JSON = ["type": "object", "additionalProperties": ["type": "string"]]
    private static let failureCodes: JSON = [
        "type": "array", "maxItems": .integer(Int64(FailureCodes.maxPatterns)),
        "items": [
            "type": "string", "pattern": "^[A-Za-z0-9_.-]*[*]?$", "minLength": 1,
            "maxLength": .integer(Int64(FailureCodes.maxPatternBytes)),
        ],
    ]
    private static let milliseconds: JSON = ["type": "integer", "minimum": 0, "description": "Milliseconds."]

    // MARK: The schemas

    private static let shared = [
        object(
            "Problem", required: ["type", "title", "status", "detail", "code", "retryable"],
            [
                "type": text, "title": text, "status": integer,
                "detail": described(text, "What is wrong with this call, and what to do about it."),
                "code": described(text, "For programs: UNAUTHENTICATED, SCHEMA, STALE_LEASE, …"),
                "retryable": described(flag, "Whether the same call may succeed later."),
                "retryAfterMs": milliseconds, "pointer": described(text, "The fault's place in the body (RFC 6901)."),
            ]),
        object("TaskProgress", required: ["done"], ["done": integer, "total": integer, "message": text]),
        object(
            "ResultReference", required: ["uri", "sha256", "bytes"], ["uri": text, "sha256": text, "bytes": count]),
        words(
            "TaskPhase", ["Pending", "Queued", "Running", "Succeeded", "Failed", "Cancelled"],
            "Pending: held; Queued: waits for a time or an agent. The last three are ends."),
    ]

    private static let tasks = [
        object(
            "TaskSubmission", required: ["type"],
            [
                "type": described(text, "What is to be done; a swarm's capability."),
                "swarm": described(text, "Pins the task to one swarm; absent: any that takes the type."),
                "input": ["type": "object", "description": "Must fit the type's inputSchema; absent: {}."],
                "priority": [
                    "type": "integer", "minimum": .integer(Int64(-QueuePolicy.maxPriority)),
                    "maximum": .integer(Int64(QueuePolicy.maxPriority)),
                    "description": "Higher runs earlier: each level is worth 30 s of waiting.",
                ],
                "runAfterMs": described(milliseconds, "Not earlier than this from now."),
                "deadlineMs": described(milliseconds, "The task's whole life, with all its attempts."),
                "timeoutMs": described(milliseconds, "One attempt."),
                "retry": reference("RetryLimits"),
                "dedupKey": described(text, "A second task with it, while its result is kept, is the first."),
                "concurrencyKey": described(
                    text, "What limits count; without a limit one task of a key runs at a time."),
                "fairnessKey": described(text, "Who takes turns in a swarm; absent: the submitter."),
                "traceparent": described(text, "W3C trace context."), "labels": labels,
            ]),
        object(
            "RetryLimits", required: [],
            [
                "limit": described(count, "Attempts after the first."), "backoffMs": milliseconds,
                "maxBackoffMs": milliseconds,
                "retryOn": described(
                    failureCodes, "The only failures that are tried again; X* is all that begin with X. Absent: all."),
                "giveUpOn": described(failureCodes, "Failures that are not, also where retryOn has them."),
            ]
        ),
        object("SubmissionAnswer", required: ["tasks"], ["tasks": list("SubmissionItem")]),
        object(
            "SubmissionItem", required: ["verdict"],
            [
                "verdict": ["type": "string", "enum": ["created", "duplicate", "refused"]], "taskId": text,
                "problem": reference("Problem"),
            ]),
        object(
            "TaskView", required: ["id", "namespace", "type", "phase", "attempts"],
            [
                "id": text, "namespace": text, "type": text, "phase": reference("TaskPhase"), "swarm": text,
                "agent": described(text, "Who runs it, or ran it last."), "priority": integer, "attempts": count,
                "queuedTime": time, "startTime": time, "completionTime": time, "progress": reference("TaskProgress"),
                "result": described(anything, "Where it is small; else see …/result."),
                "resultRef": reference("ResultReference"), "code": text, "message": text, "labels": labels,
                "concurrencyKey": text, "fairnessKey": text, "waiting": reference("WaitingView"),
            ]),
        object(
            "WaitingView", required: ["reason", "message"],
            [
                "reason": [
                    "type": "string", "enum": .array(Waiting.Reason.allCases.map { .string($0.rawValue) }),
                ], "message": text, "until": time,
                "ahead": described(count, "Tasks of the same submitter before it; 1000 stands for more."),
                "otherSubmitters": described(count, "Who takes turns with its own; 1000 stands for more."),
            ]),
        object("TaskList", required: ["tasks"], ["tasks": list("TaskView"), "cursor": text]),
        object(
            "CancelRequest", required: [],
            ["mode": ["type": "string", "enum": ["cooperative", "force"]], "graceMs": milliseconds]),
        object(
            "AttemptView", required: ["attempt", "epoch", "agent", "startTime", "outcome"],
            [
                "attempt": count, "epoch": integer, "agent": text, "startTime": time, "endTime": time,
                "outcome": [
                    "type": "string", "enum": ["running", "completed", "failed", "released", "expired", "cancelled"],
                ], "code": text, "message": text,
            ]),
        object("AttemptList", required: ["attempts"], ["attempts": list("AttemptView")]),
        object(
            "TaskEvent", required: ["time", "phase", "attempt"],
            [
                "time": time, "phase": reference("TaskPhase"), "attempt": count, "progress": reference("TaskProgress"),
                "output": described(
                    text, "What was written since the event before, or since the one that Last-Event-ID names."),
            ]),
    ]

    private static let queue = [
        object(
            "KeyLimitRequest", required: [],
            [
                "maxConcurrent": described(count, "Tasks at once; 0 stops the key; absent: no bound."),
                "ratePerSecond": ["type": "number", "description": "Starts a second; absent: no bound."],
                "burst": ["type": "integer", "minimum": 1, "description": "Starts at once after a pause; absent: 1."],
            ]),
        object(
            "KeyLimitView", required: ["key", "isSet"],
            [
                "key": text, "isSet": flag, "maxConcurrent": count, "ratePerSecond": ["type": "number"],
                "burst": integer, "leased": count, "ready": count, "held": count,
            ]),
        object("KeyLimitList", required: ["limits"], ["limits": list("KeyLimitView")]),
        object(
            "FailureGroupView",
            required: ["swarm", "fingerprint", "code", "pattern", "count", "firstTime", "lastTime", "examples"],
            [
                "swarm": text, "fingerprint": text, "code": text, "pattern": text, "count": count, "firstTime": time,
                "lastTime": time, "examples": texts,
            ]),
        object("FailureGroupList", required: ["failures"], ["failures": list("FailureGroupView")]),
        object(
            "DecisionView", required: ["time", "from", "to", "reason", "inputs"],
            ["time": time, "from": count, "to": count, "reason": text, "inputs": anything]),
        object("DecisionList", required: ["decisions"], ["decisions": list("DecisionView")]),
    ]

    private static let agents = [
        object(
            "RegisterRequest",
            required: ["namespace", "swarm", "name", "instance", "slots", "version", "capabilities"],
            [
                "namespace": text, "swarm": text, "name": described(text, "The pod's."),
                "instance": described(text, "Random, one for the life of the process."),
                "slots": ["type": "integer", "minimum": 1, "maximum": 256], "version": text, "capabilities": texts,
                "podUid": text,
            ]),
        object(
            "RegisterAnswer", required: ["agent", "leaseMs", "heartbeatMs", "drain"],
            ["agent": text, "leaseMs": milliseconds, "heartbeatMs": milliseconds, "drain": flag]),
        object(
            "LeaseRequest", required: ["agent", "request", "freeSlots", "waitMs"],
            ["agent": text, "request": integer, "freeSlots": count, "waitMs": milliseconds]),
        object("LeaseAnswer", required: ["leases", "drain"], ["leases": list("LeaseGrant"), "drain": flag]),
        object(
            "LeaseGrant", required: ["task", "type", "attempt", "epoch", "token", "leaseMs", "input"],
            [
                "task": text, "type": text, "attempt": count, "epoch": integer, "token": text, "leaseMs": milliseconds,
                "input": anything, "timeoutMs": milliseconds, "deadlineMs": milliseconds, "checkpoint": anything,
                "traceparent": text,
            ]),
        object("HeartbeatRequest", required: ["agent", "leases"], ["agent": text, "leases": batch("HeartbeatItem")]),
        object(
            "HeartbeatItem", required: ["task", "epoch", "token"],
            [
                "task": text, "epoch": integer, "token": text, "progress": reference("TaskProgress"),
                "checkpoint": described(anything, "For the next attempt, should there be one; at most 256 KiB."),
                "output": described(
                    text, "Written since the last heartbeat that was answered; 64 KiB of a task are kept."),
            ]),
        object(
            "HeartbeatAnswer", required: ["leases", "drain"], ["leases": list("HeartbeatVerdict"), "drain": flag]),
        object(
            "HeartbeatVerdict", required: ["task", "verdict"],
            [
                "task": text, "verdict": ["type": "string", "enum": ["ok", "cancel", "lost"]], "leaseMs": milliseconds,
                "cancelMode": ["type": "string", "enum": ["cooperative", "force"]], "graceMs": milliseconds,
            ]),
    ]

    private static let reports = [
        object(
            "CompleteRequest", required: ["agent", "reports"],
            ["agent": text, "reports": batch("CompleteItem"), "next": reference("NextLease")]),
        object(
            "CompleteItem", required: ["task", "epoch", "token"],
            [
                "task": text, "epoch": integer, "token": text,
                "result": described(anything, "At most 1 MiB; a larger one is sent before."),
                "resultRef": reference("ResultReference"),
            ]),
        object(
            "NextLease", required: ["request", "freeSlots"],
            [
                "request": described(integer, "Of the same rising series as that of POST /v1/leases."),
                "freeSlots": described(count, "All that are free, also those of the reports in this call."),
            ]),
        object("FailRequest", required: ["agent", "reports"], ["agent": text, "reports": batch("FailItem")]),
        object(
            "FailItem", required: ["task", "epoch", "token", "kind", "code", "message"],
            [
                "task": text, "epoch": integer, "token": text,
                "kind": ["type": "string", "enum": ["retryable", "permanent"]], "code": text, "message": text,
            ]),
        object("ReleaseRequest", required: ["agent", "reports"], ["agent": text, "reports": batch("ReleaseItem")]),
        object(
            "ReleaseItem", required: ["task", "epoch", "token"],
            ["task": text, "epoch": integer, "token": text, "checkpoint": anything, "reason": text]),
        object(
            "ReportAnswer", required: ["reports"],
            ["reports": list("ReportItem"), "leases": list("LeaseGrant"), "drain": flag]),
        object(
            "ReportItem", required: ["task", "verdict"],
            [
                "task": text, "verdict": ["type": "string", "enum": ["accepted", "duplicate", "refused"]],
                "problem": reference("Problem"),
            ]),
    ]
}
