import CommonExpression
import KubernetesModel
import StructuredData

/// A default must be a value that objects may have.
enum SchemaDefaultRules {
    /// - Parameter schema: a structural one.
    static func validate(_ schema: JSON, path: String) -> [KubernetesStatus.Cause] {
        var causes = checkDefault(schema, "\(path).default")
        for (name, child) in schema["properties"]?.objectValue ?? [:] {
            causes += validate(child, path: "\(path).properties[\(name)]")
        }
        if let items = schema["items"], items.objectValue != nil { causes += validate(items, path: "\(path).items") }
        if let additional = schema["additionalProperties"], additional.objectValue != nil {
            causes += validate(additional, path: "\(path).additionalProperties")
        }
        return causes
    }

    private static func checkDefault(_ schema: JSON, _ path: String) -> [KubernetesStatus.Cause] {
        // A schema that cannot be read is refused as such.
        guard let value = schema["default"], let parsed = try? Schema(openAPI: schema, path: path) else { return [] }
        var unknown: [String] = []
        var pruned = value
        parsed.prune(&pruned, path: "", unknown: &unknown)
        if !unknown.isEmpty { return [.invalid(path, value: value.text(), "must not have unknown fields")] }
        let causes = parsed.validate(value, path: path)
        guard causes.isEmpty, let rules = RuleSet.make(schema, isRoot: false) else { return causes }
        return RuleValidator.validate(value, replacing: nil, by: rules).map { violation in
            var cause = KubernetesStatus.Cause(violation)
            cause.field = violation.path.isEmpty ? path : "\(path).\(violation.path)"
            return cause
        }
    }
}
