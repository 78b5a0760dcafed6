import ArgumentParser
import Argus
import BenchmarkSupport
import Foundation
import StructuredData

/// A GARCH(1,1) fit with robust standard errors.
struct GarchBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "garch",
        abstract: "A GARCH(1,1) fit with robust standard errors of twenty years of daily returns, beside arch.",
        discussion: """
            Both sides fit a constant mean and normal errors to 100 times the simple returns of a file's close, from returns \
            in memory to standard errors. The benchmark fails where their likelihoods differ by 1e-4.
            """)

    @Option(help: "A CSV file with a column called close.") var file = "Examples/data/sp500-daily-ohlcv.csv"
    @OptionGroup var options: PeerOptions

    func run() throws {
        let returns = try Self.returns(file)
        let specification = GarchSpecification(variance: .garch)
        var likelihood = Double.nan
        var fastest = Double.infinity
        for _ in 0..<options.repetitions {
            let start = ContinuousClock.now
            let fit = try GarchFit(returns, specification)
            guard let errors = fit.standardErrors() else { throw BenchmarkFailure("the fit has no standard errors") }
            fastest = min(fastest, start.duration(to: .now).milliseconds)
            guard fit.hasConverged, errors.count == 4 else { throw BenchmarkFailure("the fit did not converge") }
            likelihood = fit.logLikelihood
        }

        let answer = try PythonPeer(script: "arch_peer.py", packages: ["arch==8.0.0"]).run(
            python: options.python, [file, "--repetitions", "\(options.repetitions)"], environment: PeerOptions.oneCore)
        guard let milliseconds = answer["milliseconds"]?.doubleValue, let version = answer["arch"]?.stringValue,
            let theirs = answer["logLikelihood"]?.doubleValue
        else { throw BenchmarkFailure("the peer printed something else: \(answer.text())") }
        guard abs(likelihood - theirs) < 1e-4 else {
            throw BenchmarkFailure("the likelihoods differ: \(likelihood), and \(theirs) by arch")
        }
        var table = FigureTable()
        table.add("Argus", fastest, "ms", digits: 2)
        table.add("arch", milliseconds, "ms", digits: 2)
        table.add("ratio", fastest / milliseconds, "x", digits: 3, atMost: 0.2)
        table.report(
            "garch", Conditions(folder: ".", software: ["arch \(version)"]),
            "\(returns.count) returns, best of \(options.repetitions) on both sides", asJSON: options.json)
    }

    private static func returns(_ file: String) throws -> [Double] {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        let names = lines.first?.split(separator: ",") ?? []
        guard let column = names.firstIndex(of: "close") else {
            throw BenchmarkFailure("\(file) has no column called close")
        }
        let closes = try lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard column < cells.count, let value = Double(cells[column]) else {
                throw BenchmarkFailure("\(file): no close in the line \(line)")
            }
            return value
        }
        return zip(closes.dropFirst(), closes).map { $0 / $1 - 1 }
    }
}
