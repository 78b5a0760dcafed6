import CommonExpression
import StructuredData

/// For whom a schema is written down.
enum SchemaForm: Sendable, Hashable {
    /// Whole and by itself, for merging: nothing refers to anything else.
    case merging
    /// OpenAPI v3.
    case v3
    /// OpenAPI v2, which knows neither `oneOf` nor `nullable`; its readers refuse what they cannot read.
    case v2

    /// What the name of a schema follows in a reference.
    var referencePrefix: String { self == .v2 ? "#/definitions/" : "#/components/schemas/" }
}

extension Schema {
    /// The schema as it is written down where it is used: a reference, if it has a name.
    ///
    /// - Parameters:
    ///   - isBuiltIn: adds the strategic-merge keys, which only built-in kinds have.
    ///   - description: what it is there.
    func written(_ form: SchemaForm, isBuiltIn: Bool, description: String? = nil) -> JSON {
        let description = description ?? self.description
        guard form != .merging, let name else {
            return content(form, isBuiltIn: isBuiltIn, description: description, withDefault: true)
        }
        return Self.reference(name, form, description: description, defaultValue: form == .v3 ? defaultValue : nil)
    }

    /// - Parameter name: of a schema of the same document.
    static func reference(
        _ name: String, _ form: SchemaForm, description: String? = nil, defaultValue: JSON? = nil
    ) -> JSON {
        let reference: JSON = ["$ref": .string(form.referencePrefix + name)]
        var json = reference
        // Beside a reference nothing else counts in v3.
        if form == .v3, description != nil || defaultValue != nil { json = ["allOf": [reference]] }
        if let description { json["description"] = .string(description) }
        if let defaultValue { json["default"] = defaultValue }
        return json
    }

    /// What stands behind the schema's name.
    func component(_ form: SchemaForm, isBuiltIn: Bool) -> JSON {
        content(
            form, isBuiltIn: isBuiltIn, description: name.flatMap(BuiltInResources.descriptions.text) ?? description,
            withDefault: false)
    }

    private func content(_ form: SchemaForm, isBuiltIn: Bool, description: String?, withDefault: Bool) -> JSON {
        // Clients of v2 take a value for what its first type says: one that may be null, or anything, has none there.
        let isOpen = form == .v2 && !isBuiltIn && (isNullable || preservesUnknownFields)
        var json: JSON = [:]
        if let title { json["title"] = .string(title) }
        if let description { json["description"] = .string(description) }
        writeType(to: &json, form, isBuiltIn: isBuiltIn, isOpen: isOpen)
        if !isOpen {
            if !properties.isEmpty || isEmbedded(form) {
                json["properties"] = writtenProperties(form, isBuiltIn: isBuiltIn)
            }
            if let items { json["items"] = items.written(form, isBuiltIn: isBuiltIn) }
        }
        if let additionalProperties {
            json["additionalProperties"] = additionalProperties.written(form, isBuiltIn: isBuiltIn)
        }
        let required = requiredFields(form, isOpen: isOpen)
        if !required.isEmpty { json["required"] = JSON(required) }
        if withDefault, let defaultValue, form != .v2 || !isBuiltIn { json["default"] = defaultValue }
        if isNullable, form != .v2 { json["nullable"] = true }
        if preservesUnknownFields, !isBuiltIn || form == .merging {
            json["x-kubernetes-preserve-unknown-fields"] = true
        }
        if isEmbeddedResource { json["x-kubernetes-embedded-resource"] = true }
        if isAtomic { json["x-kubernetes-map-type"] = "atomic" }
        writeListType(to: &json, isBuiltIn: isBuiltIn)
        constraints.write(to: &json, form, isBuiltIn: isBuiltIn)
        if let rules { json["x-kubernetes-validations"] = rules }
        return json
    }

    private func writeType(to json: inout JSON, _ form: SchemaForm, isBuiltIn: Bool, isOpen: Bool) {
        if isQuantity, form == .v3 {
            json["oneOf"] = [["type": "string"], ["type": "number"]]
        } else if !isIntOrString {
            if isOpen, isNullable || kind == .object || kind == .array { return }
            if let kind { json["type"] = .string(kind.rawValue) }
        } else if form == .merging || !isBuiltIn {
            json["x-kubernetes-int-or-string"] = true
        } else {
            json["format"] = "int-or-string"
            if form == .v2 {
                json["type"] = "string"
            } else {
                json["oneOf"] = [["type": "integer"], ["type": "string"]]
            }
        }
    }

    /// Whether the fields that every object has stand in it although it does not name them.
    private func isEmbedded(_ form: SchemaForm) -> Bool { isEmbeddedResource && form != .merging }

    private func writtenProperties(_ form: SchemaForm, isBuiltIn: Bool) -> JSON {
        var properties = properties
        if isEmbedded(form) { properties.merge(Self.objectFields) { $1 } }
        let type = isBuiltIn && form != .merging ? name : nil
        var members = JSONObject()
        for (name, schema) in properties.sorted(by: { $0.key < $1.key }) {
            members[name] = schema.written(
                form, isBuiltIn: isBuiltIn,
                description: type.flatMap { BuiltInResources.descriptions.text(ofField: name, in: $0) })
        }
        return .object(members)
    }

    private func requiredFields(_ form: SchemaForm, isOpen: Bool) -> [String] {
        var required = required
        if form == .v2 {
            if additionalProperties?.isNullable == true { return [] }
            if !isOpen { required.removeAll { properties[$0]?.isNullable == true } }
        }
        if isEmbedded(form), !isOpen {
            for name in ["kind", "apiVersion"] where !required.contains(name) { required.append(name) }
        }
        return required
    }

    private func writeListType(to json: inout JSON, isBuiltIn: Bool) {
        switch listType {
        case nil: break
        case .atomic: json["x-kubernetes-list-type"] = "atomic"
        case .set:
            json["x-kubernetes-list-type"] = "set"
            if isBuiltIn { json["x-kubernetes-patch-strategy"] = "merge" }
        case .map(let keys):
            json["x-kubernetes-list-type"] = "map"
            json["x-kubernetes-list-map-keys"] = JSON(keys)
            if isBuiltIn, let first = keys.first {
                json["x-kubernetes-patch-strategy"] = "merge"
                json["x-kubernetes-patch-merge-key"] = .string(first)
            }
        }
    }
}

extension Schema.Constraints {
    fileprivate func write(to json: inout JSON, _ form: SchemaForm, isBuiltIn: Bool) {
        if !enumeration.isEmpty { json["enum"] = .array(enumeration) }
        if let minimum { json["minimum"] = JSON(minimum) }
        if let maximum { json["maximum"] = JSON(maximum) }
        if exclusiveMinimum { json["exclusiveMinimum"] = true }
        if exclusiveMaximum { json["exclusiveMaximum"] = true }
        if let multipleOf { json["multipleOf"] = JSON(multipleOf) }
        if let minLength { json["minLength"] = JSON(minLength) }
        if let maxLength { json["maxLength"] = JSON(maxLength) }
        if let pattern { json["pattern"] = .string(pattern.text) }
        // Quantities are a format of this server's own.
        if let format, format != "quantity" || !isBuiltIn || form == .merging { json["format"] = .string(format) }
        if let minItems { json["minItems"] = JSON(minItems) }
        if let maxItems { json["maxItems"] = JSON(maxItems) }
        if let minProperties { json["minProperties"] = JSON(minProperties) }
        if let maxProperties { json["maxProperties"] = JSON(maxProperties) }
        guard form != .v2 else { return }
        for (key, schemas) in [("allOf", allOf), ("anyOf", anyOf), ("oneOf", oneOf)] where !schemas.isEmpty {
            json[key] = .array(schemas.map { $0.written(form, isBuiltIn: isBuiltIn) })
        }
        if let not { json["not"] = not.written(form, isBuiltIn: isBuiltIn) }
    }
}
