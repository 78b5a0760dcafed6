package import StructuredData

/// What rules need to know of a structural schema (`openAPIV3Schema`).
package final class StructuralSchema: Sendable {
    enum ListType: Sendable, Hashable {
        case atomic
        case set
        /// The names by which expressions know the key fields.
        case map(keys: [String])
    }

    /// Empty where the schema names none.
    let type: String
    let format: String
    let properties: [String: StructuralSchema]
    /// Those that the schema itself names; `nil`: it names none.
    let writtenProperties: [String: StructuralSchema]?
    /// Whether objects have declared fields, and not arbitrary keys.
    let hasDeclaredProperties: Bool
    let additionalProperties: StructuralSchema?
    let items: StructuralSchema?
    let required: Set<String>
    let hasDefault: Bool
    let enumeration: [String]
    let maxLength: Int64?
    let maxItems: Int64?
    let maxProperties: Int64?
    let isNullable: Bool
    let isIntOrString: Bool
    let isEmbeddedResource: Bool
    let preservesUnknownFields: Bool
    let listType: ListType
    let isAtomicMap: Bool
    let rules: [ValidationRule]

    /// - Parameter isRoot: whether it describes whole objects, which have kind, version, name and name prefix whatever the
    ///   schema says.
    package init(_ json: JSON, isRoot: Bool = false) {
        type = json["type"]?.stringValue ?? ""
        format = json["format"]?.stringValue ?? ""
        isEmbeddedResource = json["x-kubernetes-embedded-resource"]?.boolValue ?? false
        let written = json["properties"]?.objectValue?.map { ($0.key, StructuralSchema($0.value)) }
        writtenProperties = written.map { Dictionary($0) { first, _ in first } }
        hasDeclaredProperties = written != nil || isEmbeddedResource || isRoot
        var properties = written ?? []
        if isRoot || isEmbeddedResource {
            properties.removeAll { ["apiVersion", "kind", "metadata"].contains($0.0) }
            properties += Self.objectProperties
        }
        self.properties = Dictionary(properties) { first, _ in first }
        let additional = json["additionalProperties"]
        additionalProperties = additional?.objectValue == nil ? nil : additional.map { StructuralSchema($0) }
        let items = json["items"]
        self.items = items?.objectValue == nil ? nil : items.map { StructuralSchema($0) }
        required = Set((json["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        hasDefault = json["default"].map { !$0.isNull } ?? false
        enumeration = (json["enum"]?.arrayValue ?? []).compactMap(\.stringValue)
        maxLength = json["maxLength"]?.intValue.map { Int64(max($0, 0)) }
        maxItems = json["maxItems"]?.intValue.map { Int64(max($0, 0)) }
        maxProperties = json["maxProperties"]?.intValue.map { Int64(max($0, 0)) }
        isNullable = json["nullable"]?.boolValue ?? false
        isIntOrString = json["x-kubernetes-int-or-string"]?.boolValue ?? false
        preservesUnknownFields = json["x-kubernetes-preserve-unknown-fields"]?.boolValue ?? false
        isAtomicMap = json["x-kubernetes-map-type"]?.stringValue == "atomic"
        rules = (json["x-kubernetes-validations"]?.arrayValue ?? []).map(ValidationRule.init)
        switch json["x-kubernetes-list-type"]?.stringValue {
        case "set": listType = .set
        case "map":
            let keys = (json["x-kubernetes-list-map-keys"]?.arrayValue ?? []).compactMap(\.stringValue)
            listType = .map(keys: keys.map { FieldName.escaped($0) ?? $0 })
        default: listType = .atomic
        }
    }

    private static let objectProperties: [(String, StructuralSchema)] = {
        let text = StructuralSchema(["type": "string"])
        let metadata: JSON = [
            "type": "object", "properties": ["name": ["type": "string"], "generateName": ["type": "string"]],
        ]
        return [("apiVersion", text), ("kind", text), ("metadata", StructuralSchema(metadata))]
    }()

    /// Whether a rule stands here or below.
    var hasRules: Bool {
        !rules.isEmpty || properties.values.contains(where: \.hasRules) || items?.hasRules == true
            || additionalProperties?.hasRules == true
    }
}
