import ArgumentParser
import Argus
import BenchmarkSupport

/// Historical value at risk and expected shortfall of a large portfolio.
struct ValueAtRiskBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "value-at-risk",
        abstract: "Historical value at risk and expected shortfall of a portfolio at 95% and 99%, beside NumPy.",
        discussion: """
            Both sides make the portfolio's return in each scenario of the positions' returns and weights, then the four
            figures. NumPy takes the faster of its two layouts, and a partial sort.
            """)

    @Option(help: "Positions.") var positions = 1000
    @Option(help: "Scenarios.") var scenarios = 10_000
    @OptionGroup var options: PeerOptions

    func run() throws {
        let random = CounterRandom(seed: 1)
        let assets = (0..<positions).map { position in
            [Double](unsafeUninitializedCapacity: scenarios) { buffer, count in
                random.normals(paths: position..<position + 1, indexes: 0..<scenarios, stream: 0, into: buffer)
                count = scenarios
                for index in 0..<count { buffer[index] *= 0.01 }
            }
        }
        let weights = [Double](repeating: 1 / Double(positions), count: positions)
        var figures: [Double] = []
        let ours = RiskPeer.fastest(options.repetitions) {
            let tail = SampleTail(RiskSample(assets: assets, weights: weights).portfolio, alphas: [0.05, 0.01])
            figures = [0.05, 0.01].flatMap { [tail.valueAtRisk($0, .linear), tail.expectedShortfall($0)] }
        }
        guard figures.allSatisfy({ $0 > 0 }) else { throw BenchmarkFailure("a figure is not positive: \(figures)") }
        try RiskPeer(["value-at-risk", "--positions", "\(positions)", "--scenarios", "\(scenarios)"], options)
            .report(
                "value-at-risk", ours, bound: 1.1,
                "\(positions) positions x \(scenarios) scenarios, best of \(options.repetitions) on both sides", options
            )
    }
}
