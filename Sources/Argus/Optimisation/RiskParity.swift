/// Weights that make every asset's contribution to the variance the same.
struct RiskParity: Sendable {
    /// Positive, and add up to 1.
    let weights: [Double]
    let iterations: Int
    /// The largest minus the smallest share of the variance.
    let spread: Double

    private static let mostIterations = 200

    /// Minimises ½ xᵀCx − Σ ln(xᵢ)/n over the correlation matrix C, by damped steps of Newton (Spinu 2013): at the minimum
    /// xᵢ(Cx)ᵢ = 1/n. The weights are xᵢ/σᵢ, normalised.
    ///
    /// - Throws: `notPositiveDefinite` where there is no minimum that working precision can find.
    init(_ covariance: Matrix) throws(LinearAlgebraError) {
        let n = covariance.rows
        let deviations = covariance.diagonal.map { $0.squareRoot() }
        if let flat = deviations.firstIndex(where: { !($0 > 0) }) {
            throw LinearAlgebraError(code: .notPositiveDefinite, column: flat)
        }
        var correlation = covariance
        for j in 0..<n { for i in 0..<n { correlation[i, j] /= deviations[i] * deviations[j] } }
        let share = 1 / Double(n)
        var x = [Double](repeating: 1, count: n)
        let total = Vector.sum(correlation * x)
        if total > 0 { x = x.map { _ in 1 / total.squareRoot() } }
        var rounds = 0
        var spread = Double.infinity
        while rounds < Self.mostIterations {
            let slope = correlation * x
            let shares = (0..<n).map { x[$0] * slope[$0] }
            let whole = Vector.sum(shares)
            let reached = ((shares.max() ?? 0) - (shares.min() ?? 0)) / whole
            // Steps go on until they do not help any more.
            if reached < 1e-9, reached >= spread { break }
            spread = reached
            rounds += 1
            // In z = dx/x: (C∘xxᵀ + I/n) z = 1/n − x∘(Cx).
            var hessian = correlation
            for j in 0..<n { for i in 0..<n { hessian[i, j] *= x[i] * x[j] } }
            for i in 0..<n { hessian[i, i] += share }
            let step = try CholeskyFactorization(hessian).solve(shares.map { share - $0 })
            // The function is self-concordant with factor 1/√n: its damped steps always descend.
            let decrement = (Double(n) * Vector.dot(step, shares.map { share - $0 })).squareRoot()
            let length = decrement < 0.25 ? 1 : 1 / (1 + decrement)
            for i in 0..<n { x[i] *= 1 + length * step[i] }
            guard x.allSatisfy({ $0.isFinite && $0 > 0 }) else {
                throw LinearAlgebraError(code: .notPositiveDefinite)
            }
        }
        let raw = (0..<n).map { x[$0] / deviations[$0] }
        let sum = Vector.sum(raw)
        weights = raw.map { $0 / sum }
        iterations = rounds
        self.spread = spread
    }
}
