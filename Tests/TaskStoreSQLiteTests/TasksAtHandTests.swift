import TaskQueue
import Testing

@testable import TaskStoreSQLite

@Suite("The tasks that the writer has at hand")
struct TasksAtHandTests {
    private func task(_ sequence: Int64, _ state: TaskState = .ready) -> StoredTask {
        let submission = Submission(
            id: TaskID("t\(sequence)"), namespace: "ns", type: "echo", swarm: "argus",
            origin: .http(submitter: "tester"), input: [])
        var record = TaskMachine(policy: QueuePolicy()).admit(submission, at: StoreTime(milliseconds: 1)).record
        record.state = state
        return StoredTask(sequence: sequence, lane: 1, record: record)
    }

    @Test("A task is found by its number and its name, as it was written last, until it ends")
    func found() {
        let atHand = TasksAtHand()
        atHand.wrote(task(1))
        atHand.wrote(task(2))
        atHand.wrote(task(1, .leased))
        #expect(atHand.task(at: 1)?.record.state == .leased)
        #expect(atHand.task("t1")?.record == atHand.task(at: 1)?.record)
        atHand.wrote(task(1, .succeeded))
        #expect(atHand.task(at: 1) == nil && atHand.task("t1") == nil)
        #expect(atHand.task("t2")?.sequence == 2)
        atHand.forgetAll()
        #expect(atHand.task("t2") == nil && atHand.task(at: 2) == nil)
    }

    @Test("However many wait, those that are worked on find room, and no more are kept than are allowed")
    func bounds() {
        let atHand = TasksAtHand()
        let many = Int64(3 * TasksAtHand.limit)
        for sequence in 1...many {
            atHand.wrote(task(sequence))
        }
        let waiting = (1...many).count { atHand.task(at: $0) != nil }
        #expect(waiting == TasksAtHand.limit / 2)
        #expect(atHand.task(TaskID("t\(many)")) == nil)
        for sequence in 1...many {
            atHand.wrote(task(sequence, .leased))
            #expect(sequence % 100 != 0 || (1...many).count { atHand.task(at: $0) != nil } <= TasksAtHand.limit)
        }
        let kept = (1...many).filter { atHand.task(at: $0) != nil }
        #expect(kept.contains(many))
        for sequence in kept { #expect(atHand.task(TaskID("t\(sequence)"))?.record.state == .leased) }
    }
}
