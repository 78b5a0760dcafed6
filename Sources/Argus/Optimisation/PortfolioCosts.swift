/// What trading from given weights costs, in the unit of what is maximised or minimised:
///
///     Σᵢ κᵢ|wᵢ − w₀ᵢ| + gᵢ|wᵢ − w₀ᵢ|^{3/2}
///
/// Proportional costs and an impact that grows with the square root of what is traded; both are convex.
struct PortfolioCosts: Sendable {
    /// w₀
    var from: [Double]
    /// κ, not negative.
    var proportional: [Double]
    /// g, not negative.
    var impact: [Double]

    func cost(of weights: [Double]) -> Double {
        var sum = 0.0
        for index in weights.indices {
            let traded = abs(weights[index] - from[index])
            sum += traded * (proportional[index] + impact[index] * traded.squareRoot())
        }
        return sum
    }

    static func * (factor: Double, costs: PortfolioCosts) -> PortfolioCosts {
        PortfolioCosts(
            from: costs.from, proportional: costs.proportional.map { factor * $0 },
            impact: costs.impact.map { factor * $0 })
    }
}
