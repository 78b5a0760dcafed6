/// Expected returns and their covariance after views (Black and Litterman 1992; confidence by Idzorek 2005, in closed form).
struct BlackLitterman: Sendable {
    /// A view: the portfolio `weights` returns `expected`, believed to `confidence` in [0, 1].
    struct View: Sendable {
        var weights: [Double]
        var expected: Double
        /// `nil`: as uncertain as the prior, Ω = τ pΣpᵀ; 1: certain; 0: the view does not count.
        var confidence: Double?
    }

    /// π = δΣw + r, the returns for which the market's weights are optimal.
    let prior: [Double]
    /// μ = π + τΣPᵀ(PτΣPᵀ + Ω)⁻¹(Q − Pπ)
    let expected: [Double]
    /// Σ + τΣ − τΣPᵀ(PτΣPᵀ + Ω)⁻¹PτΣ
    let covariance: Matrix

    /// - Parameters:
    ///   - covariance: Σ, of a year.
    ///   - market: the market's weights.
    ///   - tau: the uncertainty of the prior as a share of Σ.
    /// - Throws: `notPositiveDefinite` where views contradict each other or are of a portfolio without variance.
    init(
        covariance: Matrix, market: [Double], riskAversion: Double, riskFree: Double, tau: Double, views: [View]
    ) throws(LinearAlgebraError) {
        prior = (covariance * market).map { riskAversion * $0 + riskFree }
        let counted = views.filter { $0.confidence != 0 }
        guard !counted.isEmpty else {
            expected = prior
            self.covariance = (1 + tau) * covariance
            return
        }
        let portfolios = Matrix(rows: counted.map(\.weights))
        let spread = tau * covariance.multiplied(byTransposed: portfolios)
        var uncertainty = portfolios * spread
        let own = uncertainty.diagonal
        for (index, view) in counted.enumerated() {
            uncertainty[index, index] += own[index] * (view.confidence.map { (1 - $0) / $0 } ?? 1)
        }
        let factor = try CholeskyFactorization(uncertainty)
        let surprise = zip(counted.map(\.expected), portfolios * prior).map { $0 - $1 }
        var expected = prior
        spread.addProduct(with: factor.solve(surprise), to: &expected)
        self.expected = expected
        self.covariance = (1 + tau) * covariance - spread * factor.solve(spread.transposed)
    }
}
