/// The number of successes in `trials` independent trials, each with `probability`.
struct BinomialDistribution: Sendable {
    let trials: Int
    /// Strictly between 0 and 1.
    let probability: Double

    /// P(X ≤ count)
    func cumulative(_ count: Int) -> Double {
        guard count >= 0 else { return 0 }
        guard count < trials else { return 1 }
        return IncompleteBeta.regularized(
            1 - probability, probability, Double(trials - count), Double(count) + 1
        ).lower
    }

    /// The smallest count with P(X ≤ count) ≥ `level`.
    func quantile(_ level: Double) -> Int {
        var (low, high) = (0, trials)
        while low < high {
            let middle = (low + high) / 2
            if cumulative(middle) >= level { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
