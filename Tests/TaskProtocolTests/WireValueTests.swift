import StructuredData
import Testing

@testable import TaskProtocol

@Suite("Values travel under the names of the HTTP API")
struct WireValueTests {
    /// Decodes `text`, compares with `value`, encodes again and compares with `text`.
    private func check<Value: Codable & Equatable>(
        _ value: Value, is text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let json = try JSON.parse(text)
        #expect(try json.decode(Value.self) == value, sourceLocation: sourceLocation)
        #expect(try JSON(encoding: value) == json, sourceLocation: sourceLocation)
    }

    @Test func `a submission of one task is the task itself`() throws {
        try check(
            SubmissionRequest.one(
                TaskSubmission(
                    type: "echo", swarm: "argus", input: ["result": 1], priority: 2, runAfterMs: 10, deadlineMs: 60_000,
                    timeoutMs: 500, retry: RetryLimits(limit: 3, backoffMs: 2000, maxBackoffMs: 60_000), dedupKey: "d",
                    concurrencyKey: "c", fairnessKey: "f", traceparent: "00-1-2-01", labels: ["a": "b"])),
            is: """
                {"type": "echo", "swarm": "argus", "input": {"result": 1}, "priority": 2, "runAfterMs": 10,
                 "deadlineMs": 60000, "timeoutMs": 500, "retry": {"limit": 3, "backoffMs": 2000, "maxBackoffMs": 60000},
                 "dedupKey": "d", "concurrencyKey": "c", "fairnessKey": "f", "traceparent": "00-1-2-01",
                 "labels": {"a": "b"}}
                """)
    }

    @Test func `a submission of many has a verdict for each`() throws {
        try check(
            SubmissionRequest.many([TaskSubmission(type: "echo"), TaskSubmission(type: "nothing")]),
            is: #"{"tasks": [{"type": "echo"}, {"type": "nothing"}]}"#)
        try check(
            SubmissionAnswer(tasks: [
                .init(verdict: .created, taskId: "t1"),
                .init(
                    verdict: .refused,
                    problem: Problem(
                        .unknownType, status: 422, title: "Unknown task type", detail: "no swarm takes \"nothing\"",
                        pointer: "/tasks/1/type")),
            ]),
            is: """
                {"tasks": [{"verdict": "created", "taskId": "t1"}, {"verdict": "refused", "problem":
                 {"type": "about:blank", "title": "Unknown task type", "status": 422, "detail": "no swarm takes \\"nothing\\"",
                  "code": "UNKNOWN_TYPE", "retryable": false, "pointer": "/tasks/1/type"}}]}
                """)
    }

    @Test func `a task shows the names of the object's status`() throws {
        try check(
            TaskView(
                id: "t1", namespace: "team", type: "echo", phase: .running, swarm: "argus", agent: "argus-1",
                attempts: 2,
                queuedTime: "2026-01-02T03:04:05Z", startTime: "2026-01-02T03:04:06Z",
                progress: TaskProgress(done: 1, total: 4, message: "a quarter")),
            is: """
                {"id": "t1", "namespace": "team", "type": "echo", "phase": "Running", "swarm": "argus", "agent": "argus-1",
                 "attempts": 2, "queuedTime": "2026-01-02T03:04:05Z", "startTime": "2026-01-02T03:04:06Z",
                 "progress": {"done": 1, "total": 4, "message": "a quarter"}}
                """)
    }

    @Test func `an agent registers`() throws {
        try check(
            RegisterRequest(
                namespace: "team", swarm: "argus", name: "argus-1", instance: "abc", slots: 4, version: "0.1.0",
                capabilities: ["echo"], podUid: "u"),
            is: """
                {"namespace": "team", "swarm": "argus", "name": "argus-1", "instance": "abc", "slots": 4,
                 "version": "0.1.0", "capabilities": ["echo"], "podUid": "u"}
                """)
        try check(
            RegisterAnswer(agent: "a1", leaseMs: 15_000, heartbeatMs: 5000, drain: true),
            is: #"{"agent": "a1", "leaseMs": 15000, "heartbeatMs": 5000, "drain": true}"#)
    }

    @Test func `leases are asked for and granted`() throws {
        try check(
            LeaseRequest(agent: "a1", request: 7, freeSlots: 2, waitMs: 30_000),
            is: #"{"agent": "a1", "request": 7, "freeSlots": 2, "waitMs": 30000}"#)
        try check(
            LeaseAnswer(
                leases: [
                    LeaseGrant(
                        task: "t1", type: "echo", attempt: 1, epoch: 3, token: "s", leaseMs: 15_000, input: ["a": nil],
                        timeoutMs: 1000, deadlineMs: 9000, checkpoint: ["at": 5], traceparent: "00-1-2-01")
                ], drain: false),
            is: """
                {"leases": [{"task": "t1", "type": "echo", "attempt": 1, "epoch": 3, "token": "s", "leaseMs": 15000,
                 "input": {"a": null}, "timeoutMs": 1000, "deadlineMs": 9000, "checkpoint": {"at": 5},
                 "traceparent": "00-1-2-01"}], "drain": false}
                """)
    }

    @Test func `a heartbeat carries what is new and learns what is to stop`() throws {
        try check(
            HeartbeatRequest(
                agent: "a1",
                leases: [
                    .init(
                        task: "t1", epoch: 3, token: "s", progress: TaskProgress(done: 1), checkpoint: ["at": 5],
                        output: "hello")
                ]),
            is: """
                {"agent": "a1", "leases": [{"task": "t1", "epoch": 3, "token": "s", "progress": {"done": 1},
                 "checkpoint": {"at": 5}, "output": "hello"}]}
                """)
        try check(
            HeartbeatAnswer(
                leases: [
                    .init(task: "t1", verdict: .ok, leaseMs: 15_000),
                    .init(task: "t2", verdict: .cancel, leaseMs: 15_000, cancelMode: .cooperative, graceMs: 100),
                    .init(task: "t3", verdict: .lost),
                ], drain: true),
            is: """
                {"leases": [{"task": "t1", "verdict": "ok", "leaseMs": 15000},
                 {"task": "t2", "verdict": "cancel", "leaseMs": 15000, "cancelMode": "cooperative", "graceMs": 100},
                 {"task": "t3", "verdict": "lost"}], "drain": true}
                """)
    }

    @Test func `reports of all kinds, and their verdicts`() throws {
        try check(
            CompleteRequest(
                agent: "a1", reports: [.init(task: "t1", epoch: 3, token: "s", result: ["x": 1.5])],
                next: .init(request: 8, freeSlots: 1)),
            is: """
                {"agent": "a1", "reports": [{"task": "t1", "epoch": 3, "token": "s", "result": {"x": 1.5}}],
                 "next": {"request": 8, "freeSlots": 1}}
                """)
        try check(
            CompleteRequest(
                agent: "a1",
                reports: [
                    .init(task: "t1", epoch: 3, token: "s", result: .null), .init(task: "t2", epoch: 1, token: "u"),
                ]),
            is: """
                {"agent": "a1", "reports": [{"task": "t1", "epoch": 3, "token": "s", "result": null},
                 {"task": "t2", "epoch": 1, "token": "u"}]}
                """)
        try check(
            FailRequest(
                agent: "a1",
                reports: [
                    .init(
                        task: "t1", epoch: 3, token: "s", kind: .retryable, code: "WORKER_CRASHED", message: "it died")
                ]),
            is: """
                {"agent": "a1", "reports": [{"task": "t1", "epoch": 3, "token": "s", "kind": "retryable",
                 "code": "WORKER_CRASHED", "message": "it died"}]}
                """)
        try check(
            ReleaseRequest(
                agent: "a1",
                reports: [.init(task: "t1", epoch: 3, token: "s", checkpoint: ["at": 5], reason: "draining")]),
            is: """
                {"agent": "a1", "reports": [{"task": "t1", "epoch": 3, "token": "s", "checkpoint": {"at": 5},
                 "reason": "draining"}]}
                """)
        try check(
            ReportAnswer(
                reports: [
                    .init(task: "t1", verdict: .accepted), .init(task: "t2", verdict: .duplicate),
                    .init(
                        task: "t3", verdict: .refused,
                        problem: Problem(
                            .staleLease, status: 409, title: "Stale lease", detail: "epoch 3 is not the current one")),
                ], leases: [], drain: false),
            is: """
                {"reports": [{"task": "t1", "verdict": "accepted"}, {"task": "t2", "verdict": "duplicate"},
                 {"task": "t3", "verdict": "refused", "problem": {"type": "about:blank", "title": "Stale lease",
                  "status": 409, "detail": "epoch 3 is not the current one", "code": "STALE_LEASE", "retryable": false}}],
                 "leases": [], "drain": false}
                """)
    }

    @Test func `members and verdicts that a newer gateway adds are no error`() throws {
        let answer = try JSON.parse(
            #"{"leases": [{"task": "t1", "verdict": "paused", "because": "of tides"}], "drain": false, "weather": "fair"}"#
        ).decode(HeartbeatAnswer.self)
        #expect(answer.leases.first?.verdict == HeartbeatVerdict(rawValue: "paused"))
    }
}
