/// Linear constraints on the weights w of n assets.
public struct PortfolioConstraints: Sendable {
    /// A row aᵀw ≤ limit.
    public struct Row: Sendable {
        public var coefficients: [Double]
        public var limit: Double

        public init(coefficients: [Double], limit: Double) {
            self.coefficients = coefficients
            self.limit = limit
        }
    }

    /// Σ|w − from| ≤ limit: twice the turnover where that counts purchases and sales by half.
    public struct Trading: Sendable {
        public var from: [Double]
        public var limit: Double

        public init(from: [Double], limit: Double) {
            self.from = from
            self.limit = limit
        }
    }

    /// The bounds of each weight.
    public var lower: [Double]
    public var upper: [Double]
    /// What the weights add up to; `nil`: to anything.
    public var budget: Double?
    public var rows: [Row] = []
    public var trading: Trading?

    public init(lower: [Double], upper: [Double], budget: Double? = 1) {
        self.lower = lower
        self.upper = upper
        self.budget = budget
    }

    /// The same bounds for all of `count` weights.
    public init(count: Int, lower: Double = 0, upper: Double = 1, budget: Double? = 1) {
        self.init(
            lower: [Double](repeating: lower, count: count), upper: [Double](repeating: upper, count: count),
            budget: budget)
    }

    public var count: Int { lower.count }

    /// With a row more.
    public func adding(_ row: Row) -> PortfolioConstraints {
        var copy = self
        copy.rows.append(row)
        return copy
    }

    /// Whether weights keep within all constraints but for `tolerance`.
    public func allow(_ weights: [Double], tolerance: Double = 1e-9) -> Bool {
        violation(by: weights) <= tolerance
    }

    /// The largest amount by which a constraint is broken; 0: none is.
    func violation(by weights: [Double]) -> Double {
        var worst = 0.0
        for (weight, (low, high)) in zip(weights, zip(lower, upper)) { worst = max(worst, low - weight, weight - high) }
        if let budget { worst = max(worst, abs(Vector.sum(weights) - budget)) }
        for row in rows { worst = max(worst, Vector.dot(row.coefficients, weights) - row.limit) }
        if let trading { worst = max(worst, Self.traded(trading.from, weights) - trading.limit) }
        return worst.isNaN || weights.contains(where: \.isNaN) ? .infinity : worst
    }

    static func traded(_ from: [Double], _ to: [Double]) -> Double {
        zip(from, to).reduce(0) { $0 + abs($1.1 - $1.0) }
    }
}
