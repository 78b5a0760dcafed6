package import SwarmAPI
package import TaskQueue

/// What is to be done next for a fan-out: a pure function of how its items stand.
package struct FanOutPlan: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        /// Items from this one on are to be put into the queue.
        case submit(from: Int)
        /// Those that have not ended are to be cancelled; what ends the fan-out is said.
        case cancelRest(reason: String)
        /// Every item has ended as it should.
        case reduce
        case end(SwarmTask.Phase, reason: String, message: String)
        case wait
    }

    package var total: Int
    /// Of those that were submitted, which are the first ones.
    package var counts: GroupCounts
    package var allowedFailures = 0
    package var hasReduce = false
    package var isCancelled = false
    package var isOverdue = false
    package var isSuspended = false

    package init(total: Int, counts: GroupCounts) {
        self.total = total
        self.counts = counts
    }

    package var next: Step {
        if let end {
            if counts.live > 0 { return .cancelRest(reason: end.message) }
            return .end(end.phase, reason: end.reason, message: end.message)
        }
        if counts.total < total { return isSuspended ? .wait : .submit(from: counts.total) }
        if counts.live > 0 { return .wait }
        return hasReduce ? .reduce : .end(.succeeded, reason: "Succeeded", message: "")
    }

    /// Why it must not go on.
    private var end: (phase: SwarmTask.Phase, reason: String, message: String)? {
        if isCancelled { return (.cancelled, "Cancelled", "spec.cancel was set") }
        if counts.failed + counts.cancelled > allowedFailures {
            return (
                .failed, "ItemsFailed",
                "\(counts.failed) of \(total) items failed and \(allowedFailures) may"
            )
        }
        if isOverdue { return (.failed, "DeadlineExceeded", "the task did not end within its deadline") }
        return nil
    }
}
