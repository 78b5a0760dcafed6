import SwarmAPI
import SwarmOperator
import TaskQueue
import Testing

@Suite struct FanOutPlanTests {
    private func next(
        _ total: Int, _ counts: GroupCounts, _ change: (inout FanOutPlan) -> Void = { _ in }
    ) -> FanOutPlan.Step {
        var plan = FanOutPlan(total: total, counts: counts)
        change(&plan)
        return plan.next
    }

    @Test func `Items are submitted from where the store's count ends, and then waited for`() {
        #expect(next(10, GroupCounts()) == .submit(from: 0))
        #expect(next(10, GroupCounts(waiting: 2, leased: 1, succeeded: 4)) == .submit(from: 7))
        #expect(next(10, GroupCounts(waiting: 6, leased: 1, succeeded: 3)) == .wait)
        #expect(next(10, GroupCounts(succeeded: 4)) { $0.isSuspended = true } == .wait)
    }

    @Test func `When all have ended, the whole ends or is reduced; nothing is all of no items`() {
        #expect(next(3, GroupCounts(succeeded: 3)) == .end(.succeeded, reason: "Succeeded", message: ""))
        #expect(next(3, GroupCounts(succeeded: 3)) { $0.hasReduce = true } == .reduce)
        #expect(next(0, GroupCounts()) == .end(.succeeded, reason: "Succeeded", message: ""))
    }

    @Test func `More failures than may be cancel the rest, and then fail the whole`() {
        let two = GroupCounts(waiting: 1, succeeded: 1, failed: 1, cancelled: 1)
        #expect(next(9, two) { $0.allowedFailures = 2 } == .submit(from: 4))
        #expect(
            next(9, two) { $0.allowedFailures = 1 } == .cancelRest(reason: "1 of 9 items failed and 1 may"))
        #expect(
            next(9, GroupCounts(failed: 1)) { $0.hasReduce = true }
                == .end(.failed, reason: "ItemsFailed", message: "1 of 9 items failed and 0 may"))
    }

    @Test func `A cancellation goes before failures, which go before the deadline`() {
        let failed = GroupCounts(waiting: 1, failed: 1)
        #expect(
            next(2, failed) {
                $0.isCancelled = true
                $0.isOverdue = true
            } == .cancelRest(reason: "spec.cancel was set"))
        #expect(
            next(2, GroupCounts(cancelled: 2)) { $0.isCancelled = true }
                == .end(.cancelled, reason: "Cancelled", message: "spec.cancel was set"))
        guard case .end(.failed, "DeadlineExceeded", _) = next(2, GroupCounts(succeeded: 1), { $0.isOverdue = true })
        else {
            Issue.record("the deadline does not end it")
            return
        }
    }
}
