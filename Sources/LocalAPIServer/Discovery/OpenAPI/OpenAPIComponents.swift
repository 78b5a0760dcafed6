import KubernetesModel
import StructuredData

/// The schemas of a document, by name: the kinds, their lists, and whatever these refer to.
struct OpenAPIComponents {
    let form: SchemaForm
    private(set) var schemas: [String: JSON] = [:]

    init(_ form: SchemaForm) { self.form = form }

    mutating func add(_ definition: ResourceDefinition) {
        let type = definition.type
        let schema = definition.schema
        if form == .v2, definition.isCustom, schema.preservesUnknownFields {
            // Clients take fields that are named for all that there are.
            schemas[definition.schemaName] = ["type": "object"]
        } else {
            schemas[definition.schemaName] = schema.component(form, isBuiltIn: !definition.isCustom)
            addReferences(of: schema, isBuiltIn: !definition.isCustom)
        }
        mark(definition.schemaName, type.group, type.version, type.kind)
        if definition.isCustom, !definition.selectableFields.isEmpty {
            schemas[definition.schemaName]?["x-kubernetes-selectable-fields"] = .array(
                definition.selectableFields.map { ["fieldPath": .string($0)] })
        }
        addList(definition)
        for subresource in definition.subresources where subresource.kind != type.kind {
            let (group, version) = (subresource.group ?? type.group, subresource.version ?? type.version)
            add(kind: subresource.kind, group: group, version: version)
        }
        for name in [APIPath.status, APIPath.deleteOptions] { add(BuiltInResources.component(name)) }
    }

    mutating func add(_ review: APIHandler.ReviewKind) {
        add(kind: review.kind, group: review.group, version: "v1")
    }

    /// A built-in kind that no resource is of.
    private mutating func add(kind: String, group: String, version: String) {
        let schema = BuiltInResources.body(kind)
        let name = BuiltInResources.name(kind)
        schemas[name] = schema.component(form, isBuiltIn: true)
        addReferences(of: schema, isBuiltIn: true)
        mark(name, group, version, kind)
    }

    private mutating func mark(_ name: String, _ group: String, _ version: String, _ kind: String) {
        schemas[name]?["x-kubernetes-group-version-kind"] = [
            ["group": .string(group), "version": .string(version), "kind": .string(kind)]
        ]
    }

    private mutating func addList(_ definition: ResourceDefinition) {
        guard definition.verbs.contains("list") else { return }
        let type = definition.type
        var properties = Schema.typeFields.mapValues { $0.written(form, isBuiltIn: true) }
        properties["metadata"] = Schema.reference(
            BuiltInResources.listMeta, form, description: "Which moment the list shows, and whether there is more.")
        properties["items"] = [
            "type": "array", "description": "The objects.", "items": Schema.reference(definition.schemaName, form),
        ]
        var members = JSONObject()
        for (name, schema) in properties.sorted(by: { $0.key < $1.key }) { members[name] = schema }
        schemas[definition.listSchemaName] = [
            "type": "object", "description": .string("A list of objects of the kind \(type.kind)."),
            "properties": .object(members), "required": ["items"],
        ]
        mark(definition.listSchemaName, type.group, type.version, definition.listKind)
        add(BuiltInResources.component(BuiltInResources.listMeta))
    }

    private mutating func add(_ schema: Schema) {
        guard let name = schema.name, schemas[name] == nil else { return }
        schemas[name] = schema.component(form, isBuiltIn: true)
        addReferences(of: schema, isBuiltIn: true)
    }

    private mutating func addReferences(of schema: Schema, isBuiltIn: Bool) {
        for child in schema.children(form) {
            if child.name != nil { add(child) } else { addReferences(of: child, isBuiltIn: isBuiltIn) }
        }
    }

    /// As the members of a document, in order.
    var json: JSON {
        var members = JSONObject()
        for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) { members[name] = schema }
        return .object(members)
    }
}

extension Schema {
    /// The schemas that are written down within this one.
    fileprivate func children(_ form: SchemaForm) -> [Schema] {
        var children = Array(properties.values)
        children += [items, additionalProperties].compactMap(\.self)
        if isEmbeddedResource { children.append(BuiltInResources.objectMeta) }
        return children
    }
}
