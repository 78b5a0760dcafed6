import ArgumentParser
import Argus
import BenchmarkSupport

/// The least expected shortfall over scenarios, long only.
struct MeanCVaRBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mean-cvar",
        abstract: "The long-only portfolio of least expected shortfall at 95%, beside cvxpy with Clarabel.",
        discussion: """
            Both sides start from returns of a factor model; their objectives must agree to 1e-7. Clarabel's gap and
            feasibility tolerances are 1e-12, and the faster counts of a new problem and one that cvxpy has compiled before.
            """)

    @Option(help: "Assets.") var assets = 20
    @Option(help: "Scenarios.") var scenarios = 1259
    @OptionGroup var options: PeerOptions

    func validate() throws {
        guard assets > 0, scenarios > 1 else {
            throw ValidationError("--assets must be at least 1, --scenarios at least 2")
        }
    }

    func run() throws {
        let returns = FactorReturns.matrix(scenarios: scenarios, assets: assets)
        let optimizer = PortfolioOptimizer(constraints: PortfolioConstraints(count: assets))
        let ours = try ClarabelPeer.fastest(options.repetitions) {
            try optimizer.minimumExpectedShortfall(returns, confidence: 0.95).objective
        }
        try ClarabelPeer(["mean-cvar", "--assets", "\(assets)", "--scenarios", "\(scenarios)"], options)
            .report(
                "mean-cvar", ours, tolerance: 1e-7, bound: 0.3,
                "\(scenarios) scenarios x \(assets) assets, long only, best of \(options.repetitions) on both sides",
                options)
    }
}
