import Testing

@testable import SwarmScaling

@Suite struct AutoscalerTests {
    // MARK: From zero, and back

    @Test func `From zero: the first task brings the first agent, and no history is needed`() {
        let decision = Autoscaler.decide(scalingInputs(ready: 1))
        #expect(decision.to == 1)
        #expect(decision.reason == .firstTask)
        #expect(decision.direction == .up)
        #expect(decision.message.contains("none has ended yet"))
    }

    @Test func `From zero: the first agent comes at once, the others when stabilizationSeconds allow`() {
        var inputs = scalingInputs(quiet: 5) { $0.stabilizationSeconds = .init(up: 30, down: 60) }
        inputs = inputs.after(Autoscaler.decide(inputs), seconds: 1)
        inputs.readyTasks = 9
        inputs.quietSeconds = 0
        let first = Autoscaler.decide(inputs)
        #expect(first.to == 1 && first.reason == .firstTask)
        #expect(first.recheckAfterSeconds.map { $0 <= 30 } == true)
        #expect(Autoscaler.decide(inputs.after(first, seconds: 10)).reason == .stabilizing)
        let third = Autoscaler.decide(inputs.after(first, seconds: 30))
        #expect(third.to == 3 && third.reason == .moreWork)
    }

    @Test func `Quiet: one agent stays until it has been quiet for idleSeconds, and the next look is just then`() {
        let decision = Autoscaler.decide(scalingInputs(quiet: 20, current: 1))
        #expect(decision.to == 1)
        #expect(decision.reason == .recentWork)
        #expect(decision.recheckAfterSeconds == 40)
    }

    @Test func `Quiet: after idleSeconds the last agents go, whatever the windows remember`() {
        let inputs = scalingInputs(quiet: 60, current: 5) { $0.memory = ScalingMemory(standing: 5) }
        let decision = Autoscaler.decide(inputs)
        #expect(decision.to == 0)
        #expect(decision.reason == .idle)
        #expect(Autoscaler.decide(scalingInputs(quiet: 60, current: 5, min: 1)).to == 1)
    }

    // MARK: Work in hand

    @Test(arguments: [(1, 1), (4, 1), (5, 2), (20, 5), (21, 6), (80, 20)])
    func `New: as long as no task has ended, each is given a slot`(tasks: Int, agents: Int) {
        #expect(Autoscaler.decide(scalingInputs(ready: tasks)).to == agents)
    }

    @Test func `Running tasks count as much as waiting ones`() {
        let decision = Autoscaler.decide(scalingInputs(ready: 3, leased: 4, current: 1))
        #expect(decision.to == 2)
        #expect(decision.reason == .moreWork)
    }

    /// The last of n tasks starts when c slots have come free often enough: n ≤ c·(1 + T/S).
    @Test(arguments: [(1000, 40, 4), (2000, 40, 5), (100, 84, 1), (100, 85, 2), (60_000, 40, 10)])
    func `Backlog: it is worked off within the objective`(serviceMilliseconds: Int, tasks: Int, agents: Int) {
        let inputs = scalingInputs(ready: tasks) { $0.service = ServiceTime(milliseconds: serviceMilliseconds) }
        #expect(Autoscaler.decide(inputs).to == agents)
    }

    @Test func `Tasks that run for longer than any before disprove the mean`() {
        let inputs = scalingInputs(ready: 36, leased: 4, current: 1) {
            $0.service = ServiceTime(milliseconds: 100, running: .init(tasks: 4, milliseconds: 3900))
        }
        #expect(Autoscaler.decide(inputs).to == 4)
        var young = inputs
        young.service?.running?.milliseconds = 900
        #expect(Autoscaler.decide(young).to == 1)
        #expect(Autoscaler.decide(young).recheckAfterSeconds == 2, "nothing else would tell that they go on")
    }

    @Test func `Agents go while tasks run, as long as those that stay have the slots for them`() {
        let inputs = scalingInputs(leased: 5, current: 6) {
            $0.service = ServiceTime(milliseconds: 500)
            $0.stabilizationSeconds = .init(up: 0, down: 0)
        }
        let decision = Autoscaler.decide(inputs)
        #expect(decision.to == 2 && decision.reason == .lessWork)
    }

    // MARK: Arrivals

    @Test func `Steady: the fewest agents for which the model keeps to the objective`() throws {
        let inputs = scalingInputs(leased: 8, current: 2) {
            $0.service = ServiceTime(milliseconds: 1000, variationThousandths: 1000)
            $0.arrivals = .perSecond(slow: 20)
        }
        let decision = Autoscaler.decide(inputs)
        func share(_ agents: Int) -> Double {
            1 - MultiServerQueue(servers: agents * 4, load: 20, serviceSeconds: 1).waitProbability(over: 2)
        }
        #expect(share(decision.to) >= 0.95 && share(decision.to - 1) < 0.95)
        #expect(decision.reason == .moreArrivals)
        #expect(decision.message.contains("20 tasks a second"))
        #expect(Autoscaler.decide(inputs.after(decision, seconds: 5)).reason == .enough)
    }

    @Test func `One arrival alone is no rate`() {
        let inputs = scalingInputs(leased: 1, current: 1, concurrency: 1) {
            $0.service = ServiceTime(milliseconds: 300_000)
            $0.arrivals = ArrivalWindows(
                slow: .init(count: 1, milliseconds: 60_000), fast: .init(count: 1, milliseconds: 6000))
        }
        #expect(Autoscaler.decide(inputs).to == 1)
    }

    @Test
    func `Burst: the fast window counts once it is twice what the agents can do, and no agent goes until it is over`()
        throws
    {
        let calm = scalingInputs(ready: 2, leased: 8, current: 2) {
            $0.service = ServiceTime(milliseconds: 1000)
            $0.arrivals = .perSecond(slow: 4, fast: 15)
        }
        let before = Autoscaler.decide(calm)
        #expect(before.memory?.burstMilliseconds == nil, "not yet twice the eight a second of two agents")
        #expect(before.to < 10)
        var burst = calm
        burst.arrivals = .perSecond(slow: 4, fast: 40)
        let up = Autoscaler.decide(burst)
        #expect(up.to >= 10 && up.reason == .burst, "\(up)")
        #expect(up.memory?.burstMilliseconds == 0)

        var over = burst.after(up, seconds: 59)
        over.readyTasks = 0
        over.leasedTasks = 1
        over.arrivals = .perSecond(slow: 1, fast: 0)
        over.stabilizationSeconds = .init(up: 0, down: 0)
        let held = Autoscaler.decide(over)
        #expect(held.to == up.to && held.reason == .stabilizing && held.message.contains("no burst"), "\(held)")
        #expect(held.recheckAfterSeconds == 1)
        let down = Autoscaler.decide(over.after(held, seconds: 1))
        #expect(down.to < up.to && down.reason == .lessWork && down.memory?.burstMilliseconds == nil, "\(down)")
    }

    @Test func `Burst: what the agents have slots for is none`() {
        let inputs = scalingInputs(leased: 3, current: 1) {
            $0.service = ServiceTime(milliseconds: 60_000)
            $0.arrivals = .perSecond(slow: 0.05, fast: 0.5)
        }
        #expect(Autoscaler.decide(inputs).memory?.burstMilliseconds == nil)
    }

    // MARK: Windows

    @Test func `Flapping: down goes only what was too much all through the window`() {
        var inputs = scalingInputs(ready: 40, current: 1)
        var decision = Autoscaler.decide(inputs)
        #expect(decision.to == 10)
        for second in 1...300 {
            inputs = inputs.after(decision, seconds: 1)
            inputs.readyTasks = second % 20 < 10 ? 40 : 4
            decision = Autoscaler.decide(inputs)
            #expect(decision.to == 10, "after \(second) s: \(decision)")
        }
        inputs.readyTasks = 8
        for second in 1...60 {
            inputs = inputs.after(decision, seconds: 1)
            decision = Autoscaler.decide(inputs)
            if decision.to < 10 {
                #expect(decision.to == 2 && decision.reason == .lessWork)
                #expect(second >= 50)
                return
            }
        }
        Issue.record("no agent went")
    }

    @Test func `A restart takes no agent away sooner: those that stand count as wanted until then`() {
        let inputs = scalingInputs(leased: 1, current: 5) { $0.service = ServiceTime(milliseconds: 100) }
        let first = Autoscaler.decide(inputs)
        #expect(first.to == 5 && first.reason == .stabilizing)
        #expect(first.recheckAfterSeconds == 60)
        #expect(Autoscaler.decide(inputs.after(first, seconds: 59)).to == 5)
        #expect(Autoscaler.decide(inputs.after(first, seconds: 60)).to == 1)
    }

    // MARK: Agents that are starting

    @Test
    func `Slow starts: what piles up while agents start brings no more than what will be left when more could help`() {
        let inputs = scalingInputs(ready: 60, current: 4, readyAgents: 0) {
            $0.service = ServiceTime(milliseconds: 1000)
            $0.arrivals = .perSecond(slow: 4)
            $0.start = AgentStart(milliseconds: 20_000, startingMilliseconds: 15_000)
        }
        // In five seconds four agents are ready; in the fifteen after that they do 240 tasks, and by then 140 will have come.
        #expect(Autoscaler.decide(inputs).to == 4)
        var unlearnt = inputs
        unlearnt.start = nil
        #expect(Autoscaler.decide(unlearnt).to == 6)
        var hopeless = inputs
        hopeless.readyTasks = 1000
        // 840 will be left of 1080, and 80 come in the twenty seconds that they may take: 920 / 21 slots.
        #expect(Autoscaler.decide(hopeless).to == 11)
        #expect(Autoscaler.decide(inputs).message.contains("4 are starting"))
    }

    // MARK: Limits

    @Test func `Max reached: maxAgents limits the number and says so`() {
        let decision = Autoscaler.decide(scalingInputs(ready: 1000, max: 3))
        #expect(decision.to == 3)
        #expect(decision.limit == .maxAgents)
        #expect(decision.message.contains("maxAgents allows 3"))
    }

    @Test func `Quota: the number stays within what the namespace has room for, and says so`() {
        let decision = Autoscaler.decide(scalingInputs(ready: 1000, current: 2) { $0.quotaAgents = 4 })
        #expect(decision.to == 4)
        #expect(decision.limit == .quota)
        #expect(decision.message.contains("ResourceQuota has room for 4"))
        // Pods that cannot be made are not asked for again and again.
        let less = Autoscaler.decide(scalingInputs(ready: 1000, current: 9) { $0.quotaAgents = 4 })
        #expect(less.to == 4 && less.reason == .aboveLimit && less.limit == .quota)
        let ample = Autoscaler.decide(scalingInputs(ready: 1000, current: 2, max: 3) { $0.quotaAgents = 40 })
        #expect(ample.to == 3 && ample.limit == .maxAgents)
        let few = Autoscaler.decide(scalingInputs(quiet: 60, min: 2) { $0.quotaAgents = 1 })
        #expect(few.to == 1 && few.reason == .belowMinimum && few.limit == .quota)
        #expect(few.message.contains("ResourceQuota has room for 1"))
    }

    @Test func `A lower maxAgents takes agents at once, but for those whose slots are taken`() {
        let inputs = scalingInputs(leased: 18, current: 10, max: 3) { $0.service = ServiceTime(milliseconds: 1000) }
        let decision = Autoscaler.decide(inputs)
        #expect(decision.to == 5 && decision.reason == .aboveLimit)
        #expect(decision.limit == nil, "the work needs no more")
        #expect(decision.message.contains("5 stay while tasks run"))
        let next = Autoscaler.decide(inputs.after(decision, seconds: 1))
        #expect(next.to == 5 && next.reason == .workInHand)
    }

    @Test func `minAgents stand without any task`() {
        let decision = Autoscaler.decide(scalingInputs(min: 2))
        #expect(decision.to == 2)
        #expect(decision.reason == .belowMinimum)
    }

    // MARK: Other strategies and states

    @Test func `External: the number asked for is followed within the limits`() {
        var external = scalingInputs(ready: 100, current: 1, min: 1, max: 5) { $0.strategy = .external }
        external.externalAgents = 3
        #expect(Autoscaler.decide(external).to == 3)
        external.externalAgents = 9
        #expect(Autoscaler.decide(external).to == 5)
        #expect(Autoscaler.decide(external).limit == .maxAgents)
        external.externalAgents = 0
        #expect(Autoscaler.decide(external).to == 1)
    }

    @Test func `External: agents are to go though tasks run, which they end first`() {
        let external = scalingInputs(leased: 9, current: 6) {
            $0.strategy = .external
            $0.externalAgents = 1
        }
        let decision = Autoscaler.decide(external)
        #expect(decision.to == 1 && decision.reason == .external)
    }

    @Test func `A suspended swarm keeps as many agents as the running tasks need, and then none`() {
        var suspended = scalingInputs(ready: 9, leased: 5, current: 4) { $0.suspended = true }
        #expect(Autoscaler.decide(suspended).to == 2)
        suspended.leasedTasks = 0
        #expect(Autoscaler.decide(suspended).to == 0)
    }
}
