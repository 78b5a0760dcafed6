public import StructuredData

extension MergeSchema {
    /// The schema of a custom resource, from the structural OpenAPI v3 schema of its version.
    ///
    /// It heeds `x-kubernetes-list-type`, `-list-map-keys`, `-map-type`, `-preserve-unknown-fields`, `-int-or-string` and
    /// `-embedded-resource`, and the defaults of list keys.
    public init(openAPIV3Schema schema: JSON?) {
        guard let schema, case .object(var fields, let others) = Node(openAPI: schema) else {
            self = .untyped
            return
        }
        for (name, node) in Node.objectFields { fields[name] = node }
        self.init(root: .object(fields: fields, others: others))
    }
}

extension MergeSchema.Node {
    /// The members of every object that are the same for all kinds.
    static var objectFields: [String: MergeSchema.Node] {
        ["apiVersion": .atomic, "kind": .atomic, "metadata": objectMeta]
    }

    init(openAPI schema: JSON) {
        if schema["x-kubernetes-int-or-string"]?.boolValue == true {
            self = .atomic
            return
        }
        let preserves = schema["x-kubernetes-preserve-unknown-fields"]?.boolValue == true
        switch schema["type"]?.stringValue {
        case "object": self = Self.object(schema, preserves: preserves)
        case "array": self = Self.array(schema)
        case nil: self = schema["properties"] == nil ? .untyped : Self.object(schema, preserves: preserves)
        default: self = .atomic
        }
    }

    private static func object(_ schema: JSON, preserves: Bool) -> MergeSchema.Node {
        if schema["x-kubernetes-map-type"]?.stringValue == "atomic" { return .atomic }
        var fields: [String: MergeSchema.Node] = [:]
        for (name, property) in schema["properties"]?.objectValue ?? JSONObject() {
            fields[name] = MergeSchema.Node(openAPI: property)
        }
        if schema["x-kubernetes-embedded-resource"]?.boolValue == true {
            for (name, node) in objectFields { fields[name] = node }
        }
        if case .object = schema["additionalProperties"] {
            let items = schema["additionalProperties"].map(MergeSchema.Node.init(openAPI:)) ?? .untyped
            return .object(fields: fields, others: .items(items))
        }
        if fields.isEmpty { return .untyped }
        // What is neither named nor kept is cut off before anything is stored, so how it would merge does not matter.
        return .object(fields: fields, others: .untyped)
    }

    private static func array(_ schema: JSON) -> MergeSchema.Node {
        switch schema["x-kubernetes-list-type"]?.stringValue {
        case "set":
            return .set
        case "map":
            let items = schema["items"] ?? .null
            let keys = schema["x-kubernetes-list-map-keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
            guard !keys.isEmpty else { return .atomic }
            return .list(
                keys: keys.map { MergeSchema.ListKey($0, default: items["properties"]?[$0]?["default"]) },
                items: MergeSchema.Node(openAPI: items))
        default:
            return .atomic
        }
    }
}
