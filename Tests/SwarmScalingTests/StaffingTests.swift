import Testing

@testable import SwarmScaling

@Suite struct StaffingTests {
    struct Case: CustomTestStringConvertible {
        var arrivalsPerSecond: Double
        var serviceSeconds: Double
        var slots: Int
        var waitSeconds: Int
        var percentile: Int
        var load: Double { arrivalsPerSecond * serviceSeconds }
        var testDescription: String {
            "\(arrivalsPerSecond) a second of \(serviceSeconds) s, \(slots) slots: \(percentile) % within \(waitSeconds) s"
        }

        func agents(_ shape: ServiceShape) -> Int {
            Staffing(
                slotsPerAgent: slots, objective: WaitObjective(waitSeconds: waitSeconds, percentile: percentile)
            ).agents(load: load, serviceSeconds: serviceSeconds, variation: shape.variation, occupied: 0)
        }

        func share(_ shape: ServiceShape, agents: Int, seed: UInt64) -> Double {
            QueueSimulation(
                servers: agents * slots, arrivalsPerSecond: arrivalsPerSecond, serviceSeconds: serviceSeconds,
                shape: shape, seed: seed
            ).share(within: Double(waitSeconds), arrivals: 60_000)
        }
    }

    static let cases = [
        Case(arrivalsPerSecond: 5, serviceSeconds: 1, slots: 1, waitSeconds: 1, percentile: 95),
        Case(arrivalsPerSecond: 2, serviceSeconds: 6, slots: 1, waitSeconds: 2, percentile: 95),
        Case(arrivalsPerSecond: 10, serviceSeconds: 2, slots: 1, waitSeconds: 0, percentile: 90),
        Case(arrivalsPerSecond: 30, serviceSeconds: 0.9, slots: 4, waitSeconds: 1, percentile: 99),
        Case(arrivalsPerSecond: 0.2, serviceSeconds: 20, slots: 1, waitSeconds: 5, percentile: 80),
    ]

    @Test(arguments: cases)
    func `The number chosen meets the objective, and one agent fewer does not (exponential times)`(given: Case) {
        let seed: UInt64 = 20_260_601
        let agents = given.agents(.exponential)
        let wanted = Double(given.percentile) / 100
        let share = given.share(.exponential, agents: agents, seed: seed)
        #expect(share >= wanted - 0.005, "\(agents) agents: \(share), seed \(seed)")
        let fewer = given.share(.exponential, agents: agents - 1, seed: seed)
        #expect(fewer < wanted + 0.005, "\(agents - 1) agents: \(fewer), seed \(seed)")
    }

    @Test(arguments: cases, [ServiceShape.constant, .erlang4, .hyperexponential])
    func `The number chosen meets the objective for other service times, as far as two moments tell`(
        given: Case, shape: ServiceShape
    ) {
        let seed: UInt64 = 20_260_602
        let agents = given.agents(shape)
        let share = given.share(shape, agents: agents, seed: seed)
        #expect(share >= Double(given.percentile) / 100 - 0.015, "\(agents) agents: \(share), seed \(seed)")
    }

    @Test func `More variable times need no fewer agents`() {
        for given in Self.cases {
            let agents = ServiceShape.allCases.map(given.agents)
            #expect(agents == agents.sorted(), "\(given): \(agents)")
        }
    }

    @Test func `The search finds the least number, as trying one after the other does`() {
        let seed: UInt64 = 20_260_603
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let staffing = Staffing(
                slotsPerAgent: .random(in: 1...8, using: &generator),
                objective: WaitObjective(
                    waitSeconds: .random(in: 0...5, using: &generator),
                    percentile: .random(in: 1...99, using: &generator)))
            let load = Double.random(in: 0.01...400, using: &generator)
            let seconds = Double.random(in: 0.01...60, using: &generator)
            let occupied = Int.random(in: 0...20, using: &generator)
            let found = staffing.agents(load: load, serviceSeconds: seconds, variation: 1, occupied: occupied)
            func meets(_ agents: Int) -> Bool {
                MultiServerQueue(
                    servers: agents * staffing.slotsPerAgent - occupied, load: load, serviceSeconds: seconds
                ).waitProbability(over: Double(staffing.objective.waitSeconds))
                    <= 1 - Double(staffing.objective.percentile) / 100
            }
            let least = (0...).first { $0 * staffing.slotsPerAgent > occupied && meets($0) }
            #expect(found == least, "\(staffing), load \(load), \(seconds) s, \(occupied) occupied, seed \(seed)")
        }
    }

    @Test func `Absurd loads give a number`() {
        let staffing = Staffing(slotsPerAgent: 1, objective: WaitObjective(waitSeconds: 0, percentile: 99))
        for load in [1e6, 1e12, 1e300, .infinity] {
            #expect(
                staffing.agents(load: load, serviceSeconds: 1, variation: 1, occupied: 0) == Staffing.mostAgents)
        }
        #expect(staffing.agents(load: 1e-300, serviceSeconds: 1, variation: 1, occupied: 0) == 1)
    }
}
