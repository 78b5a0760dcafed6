import ArgumentParser

@main
struct ArgusBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "argus-benchmarks",
        abstract: "Measures the numerics of Argus, each against the library that its users know, in the same run.",
        discussion: """
            All of it works on one core. What a peer needs, it says where it fails.

            Examples:
              swift run -c release --package-path Benchmarks argus-benchmarks indicators --python VENV/bin/python
              swift run -c release --package-path Benchmarks argus-benchmarks garch --python VENV/bin/python
              swift run -c release --package-path Benchmarks argus-benchmarks value-at-risk --python VENV/bin/python
              swift run -c release --package-path Benchmarks argus-benchmarks minimum-variance --python VENV/bin/python
            """,
        subcommands: [
            IndicatorBenchmark.self, AppendBenchmark.self, GarchBenchmark.self, ValueAtRiskBenchmark.self,
            MonteCarloBenchmark.self, MinimumVarianceBenchmark.self, MeanCVaRBenchmark.self,
        ])
}
