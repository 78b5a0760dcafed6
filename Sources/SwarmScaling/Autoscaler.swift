/// Decides how many agents a swarm should have: the fewest for which tasks start within the objective at its percentile, within
/// the limits; up at once, down when fewer have been enough for long enough, from zero on the first task, to zero when idle.
package enum Autoscaler {
    /// Arrivals of the fast window that are so many times what the agents can do are a burst, which ends when there was none for as
    /// long as the slow window.
    static let burstFactor = 2.0
    /// The rate of arrivals falls without any event: so often it is looked at while there are agents that could go.
    static let recheckSeconds = 15

    package static func decide(_ inputs: ScalingInputs) -> ScalingDecision {
        if inputs.suspended { return suspended(inputs) }
        if inputs.strategy == .external { return external(inputs) }
        let limits = ScalingLimits(inputs)
        if inputs.tasks == 0, inputs.quietSeconds >= inputs.idleSeconds { return idle(inputs, limits) }

        var memory = inputs.memory ?? ScalingMemory(standing: inputs.currentAgents)
        let isBurst = noteBurst(inputs, &memory)
        let need = AgentNeed(inputs, isBurst: isBurst)
        // The last agent stays for idleSeconds.
        let keep = inputs.currentAgents > 0 || inputs.tasks > 0 ? 1 : 0
        let wanted = limits.clamp(max(need.agents, keep))
        let settled = Settled(inputs, wanted: wanted, isBurst: isBurst, memory: &memory)
        let to = limits.clamp(settled.agents, keeping: inputs)

        let sentence = ScalingSentence(inputs: inputs, limits: limits)
        let limit = limits.limit(at: to, needed: max(need.agents, inputs.minAgents))
        let reason = reason(inputs, need, limits, wanted: wanted, settled: settled, to: to)
        return ScalingDecision(
            from: inputs.currentAgents, to: to, reason: reason,
            message: sentence.demand(
                need, wanted: wanted, to: to, reason: reason, isBurst: isBurst, isLimited: limit != nil),
            limit: limit, recheckAfterSeconds: recheck(inputs, limits, settled, to: to), memory: memory)
    }

    // MARK: Demand

    /// Arrivals that are twice what all agents, also those that are coming, can do.
    private static func noteBurst(_ inputs: ScalingInputs, _ memory: inout ScalingMemory) -> Bool {
        if let seconds = inputs.arrivalTime?.seconds, let fast = inputs.arrivals?.fast, inputs.currentAgents > 0 {
            let slots = Double(inputs.currentAgents) * Double(inputs.slots)
            // What the agents have slots for is no burst, however seldom it comes.
            if inputs.tasks > slots, fast.rate >= burstFactor * slots / seconds { memory.burstMilliseconds = 0 }
        }
        if let since = memory.burstMilliseconds, since >= ArrivalWindows.slowSeconds * 1000 {
            memory.burstMilliseconds = nil
        }
        return memory.burstMilliseconds != nil
    }

    /// The number after the windows of `stabilizationSeconds`.
    private struct Settled {
        var agents: Int
        /// How long a window still holds the number, if it does.
        var heldMilliseconds: Int?

        init(_ inputs: ScalingInputs, wanted: Int, isBurst: Bool, memory: inout ScalingMemory) {
            let seconds = inputs.stabilizationSeconds
            let greatest = memory.greatest.note(wanted, windowSeconds: seconds?.down ?? 0, isMoreExtreme: >)
            let least = memory.least.note(wanted, windowSeconds: seconds?.up ?? 0, isMoreExtreme: <)
            let current = inputs.currentAgents
            agents = current
            if least.agents > current {
                agents = least.agents
            } else if greatest.agents < current, !isBurst {
                agents = greatest.agents
            }
            // The first agent does not wait.
            if current == 0, inputs.tasks > 0 { agents = max(agents, 1) }
            if wanted > agents {
                heldMilliseconds = least.millisecondsLeft
            } else if wanted < agents {
                heldMilliseconds = greatest.millisecondsLeft
                if isBurst, let since = memory.burstMilliseconds {
                    heldMilliseconds = max(ArrivalWindows.slowSeconds * 1000 - since, greatest.millisecondsLeft)
                }
            }
        }
    }

    private static func reason(
        _ inputs: ScalingInputs, _ need: AgentNeed, _ limits: ScalingLimits, wanted: Int, settled: Settled, to: Int
    ) -> ScalingDecision.Reason {
        let current = inputs.currentAgents
        if to > current {
            if current == 0, inputs.tasks > 0 { return .firstTask }
            if need.agents <= current { return .belowMinimum }
            if case .arrivals(let window) = need.cause {
                return window == inputs.arrivals?.fast ? .burst : .moreArrivals
            }
            return .moreWork
        }
        if to < current { return to < settled.agents ? .aboveLimit : .lessWork }
        if current > limits.most { return .workInHand }
        if wanted == current {
            return inputs.tasks == 0 && wanted > limits.least && need.agents < wanted ? .recentWork : .enough
        }
        return .stabilizing
    }

    private static func recheck(
        _ inputs: ScalingInputs, _ limits: ScalingLimits, _ settled: Settled, to: Int
    ) -> Int? {
        var seconds: [Int] = []
        if let held = settled.heldMilliseconds { seconds.append((held + 999) / 1000) }
        // Tasks that wait without an end or a beginning of any other disprove what is known of how long they take.
        if inputs.readyTasks > 0, to < limits.most { seconds.append((inputs.objective ?? .standard).waitSeconds) }
        if to > limits.least {
            if inputs.tasks == 0 { seconds.append(inputs.idleSeconds - inputs.quietSeconds) }
            if inputs.arrivals.map({ $0.slow.count > 0 }) ?? false { seconds.append(recheckSeconds) }
        }
        return seconds.min().map { max($0, 1) }
    }

    // MARK: Other states

    private static func idle(_ inputs: ScalingInputs, _ limits: ScalingLimits) -> ScalingDecision {
        let current = inputs.currentAgents
        let to = limits.least
        let sentence = ScalingSentence(inputs: inputs, limits: limits)
        return ScalingDecision(
            from: current, to: to, reason: to > current ? .belowMinimum : to < current ? .idle : .enough,
            message: to < current ? sentence.idle : sentence.nothingToDo(to),
            limit: limits.limit(at: to, needed: inputs.minAgents))
    }

    private static func suspended(_ inputs: ScalingInputs) -> ScalingDecision {
        let to = min(inputs.currentAgents, inputs.occupiedAgents)
        return ScalingDecision(
            from: inputs.currentAgents, to: to, reason: .suspended,
            message: to > 0
                ? "suspended; \(to.of("agent")) stay until the \(inputs.leasedTasks.of("task")) that run have ended"
                : "suspended: no agents")
    }

    /// Those that are to go end what they hold before they do: as many as that takes, for as long.
    private static func external(_ inputs: ScalingInputs) -> ScalingDecision {
        let limits = ScalingLimits(inputs)
        let asked = inputs.externalAgents ?? inputs.minAgents
        let to = limits.clamp(asked)
        let sentence = ScalingSentence(inputs: inputs, limits: limits)
        return ScalingDecision(
            from: inputs.currentAgents, to: to, reason: .external, message: sentence.external(asked: asked, to: to),
            limit: limits.limit(at: to, needed: max(asked, inputs.minAgents)))
    }
}
