import KubernetesModel
import StructuredData

/// What JSON Schema knows and schemas of CustomResourceDefinitions may not use, since checking it would take too long, or would not
/// tell how objects are stored.
enum SchemaFeatureRules {
    /// - Parameter spec: of a CustomResourceDefinition.
    static func validate(_ spec: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        for (index, version) in (spec["versions"]?.arrayValue ?? []).enumerated() {
            guard let schema = version["schema"]?["openAPIV3Schema"] else { continue }
            check(schema, "spec.versions[\(index)].schema.openAPIV3Schema", isInLogic: false, &causes)
        }
        return causes
    }

    private static let unsupported = [
        "$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id",
    ]
    private static let logic = ["allOf", "anyOf", "oneOf"]
    /// What says how a value is stored is said once, outside of what only accepts or refuses it.
    private static let structural = ["type", "default", "additionalProperties", "nullable", "title", "description"]

    private static func check(
        _ schema: JSON, _ path: String, isInLogic: Bool, _ causes: inout [KubernetesStatus.Cause]
    ) {
        for key in unsupported where schema[key] != nil {
            causes.append(.forbidden("\(path).\(key)", "\(key) is not supported"))
        }
        if schema["uniqueItems"]?.boolValue == true {
            causes.append(
                .forbidden(
                    "\(path).uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        if schema["type"]?.stringValue == "null" {
            causes.append(
                .forbidden("\(path).type", "type cannot be set to null, use nullable as an alternative"))
        }
        let preserves = "x-kubernetes-preserve-unknown-fields"
        if let value = schema[preserves], value.boolValue != true {
            causes.append(.invalid("\(path).\(preserves)", value: value.text(), "must be true or undefined"))
        }
        checkProperties(schema, path, &causes)
        if isInLogic, schema["x-kubernetes-int-or-string"] == nil {
            for key in structural where schema[key] != nil {
                // The two types of a number or a text are the one exception.
                if key == "type", ["integer", "string"].contains(schema[key]?.stringValue) { continue }
                causes.append(.forbidden("\(path).\(key)", "must be empty to be structural"))
            }
        }
        checkDefault(schema, path, &causes)
        for (name, child) in schema["properties"]?.objectValue ?? [:] {
            check(child, "\(path).properties[\(name)]", isInLogic: isInLogic, &causes)
        }
        if let items = schema["items"], items.objectValue != nil {
            check(items, "\(path).items", isInLogic: isInLogic, &causes)
        }
        if let additional = schema["additionalProperties"], additional.objectValue != nil {
            check(additional, "\(path).additionalProperties", isInLogic: isInLogic, &causes)
        }
        for key in logic {
            for (index, child) in (schema[key]?.arrayValue ?? []).enumerated() {
                check(child, "\(path).\(key)[\(index)]", isInLogic: true, &causes)
            }
        }
        if let not = schema["not"], not.objectValue != nil { check(not, "\(path).not", isInLogic: true, &causes) }
    }

    private static func checkProperties(_ schema: JSON, _ path: String, _ causes: inout [KubernetesStatus.Cause]) {
        if schema["additionalProperties"]?.boolValue == false {
            causes.append(
                .forbidden("\(path).additionalProperties", "additionalProperties cannot be set to false"))
        } else if schema["additionalProperties"] != nil, schema["properties"]?.objectValue?.isEmpty == false {
            causes.append(
                .forbidden(
                    "\(path).additionalProperties", "additionalProperties and properties are mutual exclusive"))
        }
        if schema["items"]?.arrayValue != nil {
            causes.append(.forbidden("\(path).items", "items must be a schema object and not an array"))
        }
    }

    /// A default must be a value that objects may have.
    private static func checkDefault(_ schema: JSON, _ path: String, _ causes: inout [KubernetesStatus.Cause]) {
        guard let value = schema["default"], let parsed = try? Schema(openAPI: schema, path: path) else { return }
        var unknown: [String] = []
        var pruned = value
        parsed.prune(&pruned, path: "", unknown: &unknown)
        if !unknown.isEmpty {
            causes.append(
                .invalid(
                    "\(path).default", value: value.text(),
                    "must not have unknown fields: \(unknown.joined(separator: ", "))"))
        }
        causes += parsed.validate(value, path: "\(path).default")
    }
}
