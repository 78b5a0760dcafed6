package import StructuredData

/// One task as it is submitted: the body of `POST /v1/namespaces/{ns}/tasks`, or an element of its `tasks`.
package struct TaskSubmission: Codable, Sendable, Hashable {
    package var type: String
    /// Pins the task to one swarm; absent: any swarm of the namespace that takes the type.
    package var swarm: String?
    /// The workload's input, an object; absent: `{}`.
    package var input: JSON?
    /// Higher runs earlier: each step is worth 30 s of waiting.
    package var priority: Int?
    /// The task may not start earlier than this many milliseconds from now.
    package var runAfterMs: Int64?
    /// The whole life of the task, with all its attempts, in milliseconds from now.
    package var deadlineMs: Int64?
    /// One attempt.
    package var timeoutMs: Int64?
    package var retry: RetryLimits?
    package var dedupKey: String?
    package var concurrencyKey: String?
    package var fairnessKey: String?
    /// W3C trace context.
    package var traceparent: String?
    package var labels: [String: String]?

    package init(
        type: String,
        swarm: String? = nil,
        input: JSON? = nil,
        priority: Int? = nil,
        runAfterMs: Int64? = nil,
        deadlineMs: Int64? = nil,
        timeoutMs: Int64? = nil,
        retry: RetryLimits? = nil,
        dedupKey: String? = nil,
        concurrencyKey: String? = nil,
        fairnessKey: String? = nil,
        traceparent: String? = nil,
        labels: [String: String]? = nil
    ) {
        self.type = type
        self.swarm = swarm
        self.input = input
        self.priority = priority
        self.runAfterMs = runAfterMs
        self.deadlineMs = deadlineMs
        self.timeoutMs = timeoutMs
        self.retry = retry
        self.dedupKey = dedupKey
        self.concurrencyKey = concurrencyKey
        self.fairnessKey = fairnessKey
        self.traceparent = traceparent
        self.labels = labels
    }
}

/// How often a task is tried again, and how long it rests between attempts; absent members take the task type's defaults.
package struct RetryLimits: Codable, Sendable, Hashable {
    /// Attempts after the first.
    package var limit: Int?
    package var backoffMs: Int64?
    package var maxBackoffMs: Int64?
    /// The only failures that are tried again, by their codes, or by the beginnings of codes with `*` after them.
    package var retryOn: [String]?
    /// Failures that are not, also where `retryOn` has them.
    package var giveUpOn: [String]?

    package init(
        limit: Int? = nil, backoffMs: Int64? = nil, maxBackoffMs: Int64? = nil, retryOn: [String]? = nil,
        giveUpOn: [String]? = nil
    ) {
        self.limit = limit
        self.backoffMs = backoffMs
        self.maxBackoffMs = maxBackoffMs
        self.retryOn = retryOn
        self.giveUpOn = giveUpOn
    }
}

/// The body of `POST /v1/namespaces/{ns}/tasks`: one task, answered by 201 (200 where it was there already) and a `TaskView`
/// or by a `Problem`; or `{"tasks": […]}`, answered by 200 and a `SubmissionAnswer`.
package enum SubmissionRequest: Codable, Sendable, Hashable {
    case one(TaskSubmission)
    case many([TaskSubmission])

    private enum CodingKeys: String, CodingKey { case tasks }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        if members.contains(.tasks) {
            self = .many(try members.decode([TaskSubmission].self, forKey: .tasks))
        } else {
            self = .one(try TaskSubmission(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .one(let task): try task.encode(to: encoder)
        case .many(let tasks):
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(tasks, forKey: .tasks)
        }
    }
}

/// The answer to a batch of submissions: one verdict for each task, in the order of the request.
package struct SubmissionAnswer: Codable, Sendable, Hashable {
    package var tasks: [Item]

    package init(tasks: [Item]) { self.tasks = tasks }

    package struct Item: Codable, Sendable, Hashable {
        package var verdict: SubmissionVerdict
        /// The task's id, unless it was refused.
        package var taskId: String?
        /// Why it was refused.
        package var problem: Problem?

        package init(verdict: SubmissionVerdict, taskId: String? = nil, problem: Problem? = nil) {
            self.verdict = verdict
            self.taskId = taskId
            self.problem = problem
        }
    }
}

package struct SubmissionVerdict: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let created = SubmissionVerdict(rawValue: "created")
    /// A task with this dedup key is there already; `taskId` names it.
    package static let duplicate = SubmissionVerdict(rawValue: "duplicate")
    package static let refused = SubmissionVerdict(rawValue: "refused")
}

// MARK: - Without Codable's containers

extension TaskSubmission: JSONMessage {
    package init(_ members: JSONMembers) throws {
        type = try members.string("type")
        swarm = try members.stringIfThere("swarm")
        input = members.valueIfThere("input")
        priority = try members.intIfThere("priority")
        runAfterMs = try members.int64IfThere("runAfterMs")
        deadlineMs = try members.int64IfThere("deadlineMs")
        timeoutMs = try members.int64IfThere("timeoutMs")
        retry = try members.decodedIfThere("retry")
        dedupKey = try members.stringIfThere("dedupKey")
        concurrencyKey = try members.stringIfThere("concurrencyKey")
        fairnessKey = try members.stringIfThere("fairnessKey")
        traceparent = try members.stringIfThere("traceparent")
        labels = try members.decodedIfThere("labels")
    }

    package func write(to members: inout JSONObject) throws {
        members.set("type", type)
        members.set("swarm", swarm)
        members.set("input", input)
        members.set("priority", priority)
        members.set("runAfterMs", runAfterMs)
        members.set("deadlineMs", deadlineMs)
        members.set("timeoutMs", timeoutMs)
        try members.set("retry", encoding: retry)
        members.set("dedupKey", dedupKey)
        members.set("concurrencyKey", concurrencyKey)
        members.set("fairnessKey", fairnessKey)
        members.set("traceparent", traceparent)
        try members.set("labels", encoding: labels)
    }
}

extension SubmissionRequest: JSONMessage {
    package init(_ members: JSONMembers) throws {
        self = members.contains("tasks") ? .many(try members.messages("tasks")) : .one(try TaskSubmission(members))
    }

    package func write(to members: inout JSONObject) throws {
        switch self {
        case .one(let task): try task.write(to: &members)
        case .many(let tasks): try members.set("tasks", tasks)
        }
    }
}
