import HTTPTransport
import StructuredData
import TaskProtocol
import TaskQueue
import Testing

@Suite struct TaskRoutesTests {
    @Test("A task goes from submission to its result")
    func wholeWay() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(
                TaskSubmission(
                    type: "market-analysis", input: ["close": [1.5, 2]], priority: 3, labels: ["desk": "a"]),
                namespace: "ns")
            #expect(made.phase == .queued)
            #expect(made.swarm == "argus")
            #expect(made.priority == 3)
            #expect(made.labels == ["desk": "a"])
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            #expect(grant.task == made.id)
            #expect(grant.input == ["close": [1.5, 2]])
            #expect(grant.attempt == 1)
            #expect(grant.timeoutMs == subject.store.policy.defaultTimeoutMs)
            #expect(try await agent.beat(grant, progress: TaskProgress(done: 1, total: 2)).verdict == .ok)
            let running = try await subject.user.task(made.id, namespace: "ns")
            #expect(running.phase == .running)
            #expect(running.agent == "one")
            #expect(running.progress == TaskProgress(done: 1, total: 2))
            #expect(try await agent.complete(grant, ["reading": "flat"]).verdict == .accepted)
            let ended = try await subject.user.task(made.id, namespace: "ns")
            #expect(ended.phase == .succeeded)
            #expect(ended.result == ["reading": "flat"])
            #expect(ended.completionTime != nil)
            #expect(try await subject.user.result(of: made.id, namespace: "ns") == ["reading": "flat"])
            let attempts = try await subject.user.attempts(of: made.id, namespace: "ns")
            #expect(attempts.map(\.outcome) == ["completed"])
        }
    }

    @Test("A reader that waits is answered when the task ends")
    func waitsForTheEnd() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            async let waited = subject.user.task(made.id, namespace: "ns", waitMs: 30_000)
            _ = try await agent.complete(grant)
            #expect(try await waited.phase == .succeeded)
            let other = try await subject.user.submit(subject.echo(), namespace: "ns")
            #expect(try await subject.user.task(other.id, namespace: "ns", waitMs: 1).phase == .queued)
        }
    }

    @Test("A batch gets a verdict for each task, and the good ones are taken")
    func batch() async throws {
        try await GatewayUnderTest.run { subject in
            var keyed = subject.echo()
            keyed.dedupKey = "k"
            let answer = try await subject.user.submit(
                [
                    keyed, TaskSubmission(type: "dance"), keyed,
                    TaskSubmission(type: "market-analysis", input: ["close": [1, "two"]]),
                ], namespace: "ns")
            #expect(answer.tasks.map(\.verdict) == [.created, .refused, .duplicate, .refused])
            #expect(answer.tasks[0].taskId == answer.tasks[2].taskId)
            #expect(answer.tasks[1].problem?.code == .unknownType)
            #expect(answer.tasks[3].problem?.code == .schema)
            #expect(answer.tasks[3].problem?.pointer == "/tasks/3/input/close/1")
            #expect(try await subject.user.tasks(namespace: "ns").tasks.count == 1)
            let many = try await problem {
                try await subject.user.submit([TaskSubmission](repeating: keyed, count: 501), namespace: "ns")
            }
            #expect(many.code == .tooLarge)
        }
    }

    @Test("What cannot be right is refused with the place and the reason")
    func refusals() async throws {
        try await GatewayUnderTest.run { subject in
            func refused(_ task: TaskSubmission) async throws -> Problem {
                try await problem { try await subject.user.submit(task, namespace: "ns") }
            }
            let unknown = try await refused(TaskSubmission(type: "dance"))
            #expect(unknown.status == 422)
            #expect(unknown.code == .unknownType)
            #expect(unknown.detail.contains("echo, market-analysis"))
            let swarm = try await refused(TaskSubmission(type: "echo", swarm: "none"))
            #expect(swarm.pointer == "/swarm")
            let schema = try await refused(TaskSubmission(type: "market-analysis", input: [:]))
            #expect(schema.code == .schema)
            #expect(schema.detail.contains("close"))
            let scalar = try await refused(TaskSubmission(type: "echo", input: 3))
            #expect(scalar.pointer == "/input")
            let timeout = try await refused(TaskSubmission(type: "echo", timeoutMs: 0))
            #expect(timeout.pointer == "/timeoutMs")
            let retry = try await refused(TaskSubmission(type: "echo", retry: RetryLimits(limit: 20)))
            #expect(retry.pointer == "/retry/limit")
            let priority = try await refused(TaskSubmission(type: "echo", priority: .min))
            #expect(priority.pointer == "/priority")
            #expect(try await subject.user.tasks(namespace: "ns").tasks.isEmpty)
        }
    }

    @Test("A body that is no JSON, of another shape or too large is refused")
    func badBodies() async throws {
        try await GatewayUnderTest.run { subject in
            let path = "/v1/namespaces/ns/tasks"
            let broken = try await subject.send(.post, path, body: "{\"type\":")
            #expect(broken.status == 400)
            #expect(broken.headers["Content-Type"] == "application/problem+json")
            let shapeless = try await subject.send(.post, path, body: "{\"type\": 3}")
            #expect(shapeless.status == 400)
            #expect(String(decoding: shapeless.body, as: UTF8.self).contains("type"))
            let large = "{\"type\": \"echo\", \"input\": {\"x\": \"\(String(repeating: "a", count: 17 << 20))\"}}"
            let tooLarge = try await subject.send(.post, path, body: large)
            #expect(tooLarge.status == 413)
            let nowhere = try await subject.send(.get, "/v1/nowhere")
            #expect(nowhere.status == 404)
            #expect(nowhere.headers["Content-Type"] == "application/problem+json")
        }
    }

    @Test("Nobody gets in without a token, and nobody does more than they may")
    func access() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let anonymous = try await subject.send(.get, "/v1/namespaces/ns/tasks", token: nil)
            #expect(anonymous.status == 401)
            #expect(anonymous.headers["WWW-Authenticate"] == "Bearer")
            #expect(try await subject.send(.get, "/v1/namespaces/ns/tasks", token: "nobody").status == 401)
            let reader = subject.client("reader")
            #expect(try await reader.task(made.id, namespace: "ns").id == made.id)
            #expect(try await problem { try await reader.submit(subject.echo(), namespace: "ns") }.code == .forbidden)
            #expect(try await problem { try await reader.cancel(made.id, namespace: "ns") }.code == .forbidden)
            #expect(try await problem { try await subject.user.tasks(namespace: "forbidden") }.code == .forbidden)
            // Another namespace's task is not there, whoever may look.
            #expect(try await problem { try await subject.user.task(made.id, namespace: "other") }.code == .notFound)
            #expect(try await problem { try await subject.user.cancel(made.id, namespace: "other") }.code == .notFound)
        }
    }

    @Test("A list is paged and filtered")
    func lists() async throws {
        try await GatewayUnderTest.run { subject in
            for number in 0..<5 { _ = try await subject.user.submit(subject.echo(JSON(number)), namespace: "ns") }
            let first = try await subject.user.tasks(namespace: "ns", filter: TaskFilter(phase: .queued, limit: 3))
            #expect(first.tasks.count == 3)
            #expect(first.cursor != nil)
            let rest = try await subject.user.tasks(
                namespace: "ns", filter: TaskFilter(limit: 3, cursor: first.cursor))
            #expect(rest.tasks.count == 2)
            #expect(rest.cursor == nil)
            #expect(
                try await subject.user.tasks(namespace: "ns", filter: TaskFilter(phase: .running)).tasks.isEmpty)
            #expect(
                try await problem {
                    try await subject.user.tasks(namespace: "ns", filter: TaskFilter(phase: TaskPhase(rawValue: "X")))
                }.code == .invalid)
        }
    }

    @Test("A cancelled task ends, an ended one cannot be, and either can be run anew")
    func cancelAndRetry() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(7), namespace: "ns")
            let early = try await problem { try await subject.user.retry(made.id, namespace: "ns") }
            #expect(early.code == .conflict)
            #expect(try await subject.user.cancel(made.id, namespace: "ns").phase == .cancelled)
            #expect(try await subject.user.cancel(made.id, namespace: "ns").phase == .cancelled)
            let again = try await subject.user.retry(made.id, namespace: "ns")
            #expect(again.id != made.id)
            #expect(again.labels?["das.brashlabs.io/retry-of"] == made.id)
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            #expect(grant.task == again.id)
            #expect(grant.input == ["result": 7])
            _ = try await agent.complete(grant)
            #expect(try await problem { try await subject.user.cancel(again.id, namespace: "ns") }.code == .conflict)
        }
    }

    /// The events of a task that has ended, each with its `id`.
    private func events(
        of task: String, after id: String? = nil, _ subject: GatewayUnderTest
    ) async throws -> [(id: String, event: TaskProtocol.TaskEvent)] {
        var headers: HTTPHeaders = ["Authorization": "Bearer user"]
        if let id { headers["Last-Event-ID"] = id }
        let response = try await subject.transport.send(
            HTTPRequest(
                .get, subject.baseURL + "/v1/namespaces/ns/tasks/\(task)/events", headers: headers, timeoutSeconds: 30))
        return try String(decoding: response.body, as: UTF8.self).split(separator: "\n\n").map { event in
            let lines = event.split(separator: "\n")
            let id = try #require(lines.first { $0.hasPrefix("id: ") })
            let data = try #require(lines.first { $0.hasPrefix("data: ") })
            return (
                String(id.dropFirst(4)),
                try JSON.parse(String(data.dropFirst(6))).decode(TaskProtocol.TaskEvent.self)
            )
        }
    }

    @Test("What a task writes is told with its events, and to who comes back from where they were")
    func output() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            _ = try await agent.beat(grant, output: "")
            _ = try await agent.beat(grant, output: "first line\n")
            let early = try await subject.store.output(of: TaskID(made.id))
            _ = try await agent.beat(grant, output: "zweite Zeile: ü\n")
            _ = try await agent.complete(grant)
            #expect(try await agent.beat(grant, output: "too late\n").verdict == .lost)
            let all = try await events(of: made.id, subject)
            #expect(all.map(\.event.output) == ["first line\nzweite Zeile: ü\n"])
            let last = try #require(all.last)
            #expect(last.event.phase == .succeeded)
            #expect(try await events(of: made.id, after: last.id, subject).isEmpty)
            #expect(early?.end == 11)
            let rest = try await events(of: made.id, after: "0-0-leased-@11", subject)
            #expect(rest.map(\.event.output) == ["zweite Zeile: ü\n"])
            // Whatever is no id of ours has seen nothing; one that is beyond has seen all.
            for id in ["x", "1@2@3", "@-5", "1-0-leased-"] {
                #expect(try await events(of: made.id, after: id, subject).first?.event.output == last.event.output)
            }
            #expect(try await events(of: made.id, after: "x@999", subject).first?.event.output == nil)
        }
    }

    @Test("Who follows a task is told what it writes while it runs; of very much, the end")
    func outputAsItComes() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            var outputs: [String] = []
            let much = String(repeating: "x", count: TaskOutput.maxBytes) + "end\n"
            try await Self.events(of: made.id, subject) { told in
                if told.phase == .succeeded { return }
                if let output = told.output { outputs.append(output) }
                switch outputs.count {
                case 0: _ = try await agent.beat(grant, output: "begins\n")
                case 1: _ = try await agent.beat(grant, output: much)
                default: _ = try await agent.complete(grant)
                }
            }
            #expect(outputs.count == 2)
            #expect(outputs.first == "begins\n")
            #expect(outputs.last == String(much.suffix(TaskOutput.maxBytes)))
        }
    }

    /// Reads a task's server-sent events to their end.
    private static func events(
        of task: String, _ subject: GatewayUnderTest, _ body: (TaskProtocol.TaskEvent) async throws -> Void
    ) async throws {
        let response = try await subject.transport.stream(
            HTTPRequest(
                .get, subject.baseURL + "/v1/namespaces/ns/tasks/\(task)/events",
                headers: ["Authorization": "Bearer user"], timeoutSeconds: 30))
        #expect(response.headers["Content-Type"] == "text/event-stream")
        var text = ""
        for try await chunk in response.body {
            text += String(decoding: chunk, as: UTF8.self)
            while let end = text.firstRange(of: "\n\n") {
                let event = text[..<end.lowerBound]
                text = String(text[end.upperBound...])
                guard let data = event.split(separator: "\n").first(where: { $0.hasPrefix("data: ") }) else { continue }
                try await body(try JSON.parse(String(data.dropFirst(6))).decode(TaskProtocol.TaskEvent.self))
            }
        }
    }

    @Test("A task's events are told as they happen, until its end")
    func events() async throws {
        try await GatewayUnderTest.run { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            var phases: [TaskPhase] = []
            var grant: LeaseGrant?
            try await Self.events(of: made.id, subject) { told in
                phases.append(told.phase)
                if told.phase == .queued { grant = try await agent.leaseOne(1) }
                if told.phase == .running, let grant { _ = try await agent.complete(grant) }
            }
            #expect(phases == [.queued, .running, .succeeded])
        }
    }

    @Test("Decisions are read from the ledger")
    func decisions() async throws {
        try await GatewayUnderTest.run { subject in
            try await subject.store.recordDecision(
                DecisionRecord(
                    namespace: "ns", swarm: "argus", time: subject.store.now(), from: 0, to: 2,
                    reason: "TasksWaiting", inputs: ["ready": 2]))
            let decisions = try await subject.user.decisions(swarm: "argus", namespace: "ns")
            #expect(decisions.map(\.to) == [2])
            #expect(decisions.first?.inputs == ["ready": 2])
        }
    }
}
