import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import Testing

@Suite struct TaskAdmissionTests {
    private let catalogue = Catalogue([
        CatalogueEntry(
            namespace: "n", swarm: "argus", capabilities: ["analysis"],
            taskTypes: [
                TaskTypeEntry(
                    name: "analysis", inputSchema: ["type": "object", "properties": ["window": ["type": "integer"]]],
                    timeoutMs: 7_000,
                    retry: RetryPolicy(limit: 5, backoffSeconds: 1, maxBackoffSeconds: 9, retryOn: ["NET*"]))
            ],
            serviceAccount: "argus"),
        CatalogueEntry(namespace: "n", swarm: "echoes", capabilities: ["echo"], serviceAccount: "echoes"),
    ])

    private func decide(_ spec: JSON, input: JSON = [:]) throws -> TaskAdmission.Verdict {
        let task = try
            ([
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
                "metadata": ["name": "t", "namespace": "n", "uid": "u"], "spec": spec,
            ] as JSON).decode(SwarmTask.self)
        return TaskAdmission.decide(task, id: "u", input: input, in: catalogue)
    }

    @Test func `A task goes to the swarm that takes its type, with that type's defaults`() throws {
        guard case .admitted(let submission) = try decide(["type": "analysis"], input: ["window": 5]) else {
            Issue.record("not admitted")
            return
        }
        #expect(submission.swarm == "argus")
        #expect(!submission.isPinned)
        #expect(submission.timeoutMs == 7_000)
        #expect(
            submission.retry == RetryPolicy(limit: 5, backoffSeconds: 1, maxBackoffSeconds: 9, retryOn: ["NET*"]))
        #expect(submission.origin.objectName == "t")
    }

    @Test func `What the task says goes before the type's defaults`() throws {
        guard
            case .admitted(let submission) = try decide([
                "type": "analysis", "timeoutSeconds": 2, "retry": ["limit": 0, "giveUpOn": ["TIMED_OUT"]],
                "priority": 4, "deadlineSeconds": 60,
            ])
        else {
            Issue.record("not admitted")
            return
        }
        #expect(submission.timeoutMs == 2_000)
        #expect(submission.retry.limit == 0)
        #expect(submission.retry.giveUpOn == ["TIMED_OUT"] && submission.retry.retryOn == ["NET*"])
        #expect(submission.retry.maxBackoffSeconds == 9)
        #expect(submission.priority == 4)
        #expect(submission.deadlineMs == 60_000)
    }

    @Test func `Input that breaks the schema is refused with its path`() throws {
        guard case .refused(let reason, let message) = try decide(["type": "analysis"], input: ["window": "x"]) else {
            Issue.record("not refused")
            return
        }
        #expect(reason == "InvalidInput")
        #expect(message.contains("spec.input/window"))
    }

    @Test func `A type that no swarm takes waits for one that does, and the message says which there are`() throws {
        guard case .waits(_, let message) = try decide(["type": "poetry"]) else {
            Issue.record("does not wait")
            return
        }
        #expect(message.contains("poetry") && message.contains("analysis") && message.contains("echo"))
    }

    @Test func `A named swarm that is not there is waited for; one that does not take the type refuses`() throws {
        guard case .waits(let reason, _) = try decide(["type": "echo", "swarm": "later"]) else {
            Issue.record("does not wait")
            return
        }
        #expect(reason == "UnknownSwarm")
        guard case .refused(_, let message) = try decide(["type": "poetry", "swarm": "echoes"]) else {
            Issue.record("not refused")
            return
        }
        #expect(message.contains("poetry"))
    }
}
