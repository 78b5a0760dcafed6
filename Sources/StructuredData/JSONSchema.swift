/// A JSON Schema (draft 2020-12), compiled once and used many times.
///
/// Supported are the keywords that describe inputs: `type`, `enum`, `const`; `properties`, `required`,
/// `additionalProperties`, `patternProperties`, `propertyNames`, `minProperties`, `maxProperties`, `dependentRequired`,
/// `dependentSchemas`; `items`, `prefixItems`, `contains`, `minContains`, `maxContains`, `minItems`, `maxItems`, `uniqueItems`;
/// `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`; `minLength`, `maxLength`, `pattern`; `allOf`,
/// `anyOf`, `oneOf`, `not`, `if`, `then`, `else`; and `$ref` to a place in the same schema, `$defs` among them. Annotations, among
/// them `format`, assert nothing, as the draft has it; one of your own begins with `x-`. Any other keyword is refused, so that no
/// schema promises more than is checked.
///
/// A number without a fractional part is an integer, however it was written: `1.0` is one. `pattern` is ECMAScript's, without
/// what needs backtracking, and is searched for anywhere in the text in time linear in it.
///
/// What a schema or a check may cost is bounded: a schema that is too large or applies too many schemas to one value is refused,
/// and a value whose check takes more steps than its size warrants does not fit.
public struct JSONSchema: Sendable {
    /// How many violations are reported at most; what comes after the first hundred helps nobody.
    public static let violationLimit = 100

    /// One way in which a value does not fit.
    public struct Violation: Sendable, Hashable, CustomStringConvertible {
        /// The place in the value.
        public var path: JSONPointer
        /// The keyword of the schema that is not satisfied; empty where a schema is `false`.
        public var keyword: String
        /// What must be, and what was found, without the path.
        public var message: String

        public init(path: JSONPointer, keyword: String, message: String) {
            self.path = path
            self.keyword = keyword
            self.message = message
        }

        /// `/params/functions/0/function: must be one of "SMA", "EMA", found "VWAP"`; without a path where the root is meant.
        public var description: String { path.tokens.isEmpty ? message : "\(path): \(message)" }
    }

    /// The supported keywords: all that assert something, or hold schemas that do.
    public static let assertingKeywords: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "patternProperties", "propertyNames",
        "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "items", "prefixItems", "contains",
        "minContains", "maxContains", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "allOf", "anyOf", "oneOf", "not", "if",
        "then", "else", "$ref", "$defs", "definitions", "$id",
    ]

    private let nodes: [SchemaNode]

    /// Compiles a schema.
    ///
    /// - Throws: ``StructuredDataError`` with code `invalidSchema` and the pointer of the keyword that is malformed or not
    ///   supported.
    public init(_ schema: JSON) throws(StructuredDataError) {
        var compiler = SchemaCompiler(schema)
        nodes = try compiler.compile()
    }

    /// The ways in which a value does not fit; none if it does.
    ///
    /// Of the alternatives of `anyOf` and `oneOf` only the one that the value comes nearest to is reported.
    public func validate(_ value: JSON) -> [Violation] {
        var validator = SchemaValidator(nodes, root: value, steps: SchemaLimits.steps)
        validator.check(value, against: 0)
        if let exhaustion = validator.exhaustion {
            return [Violation(path: .root, keyword: "", message: exhaustion)]
        }
        return validator.found.map { Violation(path: $0.path, keyword: $0.keyword, message: $0.message) }
    }
}
