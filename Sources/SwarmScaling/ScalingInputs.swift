/// Everything that a scaling decision is made from. Durations are whole seconds before now, so that the same inputs always
/// give the same decision, whenever it is replayed.
package struct ScalingInputs: Codable, Sendable, Equatable {
    package enum Strategy: String, Codable, Sendable {
        case demand = "Demand"
        case external = "External"
    }

    /// Tasks that could run now and wait for an agent.
    package var readyTasks: Int
    /// Tasks that run.
    package var leasedTasks: Int
    /// How long the oldest ready task has waited.
    package var oldestWaitSeconds: Int
    /// How long there has been neither a ready nor a leased task; 0 where there is one.
    package var quietSeconds: Int
    /// Agents that the Deployment asks for.
    package var currentAgents: Int
    package var readyAgents: Int
    /// Tasks that one agent runs at once.
    package var concurrency: Int
    package var minAgents: Int
    package var maxAgents: Int
    package var idleSeconds: Int
    package var strategy: Strategy
    /// The number that others asked for, under `External`.
    package var externalAgents: Int?
    package var suspended: Bool

    package init(
        readyTasks: Int,
        leasedTasks: Int,
        oldestWaitSeconds: Int,
        quietSeconds: Int,
        currentAgents: Int,
        readyAgents: Int,
        concurrency: Int,
        minAgents: Int,
        maxAgents: Int,
        idleSeconds: Int,
        strategy: Strategy = .demand,
        externalAgents: Int? = nil,
        suspended: Bool = false
    ) {
        self.readyTasks = readyTasks
        self.leasedTasks = leasedTasks
        self.oldestWaitSeconds = oldestWaitSeconds
        self.quietSeconds = quietSeconds
        self.currentAgents = currentAgents
        self.readyAgents = readyAgents
        self.concurrency = concurrency
        self.minAgents = minAgents
        self.maxAgents = maxAgents
        self.idleSeconds = idleSeconds
        self.strategy = strategy
        self.externalAgents = externalAgents
        self.suspended = suspended
    }
}
