package import StructuredData

/// A task as `GET …/tasks/{id}` shows it; the names are those of `SwarmTask.status`. Times are RFC 3339.
package struct TaskView: Codable, Sendable, Hashable {
    package var id: String
    package var namespace: String
    package var type: String
    package var phase: TaskPhase
    package var swarm: String?
    /// Who runs it now, or ran it last.
    package var agent: String?
    package var priority: Int?
    package var attempts: Int
    package var queuedTime: String?
    package var startTime: String?
    package var completionTime: String?
    package var progress: TaskProgress?
    /// The result, where it is small enough to be shown inline; the whole one is at `…/result`.
    package var result: JSON?
    package var resultRef: ResultReference?
    /// The failure's code, upper case; absent unless an attempt failed.
    package var code: String?
    package var message: String?
    package var labels: [String: String]?
    package var concurrencyKey: String?
    package var fairnessKey: String?
    /// Why the task waits; only where one task is asked for, and only while it waits.
    package var waiting: WaitingView?

    package init(
        id: String,
        namespace: String,
        type: String,
        phase: TaskPhase,
        swarm: String? = nil,
        agent: String? = nil,
        priority: Int? = nil,
        attempts: Int = 0,
        queuedTime: String? = nil,
        startTime: String? = nil,
        completionTime: String? = nil,
        progress: TaskProgress? = nil,
        result: JSON? = nil,
        resultRef: ResultReference? = nil,
        code: String? = nil,
        message: String? = nil,
        labels: [String: String]? = nil,
        concurrencyKey: String? = nil,
        fairnessKey: String? = nil,
        waiting: WaitingView? = nil
    ) {
        self.id = id
        self.namespace = namespace
        self.type = type
        self.phase = phase
        self.swarm = swarm
        self.agent = agent
        self.priority = priority
        self.attempts = attempts
        self.queuedTime = queuedTime
        self.startTime = startTime
        self.completionTime = completionTime
        self.progress = progress
        self.result = result
        self.resultRef = resultRef
        self.code = code
        self.message = message
        self.labels = labels
        self.concurrencyKey = concurrencyKey
        self.fairnessKey = fairnessKey
        self.waiting = waiting
    }
}

package struct TaskPhase: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let pending = TaskPhase(rawValue: "Pending")
    package static let queued = TaskPhase(rawValue: "Queued")
    package static let running = TaskPhase(rawValue: "Running")
    package static let succeeded = TaskPhase(rawValue: "Succeeded")
    package static let failed = TaskPhase(rawValue: "Failed")
    package static let cancelled = TaskPhase(rawValue: "Cancelled")

    /// Whether the task has ended and will never change again.
    package var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}

package struct TaskProgress: Codable, Sendable, Hashable {
    package var done: Int64
    package var total: Int64?
    package var message: String?

    package init(done: Int64, total: Int64? = nil, message: String? = nil) {
        self.done = done
        self.total = total
        self.message = message
    }
}

/// A result too large to travel inline.
package struct ResultReference: Codable, Sendable, Hashable {
    package var uri: String
    /// Hexadecimal, lower case.
    package var sha256: String
    package var bytes: Int64

    package init(uri: String, sha256: String, bytes: Int64) {
        self.uri = uri
        self.sha256 = sha256
        self.bytes = bytes
    }
}

/// The answer to `GET …/tasks`; newest first. With a `cursor` there is more: ask again with `?cursor=`.
package struct TaskList: Codable, Sendable, Hashable {
    package var tasks: [TaskView]
    package var cursor: String?

    package init(tasks: [TaskView], cursor: String? = nil) {
        self.tasks = tasks
        self.cursor = cursor
    }
}

/// What `GET …/tasks` filters by, as its query: `swarm`, `type`, `phase`, `limit` (default 100), `cursor`.
package struct TaskFilter: Sendable, Hashable {
    package var swarm: String?
    package var type: String?
    package var phase: TaskPhase?
    /// Only the items of this task's fan-out, the last one first.
    package var parent: String?
    package var limit: Int?
    package var cursor: String?

    package init(
        swarm: String? = nil, type: String? = nil, phase: TaskPhase? = nil, parent: String? = nil, limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.swarm = swarm
        self.type = type
        self.phase = phase
        self.parent = parent
        self.limit = limit
        self.cursor = cursor
    }
}

/// The body of `POST …/tasks/{id}/cancel`; answered by the task.
package struct CancelRequest: Codable, Sendable, Hashable {
    /// Absent: cooperative.
    package var mode: CancelMode?
    /// How long a cooperative cancellation may take before it is forced; absent: for ever.
    package var graceMs: Int64?

    package init(mode: CancelMode? = nil, graceMs: Int64? = nil) {
        self.mode = mode
        self.graceMs = graceMs
    }
}

package struct CancelMode: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The workload is asked to stop, and says itself when it has.
    package static let cooperative = CancelMode(rawValue: "cooperative")
    /// The attempt is stopped from outside.
    package static let force = CancelMode(rawValue: "force")
}

/// One attempt, from the ledger: an element of `GET …/tasks/{id}/attempts`.
package struct AttemptView: Codable, Sendable, Hashable {
    package var attempt: Int
    package var epoch: Int64
    package var agent: String
    package var startTime: String
    package var endTime: String?
    /// `running`, `completed`, `failed`, `released`, `expired`, `cancelled`.
    package var outcome: String
    package var code: String?
    package var message: String?

    package init(
        attempt: Int, epoch: Int64, agent: String, startTime: String, endTime: String? = nil, outcome: String,
        code: String? = nil, message: String? = nil
    ) {
        self.attempt = attempt
        self.epoch = epoch
        self.agent = agent
        self.startTime = startTime
        self.endTime = endTime
        self.outcome = outcome
        self.code = code
        self.message = message
    }
}

package struct AttemptList: Codable, Sendable, Hashable {
    package var attempts: [AttemptView]

    package init(attempts: [AttemptView]) { self.attempts = attempts }
}

/// One scaling decision, from the ledger: an element of `GET …/swarms/{name}/decisions`.
package struct DecisionView: Codable, Sendable, Hashable {
    package var time: String
    package var from: Int
    package var to: Int
    package var reason: String
    package var inputs: JSON

    package init(time: String, from: Int, to: Int, reason: String, inputs: JSON) {
        self.time = time
        self.from = from
        self.to = to
        self.reason = reason
        self.inputs = inputs
    }
}

package struct DecisionList: Codable, Sendable, Hashable {
    package var decisions: [DecisionView]

    package init(decisions: [DecisionView]) { self.decisions = decisions }
}

/// The data of one server-sent event of `GET …/tasks/{id}/events`. The event's `id` resumes the stream (`Last-Event-ID`).
package struct TaskEvent: Codable, Sendable, Hashable {
    package var time: String
    package var phase: TaskPhase
    package var attempt: Int
    package var progress: TaskProgress?
    /// What the workload wrote since the last event.
    package var output: String?

    package init(
        time: String, phase: TaskPhase, attempt: Int, progress: TaskProgress? = nil, output: String? = nil
    ) {
        self.time = time
        self.phase = phase
        self.attempt = attempt
        self.progress = progress
        self.output = output
    }
}

// MARK: - Without Codable's containers

extension TaskView: JSONMessage {
    package init(_ members: JSONMembers) throws {
        id = try members.string("id")
        namespace = try members.string("namespace")
        type = try members.string("type")
        phase = TaskPhase(rawValue: try members.string("phase"))
        swarm = try members.stringIfThere("swarm")
        agent = try members.stringIfThere("agent")
        priority = try members.intIfThere("priority")
        attempts = try members.int("attempts")
        queuedTime = try members.stringIfThere("queuedTime")
        startTime = try members.stringIfThere("startTime")
        completionTime = try members.stringIfThere("completionTime")
        progress = try members.decodedIfThere("progress")
        result = members.valueIfThere("result")
        resultRef = try members.decodedIfThere("resultRef")
        code = try members.stringIfThere("code")
        message = try members.stringIfThere("message")
        labels = try members.decodedIfThere("labels")
        concurrencyKey = try members.stringIfThere("concurrencyKey")
        fairnessKey = try members.stringIfThere("fairnessKey")
        waiting = try members.decodedIfThere("waiting")
    }

    package func write(to members: inout JSONObject) throws {
        members.set("id", id)
        members.set("namespace", namespace)
        members.set("type", type)
        members.set("phase", phase.rawValue)
        members.set("swarm", swarm)
        members.set("agent", agent)
        members.set("priority", priority)
        members.set("attempts", attempts)
        members.set("queuedTime", queuedTime)
        members.set("startTime", startTime)
        members.set("completionTime", completionTime)
        try members.set("progress", encoding: progress)
        members.set("result", result)
        try members.set("resultRef", encoding: resultRef)
        members.set("code", code)
        members.set("message", message)
        try members.set("labels", encoding: labels)
        members.set("concurrencyKey", concurrencyKey)
        members.set("fairnessKey", fairnessKey)
        try members.set("waiting", encoding: waiting)
    }
}

extension TaskList: JSONMessage {
    package init(_ members: JSONMembers) throws {
        tasks = try members.messages("tasks")
        cursor = try members.stringIfThere("cursor")
    }

    package func write(to members: inout JSONObject) throws {
        try members.set("tasks", tasks)
        members.set("cursor", cursor)
    }
}
