public import StructuredData

/// The task type `risk-assessment`: value at risk and expected shortfall of a book by several methods, shared among its holdings;
/// stress scenarios, backtests and ratios.
///
/// The input is the envelope `{asOf, seed, inputs, params}`, the answer `{status, result, warnings, lineage, cost}`. Nothing is
/// thrown: what is wrong with the input is said in an answer whose `status` is `rejected`. The same input gives the same bytes, but
/// for `cost`.
///
/// Conventions that the schema cannot express:
/// - Risk figures are losses as positive fractions of the book's value; books with quantities have amounts in the base currency
///   beside them (`…Amount`). Returns are simple ones at constant current weights.
/// - `components` add up to `valueAtRisk`, `expectedShortfallComponents` to `expectedShortfall`; `marginal` is the slope of the
///   value at risk in a holding's weight, `incremental` the value at risk less that of the book with the holding turned into cash.
/// - A currency pair is the price of one unit of its first currency in its second: EURUSD 1.06 says that 1 EUR is 1.06 USD. Its
///   inverse will do. Rates are held: the risk is that of prices in their own currencies.
/// - `adv` is the average daily volume in units; `liquidityDays` the days to sell the slowest position at `participation` of it.
/// - A replayed scenario applies each symbol's compounded return over the range to today's book.
/// - A method that the data do not allow has `null` for its figures and says why in `refused`.
public enum RiskAssessment {
    /// The name of the task type.
    public static let taskType = "risk-assessment"

    private static let check = EnvelopeCheck(inputSchema, wording: RiskAssessmentWording.message)

    /// Answers `input`. `environment` supplies files and the measures of cost.
    public static func run(_ input: JSON, environment: ArgusEnvironment = ArgusEnvironment()) -> JSON {
        TaskRun.answer(input, check: check, environment: environment) { (answer) throws(Rejection) in
            try NonFinite.check(input["params"], at: JSONPointer(tokens: ["params"]))
            let parameters = try RiskParameters(input)
            answer.params = parameters.json

            let reader = InputReader(
                environment: environment, asOf: try Envelope.asOf(input), missing: parameters.missing,
                kind: parameters.returns)
            let datasets = try Envelope.read(input, reader, into: &answer)
            let symbols = try Envelope.symbols(of: datasets, kind: parameters.returns)
            let result = try RiskReport(symbols, parameters, findings: &answer.findings)
                .json(findings: &answer.findings)
            answer.result = NonFinite.replaced(result, at: JSONPointer(tokens: ["result"]), findings: &answer.findings)
        }
    }
}
