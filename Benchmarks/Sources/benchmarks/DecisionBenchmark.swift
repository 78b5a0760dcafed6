import ArgumentParser
import BenchmarkSupport
import SwarmScaling

/// How long one scaling decision takes, over a spread of inputs.
struct DecisionBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decision",
        abstract:
            "A scaling decision's time, from one agent to 10,000, of 1 to 256 slots, near and far from their capacity.",
        discussion: """
            Each row's decisions differ in their number of waiting tasks. Of the batches of a row the median counts, beside the
            slowest: what else the machine does meets single batches.
            """)

    @Option(help: "Batches of each row.") var batches = 50
    @Option(help: "Decisions of a batch.") var decisions = 100
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard batches > 0, decisions > 0 else { throw ValidationError("the options must be at least 1") }
    }

    func run() throws {
        let conditions = try Conditions(folder: "/tmp")
        var table = FigureTable()
        for agents in [1, 100, 1000, 10_000] {
            for slots in [1, 4, 256] {
                for utilization in [0.5, 0.99] { measure(agents, slots, utilization, &table) }
            }
        }
        table.report(
            "decision", conditions,
            "\(batches) batches of \(decisions) decisions each; arrivals, backlog, windows and agents that start are all in play",
            asJSON: json)
    }

    private func measure(_ agents: Int, _ slots: Int, _ utilization: Double, _ table: inout FigureTable) {
        var inputs = inputs(agents, slots, utilization)
        // Half of the agents stand, so that the number must be searched for.
        inputs.memory = Autoscaler.decide(inputs).memory?.aged(by: 1000)
        var times = Durations()
        var sum = 0
        for _ in 0..<batches {
            let start = ContinuousClock.now
            for decision in 0..<decisions {
                inputs.readyTasks = decision
                sum += Autoscaler.decide(inputs).to
            }
            times.add(start.duration(to: .now) / decisions)
        }
        table.add(
            "\(agents) agents of \(slots) slots, \(Int(utilization * 100)) % busy", times.percentile(50) * 1000, "µs",
            digits: 2,
            atMost: 50,
            note:
                "\((times.percentile(100) * 1000).text(digits: 2)) at most; \(sum / batches / decisions) agents decided"
        )
    }

    private func inputs(_ agents: Int, _ slots: Int, _ utilization: Double) -> ScalingInputs {
        let serviceMilliseconds = 900
        let rate = Double(agents * slots) * utilization * 1000 / Double(serviceMilliseconds)
        func window(_ seconds: Int) -> ArrivalWindow {
            ArrivalWindow(count: Int(rate * Double(seconds)), milliseconds: seconds * 1000)
        }
        return ScalingInputs(
            readyTasks: 0, leasedTasks: agents * slots / 2, oldestWaitSeconds: 1, quietSeconds: 0,
            currentAgents: (agents + 1) / 2, readyAgents: agents / 2, concurrency: slots, minAgents: 0,
            maxAgents: 10_000,
            idleSeconds: 60, objective: WaitObjective(waitSeconds: 0, percentile: 95),
            stabilizationSeconds: .init(up: 10, down: 300),
            arrivals: ArrivalWindows(
                slow: window(ArrivalWindows.slowSeconds), fast: window(ArrivalWindows.fastSeconds)),
            service: ServiceTime(
                milliseconds: serviceMilliseconds, variationThousandths: 1300,
                running: .init(tasks: agents * slots / 2, milliseconds: agents * slots * 450)),
            start: AgentStart(milliseconds: 4000, startingMilliseconds: 1000))
    }
}
