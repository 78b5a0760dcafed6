import TaskStoreTesting

/// What goes wrong in a simulation.
package enum SimulatedFault: String, Sendable, CaseIterable {
    /// Messages are lost, by chance and while an agent is cut off.
    case loss, partition
    /// Messages arrive twice, or long after those that were sent later.
    case duplication, delay
    /// Processes end with no chance to do anything about it; the store comes back with what it has committed.
    case agentCrash, gatewayCrash, storeCrash
    /// A whole agent stands still for a while, then goes on as if nothing had been.
    case agentPause
    /// Agents are drained, and asked to end.
    case agentDrain, agentEnd
    /// Attempts fail, hang, or take no notice of being cancelled.
    case failure
    /// Owners cancel, hold and change their tasks; swarms are suspended.
    case cancellation, amendment, suspension
    /// The limits of keys are changed again and again.
    case limits
    /// Somebody with a valid registration keeps to no rule.
    case badAgent
}

/// What one run of the simulation is a function of.
///
/// Written as `SEED tasks=N agents=N gateways=N seconds=N faults=a+b`; a seed alone stands for the case that is drawn from it.
package struct SimulationCase: Sendable, Hashable, CustomStringConvertible {
    package var seed: UInt64
    package var tasks: Int
    package var agents: Int
    package var gateways: Int
    /// For how long things go wrong. After that nothing does, and every task must come to its end.
    package var seconds: Int
    package var faults: Set<SimulatedFault>

    /// From so many tasks on they come close together, are short, and meet agents of many slots, whose reports then go together.
    private static let busyTasks = 20

    var isBusy: Bool { tasks >= Self.busyTasks }

    package init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.seed = seed
        tasks = Int.random(in: 1...10, using: &random)
        agents = Int.random(in: 1...4, using: &random)
        gateways = Int.random(in: 1...3, using: &random)
        seconds = Int.random(in: 10...50, using: &random)
        // Some of the faults at a time: what all of them together hide, a few may show (Groce et al., "Swarm testing", 2012).
        let percent = Int.random(in: 10...80, using: &random)
        faults = Set(SimulatedFault.allCases.filter { _ in random.chance(percent) })
        if random.chance(15) { tasks = Int.random(in: Self.busyTasks...40, using: &random) }
    }

    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard let first = words.first, let seed = UInt64(first) else { return nil }
        self.init(seed: seed)
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let number = Int(parts[1])
            switch (parts[0], number) {
            case ("tasks", let number?): tasks = number
            case ("agents", let number?): agents = number
            case ("gateways", let number?): gateways = number
            case ("seconds", let number?): seconds = number
            case ("faults", _):
                let names = parts[1].split(separator: "+").map { SimulatedFault(rawValue: String($0)) }
                guard !names.contains(nil) else { return nil }
                faults = Set(names.compactMap { $0 })
            default: return nil
            }
        }
    }

    package var description: String {
        let names = SimulatedFault.allCases.filter(faults.contains).map(\.rawValue).joined(separator: "+")
        return "\(seed) tasks=\(tasks) agents=\(agents) gateways=\(gateways) seconds=\(seconds) faults=\(names)"
    }

    /// Cases that are simpler in one way each.
    var simpler: [SimulationCase] {
        var cases: [SimulationCase] = []
        func add(_ change: (inout SimulationCase) -> Void) {
            var simpler = self
            change(&simpler)
            if simpler != self { cases.append(simpler) }
        }
        for fault in SimulatedFault.allCases { add { $0.faults.remove(fault) } }
        add { $0.tasks = max($0.tasks / 2, 1) }
        add { $0.tasks = max($0.tasks - 1, 1) }
        add { $0.agents = max($0.agents - 1, 1) }
        add { $0.gateways = max($0.gateways - 1, 1) }
        add { $0.seconds = max($0.seconds / 2, 5) }
        return cases
    }
}

/// What a simulated run showed to be wrong.
package struct SimulationFailure: Error, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
