import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import Testing

@Suite struct TaskStatusTests {
    private let machine = TaskMachine()
    private let start = StoreTime(milliseconds: 1_700_000_000_000)

    private var task: SwarmTask {
        get throws {
            try
                ([
                    "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
                    "metadata": ["name": "t", "namespace": "n", "uid": "u", "generation": 3], "spec": ["type": "echo"],
                ] as JSON).decode(SwarmTask.self)
        }
    }

    private var queued: TaskRecord {
        machine.admit(
            Submission(
                id: "u", namespace: "n", type: "echo", swarm: "s", origin: .object(name: "t"), input: [UInt8]("{}".utf8)
            ),
            at: start
        ).record
    }

    private func condition(_ status: SwarmTask.Status, _ type: String) -> Condition? { status.conditions?[type] }

    @Test func `A task in the queue is Queued and not Ready`() throws {
        let status = TaskStatus.of(try task, record: queued, result: nil, gatewayPath: "")
        #expect(status.phase == .queued)
        #expect(status.observedGeneration == 3)
        #expect(status.swarm == "s")
        #expect(status.attempts == nil)
        #expect(condition(status, "Ready")?.status == "False")
        #expect(condition(status, "Ready")?.reason == "WaitingForAgent")
        #expect(condition(status, "Complete")?.status == "False")
        #expect(status.queuedTime == "2023-11-14T22:13:20Z")
    }

    @Test(
        arguments: [
            (
                SwarmStanding.suspended, false, "SwarmSuspended",
                "swarm s is suspended, and no other swarm takes the task"
            ),
            (.absent, true, "SwarmNotFound", "swarm s does not exist any more, and the task is pinned to it"),
            (
                .lacksType, false, "SwarmLacksType",
                "swarm s does not take task type echo any more, and no other swarm takes the task"
            ),
        ])
    func `A task whose swarm cannot run it says so`(
        standing: SwarmStanding, isPinned: Bool, reason: String, message: String
    ) throws {
        var record = queued
        record.isPinned = isPinned
        let status = TaskStatus.of(try task, record: record, result: nil, gatewayPath: "", standing: standing)
        #expect(status.phase == .queued)
        #expect(condition(status, "Ready")?.reason == reason)
        #expect(status.message == message && condition(status, "Ready")?.message == message)
        record.holds = .suspended
        record.state = .held
        let held = TaskStatus.of(try task, record: record, result: nil, gatewayPath: "", standing: standing)
        #expect(condition(held, "Ready")?.reason == "Suspended")
    }

    @Test func `A small result stands on the object, a large one is named`() throws {
        var record = queued
        record.state = .succeeded
        record.ended = start + 5_000
        record.attempts = 1
        record.resultBytes = 20
        let small = TaskStatus.of(try task, record: record, result: ["answer": 42], gatewayPath: "/p")
        #expect(small.phase == .succeeded)
        #expect(small.result == ["answer": 42])
        #expect(small.resultRef == nil)
        #expect(condition(small, "Ready")?.status == "True")
        #expect(condition(small, "Complete")?.status == "True")
        #expect(small.completionTime == "2023-11-14T22:13:25Z")
        record.resultBytes = 1 << 20
        let large = TaskStatus.of(
            try task, record: record, result: nil, resultDigest: "abc", gatewayPath: "/p")
        #expect(large.resultRef?.sha256 == "abc" && large.resultRef?.bytes == 1 << 20)
        #expect(large.result == nil)
        #expect(large.resultRef?.uri == "/p")
        #expect(large.resultRef?.bytes == 1 << 20)
    }

    @Test func `A failure is Stalled, with its code as the reason and its message for people`() throws {
        var record = queued
        record.state = .failed
        record.ended = start
        record.failure = Failure(code: "NON_POSITIVE_PRICE", message: "AAPL, row 17: close is -1")
        let status = TaskStatus.of(try task, record: record, result: nil, gatewayPath: "")
        #expect(status.phase == .failed)
        #expect(status.message == "AAPL, row 17: close is -1")
        #expect(condition(status, "Stalled")?.status == "True")
        #expect(condition(status, "Stalled")?.reason == "NonPositivePrice")
        #expect(condition(status, "Ready")?.status == "False")
    }

    @Test func `The time of a condition moves only with its status`() throws {
        var task = try task
        task.status = TaskStatus.of(task, record: queued, result: nil, gatewayPath: "")
        let first = condition(try #require(task.status), "Ready")?.lastTransitionTime
        var record = queued
        record.state = .failed
        record.ended = start + 60_000
        let later = TaskStatus.of(task, record: record, result: nil, gatewayPath: "")
        #expect(condition(later, "Ready")?.lastTransitionTime == first)
        #expect(condition(later, "Complete")?.lastTransitionTime == "2023-11-14T22:14:20Z")
    }

    @Test func `A task outside the queue says why`() throws {
        let status = TaskStatus.outside(
            try task, phase: .pending, reason: "UnknownSwarm", message: "no swarm s", now: start)
        #expect(status.phase == .pending)
        #expect(status.message == "no swarm s")
        #expect(status.completionTime == nil)
        #expect(condition(status, "Ready")?.reason == "UnknownSwarm")
    }
}
