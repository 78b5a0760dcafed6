import SwarmScaling
import Testing

@Suite struct AutoscalerTests {
    private func inputs(
        ready: Int = 0, leased: Int = 0, quiet: Int = 0, current: Int = 0, concurrency: Int = 4, min: Int = 0,
        max: Int = 20,
        idle: Int = 60
    ) -> ScalingInputs {
        ScalingInputs(
            readyTasks: ready, leasedTasks: leased, oldestWaitSeconds: 0, quietSeconds: quiet, currentAgents: current,
            readyAgents: current, concurrency: concurrency, minAgents: min, maxAgents: max, idleSeconds: idle)
    }

    @Test func `The first task brings the first agent`() {
        let decision = Autoscaler.decide(inputs(ready: 1))
        #expect(decision.to == 1)
        #expect(decision.reason == .firstTask)
        #expect(decision.direction == .up)
    }

    @Test(arguments: [(1, 1), (4, 1), (5, 2), (20, 5), (21, 6), (80, 20)])
    func `Agents are just enough for the tasks in hand`(tasks: Int, agents: Int) {
        #expect(Autoscaler.decide(inputs(ready: tasks)).to == agents)
    }

    @Test func `Running tasks count as much as waiting ones`() {
        let decision = Autoscaler.decide(inputs(ready: 3, leased: 4, current: 1))
        #expect(decision.to == 2)
        #expect(decision.reason == .moreWork)
    }

    @Test func `maxAgents limits the number and says so`() {
        let decision = Autoscaler.decide(inputs(ready: 1000, max: 3))
        #expect(decision.to == 3)
        #expect(decision.limited)
        #expect(decision.message.contains("maxAgents allows 3"))
    }

    @Test func `minAgents stand without any task`() {
        let decision = Autoscaler.decide(inputs(min: 2))
        #expect(decision.to == 2)
        #expect(decision.reason == .belowMinimum)
    }

    @Test func `No agent goes while a task runs`() {
        let decision = Autoscaler.decide(inputs(leased: 1, current: 5))
        #expect(decision.to == 5)
        #expect(decision.reason == .workInHand)
    }

    @Test func `Agents stay until it has been quiet for idleSeconds, and the next look is just then`() {
        let decision = Autoscaler.decide(inputs(quiet: 20, current: 5))
        #expect(decision.to == 5)
        #expect(decision.reason == .recentWork)
        #expect(decision.recheckAfterSeconds == 40)
    }

    @Test func `After idleSeconds of quiet the last agents go`() {
        let decision = Autoscaler.decide(inputs(quiet: 60, current: 5))
        #expect(decision.to == 0)
        #expect(decision.reason == .idle)
        #expect(Autoscaler.decide(inputs(quiet: 60, current: 5, min: 1)).to == 1)
    }

    @Test func `A suspended swarm is to have no agents, and says so while tasks run`() {
        var suspended = inputs(ready: 9, leased: 1, current: 2)
        suspended.suspended = true
        #expect(Autoscaler.decide(suspended).to == 0)
        #expect(Autoscaler.decide(suspended).message.contains("until the 1 task"))
        suspended.leasedTasks = 0
        #expect(Autoscaler.decide(suspended).to == 0)
        #expect(Autoscaler.decide(suspended).message == "suspended: no agents")
    }

    @Test func `Under External the number asked for is followed within the limits`() {
        var external = inputs(ready: 100, current: 1, min: 1, max: 5)
        external.strategy = .external
        external.externalAgents = 3
        #expect(Autoscaler.decide(external).to == 3)
        external.externalAgents = 9
        #expect(Autoscaler.decide(external).to == 5)
        external.externalAgents = 0
        #expect(Autoscaler.decide(external).to == 1)
        // Whoever is to go ends its tasks first.
        external.currentAgents = 4
        external.leasedTasks = 9
        #expect(Autoscaler.decide(external).to == 1)
    }

    @Test func `Whatever the inputs, the decision keeps the limits and never takes an agent from running work`() {
        var generator = SplitMix(seed: 20_260_101)
        for _ in 0..<20_000 {
            let low = Int.random(in: 0...5, using: &generator)
            let given = inputs(
                ready: Int.random(in: 0...60, using: &generator), leased: Int.random(in: 0...60, using: &generator),
                quiet: Int.random(in: 0...120, using: &generator), current: Int.random(in: 0...25, using: &generator),
                concurrency: Int.random(in: 1...8, using: &generator), min: low,
                max: Int.random(in: low...20, using: &generator))
            let decision = Autoscaler.decide(given)
            #expect(decision.to >= min(given.minAgents, given.maxAgents))
            #expect(decision.to <= max(given.maxAgents, given.currentAgents))
            if given.leasedTasks > 0 { #expect(decision.to >= given.currentAgents) }
            if given.readyTasks > 0 { #expect(decision.to > 0 || given.maxAgents == 0) }
            #expect(decision == Autoscaler.decide(given))
        }
    }
}

/// A small generator with a seed (Steele, Lea and Flood 2014), so that a failure repeats.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
