/// The dependence of several assets' returns, apart from their marginal distributions.
struct CopulaFit: Sendable {
    let correlation: Matrix
    /// Of a t copula.
    let degrees: Double?
    /// The smallest eigenvalue of the rank correlations where it was not positive.
    let clippedEigenvalue: Double?

    /// Where the degrees of freedom of a t copula are sought.
    static let degrees = 2.1...100.0
    private static let smallestEigenvalue = 1e-10
    /// Kendall's τ is wanted of each pair.
    private static let mostAssets = 300

    init(_ assets: [[Double]], _ copula: RiskMethod.Copula) throws(Refusal) {
        let ranks = assets.map { Ranks.average($0) }
        let scale = Double((assets.first?.count ?? 0) + 1)
        switch copula {
        case .gaussian:
            let scores = ranks.map { ranks in ranks.map { NormalDistribution.quantile($0 / scale) } }
            correlation = Self.sampleCorrelation(scores)
            degrees = nil
            clippedEigenvalue = nil
        case .t:
            guard assets.count <= Self.mostAssets else {
                throw Refusal(
                    .tooMuchWork,
                    "a t copula of \(assets.count) assets needs Kendall's τ of each pair; at most \(Self.mostAssets)")
            }
            let raw = Self.rankCorrelation(assets)
            (correlation, clippedEigenvalue) = try Self.clipped(raw)
            degrees = try Self.mostLikelyDegrees(ranks, scale, correlation)
        }
    }

    /// Pearson's correlation; what does not vary is uncorrelated.
    static func sampleCorrelation(_ series: [[Double]]) -> Matrix {
        let scaled = series.map { values in
            let moments = Moments(values)
            let length = moments.squares.squareRoot()
            return length > 0
                ? values.map { ($0 - moments.mean) / length } : [Double](repeating: 0, count: values.count)
        }
        var matrix = Matrix(columns: scaled).gram
        for j in 0..<matrix.columns {
            // Rounding may lead a hair beyond what a correlation can be.
            for i in 0..<matrix.rows { matrix[i, j] = i == j ? 1 : min(1, max(-1, matrix[i, j])) }
        }
        return matrix
    }

    /// sin(πτ_b/2)
    private static func rankCorrelation(_ assets: [[Double]]) -> Matrix {
        var matrix = Matrix.identity(assets.count)
        for i in assets.indices {
            for j in 0..<i {
                let tau = KendallTau.b(assets[i], assets[j])
                matrix[i, j] = tau.isFinite ? RealMath.sine(.pi * tau / 2) : 0
                matrix[j, i] = matrix[i, j]
            }
        }
        return matrix
    }

    /// The matrix with its eigenvalues raised to the smallest that is allowed, scaled back to a unit diagonal.
    private static func clipped(_ matrix: Matrix) throws(Refusal) -> (Matrix, Double?) {
        let eigen: SymmetricEigen
        do throws(LinearAlgebraError) {
            eigen = try SymmetricEigen(matrix)
        } catch {
            throw Refusal(.nonFinite, "the eigenvalues of the rank correlations cannot be found: \(error)")
        }
        guard let smallest = eigen.values.first, smallest < smallestEigenvalue else { return (matrix, nil) }
        var result = eigen.matrix { max($0, smallestEigenvalue) }
        let roots = result.diagonal.map { $0.squareRoot() }
        for j in 0..<result.columns {
            for i in 0..<result.rows { result[i, j] = i == j ? 1 : result[i, j] / (roots[i] * roots[j]) }
        }
        // Equal assets have an eigenvalue of zero, which rounding may make a little less.
        return (result, smallest < -1e-9 ? smallest : nil)
    }

    /// The ν that makes the ranks most likely under a t copula with this correlation.
    private static func mostLikelyDegrees(
        _ ranks: [[Double]], _ scale: Double, _ correlation: Matrix
    ) throws(Refusal) -> Double {
        let factor: CholeskyFactorization
        do throws(LinearAlgebraError) {
            factor = try CholeskyFactorization(correlation)
        } catch {
            throw Refusal(.correlationClipped, "the correlations of the copula are singular: \(error)")
        }
        let likelihood = TCopulaLikelihood(ranks: ranks, scale: scale, factor: factor)
        let (low, high) = (RealMath.logarithm(degrees.lowerBound), RealMath.logarithm(degrees.upperBound))
        let peak = BrentMinimum(tolerance: 1e-6).minimum(in: low...high) {
            -likelihood.value(degrees: RealMath.exponential($0))
        }
        let candidates = [
            min(max(RealMath.exponential(peak.point), degrees.lowerBound), degrees.upperBound), degrees.lowerBound,
            degrees.upperBound,
        ].map { (degrees: $0, likelihood.value(degrees: $0)) }
        return candidates.max { $0.1 < $1.1 }?.degrees ?? degrees.upperBound
    }
}

/// The log-likelihood of a t copula with given correlation.
private struct TCopulaLikelihood {
    /// Twice the rank, which is a whole number also where ranks are shared.
    private let doubledRanks: [[Int]]
    private let scale: Double
    private let factor: CholeskyFactorization
    private let rows: Int

    init(ranks: [[Double]], scale: Double, factor: CholeskyFactorization) {
        doubledRanks = ranks.map { $0.map { Int(2 * $0) } }
        self.scale = scale
        self.factor = factor
        rows = ranks.first?.count ?? 0
    }

    /// Σ ln f_{ν,R}(x_t) − ΣΣ ln f_ν(x_ti) with x = T_ν⁻¹(rank/(n + 1))
    func value(degrees: Double) -> Double {
        let distribution = StudentTDistribution(degrees: degrees)
        let (quantiles, logDensities) = table(distribution)
        let count = Double(doubledRanks.count)
        let constant =
            RealMath.logGamma((degrees + count) / 2) - RealMath.logGamma(degrees / 2)
            - count / 2 * RealMath.logarithm(degrees * .pi) - factor.logDeterminant / 2
        var points = [Double](repeating: 0, count: rows * doubledRanks.count)
        var marginals = 0.0
        for (asset, ranks) in doubledRanks.enumerated() {
            for (row, rank) in ranks.enumerated() {
                points[row * doubledRanks.count + asset] = quantiles[rank]
                marginals += logDensities[rank]
            }
        }
        var solved = points
        factor.solve(&solved, columns: rows)
        var sum = Double(rows) * constant - marginals
        for row in 0..<rows {
            var distance = 0.0
            for index in row * doubledRanks.count..<(row + 1) * doubledRanks.count {
                distance += points[index] * solved[index]
            }
            sum -= (degrees + count) / 2 * RealMath.logarithm1p(max(0, distance) / degrees)
        }
        return sum
    }

    /// Quantile and log-density by doubled rank, for the ranks that occur.
    private func table(_ distribution: StudentTDistribution) -> ([Double], [Double]) {
        let size = 2 * rows + 2
        var occurs = [Bool](repeating: false, count: size)
        for ranks in doubledRanks { for rank in ranks { occurs[rank] = true } }
        var quantiles = [Double](repeating: 0, count: size)
        var logDensities = quantiles
        // The quantiles mirror each other around the middle.
        for rank in 1..<size where occurs[rank] || occurs[size - rank] {
            guard rank <= size - rank else { break }
            let value = distribution.quantile(Double(rank) / 2 / scale)
            let density = distribution.logDensity(value)
            (quantiles[rank], quantiles[size - rank]) = (value, -value)
            (logDensities[rank], logDensities[size - rank]) = (density, density)
        }
        return (quantiles, logDensities)
    }
}
