import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("The table of held leases")
struct LeaseTableTests {
    private let start = ContinuousClock.now
    private let one = AttemptID(task: "t1", epoch: 1)

    private func table() -> LeaseTable {
        var table = LeaseTable()
        table.hold(
            LeaseGrant(task: "t1", type: "echo", attempt: 1, epoch: 1, token: "s", leaseMs: 15_000, input: [:]),
            now: start)
        return table
    }

    private func answer(_ items: HeartbeatAnswer.Item...) -> HeartbeatAnswer { HeartbeatAnswer(leases: items) }

    @Test func `a running attempt is fenced when its lease is out, once`() {
        var table = table()
        #expect(table.nextFence == start + .seconds(15))
        #expect(table.fence(now: start + .milliseconds(14_999)) == [])
        #expect(table.fence(now: start + .seconds(15)) == [one])
        #expect(table.fence(now: start + .seconds(16)) == [])
    }

    @Test func `a heartbeat extends the lease from when it was sent`() {
        var table = table()
        let beat = table.beat(now: start + .seconds(5))
        #expect(table.answered(answer(.init(task: "t1", verdict: .ok, leaseMs: 10_000)), to: beat) == [])
        #expect(table.nextFence == start + .seconds(15))
        let later = table.beat(now: start + .seconds(10))
        #expect(table.answered(answer(.init(task: "t1", verdict: .ok, leaseMs: 10_000)), to: later) == [])
        #expect(table.nextFence == start + .seconds(20))
    }

    @Test func `an attempt that waits for its report is heartbeaten but not fenced`() {
        var table = table()
        table.keepForReport(one)
        #expect(table.nextFence == nil)
        #expect(table.fence(now: start + .seconds(60)) == [])
        #expect(table.beat(now: start).leases.map(\.task) == ["t1"])
        table.drop(one)
        #expect(table.isEmpty)
    }

    @Test func `a checkpoint is sent until a heartbeat that carried it was answered`() {
        var table = table()
        table.saved(one, checkpoint: ["at": 1])
        let first = table.beat(now: start)
        #expect(first.leases[0].checkpoint == ["at": 1])
        #expect(table.beat(now: start).leases[0].checkpoint == ["at": 1])
        table.saved(one, checkpoint: ["at": 2])
        _ = table.answered(answer(.init(task: "t1", verdict: .ok)), to: first)
        let second = table.beat(now: start)
        #expect(second.leases[0].checkpoint == ["at": 2])
        _ = table.answered(answer(.init(task: "t1", verdict: .ok)), to: second)
        #expect(table.beat(now: start).leases[0].checkpoint == nil)
    }

    @Test func `output is sent until a heartbeat that carried it was answered, and nothing of it twice`() {
        var table = table()
        table.wrote(one, "first\n")
        let first = table.beat(now: start)
        #expect(first.leases[0].output == "first\n")
        table.wrote(one, "second\n")
        #expect(table.beat(now: start).leases[0].output == "first\nsecond\n")
        _ = table.answered(answer(.init(task: "t1", verdict: .ok)), to: first)
        let second = table.beat(now: start)
        #expect(second.leases[0].output == "second\n")
        _ = table.answered(answer(.init(task: "t1", verdict: .ok)), to: second)
        #expect(table.beat(now: start).leases[0].output == nil)
    }

    @Test func `the latest progress is in every heartbeat`() {
        var table = table()
        table.progressed(one, TaskProgress(done: 1, total: 3))
        table.progressed(one, TaskProgress(done: 2, total: 3))
        #expect(table.beat(now: start).leases[0].progress == TaskProgress(done: 2, total: 3))
    }

    @Test func `a lost lease is forgotten and said once`() {
        var table = table()
        let beat = table.beat(now: start)
        let lost = answer(.init(task: "t1", verdict: .lost))
        #expect(table.answered(lost, to: beat) == [.lost(one)])
        #expect(table.answered(lost, to: beat) == [])
        #expect(table.isEmpty)
    }

    @Test func `a request to cancel is passed on as the answer says it, but not once the attempt has ended`() {
        var table = table()
        let beat = table.beat(now: start)
        let ask = answer(.init(task: "t1", verdict: .cancel, leaseMs: 15_000, graceMs: 500))
        #expect(
            table.answered(ask, to: beat) == [.cancel(one, mode: .cooperative, grace: .milliseconds(500))])
        let force = answer(.init(task: "t1", verdict: .cancel, cancelMode: .force))
        #expect(table.answered(force, to: beat) == [.cancel(one, mode: .force, grace: nil)])
        table.keepForReport(one)
        #expect(table.answered(ask, to: beat) == [])
    }

    @Test func `an answer about another epoch of the task does not touch this one`() {
        var table = table()
        let old = table.beat(now: start)
        table.drop(one)
        table.hold(
            LeaseGrant(task: "t1", type: "echo", attempt: 2, epoch: 2, token: "u", leaseMs: 15_000, input: [:]),
            now: start)
        #expect(table.answered(answer(.init(task: "t1", verdict: .lost)), to: old) == [])
        #expect(!table.isEmpty)
    }
}
