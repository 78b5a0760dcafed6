/// The returns that a method looks at: of the portfolio, and of the assets that it is made of.
package struct RiskSample: Sendable {
    /// Simple returns at constant weights, oldest first.
    package let portfolio: [Double]
    /// The simple returns of each asset over the same periods.
    let assets: [[Double]]
    /// Fractions of the portfolio's value.
    let weights: [Double]

    /// - Parameter assets: series of equal length, one for each weight.
    package init(assets: [[Double]], weights: [Double]) {
        self.assets = assets
        self.weights = weights
        portfolio = Self.combine(assets, weights)
    }

    private init(portfolio: [Double], assets: [[Double]], weights: [Double]) {
        self.portfolio = portfolio
        self.assets = assets
        self.weights = weights
    }

    var count: Int { portfolio.count }

    /// The rows `range` of the sample. `needsAssets`: whether the assets' returns are wanted.
    func rows(_ range: Range<Int>, needsAssets: Bool = true) -> RiskSample {
        guard range != 0..<count else { return self }
        return RiskSample(
            portfolio: Array(portfolio[range]), assets: needsAssets ? assets.map { Array($0[range]) } : [],
            weights: weights)
    }

    /// The latest `count` rows.
    func latest(_ count: Int) -> RiskSample { rows(max(0, self.count - count)..<self.count) }

    /// The portfolio's returns were the asset at `index` cash instead.
    func portfolio(without index: Int) -> [Double] {
        let (weight, returns) = (weights[index], assets[index])
        return portfolio.indices.map { portfolio[$0] - weight * returns[$0] }
    }

    /// Σ wᵢ rᵢ in each row. Eight assets at a time, so that the sums are read and written an eighth as often; the order of the
    /// additions is that of the assets.
    static func combine(_ assets: [[Double]], _ weights: [Double]) -> [Double] {
        let count = assets.first?.count ?? 0
        precondition(assets.count == weights.count && assets.allSatisfy { $0.count == count })
        var sums = [Double](repeating: 0, count: count)
        var index = 0
        while index + 8 <= assets.count {
            add(assets[index..<index + 8], weights[index..<index + 8], to: &sums)
            index += 8
        }
        while index < assets.count {
            let (weight, returns) = (weights[index], assets[index])
            for row in sums.indices { sums[row] += weight * returns[row] }
            index += 1
        }
        return sums
    }

    /// Eight assets' returns, each times its weight, on top of `sums`.
    private static func add(_ assets: ArraySlice<[Double]>, _ weights: ArraySlice<Double>, to sums: inout [Double]) {
        let first = assets.startIndex
        let (a0, a1, a2, a3) = (assets[first], assets[first + 1], assets[first + 2], assets[first + 3])
        let (a4, a5, a6, a7) = (assets[first + 4], assets[first + 5], assets[first + 6], assets[first + 7])
        let (w0, w1, w2, w3) = (weights[first], weights[first + 1], weights[first + 2], weights[first + 3])
        let (w4, w5, w6, w7) = (weights[first + 4], weights[first + 5], weights[first + 6], weights[first + 7])
        let (r0, r1, r2, r3) = (a0.span, a1.span, a2.span, a3.span)
        let (r4, r5, r6, r7) = (a4.span, a5.span, a6.span, a7.span)
        var target = sums.mutableSpan
        for row in 0..<target.count {
            // All have as many rows, which the caller has made sure of.
            var sum = target[unchecked: row]
            sum += w0 * r0[unchecked: row]
            sum += w1 * r1[unchecked: row]
            sum += w2 * r2[unchecked: row]
            sum += w3 * r3[unchecked: row]
            sum += w4 * r4[unchecked: row]
            sum += w5 * r5[unchecked: row]
            sum += w6 * r6[unchecked: row]
            sum += w7 * r7[unchecked: row]
            target[unchecked: row] = sum
        }
    }
}
