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
        let isBounded = zip(weights, zip(lower, upper)).allSatisfy {
            $0 >= $1.0 - tolerance && $0 <= $1.1 + tolerance
        }
        return isBounded && budget.map { abs(Vector.sum(weights) - $0) <= tolerance } ?? true
            && rows.allSatisfy { Vector.dot($0.coefficients, weights) <= $0.limit + tolerance }
            && trading.map { Self.traded($0.from, weights) <= $0.limit + tolerance } ?? true
    }

    static func traded(_ from: [Double], _ to: [Double]) -> Double {
        zip(from, to).reduce(0) { $0 + abs($1.1 - $1.0) }
    }
}
