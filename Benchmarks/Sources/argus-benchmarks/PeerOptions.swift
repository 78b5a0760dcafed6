import ArgumentParser

/// What the benchmarks beside a peer have in common.
struct PeerOptions: ParsableArguments {
    @Option(help: "A Python that has the peer's packages.") var python = "python3"
    @Option(help: "Repetitions; the best of them counts, on both sides.") var repetitions = 5
    @Flag(help: "Print JSON.") var json = false

    /// So that the peer's libraries work on one core, too.
    static let oneCore = [
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1",
    ]

    func validate() throws {
        guard repetitions > 0 else { throw ValidationError("--repetitions must be at least 1") }
    }
}
