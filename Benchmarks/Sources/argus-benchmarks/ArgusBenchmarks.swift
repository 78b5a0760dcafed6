import ArgumentParser

@main
struct ArgusBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "argus-benchmarks",
        abstract: "Measures the numerics of Argus, each against the library that its users know, in the same run.",
        discussion: """
            All of it works on one core. What a peer needs, it says where it fails.
            """,
        subcommands: [ValueAtRiskBenchmark.self, MonteCarloBenchmark.self])
}
