internal import StructuredData

/// Says what breaks the schema of a risk assessment where the schema's own words would mislead.
enum RiskAssessmentWording {
    @Sendable
    static func message(for violation: JSONSchema.Violation, in input: JSON) -> String? {
        let tokens = violation.path.tokens
        let value = input.value(at: violation.path)
        if tokens == ["params"], ["required", "oneOf"].contains(violation.keyword) {
            let given = ["positions", "weights"].filter { value?[$0] != nil }
            return "exactly one of positions and weights must be given, found "
                + (given.isEmpty ? "none" : "both")
        }
        if tokens.isEmpty, violation.keyword == "required", input["params"] == nil, input["inputs"] != nil {
            return "\"params\" with positions or weights must be given"
        }
        if tokens.last == "method", let name = value?.stringValue, !RiskMethod.names.contains(name) {
            let advice =
                Spelling.nearest(to: name, among: RiskMethod.names).map { "did you mean \($0)? " } ?? ""
            return "there is no method \(JSON.string(name).text()); \(advice)Methods: "
                + RiskMethod.names.joined(separator: ", ")
        }
        if tokens.count == 3, tokens[1] == "scenarios", ["required", "oneOf"].contains(violation.keyword),
            value?["name"] != nil
        {
            return "a scenario has either from and to, or shocks, or factors and exposures"
        }
        return nil
    }
}
