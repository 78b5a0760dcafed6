internal import StructuredData

/// Simulated returns of the portfolio: the assets' marginal distributions, joined by a copula.
///
/// Path i is a function of the seed and i alone, so that the same paths come out however they are divided among threads.
package struct MonteCarloSimulation: Sendable {
    private let weights: [Double]
    private let joint: Joint
    let parameters: JSONObject
    private(set) var notes: [Finding] = []

    private enum Joint {
        /// Normal marginals with a Gaussian copula: the portfolio's return is μ + Σ aⱼzⱼ.
        case linear(mean: Double, loadings: [Double])
        /// The same by each asset's return, μᵢ + σᵢ(Lz)ᵢ.
        case normal(factor: TriangularFactor, means: [Double], deviations: [Double])
        /// rᵢ = Fᵢ⁻¹(C((Lz)ᵢ)), or with (Lz)ᵢ/√(W/ν) where the copula is t.
        case copula(factor: TriangularFactor, degrees: Double?, maps: [MarginalMap])
    }

    /// How many paths are made at once: their variates stay in the cache.
    private static let blockSize = 512

    /// - Parameter returnsOfAssets: makes each asset's return also where the portfolio's can be had without: for comparison.
    package init(
        _ sample: RiskSample, copula: RiskMethod.Copula, marginals: RiskMethod.MarginalKind,
        returnsOfAssets: Bool = false
    ) throws(Refusal) {
        weights = sample.weights
        let moments = sample.assets.map { Moments($0) }
        if copula == .gaussian, marginals == .normal {
            let correlation = CopulaFit.sampleCorrelation(sample.assets)
            let factor = try TriangularFactor(correlation)
            parameters = ["copula": "gaussian", "marginals": "normal"]
            if returnsOfAssets {
                joint = .normal(
                    factor: factor, means: moments.map(\.mean), deviations: moments.map(\.standardDeviation))
                return
            }
            let scaled = zip(weights, moments).map { $0 * $1.standardDeviation }
            let mean = zip(weights, moments).reduce(0) { $0 + $1.0 * $1.1.mean }
            joint = .linear(mean: mean, loadings: factor.transposedProduct(scaled))
            return
        }
        let fit = try CopulaFit(sample.assets, copula)
        let maps = try zip(sample.assets, moments).map { (returns, moments) throws(Refusal) in
            try MarginalMap(returns, moments, marginals, copulaDegrees: fit.degrees)
        }
        joint = .copula(factor: try TriangularFactor(fit.correlation), degrees: fit.degrees, maps: maps)
        var parameters: JSONObject = ["copula": JSON(copula.rawValue), "marginals": JSON(marginals.rawValue)]
        if let degrees = fit.degrees { parameters["nu"] = JSON(degrees) }
        self.parameters = parameters
        if let smallest = fit.clippedEigenvalue {
            notes.append(
                Finding(
                    .correlationClipped,
                    "the rank correlations make no correlation matrix (smallest eigenvalue "
                        + "\(NumberText.shortest(smallest))); eigenvalues are clipped"))
        }
    }

    /// The portfolio's compounded simple returns over `horizon` periods, path after path.
    package func portfolioReturns(paths: Range<Int>, horizon: Int, random: CounterRandom) -> [Double] {
        var returns = [Double](repeating: 0, count: paths.count)
        let assets = weights.count
        var variates = [Double](repeating: 0, count: Self.blockSize * assets)
        for start in stride(from: 0, to: paths.count, by: Self.blockSize) {
            let count = min(Self.blockSize, paths.count - start)
            let block = paths.lowerBound + start..<paths.lowerBound + start + count
            for period in 0..<horizon {
                let indexes = period * assets..<(period + 1) * assets
                variates.withUnsafeMutableBufferPointer {
                    random.normals(paths: block, indexes: indexes, stream: RandomStream.normals, into: $0)
                }
                let isFirst = period == 0
                switch joint {
                case .linear(let mean, let loadings):
                    Self.addLinear(mean, loadings, variates, isFirst, &returns, start, count)
                case .normal(let factor, let means, let deviations):
                    factor.multiply(&variates, count: count)
                    for path in 0..<count {
                        var value = 0.0
                        for asset in 0..<assets {
                            let own = means[asset] + deviations[asset] * variates[path * assets + asset]
                            value += weights[asset] * own
                        }
                        Self.compound(value, isFirst, &returns[start + path])
                    }
                case .copula(let factor, let degrees, let maps):
                    factor.multiply(&variates, count: count)
                    for path in 0..<count {
                        let chi = degrees.map {
                            random.chiSquared(
                                degrees: $0, path: block.lowerBound + path, stream: RandomStream.chiSquared,
                                index: period) / $0
                        }
                        let value = copulaReturn(maps, variates, path * assets, chi)
                        Self.compound(value, isFirst, &returns[start + path])
                    }
                }
            }
        }
        return returns
    }

    @inline(__always)
    private static func compound(_ value: Double, _ isFirst: Bool, _ total: inout Double) {
        total = isFirst ? value : (1 + total) * (1 + value) - 1
    }

    private static func addLinear(
        _ mean: Double, _ loadings: [Double], _ variates: [Double], _ isFirst: Bool, _ returns: inout [Double],
        _ start: Int, _ count: Int
    ) {
        let assets = loadings.count
        loadings.withUnsafeBufferPointer { loadings in
            variates.withUnsafeBufferPointer { variates in
                returns.withUnsafeMutableBufferPointer { returns in
                    for path in 0..<count {
                        var sums = SIMD4<Double>(mean, 0, 0, 0)
                        let base = path * assets
                        var asset = 0
                        while asset + 4 <= assets {
                            let z = SIMD4(
                                variates[base + asset], variates[base + asset + 1], variates[base + asset + 2],
                                variates[base + asset + 3])
                            sums +=
                                z
                                * SIMD4(
                                    loadings[asset], loadings[asset + 1], loadings[asset + 2], loadings[asset + 3])
                            asset += 4
                        }
                        var value = (sums[0] + sums[1]) + (sums[2] + sums[3])
                        while asset < assets {
                            value += loadings[asset] * variates[base + asset]
                            asset += 1
                        }
                        compound(value, isFirst, &returns[start + path])
                    }
                }
            }
        }
    }

    /// One period of one path, whose correlated normal variates begin at `base`; `chi`: W/ν.
    private func copulaReturn(_ maps: [MarginalMap], _ variates: [Double], _ base: Int, _ chi: Double?) -> Double {
        var value = 0.0
        let scale = chi.map { 1 / max($0, .leastNormalMagnitude).squareRoot() } ?? 1
        for asset in maps.indices { value += weights[asset] * maps[asset].value(at: variates[base + asset] * scale) }
        return value
    }
}
