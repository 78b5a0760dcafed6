import CommonExpression
import KubernetesModel
import StructuredData

/// Why a schema of a CustomResourceDefinition cannot be used.
struct SchemaError: Error, Sendable, Hashable {
    /// Below the schema's own place, such as `properties[spec].type`.
    var path: String
    var cause: KubernetesStatus.Cause
}

extension Schema {
    /// Reads a schema as CustomResourceDefinitions hold it (`openAPIV3Schema`).
    ///
    /// - Parameter path: where it stands, for errors.
    /// - Throws: `SchemaError` for what no structural schema may hold.
    convenience init(openAPI json: JSON, path: String) throws(SchemaError) {
        func child(_ key: String) throws(SchemaError) -> Schema? {
            guard let value = json[key], value.objectValue != nil else { return nil }
            return try Schema(openAPI: value, path: "\(path).\(key)")
        }
        func children(_ key: String) throws(SchemaError) -> [Schema] {
            var schemas: [Schema] = []
            for (index, value) in (json[key]?.arrayValue ?? []).enumerated() {
                schemas.append(try Schema(openAPI: value, path: "\(path).\(key)[\(index)]"))
            }
            return schemas
        }
        func flag(_ key: String) -> Bool { json[key]?.boolValue ?? false }

        var properties: [String: Schema] = [:]
        for (name, value) in json["properties"]?.objectValue ?? [:] {
            properties[name] = try Schema(openAPI: value, path: "\(path).properties[\(name)]")
        }
        var additional = try child("additionalProperties")
        if additional == nil, json["additionalProperties"]?.boolValue == true { additional = .anything }
        let typeName = json["type"]?.stringValue ?? ""
        let kind = Kind(rawValue: typeName)
        if !typeName.isEmpty, kind == nil {
            throw SchemaError(
                path: "\(path).type",
                cause: .notSupported(
                    "\(path).type", value: "\"\(typeName)\"",
                    supported: ["array", "boolean", "integer", "number", "object", "string"]))
        }
        var constraints = try Self.constraints(of: json, path: path)
        constraints.allOf = try children("allOf")
        constraints.anyOf = try children("anyOf")
        constraints.oneOf = try children("oneOf")
        constraints.not = try child("not")
        self.init(
            kind: kind,
            title: json["title"]?.stringValue,
            description: json["description"]?.stringValue,
            properties: properties,
            additionalProperties: additional,
            items: try child("items"),
            required: (json["required"]?.arrayValue ?? []).compactMap(\.stringValue),
            defaultValue: json["default"],
            constraints: constraints,
            isNullable: flag("nullable"),
            preservesUnknownFields: flag("x-kubernetes-preserve-unknown-fields"),
            isIntOrString: flag("x-kubernetes-int-or-string"),
            isEmbeddedResource: flag("x-kubernetes-embedded-resource"),
            listType: try Self.listType(of: json, path: path),
            isAtomic: json["x-kubernetes-map-type"]?.stringValue == "atomic",
            rules: json["x-kubernetes-validations"])
    }

    private static func constraints(of json: JSON, path: String) throws(SchemaError) -> Constraints {
        var constraints = Constraints()
        constraints.enumeration = json["enum"]?.arrayValue ?? []
        constraints.minimum = json["minimum"]?.doubleValue
        constraints.maximum = json["maximum"]?.doubleValue
        constraints.exclusiveMinimum = json["exclusiveMinimum"]?.boolValue ?? false
        constraints.exclusiveMaximum = json["exclusiveMaximum"]?.boolValue ?? false
        constraints.multipleOf = json["multipleOf"]?.doubleValue
        constraints.minLength = json["minLength"]?.intValue
        constraints.maxLength = json["maxLength"]?.intValue
        constraints.format = json["format"]?.stringValue
        constraints.minItems = json["minItems"]?.intValue
        constraints.maxItems = json["maxItems"]?.intValue
        constraints.minProperties = json["minProperties"]?.intValue
        constraints.maxProperties = json["maxProperties"]?.intValue
        if let pattern = json["pattern"]?.stringValue {
            do {
                constraints.pattern = try RegularExpression(pattern)
            } catch {
                throw SchemaError(
                    path: "\(path).pattern",
                    cause: .invalid(
                        "\(path).pattern", value: JSON.string(pattern).text(),
                        "must be a valid regular expression, but isn't: \(error)"))
            }
        }
        return constraints
    }

    private static func listType(of json: JSON, path: String) throws(SchemaError) -> ListType? {
        switch json["x-kubernetes-list-type"]?.stringValue {
        case nil: return nil
        case "atomic": return .atomic
        case "set": return .set
        case "map":
            let keys = (json["x-kubernetes-list-map-keys"]?.arrayValue ?? []).compactMap(\.stringValue)
            let field = "\(path).x-kubernetes-list-map-keys"
            guard !keys.isEmpty else {
                throw SchemaError(
                    path: field, cause: .required(field, "must not be empty if x-kubernetes-list-type is map"))
            }
            for key in keys where json["items"]?["properties"]?[key] == nil {
                throw SchemaError(
                    path: field,
                    cause: .invalid(field, value: "\"\(key)\"", "entries must all be names of item properties"))
            }
            return .map(keys: keys)
        case let other?:
            let field = "\(path).x-kubernetes-list-type"
            throw SchemaError(
                path: field,
                cause: .notSupported(field, value: "\"\(other)\"", supported: ["atomic", "set", "map"]))
        }
    }
}
