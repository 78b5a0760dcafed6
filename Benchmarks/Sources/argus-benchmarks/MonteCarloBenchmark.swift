import ArgumentParser
import Argus
import BenchmarkSupport

/// Monte Carlo value at risk and expected shortfall.
struct MonteCarloBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monte-carlo",
        abstract: "Monte Carlo value at risk and expected shortfall at 95% and 99%, beside NumPy.",
        discussion: """
            Normal returns of correlated assets. NumPy draws from its Philox generator in blocks of 8,192 paths and makes
            each asset's return by the full product with the Cholesky factor. Argus draws as many normal variates; for normal
            marginals the portfolio's return is a weighted sum of them, and with --full it is made of each asset's return, as
            it is for any other copula.
            """)

    @Option(help: "Paths.") var paths = 1_000_000
    @Option(help: "Assets.") var assets = 20
    @Flag(help: "Make each asset's return.") var full = false
    @OptionGroup var options: PeerOptions

    func run() throws {
        let random = CounterRandom(seed: 1)
        let rows = 1500
        let history = (0..<assets).map { asset in
            [Double](unsafeUninitializedCapacity: rows) { buffer, count in
                random.normals(paths: asset..<asset + 1, indexes: 0..<rows, stream: 9, into: buffer)
                count = rows
                for index in 0..<count { buffer[index] *= 0.01 }
            }
        }
        let sample = RiskSample(assets: history, weights: [Double](repeating: 1 / Double(assets), count: assets))
        let simulation = try MonteCarloSimulation(
            sample, copula: .gaussian, marginals: .normal, returnsOfAssets: full)
        var figures: [Double] = []
        let ours = RiskPeer.fastest(options.repetitions) {
            let returns = simulation.portfolioReturns(paths: 0..<paths, horizon: 1, random: random)
            let tail = SampleTail(returns, alphas: [0.05, 0.01])
            figures = [0.05, 0.01].flatMap { [tail.valueAtRisk($0, .linear), tail.expectedShortfall($0)] }
        }
        guard figures.allSatisfy({ $0 > 0 }) else { throw BenchmarkFailure("a figure is not positive: \(figures)") }
        try RiskPeer(["monte-carlo", "--paths", "\(paths)", "--assets", "\(assets)"], options)
            .report(
                "monte-carlo", ours, bound: 1,
                "\(paths) paths x \(assets) assets\(full ? ", each asset's return made" : ""), "
                    + "best of \(options.repetitions) on both sides", options)
    }
}
