import ArgumentParser
import Argus
import BenchmarkSupport

/// The least variance of 20 and of 500 assets, long only.
struct MinimumVarianceBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimum-variance",
        abstract: "The long-only portfolio of least variance, beside cvxpy with Clarabel.",
        discussion: """
            Both sides start from the covariance of a factor model; their objectives must agree to 1e-8. Clarabel works on 1e4
            times the covariance with gap and feasibility tolerances of 1e-13, and the faster counts of a new problem and one
            that cvxpy has compiled before.
            """)

    @Option(help: "Assets; 20 and 500 where not given.") var assets: Int?
    @Option(help: "Returns that the covariance is made from.") var scenarios = 1259
    @OptionGroup var options: PeerOptions

    func validate() throws {
        if let assets, assets < 1 { throw ValidationError("--assets must be at least 1") }
        guard scenarios > 1 else { throw ValidationError("--scenarios must be at least 2") }
    }

    func run() throws {
        for count in assets.map({ [$0] }) ?? [20, 500] {
            let covariance = FactorReturns.covariance(FactorReturns.matrix(scenarios: scenarios, assets: count))
            let optimizer = PortfolioOptimizer(constraints: PortfolioConstraints(count: count))
            // A small one is solved in microseconds: more repetitions make its best time one that counts.
            let repetitions = count < 100 ? 100 * options.repetitions : options.repetitions
            let ours = try ClarabelPeer.fastest(repetitions) {
                covariance.quadraticForm(try optimizer.minimumVariance(covariance).weights)
            }
            try ClarabelPeer(
                ["minimum-variance", "--assets", "\(count)", "--scenarios", "\(scenarios)"], options
            ).report(
                "minimum-variance", ours, tolerance: 1e-8, bound: count < 100 ? 0.1 : 0.7,
                "\(count) assets, long only, best of \(repetitions) and \(options.repetitions)", options)
        }
    }
}
