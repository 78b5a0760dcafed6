/// How many agents there should be, and why.
package struct ScalingDecision: Codable, Sendable, Equatable {
    package enum Reason: String, Codable, Sendable {
        /// Tasks wait and there was no agent.
        case firstTask = "FirstTask"
        /// More tasks are in hand than the agents have slots.
        case moreWork = "MoreWork"
        /// Fewer agents than `minAgents`.
        case belowMinimum = "BelowMinimum"
        /// As many agents as the tasks in hand need.
        case enough = "Enough"
        /// Fewer agents would do, but tasks run: an agent may only go once nothing is leased.
        case workInHand = "WorkInHand"
        /// Nothing to do, but not for long enough.
        case recentWork = "RecentWork"
        /// Nothing to do for `idleSeconds`.
        case idle = "Idle"
        case suspended = "Suspended"
        /// The number that others set on the scale subresource.
        case external = "External"
    }

    package enum Direction: String, Codable, Sendable {
        case up, down, none
    }

    package var from: Int
    package var to: Int
    package var reason: Reason
    /// Why, in a sentence.
    package var message: String
    /// Whether `maxAgents` kept the number below what the tasks in hand could use.
    package var limited: Bool
    /// When to decide again if nothing happens before.
    package var recheckAfterSeconds: Int?

    package var direction: Direction { to > from ? .up : to < from ? .down : .none }
}
