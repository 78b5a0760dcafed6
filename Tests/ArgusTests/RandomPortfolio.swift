@testable import Argus

/// A portfolio problem from a seed, with weights that keep within its constraints: of ordinary, nearly singular and singular
/// covariances, tiny and huge returns, and constraints that leave little room or none.
struct RandomPortfolio {
    /// SplitMix64 (Steele, Lea and Flood 2014).
    private struct Numbers {
        var state: UInt64

        mutating func uniform() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
        }

        mutating func below(_ count: Int) -> Int { Int(uniform() * Double(count)) }
        mutating func happens(_ probability: Double) -> Bool { uniform() < probability }
    }

    static let objectives = ["variance", "return", "shortfall", "shortfallReturn", "sharpe", "risk", "utility"]
    static let tail = 0.05

    let returns: Matrix
    let covariance: Matrix
    let expected: [Double]
    /// Weights that are allowed.
    let known: [Double]
    let constraints: PortfolioConstraints
    let costs: PortfolioCosts?

    init(seed: UInt64, mostAssets: Int = 40, mostRows: Int = 300) {
        var numbers = Numbers(state: seed &* 0xD134_2543_DE82_EF95)
        let n = 1 + numbers.below(mostAssets)
        let rows = numbers.happens(0.25) ? max(3, n / 2) : n + 20 + numbers.below(mostRows)
        let scale = [1e-8, 1e-4, 0.01, 0.01, 0.01, 0.3, 1e3][numbers.below(7)]
        var returns = Matrix(rows: rows, columns: n)
        for i in 0..<rows {
            let market = numbers.uniform() - 0.5
            for j in 0..<n {
                let own = (numbers.uniform() - 0.5) * (0.2 + Double(j) / Double(n))
                returns[i, j] = scale * (market + own + 0.02)
            }
        }
        Self.degrade(&returns, &numbers)
        self.returns = returns
        (covariance, expected) = OptimiserFixture.moments(returns)

        var known = (0..<n).map { _ in numbers.happens(0.5) ? 0 : numbers.uniform() }
        let sum = Vector.sum(known)
        if sum > 0 { known = known.map { $0 / sum } } else { known[0] = 1 }
        self.known = known
        constraints = Self.constraints(around: known, &numbers)
        costs = numbers.happens(0.3) ? Self.costs(from: known, scale, &numbers) : nil
    }

    /// Columns that repeat each other, nearly or exactly, do not vary, or are of another size.
    private static func degrade(_ returns: inout Matrix, _ numbers: inout Numbers) {
        let n = returns.columns
        guard n > 1, numbers.happens(0.4) else { return }
        for _ in 0..<1 + numbers.below(3) {
            let (from, to) = (numbers.below(n), numbers.below(n))
            let way = numbers.below(4)
            let noise = numbers.happens(0.5) ? 0 : 1e-9
            for i in 0..<returns.rows {
                switch way {
                case 0: returns[i, to] = returns[i, from] * (1 + noise * numbers.uniform())
                case 1: returns[i, to] = -returns[i, from]
                case 2: returns[i, to] = 0
                default: returns[i, to] *= 1e-5
                }
            }
        }
    }

    private static func constraints(around known: [Double], _ numbers: inout Numbers) -> PortfolioConstraints {
        let n = known.count
        let highest = known.max() ?? 1
        var constraints = PortfolioConstraints(
            count: n, lower: numbers.happens(0.3) ? -0.2 : 0, upper: max(highest, numbers.uniform()))
        for index in 0..<n where numbers.happens(0.1) {
            // A weight that is fixed, or held to one side of where it is.
            if numbers.happens(0.5) { constraints.lower[index] = known[index] }
            if numbers.happens(0.5) { constraints.upper[index] = known[index] }
        }
        for _ in 0..<numbers.below(4) {
            let coefficients = (0..<n).map { _ in numbers.happens(0.4) ? (numbers.happens(0.2) ? -1.0 : 1) : 0 }
            let room = numbers.happens(0.2) ? 0 : 0.1 * numbers.uniform()
            constraints.rows.append(
                .init(coefficients: coefficients, limit: Vector.dot(coefficients, known) + room))
        }
        if numbers.happens(0.5) {
            constraints.trading = .init(from: known, limit: numbers.happens(0.1) ? 0 : 0.3 * numbers.uniform())
        }
        return constraints
    }

    private static func costs(from known: [Double], _ scale: Double, _ numbers: inout Numbers) -> PortfolioCosts {
        let size = scale * [1e-6, 1e-3, 1e-2, 0.1, 1][numbers.below(5)]
        let way = numbers.below(3)
        return PortfolioCosts(
            from: known, proportional: known.map { _ in way == 1 ? 0 : size },
            impact: known.map { _ in way == 0 ? 0 : size * numbers.uniform() })
    }

    // MARK: - Solutions

    /// The solution for an objective; `nil` where there is none, which the Sharpe ratio may have.
    func solve(_ objective: String) throws -> PortfolioSolution? {
        let optimizer = PortfolioOptimizer(constraints: constraints, start: nil, costs: costs)
        let earned = Vector.dot(expected, known)
        switch objective {
        case "variance": return try optimizer.minimumVariance(covariance)
        case "return": return try optimizer.minimumVariance(covariance, expected: expected, atLeast: earned)
        case "shortfall": return try optimizer.minimumExpectedShortfall(returns, confidence: 1 - Self.tail)
        case "shortfallReturn":
            return try optimizer.minimumExpectedShortfall(
                returns, confidence: 1 - Self.tail, expected: expected, atLeast: earned)
        case "sharpe": return try optimizer.maximumSharpe(covariance, expected: expected, shift: 0)?.solution
        case "risk":
            return try optimizer.maximumReturn(
                covariance, expected: expected,
                varianceAtMost: max(0, covariance.quadraticForm(known)) + 1e-9 * covariance.largestMagnitude)?.solution
        default: return try optimizer.maximumUtility(covariance, expected: expected, riskAversion: 3)
        }
    }

    /// What is minimised, at some weights.
    func value(_ objective: String, _ weights: [Double]) -> Double {
        let cost = costs?.cost(of: weights) ?? 0
        let earned = Vector.dot(expected, weights) - cost
        let variance = max(0, covariance.quadraticForm(weights))
        switch objective {
        case "variance", "return": return variance + cost
        case "shortfall", "shortfallReturn":
            return SampleTail(returns * weights, alphas: [Self.tail]).expectedShortfall(Self.tail) + cost
        case "sharpe": return variance > 0 ? -earned / variance.squareRoot() : -.infinity
        case "risk": return -earned
        default: return 1.5 * variance - earned
        }
    }

    /// The size of numbers that the objective is made of.
    func size(_ objective: String) -> Double {
        let largest = max(
            returns.largestMagnitude, costs.map { Vector.largestMagnitude($0.proportional + $0.impact) } ?? 0)
        switch objective {
        case "variance", "return": return covariance.largestMagnitude + largest * (costs == nil ? 0 : 1)
        case "sharpe": return 1
        case "utility": return covariance.largestMagnitude + largest
        default: return largest
        }
    }

    /// What is wrong with the solution; `nil`: nothing.
    func fault(_ objective: String) -> String? {
        do {
            guard let solution = try solve(objective) else {
                return objective == "sharpe" && value("risk", known) >= 0 ? nil : "none"
            }
            let violation = constraints.violation(by: solution.weights)
            if !(violation <= 1e-8) { return "broken by \(violation)" }
            // A share of a multiplier that is negative by rounding weighs more in the unit of a steep impact.
            if !(solution.kktResidual <= (costs == nil ? 1e-9 : 1e-7)) {
                return "a residual of \(solution.kktResidual)"
            }
            let (reached, before) = (value(objective, solution.weights), value(objective, known))
            if objective == "sharpe", !(before < 0 && before.isFinite) { return nil }
            return reached <= before + 1e-8 * size(objective) ? nil : "worse than what is known: \(reached), \(before)"
        } catch {
            return "\(error)"
        }
    }
}
