internal import StructuredData

/// Says what breaks the schema of a market analysis where the schema's own words would mislead.
enum MarketAnalysisWording {
    @Sendable
    static func message(for violation: JSONSchema.Violation, in input: JSON) -> String? {
        let tokens = violation.path.tokens
        let value = input.value(at: violation.path)
        if tokens == ["params", "covariance"], let value { return CovarianceEstimator.unknown(value) }
        guard tokens.count >= 4, tokens[0] == "params", let request = Int(tokens[2]) else { return nil }
        switch (tokens[1], tokens.count, tokens[3]) {
        case ("functions", 4, "function"):
            if let name = value?.stringValue { return IndicatorFunction.unknown(name) }
        case ("functions", 5, "parameters"):
            let name = input["params"]?["functions"]?[request]?["function"]?.stringValue ?? ""
            let function = IndicatorFunction.named(name)
            if let function, let number = value?.doubleValue,
                let problem = function.parameters.first(where: { $0.name == tokens[4] })?.problem(with: number)
            {
                return "\(name): \(problem)"
            }
        case ("volatility", 4, "model"):
            if let name = value?.stringValue {
                return "the model \(JSON.string(name)) is not available in this version; available: "
                    + VolatilityModel.names.joined(separator: ", ")
            }
        default: break
        }
        return nil
    }
}
