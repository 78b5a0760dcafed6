package import StructuredData

/// The rules of a schema, compiled, in the shape of the schema.
package final class RuleSet: Sendable {
    let schema: StructuralSchema
    let rules: [CompiledRule]
    let properties: [String: RuleSet]
    let items: RuleSet?
    let additionalProperties: RuleSet?

    /// The rules of a schema; `nil` where there are none.
    ///
    /// - Parameter isRoot: whether it describes whole objects.
    package static func make(_ openAPIV3Schema: JSON, isRoot: Bool = true) -> RuleSet? {
        let schema = StructuralSchema(openAPIV3Schema, isRoot: isRoot)
        guard schema.hasRules, let declaration = Declaration.make(schema, name: "self") else { return nil }
        return RuleSet(schema, declaration: declaration)
    }

    private init(_ schema: StructuralSchema, declaration: Declaration) {
        self.schema = schema
        rules = schema.rules.map { CompiledRule($0, schema: schema, declaration: declaration) }
        var properties: [String: RuleSet] = [:]
        for (name, property) in schema.properties where property.hasRules {
            guard let child = Self.declaration(of: name, property, in: declaration) else { continue }
            properties[name] = RuleSet(property, declaration: child)
        }
        self.properties = properties
        items = Self.child(schema.items, declaration)
        additionalProperties = Self.child(schema.additionalProperties, declaration)
    }

    /// A field's declaration; one whose name no expression can use has one of its own.
    static func declaration(
        of name: String, _ property: StructuralSchema, in parent: Declaration
    ) -> Declaration? {
        guard let escaped = FieldName.escaped(name) else { return Declaration.make(property, name: "self") }
        return parent.fields[escaped]
    }

    private static func child(_ schema: StructuralSchema?, _ parent: Declaration) -> RuleSet? {
        guard let schema, schema.hasRules, let element = parent.element else { return nil }
        return RuleSet(schema, declaration: element)
    }
}
