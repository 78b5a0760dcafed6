/// Which of the ready tasks of a swarm comes next, such that submitters take turns.
///
/// The ready tasks of one `fairnessKey` in a swarm stand in a *lane*, in the order of their rank (and, of one rank, of their
/// submission). A lease goes to the first task of one of the lanes: of that which has waited longest, counted from when its
/// first task became ready or from when the lane was last served, whichever is later, with 30 s for each level of that task's
/// priority. So
/// - lanes with tasks waiting are served in turn, and one submitter's ten thousand tasks delay another's one by one task;
/// - priority and age count as in one lane: a higher level goes before another lane's tasks for 30 s, never for good;
/// - a lane that was idle has no claim to what it did not use.
///
/// All of a lane's waiting is in one number, its place, which changes only when the lane's first task does: an index over places
/// finds the next lane, another over ranks its first task. An agent that runs only some task types is served from the lanes as
/// they are without the others; a turn counts for the whole lane.
package enum FairOrder {
    /// A lane's place, in microseconds of the store's time; the lowest is served next, and of equal ones that whose first task
    /// was submitted first.
    /// - Parameters:
    ///   - readyAt: when the lane's first task became ready.
    ///   - priority: that task's.
    ///   - turn: when the lane was last served; 0: never.
    package static func place(readyAt: StoreTime, priority: Int, turn: Int64) -> Int64 {
        max(readyAt.microseconds, turn) &- Int64(priority) &* priorityStep
    }

    package static let priorityStep = QueuePolicy.priorityStepMs * 1000

    /// The turn of a lane that is served now. Turns rise strictly within a swarm and lie after the moment's own ready times, so
    /// that leases within one millisecond are in turn, too.
    /// - Parameter last: the highest turn in the swarm, or in the store.
    package static func turn(after last: Int64, at now: StoreTime) -> Int64 { max(now.microseconds, last) &+ 1 }

    /// The turn of a lane may be forgotten when no live task is in it and the turn has passed: whatever comes into the lane then
    /// is ready later.
    package static func isForgettable(turn: Int64, at now: StoreTime) -> Bool { turn <= now.microseconds }
}
