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

    /// Σ wᵢ rᵢ in each row. Four assets at a time, so that the sums are read and written a quarter as often; the order of the
    /// additions is that of the assets.
    static func combine(_ assets: [[Double]], _ weights: [Double]) -> [Double] {
        let count = assets.first?.count ?? 0
        var sums = [Double](repeating: 0, count: count)
        var index = 0
        sums.withUnsafeMutableBufferPointer { sums in
            while index + 4 <= assets.count {
                let (w0, w1, w2, w3) = (weights[index], weights[index + 1], weights[index + 2], weights[index + 3])
                assets[index].withUnsafeBufferPointer { r0 in
                    assets[index + 1].withUnsafeBufferPointer { r1 in
                        assets[index + 2].withUnsafeBufferPointer { r2 in
                            assets[index + 3].withUnsafeBufferPointer { r3 in
                                for row in 0..<count {
                                    sums[row] =
                                        (((sums[row] + w0 * r0[row]) + w1 * r1[row]) + w2 * r2[row]) + w3 * r3[row]
                                }
                            }
                        }
                    }
                }
                index += 4
            }
            while index < assets.count {
                let weight = weights[index]
                assets[index].withUnsafeBufferPointer { returns in
                    for row in 0..<count { sums[row] += weight * returns[row] }
                }
                index += 1
            }
        }
        return sums
    }
}
