internal import StructuredData

/// Whether a portfolio keeps within a policy.
struct PolicyCheck: Sendable {
    struct Violation: Sendable {
        var rule: String
        var symbol: String?
        var value: Double?
        var limit: Double?
        var message: String
    }

    private(set) var violations: [Violation] = []

    /// The confidence of the value at risk: historical, of one period.
    static let confidence = 0.99
    private static let tolerance = 1e-9

    /// - Parameter portfolios: weights that must all keep within the policy, such as what is aimed at and what orders lead to.
    init(_ portfolios: [[Double]], _ market: AdvisoryMarket, _ policy: AdvisoryParameters.Policy) {
        if let limit = policy.maximumValueAtRisk {
            let worst = portfolios.map { Self.valueAtRisk(market.returns * $0) }.max() ?? 0
            if worst > limit + Self.tolerance {
                add("maxValueAtRisk", nil, worst, limit, "the value at risk would be \(Self.text(worst))")
            }
        }
        for (index, symbol) in market.symbols.enumerated() {
            let largest = portfolios.map { abs($0[index]) }.max() ?? 0
            if let limit = policy.maximumWeight, largest > limit + Self.tolerance {
                add("maxWeight", symbol, largest, limit, "\(symbol) would have a weight of \(Self.text(largest))")
            }
            if let allowed = policy.allowed, largest > AdvisoryDecision.smallestWeight, !allowed.contains(symbol) {
                violations.append(
                    Violation(
                        rule: "allowed", symbol: symbol, value: largest, message: "\(symbol) is not on the allowed list"
                    ))
            }
        }
    }

    private mutating func add(_ rule: String, _ symbol: String?, _ value: Double, _ limit: Double, _ text: String) {
        violations.append(
            Violation(
                rule: rule, symbol: symbol, value: value, limit: limit,
                message: "\(rule): \(text), above \(NumberText.shortest(limit))"))
    }

    private static func text(_ value: Double) -> String { NumberText.shortest(NumberText.rounded(value, decimals: 6)) }

    /// By the quantile that is NumPy's default.
    static func valueAtRisk(_ returns: [Double]) -> Double {
        SampleTail(returns, alphas: [1 - confidence]).valueAtRisk(1 - confidence, .linear)
    }

    var json: JSON {
        [
            "passed": JSON(violations.isEmpty),
            "violations": .array(
                violations.map { violation in
                    var members: JSONObject = ["rule": JSON(violation.rule)]
                    if let symbol = violation.symbol { members["symbol"] = JSON(symbol) }
                    if let value = violation.value { members["value"] = JSON(value) }
                    if let limit = violation.limit { members["limit"] = JSON(limit) }
                    members["message"] = JSON(violation.message)
                    return .object(members)
                }),
        ]
    }
}
