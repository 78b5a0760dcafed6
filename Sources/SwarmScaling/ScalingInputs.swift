/// Everything that a scaling decision is made from. Durations are before now, so that the same inputs always give the same
/// decision, whenever it is replayed. What is optional was not recorded by earlier releases, or is not known.
package struct ScalingInputs: Codable, Sendable, Equatable {
    package enum Strategy: String, Codable, Sendable {
        case demand = "Demand"
        case external = "External"
    }

    /// How long a change must be wanted before it is made.
    package struct Stabilization: Codable, Sendable, Equatable {
        package var up: Int
        package var down: Int

        package init(up: Int, down: Int) {
            self.up = up
            self.down = down
        }
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
    package var objective: WaitObjective?
    package var stabilizationSeconds: Stabilization?
    package var arrivals: ArrivalWindows?
    /// `nil`: no task has ended yet.
    package var service: ServiceTime?
    /// The same by type and input size; `nil`: too little is known to tell them apart.
    package var work: WorkMix?
    /// `nil`: no agent has been seen to start.
    package var start: AgentStart?
    /// How many agents of this swarm the namespace's ResourceQuota has room for, those that stand included; `nil`: no limit.
    package var quotaAgents: Int?
    /// What the decision before gave; `nil`: nothing is remembered.
    package var memory: ScalingMemory?

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
        suspended: Bool = false,
        objective: WaitObjective? = nil,
        stabilizationSeconds: Stabilization? = nil,
        arrivals: ArrivalWindows? = nil,
        service: ServiceTime? = nil,
        work: WorkMix? = nil,
        start: AgentStart? = nil,
        quotaAgents: Int? = nil,
        memory: ScalingMemory? = nil
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
        self.objective = objective
        self.stabilizationSeconds = stabilizationSeconds
        self.arrivals = arrivals
        self.service = service
        self.work = work
        self.start = start
        self.quotaAgents = quotaAgents
        self.memory = memory
    }

    /// Tasks in hand.
    var tasks: Double { Double(readyTasks) + Double(leasedTasks) }
    var slots: Int { max(concurrency, 1) }
    /// Agents that are ordered and not ready.
    var startingAgents: Int { max(currentAgents - readyAgents, 0) }

    /// Agents whose slots the running tasks fill. Fewer than these never stand.
    var occupiedAgents: Int { (leasedTasks + slots - 1) / slots }
}
