import HTTPTransport
import StructuredData
import TaskProtocol
import Testing

@testable import TaskGateway

@Suite("The API's description", .timeLimit(.minutes(1))) struct OpenAPITests {
    private static let document = OpenAPIDocument.json()

    private static var schemas: JSONObject {
        document.objectValue?["components"]?.objectValue?["schemas"]?.objectValue ?? [:]
    }

    @Test("It has every route, and no other")
    func routes() async throws {
        try await GatewayUnderTest.run(
            configuration: GatewayConfiguration(metricsText: { "" })
        ) { subject in
            let served = subject.gateway.routeNames
            let described = Set(OpenAPIDocument.operations.map(\.name))
            #expect(served.subtracting(described) == [], "served and not described")
            #expect(described.subtracting(served) == [], "described and not served")
        }
    }

    @Test("The document and its page are served to anybody")
    func served() async throws {
        try await GatewayUnderTest.run { subject in
            let document = try await subject.send(.get, "/openapi.json", token: nil)
            #expect(document.status == 200)
            #expect(try JSON.parse(document.body) == Self.document)
            let page = try await subject.send(.get, "/docs", token: nil)
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(String(decoding: page.body, as: UTF8.self).contains("openapi.json"))
        }
    }

    @Test("Every reference leads to a schema, and every schema is referred to")
    func references() {
        var found: Set<String> = []
        func collect(_ value: JSON) {
            if let members = value.objectValue {
                if let reference = members["$ref"]?.stringValue { found.insert(reference) }
                for member in members { collect(member.value) }
            }
            for element in value.arrayValue ?? [] { collect(element) }
        }
        collect(Self.document)
        let names = Set(Self.schemas.map { "#/components/schemas/\($0.key)" })
        #expect(found.subtracting(names) == [])
        #expect(names.subtracting(found) == [])
    }

    @Test("Calls have names of their own")
    func identifiers() {
        var names: [String] = []
        for path in Self.document.objectValue?["paths"]?.objectValue ?? [:] {
            for call in path.value.objectValue ?? [:] {
                names.append(call.value.objectValue?["operationId"]?.stringValue ?? "")
            }
        }
        #expect(names.count == OpenAPIDocument.operations.count)
        #expect(Set(names).count == names.count && !names.contains(""))
    }

    /// A value of each type, by the name of its schema.
    private static let values: [(String, any Encodable & Sendable)] = {
        let problem = Problem(.invalid, status: 422, title: "t", detail: "d", retryAfterMs: 1, pointer: "/x")
        let progress = TaskProgress(done: 1, total: 2, message: "m")
        let reference = ResultReference(uri: "u", sha256: "s", bytes: 1)
        let waiting = WaitingView(reason: "NoAgents", message: "m", until: "t", ahead: 1, otherSubmitters: 1)
        let retry = RetryLimits(limit: 1, backoffMs: 1, maxBackoffMs: 1, retryOn: ["A*"], giveUpOn: ["B"])
        let view = TaskView(
            id: "i", namespace: "n", type: "t", phase: .queued, swarm: "s", agent: "a", priority: 1, attempts: 1,
            queuedTime: "t", startTime: "t", completionTime: "t", progress: progress, result: 1, resultRef: reference,
            code: "C", message: "m", labels: ["a": "b"], concurrencyKey: "k", fairnessKey: "f", waiting: waiting)
        let attempt = AttemptView(
            attempt: 1, epoch: 1, agent: "a", startTime: "t", endTime: "t", outcome: "failed", code: "C", message: "m")
        let limit = KeyLimitView(
            key: "k", isSet: true, maxConcurrent: 1, ratePerSecond: 1, burst: 1, leased: 1, ready: 1, held: 1)
        let group = FailureGroupView(
            swarm: "s", fingerprint: "f", code: "C", pattern: "p", count: 1, firstTime: "t", lastTime: "t",
            examples: ["i"])
        let decision = DecisionView(time: "t", from: 0, to: 1, reason: "r", inputs: [:])
        let grant = LeaseGrant(
            task: "i", type: "t", attempt: 1, epoch: 1, token: "t", leaseMs: 1, input: [:], timeoutMs: 1, deadlineMs: 1,
            checkpoint: 1, traceparent: "t")
        let submitted = SubmissionAnswer.Item(verdict: .refused, taskId: "i", problem: problem)
        let beat = HeartbeatRequest.Item(
            task: "i", epoch: 1, token: "t", progress: progress, checkpoint: 1, output: "o")
        let verdict = HeartbeatAnswer.Item(
            task: "i", verdict: .cancel, leaseMs: 1, cancelMode: .cooperative, graceMs: 1)
        let completed = CompleteRequest.Item(task: "i", epoch: 1, token: "t", result: 1, resultRef: reference)
        let next = CompleteRequest.Next(request: 1, freeSlots: 1)
        let failed = FailRequest.Item(task: "i", epoch: 1, token: "t", kind: .retryable, code: "C", message: "m")
        let released = ReleaseRequest.Item(task: "i", epoch: 1, token: "t", checkpoint: 1, reason: "r")
        let report = ReportAnswer.Item(task: "i", verdict: .refused, problem: problem)
        return [
            ("Problem", problem), ("TaskProgress", progress), ("ResultReference", reference),
            ("TaskPhase", TaskPhase.queued), ("RetryLimits", retry),
            (
                "TaskSubmission",
                TaskSubmission(
                    type: "t", swarm: "s", input: [:], priority: 1, runAfterMs: 1, deadlineMs: 1, timeoutMs: 1,
                    retry: retry, dedupKey: "k", concurrencyKey: "k", fairnessKey: "k", traceparent: "t",
                    labels: ["a": "b"])
            ),
            ("SubmissionAnswer", SubmissionAnswer(tasks: [submitted])), ("SubmissionItem", submitted),
            ("TaskView", view), ("WaitingView", waiting), ("TaskList", TaskList(tasks: [view], cursor: "1")),
            ("CancelRequest", CancelRequest(mode: .force, graceMs: 1)), ("AttemptView", attempt),
            ("AttemptList", AttemptList(attempts: [attempt])),
            (
                "TaskEvent",
                TaskProtocol.TaskEvent(time: "t", phase: .running, attempt: 1, progress: progress, output: "o")
            ),
            ("KeyLimitRequest", KeyLimitRequest(maxConcurrent: 1, ratePerSecond: 1, burst: 1)),
            ("KeyLimitView", limit), ("KeyLimitList", KeyLimitList(limits: [limit])), ("FailureGroupView", group),
            ("FailureGroupList", FailureGroupList(failures: [group])), ("DecisionView", decision),
            ("DecisionList", DecisionList(decisions: [decision])),
            (
                "RegisterRequest",
                RegisterRequest(
                    namespace: "n", swarm: "s", name: "a", instance: "i", slots: 1, version: "1", capabilities: ["t"],
                    podUid: "u")
            ), ("RegisterAnswer", RegisterAnswer(agent: "a", leaseMs: 1, heartbeatMs: 1)),
            ("LeaseRequest", LeaseRequest(agent: "a", request: 1, freeSlots: 1, waitMs: 1)),
            ("LeaseAnswer", LeaseAnswer(leases: [grant])), ("LeaseGrant", grant),
            ("HeartbeatRequest", HeartbeatRequest(agent: "a", leases: [beat])), ("HeartbeatItem", beat),
            ("HeartbeatAnswer", HeartbeatAnswer(leases: [verdict])), ("HeartbeatVerdict", verdict),
            ("CompleteRequest", CompleteRequest(agent: "a", reports: [completed], next: next)),
            ("CompleteItem", completed), ("NextLease", next),
            ("FailRequest", FailRequest(agent: "a", reports: [failed])),
            ("FailItem", failed), ("ReleaseRequest", ReleaseRequest(agent: "a", reports: [released])),
            ("ReleaseItem", released), ("ReportAnswer", ReportAnswer(reports: [report], leases: [grant], drain: true)),
            ("ReportItem", report),
        ]
    }()

    @Test("Values have the members that their schemas say, of the types that they say")
    func values() throws {
        #expect(Set(Self.values.map(\.0)) == Set(Self.schemas.map(\.key)), "each schema has a value here")
        for (name, value) in Self.values {
            guard let schema = Self.schemas[name] else { continue }
            let encoded = try JSON(encoding: value)
            let violations = try JSONSchema(Self.inlined(schema)).validate(encoded)
            #expect(violations.isEmpty, "\(name): \(violations)")
            guard let properties = schema.objectValue?["properties"]?.objectValue else { continue }
            let described = Set(properties.map(\.key))
            // The members of the type, whether or not this value has them.
            let members = Set(Mirror(reflecting: value).children.compactMap(\.label))
            #expect(described == members, "\(name)")
            let required = Set(schema.objectValue?["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            let optional = Set(
                Mirror(reflecting: value).children.filter { Mirror(reflecting: $0.value).displayStyle == .optional }
                    .compactMap(\.label))
            #expect(members.subtracting(optional) == required, "required members of \(name)")
        }
    }

    /// The schema with what it refers to in its place.
    private static func inlined(_ schema: JSON) -> JSON {
        if let members = schema.objectValue {
            if let reference = members["$ref"]?.stringValue, let name = reference.split(separator: "/").last {
                return inlined(schemas[String(name)] ?? .null)
            }
            return .object(JSONObject(members.map { ($0.key, inlined($0.value)) }))
        }
        if let elements = schema.arrayValue { return .array(elements.map(inlined)) }
        return schema
    }
}
