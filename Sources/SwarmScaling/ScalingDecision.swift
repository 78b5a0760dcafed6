/// How many agents there should be, and why.
package struct ScalingDecision: Codable, Sendable, Equatable {
    package enum Reason: String, Codable, Sendable {
        /// Tasks wait and there was no agent.
        case firstTask = "FirstTask"
        /// The tasks in hand need more agents.
        case moreWork = "MoreWork"
        /// The tasks that keep arriving need more agents.
        case moreArrivals = "MoreArrivals"
        /// Tasks arrive so much faster than the agents work that the fast window counts; until that has passed, no agent goes.
        case burst = "Burst"
        /// Fewer agents than `minAgents`.
        case belowMinimum = "BelowMinimum"
        /// As many agents as the work needs.
        case enough = "Enough"
        /// Another number would do, but has not for as long as `stabilizationSeconds` says.
        case stabilizing = "Stabilizing"
        /// The work has needed fewer agents for as long as `stabilizationSeconds` says.
        case lessWork = "LessWork"
        /// Fewer agents were asked for than the tasks that run need.
        case workInHand = "WorkInHand"
        /// Nothing to do, but not for long enough.
        case recentWork = "RecentWork"
        /// Nothing to do for `idleSeconds`.
        case idle = "Idle"
        /// More agents than a limit allows.
        case aboveLimit = "AboveLimit"
        case suspended = "Suspended"
        /// The number that others set on the scale subresource.
        case external = "External"
    }

    package enum Direction: String, Codable, Sendable {
        case up, down, none
    }

    /// What keeps the number below what the work could use.
    package enum Limit: String, Codable, Sendable {
        case maxAgents = "MaxAgentsReached"
        case quota = "QuotaReached"
    }

    package var from: Int
    package var to: Int
    package var reason: Reason
    /// Why, in a sentence.
    package var message: String
    package var limit: Limit?
    /// When to decide again if nothing happens before.
    package var recheckAfterSeconds: Int?
    /// For the next decision; `nil`: it need not know of this one.
    package var memory: ScalingMemory?

    package var direction: Direction { to > from ? .up : to < from ? .down : .none }
    package var limited: Bool { limit != nil }
}
