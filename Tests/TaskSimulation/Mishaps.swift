import TaskQueue
import TaskStoreTesting

/// What befalls processes, and what owners think better of.
final class Mishaps {
    private unowned let world: Simulation
    private let submitters: Submitters
    private var random: SeededGenerator

    init(_ world: Simulation, _ submitters: Submitters) {
        self.world = world
        self.submitters = submitters
        random = world.random("mishaps")
    }

    /// One thing of each kind every now and then.
    func start() {
        for fault in SimulatedFault.allCases where world.options.faults.contains(fault) { planNext(fault) }
    }

    private func planNext(_ fault: SimulatedFault) {
        world.plan(after: Int64.random(in: 500...20_000, using: &random)) { [self] in
            guard world.isChaotic else { return }
            try await world.attempt { try await happen(fault) }
            planNext(fault)
        }
    }

    private func milliseconds(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &random) }

    private func happen(_ fault: SimulatedFault) async throws {
        let agent = random.pick(world.agents)
        switch fault {
        case .agentCrash: agent?.crash()
        case .agentPause: agent?.pause(for: milliseconds(1_000...60_000))
        case .partition: agent?.cutOff(for: milliseconds(1_000...60_000))
        case .agentEnd: agent?.terminate()
        case .agentDrain:
            guard let id = agent?.id else { return }
            try await world.store.setDraining(id, true)
            world.insist(after: milliseconds(1_000...30_000)) { [world] in
                try await world.store.setDraining(id, false)
            }
        case .gatewayCrash:
            guard let gateway = random.pick(world.gateways), gateway.isUp else { return }
            gateway.crash()
            world.plan(after: milliseconds(100...20_000)) { if !gateway.isUp { gateway.start() } }
        case .storeCrash:
            if random.chance(50) {
                world.store.crash()
            } else {
                world.store.crash(afterCalls: Int.random(in: 0...5, using: &random))
            }
            world.plan(after: milliseconds(100...30_000)) { [world] in try await world.store.start() }
        case .cancellation:
            guard let task = random.pick(submitters.tasks) else { return }
            let order = CancelOrder(
                mode: random.chance(60) ? .cooperative : .force,
                graceMs: random.chance(50) ? milliseconds(0...10_000) : nil, reason: "no longer wanted")
            world.note("\(task) is cancelled")
            try await world.store.cancel(task, order)
        case .amendment:
            guard let task = random.pick(submitters.tasks) else { return }
            try await world.store.amend(
                task,
                TaskAmendment(
                    priority: random.chance(40) ? Int.random(in: -3...3, using: &random) : nil,
                    isSuspended: random.chance(50) ? random.chance(50) : nil,
                    swarm: random.chance(30) ? random.pick(world.swarms) : nil))
        case .suspension:
            guard let swarm = random.pick(world.swarms) else { return }
            try await world.store.put(swarm, isSuspended: true)
            world.insist(after: milliseconds(500...20_000)) { [world] in
                try await world.store.put(swarm, isSuspended: false)
            }
        case .limits:
            guard let key = random.pick(Simulation.keys) else { return }
            try await world.store.setLimit(random.chance(20) ? nil : limit(), of: key)
        case .loss, .duplication, .delay, .failure, .badAgent: break
        }
    }

    private func limit() -> KeyLimit {
        let rate = RateLimit(
            intervalMicroseconds: .random(in: 1_000...3_000_000, using: &random),
            burst: .random(in: 1...3, using: &random))
        return KeyLimit(
            maxConcurrent: random.chance(80) ? Int.random(in: 0...3, using: &random) : nil,
            rate: random.chance(50) ? rate : nil)
    }
}
