public import StructuredData

/// The task type `advisory`: target weights, whole-lot orders, the efficient frontier, and why.
///
/// The input is the envelope `{asOf, seed, inputs, params}`, the answer `{status, result, warnings, lineage, cost}`. Nothing
/// is thrown: what is wrong with the input is said in an answer whose `status` is `rejected`. The same input gives the same
/// bytes, but for `cost`; nothing is random.
///
/// Conventions that the schema cannot express:
/// - Returns are simple. Weights are shares of holdings and cash together, and add up to 1 − `constraints.cash`; cash earns
///   nothing.
/// - A target is a limit: a return of at least, a volatility of at most.
/// - `dual` is the change of the objective for a unit of relaxation, and `relax` a change that was solved for again.
/// - Costs are in orders and benefits; with `costs.horizonDays` they are in the objective too, spread over these trading days, so
///   that weights are optimal net of them: off the return that is maximised (maximum-sharpe, target-risk, black-litterman), on top
///   of the expected shortfall, and times 2/δ on top of the variance, as they weigh in μᵀw − ½ δ wᵀΣw. Targets, the frontier and
///   all other figures stay those before costs. Proportional and impact costs are convex; for fixed ones a heuristic chooses the
///   symbols to trade.
/// - `benefit` of a trade is its share of the rise of μᵀw − ½ δ wᵀΣw, of a year, from the holdings to what orders lead to, in
///   money; the shares add up to the whole.
public enum Advisory {
    /// The name of the task type.
    public static let taskType = "advisory"

    /// What stands in every result.
    public static let notice = "Not investment advice."

    private static let check = EnvelopeCheck(inputSchema, wording: wording)

    @Sendable
    private static func wording(_ violation: JSONSchema.Violation, _ input: JSON) -> String? {
        guard violation.path.tokens == ["params", "covariance"] else { return nil }
        return input.value(at: violation.path).map { value in
            value.stringValue.map { CovarianceEstimator.unknown(.string($0)) }
                ?? "a covariance is a name, {\"ewma\": 0.97}, or {\"matrix\": {\"AAPL\": {\"AAPL\": 0.0004}}}"
        }
    }

    /// Answers `input`. `environment` supplies files and the measures of cost.
    public static func run(_ input: JSON, environment: ArgusEnvironment = ArgusEnvironment()) -> JSON {
        TaskRun.answer(input, check: check, environment: environment) { (answer) throws(Rejection) in
            let parameters = try AdvisoryParameters(input)
            answer.params = parameters.json

            let reader = InputReader(
                environment: environment, asOf: try Envelope.asOf(input), missing: parameters.missing, kind: .simple)
            let datasets = try Envelope.read(input, reader, into: &answer)
            let symbols = try Envelope.symbols(of: datasets, kind: .simple)
            let market = try AdvisoryMarket(symbols, parameters, into: &answer)
            let result = try AdvisoryReport(market, parameters).json(findings: &answer.findings)
            guard result.hasFiniteNumbers else {
                throw Rejection(
                    Finding(.nonFinite, "the result is not a finite number; look for returns that are too large"))
            }
            answer.result = result
        }
    }
}

extension JSON {
    /// Whether no number in it is infinite or NaN.
    fileprivate var hasFiniteNumbers: Bool {
        switch self {
        case .number(let value): value.isFinite
        case .array(let elements): elements.allSatisfy(\.hasFiniteNumbers)
        case .object(let members): members.allSatisfy { $0.value.hasFiniteNumbers }
        default: true
        }
    }
}
