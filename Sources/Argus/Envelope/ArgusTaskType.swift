public import StructuredData

/// One of the task types of Argus, for programs that serve all of them.
public struct ArgusTaskType: Sendable {
    public let name: String
    /// What inputs must look like, as a JSON Schema.
    public let inputSchema: JSON
    /// What answers look like, as a JSON Schema.
    public let outputSchema: JSON

    private let run: @Sendable (JSON, ArgusEnvironment) -> JSON

    init(
        _ name: String, inputSchema: JSON, outputSchema: JSON, run: @escaping @Sendable (JSON, ArgusEnvironment) -> JSON
    ) {
        self.name = name
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.run = run
    }

    /// Answers `input`. What is wrong with it is said in an answer whose `status` is `rejected`.
    public func answer(_ input: JSON, environment: ArgusEnvironment = ArgusEnvironment()) -> JSON {
        run(input, environment)
    }

    public static let all: [ArgusTaskType] = [marketAnalysis, riskAssessment, advisory]

    static let marketAnalysis = ArgusTaskType(
        MarketAnalysis.taskType, inputSchema: MarketAnalysis.inputSchema, outputSchema: MarketAnalysis.outputSchema,
        run: { MarketAnalysis.run($0, environment: $1) })

    static let riskAssessment = ArgusTaskType(
        RiskAssessment.taskType, inputSchema: RiskAssessment.inputSchema, outputSchema: RiskAssessment.outputSchema,
        run: { RiskAssessment.run($0, environment: $1) })

    static let advisory = ArgusTaskType(
        Advisory.taskType, inputSchema: Advisory.inputSchema, outputSchema: Advisory.outputSchema,
        run: { Advisory.run($0, environment: $1) })
}
