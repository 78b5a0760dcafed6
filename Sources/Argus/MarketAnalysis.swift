public import StructuredData

/// The task type `market-analysis`: indicators, volatility, statistics, regimes and a plain-English reading of price series.
///
/// The input is the envelope `{asOf, seed, inputs, params}`, the answer `{status, result, warnings, lineage, cost}`. Nothing
/// is thrown: what is wrong with the input is said in an answer whose `status` is `rejected`. The same input gives the same
/// bytes, but for `cost`.
public enum MarketAnalysis {
    /// The name of the task type.
    public static let taskType = "market-analysis"

    /// What inputs must look like, as a JSON Schema.
    public static var inputSchema: JSON { .null }

    /// What answers look like, as a JSON Schema.
    public static var outputSchema: JSON { .null }

    /// Answers `input`. `environment` supplies files and the measures of cost.
    public static func run(_ input: JSON, environment: ArgusEnvironment = ArgusEnvironment()) -> JSON {
        _ = environment
        return input
    }
}
