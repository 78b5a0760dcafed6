/// How long a task may wait for an agent: `percentile` percent start within `waitSeconds`.
package struct WaitObjective: Codable, Sendable, Equatable {
    package var waitSeconds: Int
    package var percentile: Int

    package init(waitSeconds: Int, percentile: Int) {
        self.waitSeconds = waitSeconds
        self.percentile = percentile
    }
}

/// The fewest agents that keep to an objective.
package struct Staffing: Sendable {
    /// A number that no swarm comes near, so that absurd inputs stay numbers.
    package static let mostAgents = 1_000_000

    package var slotsPerAgent: Int
    package var objective: WaitObjective

    package init(slotsPerAgent: Int, objective: WaitObjective) {
        self.slotsPerAgent = max(slotsPerAgent, 1)
        self.objective = objective
    }

    /// So many that arrivals of `load` erlangs find a free slot in time, beside `occupied` slots that are taken for longer.
    ///
    /// From the fewest that are not overrun, in steps that double, then by halves: the model is asked a number of times that
    /// is logarithmic in what the objective needs beyond them.
    package func agents(load: Double, serviceSeconds: Double, variation: Double, occupied: Int) -> Int {
        guard load > 0 else { return agents(slots: Double(occupied)) }
        func meets(_ agents: Int) -> Bool {
            let queue = MultiServerQueue(
                servers: agents * slotsPerAgent - occupied, load: load, serviceSeconds: serviceSeconds,
                variation: variation)
            return queue.waitProbability(over: Double(objective.waitSeconds))
                <= 1 - Double(objective.percentile) / 100
        }
        var enough = agents(slots: (load + Double(occupied)).nextUp)
        var tooFew = enough - 1
        var step = 1
        while enough < Self.mostAgents, !meets(enough) {
            tooFew = enough
            enough = min(enough + step, Self.mostAgents)
            step *= 2
        }
        while enough - tooFew > 1 {
            let middle = tooFew + (enough - tooFew) / 2
            if meets(middle) { enough = middle } else { tooFew = middle }
        }
        return enough
    }

    /// So many that they have at least `slots` slots.
    package func agents(slots: Double) -> Int {
        let agents = (slots / Double(slotsPerAgent)).rounded(.up)
        return agents < Double(Self.mostAgents) ? Int(max(agents, 0)) : Self.mostAgents
    }
}
