/// Which sample quantile is meant.
package enum QuantileConvention: String, Sendable, CaseIterable {
    /// NumPy's default, type 7 of Hyndman and Fan (1996): linear between order statistics at (n − 1)α.
    case linear
    /// x₍ₖ₎ with k = ⌈nα⌉.
    case orderStatistic = "order-statistic"
}

/// The lower tail of a sample of returns: its smallest values with the rows that they come from.
///
/// Value at risk and expected shortfall are both weighted sums over it, which is what lets them be shared among positions.
package struct SampleTail: Sendable {
    /// A place in the tail, 0 for the smallest value, and what it counts.
    typealias Share = (place: Int, weight: Double)

    /// The size of the whole sample, at least 1.
    let count: Int
    /// The rows of the smallest values, rising by value, equal ones by row.
    let rows: [Int]
    let values: [Double]

    /// The rounding of nα that is forgiven, so that 250 · (1 − 0.98) counts as 5.
    private static let slack = 1e-9

    /// - Parameters:
    ///   - sample: not empty. Where a value of it is not finite it has no tail, and every figure of it is NaN.
    ///   - alphas: the tail reaches as far as these need, and as far as `reach` values.
    package init(_ sample: some Collection<Double>, alphas: [Double], reach: Int = 1) {
        let all = Array(sample)
        let count = all.count
        let needed = alphas.reduce(reach) { max($0, Int(Double(count) * $1 + Self.slack) + 2) }
        let length = min(count, max(1, needed))
        guard all.allSatisfy(\.isFinite) else {
            self.count = count
            rows = Array(0..<length)
            values = [Double](repeating: .nan, count: length)
            return
        }
        let limit = Selection.value(all, at: length - 1)
        var below: [Int] = []
        var equal: [Int] = []
        below.reserveCapacity(length)
        for row in all.indices {
            if all[row] < limit {
                below.append(row)
            } else if all[row] == limit, equal.count < length {
                equal.append(row)
            }
        }
        below.sort { all[$0] < all[$1] || (all[$0] == all[$1] && $0 < $1) }
        self.count = count
        rows = below + equal.prefix(length - below.count)
        values = rows.map { all[$0] }
    }

    /// What counts in the quantile at `alpha`.
    func quantileShares(_ alpha: Double, _ convention: QuantileConvention) -> [Share] {
        switch convention {
        case .linear:
            let place = Double(count - 1) * alpha
            let below = min(Int(place), count - 1)
            let part = place - Double(below)
            guard part > 0, below + 1 < count else { return [(below, 1)] }
            return [(below, 1 - part), (below + 1, part)]
        case .orderStatistic:
            let k = (Double(count) * alpha - Self.slack).rounded(.up)
            return [(min(max(Int(k), 1), count) - 1, 1)]
        }
    }

    /// What counts in the mean of the worst part `alpha` of the sample: the last value by the fraction of it that belongs to that
    /// part (Acerbi and Tasche 2002).
    func tailShares(_ alpha: Double) -> [Share] {
        let size = Double(count) * alpha
        let whole = min(Int((size + Self.slack).rounded(.down)), count)
        var shares: [Share] = (0..<whole).map { ($0, 1 / size) }
        if whole < count, size > Double(whole) { shares.append((whole, (size - Double(whole)) / size)) }
        return shares
    }

    /// The k-th smallest value, counted from 1.
    func orderStatistic(_ k: Int) -> Double { values[k - 1] }

    package func valueAtRisk(_ alpha: Double, _ convention: QuantileConvention) -> Double {
        loss(quantileShares(alpha, convention))
    }

    package func expectedShortfall(_ alpha: Double) -> Double { loss(tailShares(alpha)) }

    private func loss(_ shares: [Share]) -> Double { -shares.reduce(0) { $0 + $1.weight * values[$1.place] } }
}
