package import StructuredData

/// The body of `POST /v1/agents`.
package struct RegisterRequest: Codable, Sendable, Hashable {
    package var namespace: String
    package var swarm: String
    /// The pod's name.
    package var name: String
    /// Random, one for the life of the agent's process: a registration repeated after a lost answer makes no second agent.
    package var instance: String
    package var slots: Int
    /// The agent's release.
    package var version: String
    /// The task types that it can run; the swarm's `capabilities` decide which it gets.
    package var capabilities: [String]
    package var podUid: String?

    package init(
        namespace: String, swarm: String, name: String, instance: String, slots: Int, version: String,
        capabilities: [String], podUid: String? = nil
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.name = name
        self.instance = instance
        self.slots = slots
        self.version = version
        self.capabilities = capabilities
        self.podUid = podUid
    }
}

/// The answer to a registration: who the agent is from now on, and its intervals.
package struct RegisterAnswer: Codable, Sendable, Hashable {
    package var agent: String
    package var leaseMs: Int64
    package var heartbeatMs: Int64
    package var drain: Bool

    package init(agent: String, leaseMs: Int64, heartbeatMs: Int64, drain: Bool = false) {
        self.agent = agent
        self.leaseMs = leaseMs
        self.heartbeatMs = heartbeatMs
        self.drain = drain
    }
}

/// The body of `POST /v1/leases`. Answered by 200 and a `LeaseAnswer`, or by 204 when `waitMs` passed and there was nothing.
package struct LeaseRequest: Codable, Sendable, Hashable {
    package var agent: String
    /// Rises with every new request of one registration. The same number again asks for the same answer again.
    package var request: Int64
    /// How many leases the agent can take. 0 asks for none and waits for nothing: it only ends older polls, as a draining
    /// agent wants it.
    package var freeSlots: Int
    package var waitMs: Int64

    package init(agent: String, request: Int64, freeSlots: Int, waitMs: Int64) {
        self.agent = agent
        self.request = request
        self.freeSlots = freeSlots
        self.waitMs = waitMs
    }
}

package struct LeaseAnswer: Codable, Sendable, Hashable {
    package var leases: [LeaseGrant]
    /// Whether the agent is to lease no more. It is a level, not an edge: answers to lease calls and heartbeats say how it
    /// stands, and an agent that was drained takes work again after an answer with `false`.
    package var drain: Bool

    package init(leases: [LeaseGrant], drain: Bool = false) {
        self.leases = leases
        self.drain = drain
    }
}

/// The right to run one attempt.
package struct LeaseGrant: Codable, Sendable, Hashable {
    package var task: String
    package var type: String
    /// 1 for the first.
    package var attempt: Int
    package var epoch: Int64
    package var token: String
    /// How long the lease lasts from the sending of the answer, and again from each heartbeat.
    package var leaseMs: Int64
    package var input: JSON
    /// How long the attempt may run; absent: as long as it is heartbeaten.
    package var timeoutMs: Int64?
    /// How much of the task's life is left.
    package var deadlineMs: Int64?
    /// What the last attempt saved.
    package var checkpoint: JSON?
    package var traceparent: String?

    package init(
        task: String, type: String, attempt: Int, epoch: Int64, token: String, leaseMs: Int64, input: JSON,
        timeoutMs: Int64? = nil, deadlineMs: Int64? = nil, checkpoint: JSON? = nil, traceparent: String? = nil
    ) {
        self.task = task
        self.type = type
        self.attempt = attempt
        self.epoch = epoch
        self.token = token
        self.leaseMs = leaseMs
        self.input = input
        self.timeoutMs = timeoutMs
        self.deadlineMs = deadlineMs
        self.checkpoint = checkpoint
        self.traceparent = traceparent
    }
}

/// The body of `POST /v1/leases/heartbeat`. An idle agent sends it too, with no leases: to stay known and to learn of `drain`.
package struct HeartbeatRequest: Codable, Sendable, Hashable {
    package var agent: String
    package var leases: [Item]

    package init(agent: String, leases: [Item]) {
        self.agent = agent
        self.leases = leases
    }

    package struct Item: Codable, Sendable, Hashable {
        package var task: String
        package var epoch: Int64
        package var token: String
        package var progress: TaskProgress?
        package var checkpoint: JSON?
        /// What the workload wrote since the last heartbeat that was answered.
        package var output: String?

        package init(
            task: String, epoch: Int64, token: String, progress: TaskProgress? = nil, checkpoint: JSON? = nil,
            output: String? = nil
        ) {
            self.task = task
            self.epoch = epoch
            self.token = token
            self.progress = progress
            self.checkpoint = checkpoint
            self.output = output
        }
    }
}

/// One verdict for each lease, in the order of the request.
package struct HeartbeatAnswer: Codable, Sendable, Hashable {
    package var leases: [Item]
    package var drain: Bool

    package init(leases: [Item], drain: Bool = false) {
        self.leases = leases
        self.drain = drain
    }

    package struct Item: Codable, Sendable, Hashable {
        package var task: String
        package var verdict: HeartbeatVerdict
        /// How long the lease lasts from now; absent where it is lost.
        package var leaseMs: Int64?
        /// With `cancel`: how; absent: cooperative.
        package var cancelMode: CancelMode?
        /// With `cancel`: how long a cooperative cancellation may still take before the agent forces it; absent: for ever.
        package var graceMs: Int64?

        package init(
            task: String, verdict: HeartbeatVerdict, leaseMs: Int64? = nil, cancelMode: CancelMode? = nil,
            graceMs: Int64? = nil
        ) {
            self.task = task
            self.verdict = verdict
            self.leaseMs = leaseMs
            self.cancelMode = cancelMode
            self.graceMs = graceMs
        }
    }
}

package struct HeartbeatVerdict: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let ok = HeartbeatVerdict(rawValue: "ok")
    /// The lease stands, but the attempt is to stop; the agent then reports what became of it: a result that was ready after
    /// all (`complete`), or `fail` with the code `CANCELLED`.
    package static let cancel = HeartbeatVerdict(rawValue: "cancel")
    /// Somebody else has the task, or it ended; the agent stops the attempt and reports nothing.
    package static let lost = HeartbeatVerdict(rawValue: "lost")
}

// MARK: - Without Codable's containers

extension LeaseRequest: JSONMessage {
    package init(_ members: JSONMembers) throws {
        agent = try members.string("agent")
        request = try members.int64("request")
        freeSlots = try members.int("freeSlots")
        waitMs = try members.int64("waitMs")
    }

    package func write(to members: inout JSONObject) {
        members.set("agent", agent)
        members.set("request", request)
        members.set("freeSlots", freeSlots)
        members.set("waitMs", waitMs)
    }
}

extension LeaseAnswer: JSONMessage {
    package init(_ members: JSONMembers) throws {
        leases = try members.messages("leases")
        drain = try members.bool("drain")
    }

    package func write(to members: inout JSONObject) throws {
        try members.set("leases", leases)
        members.set("drain", drain)
    }
}

extension LeaseGrant: JSONMessage {
    package init(_ members: JSONMembers) throws {
        task = try members.string("task")
        type = try members.string("type")
        attempt = try members.int("attempt")
        epoch = try members.int64("epoch")
        token = try members.string("token")
        leaseMs = try members.int64("leaseMs")
        input = try members.value("input")
        timeoutMs = try members.int64IfThere("timeoutMs")
        deadlineMs = try members.int64IfThere("deadlineMs")
        checkpoint = members.valueIfThere("checkpoint")
        traceparent = try members.stringIfThere("traceparent")
    }

    package func write(to members: inout JSONObject) {
        members.set("task", task)
        members.set("type", type)
        members.set("attempt", attempt)
        members.set("epoch", epoch)
        members.set("token", token)
        members.set("leaseMs", leaseMs)
        members.set("input", input)
        members.set("timeoutMs", timeoutMs)
        members.set("deadlineMs", deadlineMs)
        members.set("checkpoint", checkpoint)
        members.set("traceparent", traceparent)
    }
}
