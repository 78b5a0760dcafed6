public import StructuredData

/// The task type `market-analysis`: indicators, volatility, statistics, regimes and a plain-English reading of price series.
///
/// The input is the envelope `{asOf, seed, inputs, params}`, the answer `{status, result, warnings, lineage, cost}`. Nothing
/// is thrown: what is wrong with the input is said in an answer whose `status` is `rejected`. The same input gives the same
/// bytes, but for `cost`.
///
/// Conventions that the schema cannot express:
/// - A day's bar is known at the day's end: an `asOf` that is a day includes it, an instant within the day does not.
/// - Volatility values belong to the bar whose return is the last one in them; for EWMA the value after bar t is σ_{t+1}. Fitted
///   models are of all returns; their value at bar t is σ_t given the returns before it, and `forecast` begins with σ_{T+1}.
/// - `scale` multiplies returns in the unit that they came in, and is 100 by default; of returns in percent it is 1 by default,
///   since they are scaled already. Either way the default makes parameters of returns in percent.
/// - A fit that did not come to rest, that lies at a bound, or whose model does not forget its beginning is a warning; returns that
///   do not vary are a rejection.
/// - Covariance is per period.
/// - Statistics and regimes are made by default; where data does not suffice, that is a warning, and a rejection only where
///   they were asked for.
/// - `figures` holds the numbers and dates of the reading as they are printed there.
public enum MarketAnalysis {
    /// The name of the task type.
    public static let taskType = "market-analysis"

    private static let check = EnvelopeCheck(inputSchema, wording: MarketAnalysisWording.message)

    /// Answers `input`. `environment` supplies files and the measures of cost.
    public static func run(_ input: JSON, environment: ArgusEnvironment = ArgusEnvironment()) -> JSON {
        TaskRun.answer(input, check: check, environment: environment) { (answer) throws(Rejection) in
            let parameters = try MarketAnalysisParameters(input)
            answer.params = parameters.json

            let reader = InputReader(
                environment: environment, asOf: try Envelope.asOf(input), missing: parameters.missing,
                kind: parameters.returns)
            let datasets = try Envelope.read(input, reader, into: &answer)
            let symbols = try Envelope.symbols(of: datasets, kind: parameters.returns)
            answer.result = try MarketReport(symbols, parameters).json(findings: &answer.findings)
        }
    }
}
