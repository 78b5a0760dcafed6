package import StructuredData

/// The body of `POST /v1/leases/complete`.
package struct CompleteRequest: Codable, Sendable, Hashable {
    package var agent: String
    package var reports: [Item]
    /// Asks for leases in the same call: granted after the reports are in, within a few milliseconds or not at all.
    package var next: Next?

    package init(agent: String, reports: [Item], next: Next? = nil) {
        self.agent = agent
        self.reports = reports
        self.next = next
    }

    package struct Item: Codable, Sendable, Hashable {
        package var task: String
        package var epoch: Int64
        package var token: String
        /// The result; absent where it was sent by `PUT /v1/leases/{task}/result`.
        package var result: JSON?
        package var resultRef: ResultReference?

        package init(
            task: String, epoch: Int64, token: String, result: JSON? = nil, resultRef: ResultReference? = nil
        ) {
            self.task = task
            self.epoch = epoch
            self.token = token
            self.result = result
            self.resultRef = resultRef
        }

        // Written out because `null` is a result like any other, and not the absence of one.

        private enum CodingKeys: String, CodingKey { case task, epoch, token, result, resultRef }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            task = try members.decode(String.self, forKey: .task)
            epoch = try members.decode(Int64.self, forKey: .epoch)
            token = try members.decode(String.self, forKey: .token)
            if members.contains(.result) { result = try members.decode(JSON.self, forKey: .result) }
            resultRef = try members.decodeIfPresent(ResultReference.self, forKey: .resultRef)
        }

        package func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(task, forKey: .task)
            try members.encode(epoch, forKey: .epoch)
            try members.encode(token, forKey: .token)
            if let result { try members.encode(result, forKey: .result) }
            try members.encodeIfPresent(resultRef, forKey: .resultRef)
        }
    }

    /// As in `LeaseRequest`; `request` is of the same rising series.
    package struct Next: Codable, Sendable, Hashable {
        package var request: Int64
        package var freeSlots: Int

        package init(request: Int64, freeSlots: Int) {
            self.request = request
            self.freeSlots = freeSlots
        }
    }
}

/// The body of `POST /v1/leases/fail`.
package struct FailRequest: Codable, Sendable, Hashable {
    package var agent: String
    package var reports: [Item]

    package init(agent: String, reports: [Item]) {
        self.agent = agent
        self.reports = reports
    }

    package struct Item: Codable, Sendable, Hashable {
        package var task: String
        package var epoch: Int64
        package var token: String
        package var kind: FailureKind
        /// Upper case: `WORKER_CRASHED`, `TIMED_OUT`, `CANCELLED`, or the workload's own.
        package var code: String
        package var message: String

        package init(task: String, epoch: Int64, token: String, kind: FailureKind, code: String, message: String) {
            self.task = task
            self.epoch = epoch
            self.token = token
            self.kind = kind
            self.code = code
            self.message = message
        }
    }
}

package struct FailureKind: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let retryable = FailureKind(rawValue: "retryable")
    package static let permanent = FailureKind(rawValue: "permanent")
}

/// The body of `POST /v1/leases/release`: the attempts end with no outcome, and the tasks are ready again at once.
package struct ReleaseRequest: Codable, Sendable, Hashable {
    package var agent: String
    package var reports: [Item]

    package init(agent: String, reports: [Item]) {
        self.agent = agent
        self.reports = reports
    }

    package struct Item: Codable, Sendable, Hashable {
        package var task: String
        package var epoch: Int64
        package var token: String
        package var checkpoint: JSON?
        package var reason: String?

        package init(
            task: String, epoch: Int64, token: String, checkpoint: JSON? = nil, reason: String? = nil
        ) {
            self.task = task
            self.epoch = epoch
            self.token = token
            self.checkpoint = checkpoint
            self.reason = reason
        }
    }
}

/// The answer to all three: one verdict for each report, in the order of the request.
package struct ReportAnswer: Codable, Sendable, Hashable {
    package var reports: [Item]
    /// The leases that `next` asked for; absent where it was not asked.
    package var leases: [LeaseGrant]?
    /// As in `LeaseAnswer`, with `next`; absent: nothing is said about it.
    package var drain: Bool?

    package init(reports: [Item], leases: [LeaseGrant]? = nil, drain: Bool? = nil) {
        self.reports = reports
        self.leases = leases
        self.drain = drain
    }

    package struct Item: Codable, Sendable, Hashable {
        package var task: String
        package var verdict: ReportVerdict
        /// Why it was refused.
        package var problem: Problem?

        package init(task: String, verdict: ReportVerdict, problem: Problem? = nil) {
            self.task = task
            self.verdict = verdict
            self.problem = problem
        }
    }
}

package struct ReportVerdict: RawRepresentable, Codable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let accepted = ReportVerdict(rawValue: "accepted")
    /// The same report was accepted before.
    package static let duplicate = ReportVerdict(rawValue: "duplicate")
    /// It changed nothing: `problem` says why (`STALE_LEASE`, …). With `problem.retryable` the agent sends it again.
    package static let refused = ReportVerdict(rawValue: "refused")
}

// MARK: - Without Codable's containers

extension CompleteRequest: JSONMessage {
    package init(_ members: JSONMembers) throws {
        agent = try members.string("agent")
        reports = try members.messages("reports")
        next = try members.messageIfThere("next")
    }

    package func write(to members: inout JSONObject) throws {
        members.set("agent", agent)
        try members.set("reports", reports)
        try members.set("next", next)
    }
}

extension CompleteRequest.Item: JSONMessage {
    package init(_ members: JSONMembers) throws {
        task = try members.string("task")
        epoch = try members.int64("epoch")
        token = try members.string("token")
        // `null` is a result like any other, and not the absence of one.
        result = members.valueIfThere("result")
        resultRef = try members.decodedIfThere("resultRef")
    }

    package func write(to members: inout JSONObject) throws {
        members.set("task", task)
        members.set("epoch", epoch)
        members.set("token", token)
        members.set("result", result)
        try members.set("resultRef", encoding: resultRef)
    }
}

extension CompleteRequest.Next: JSONMessage {
    package init(_ members: JSONMembers) throws {
        request = try members.int64("request")
        freeSlots = try members.int("freeSlots")
    }

    package func write(to members: inout JSONObject) {
        members.set("request", request)
        members.set("freeSlots", freeSlots)
    }
}

extension ReportAnswer: JSONMessage {
    package init(_ members: JSONMembers) throws {
        reports = try members.messages("reports")
        leases = try members.messagesIfThere("leases")
        drain = try members.boolIfThere("drain")
    }

    package func write(to members: inout JSONObject) throws {
        try members.set("reports", reports)
        try members.set("leases", leases)
        members.set("drain", drain)
    }
}

extension ReportAnswer.Item: JSONMessage {
    package init(_ members: JSONMembers) throws {
        task = try members.string("task")
        verdict = ReportVerdict(rawValue: try members.string("verdict"))
        problem = try members.decodedIfThere("problem")
    }

    package func write(to members: inout JSONObject) throws {
        members.set("task", task)
        members.set("verdict", verdict.rawValue)
        try members.set("problem", encoding: problem)
    }
}
