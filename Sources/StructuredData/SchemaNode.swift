/// A compiled schema. What applies to values of one type only is kept apart, so that a check reads no more than it needs;
/// subschemas are named by their index in the list of all nodes.
struct SchemaNode: Sendable {
    /// Whether this is the schema `false`, which nothing satisfies.
    var isNever = false
    var types: SchemaTypes?
    var allowed: AllowedValues?
    var numbers: NumberRules?
    var strings: StringRules?
    var arrays: ArrayRules?
    var objects: ObjectRules?
    var combinations: Combinations?

    struct AllowedValues: Sendable {
        let values: [JSON]
        /// `enum` or `const`.
        let keyword: String
        private let members: Set<JSON>

        init(values: [JSON], keyword: String) {
            self.values = values
            self.keyword = keyword
            members = Set(values)
        }

        func admits(_ value: JSON) -> Bool { members.contains(value) }
    }

    struct NumberRules: Sendable {
        var minimum: JSON?
        var maximum: JSON?
        var exclusiveMinimum: JSON?
        var exclusiveMaximum: JSON?
        var multipleOf: JSON?
    }

    struct StringRules: Sendable {
        var minLength = 0
        var maxLength: Int?
        var pattern: SchemaPattern?
    }

    struct ArrayRules: Sendable {
        var minItems = 0
        var maxItems: Int?
        var uniqueItems = false
        var prefixItems: [Int] = []
        var items: Int?
        var contains: Int?
        var minContains = 1
        var maxContains: Int?
    }

    struct ObjectRules: Sendable {
        var required: [String] = []
        var minProperties = 0
        var maxProperties: Int?
        var properties: [String: Int] = [:]
        /// The names in the order of the schema, for messages.
        var propertyNames: [String] = []
        var patternProperties: [(pattern: SchemaPattern, node: Int)] = []
        var additionalProperties: Int?
        var names: Int?
        var dependentRequired: [(name: String, required: [String])] = []
        var dependentSchemas: [(name: String, node: Int)] = []
    }

    /// What applies further schemas to the same value.
    struct Combinations: Sendable {
        var reference: Int?
        var allOf: [Int] = []
        var anyOf: [Int] = []
        var oneOf: [Int] = []
        var not: Int?
        var condition: Int?
        var then: Int?
        var otherwise: Int?
    }

    /// The nodes that are applied to the very value this one is applied to.
    var sameValueNodes: [Int] {
        var nodes = objects?.dependentSchemas.map(\.node) ?? []
        if let combinations {
            nodes += combinations.allOf + combinations.anyOf + combinations.oneOf
            nodes += [
                combinations.reference, combinations.not, combinations.condition, combinations.then,
                combinations.otherwise,
            ].compactMap { $0 }
        }
        return nodes
    }
}

/// The types that a value may have.
struct SchemaTypes: OptionSet, Sendable, Hashable {
    var rawValue: Int

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let integer = SchemaTypes(rawValue: 4)
    static let number = SchemaTypes(rawValue: 8)
    static let string = SchemaTypes(rawValue: 16)
    static let array = SchemaTypes(rawValue: 32)
    static let object = SchemaTypes(rawValue: 64)

    private static let all: [(type: SchemaTypes, name: String, phrase: String)] = [
        (.null, "null", "null"), (.boolean, "boolean", "true or false"), (.integer, "integer", "an integer"),
        (.number, "number", "a number"), (.string, "string", "a string"), (.array, "array", "an array"),
        (.object, "object", "an object"),
    ]

    static let names = all.map(\.name)

    init(rawValue: Int) { self.rawValue = rawValue }

    init?(name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found.type
    }

    /// `an integer, a string or null`
    var phrase: String {
        let phrases = Self.all.reversed().filter { contains($0.type) }.map(\.phrase)
        guard let last = phrases.last, phrases.count > 1 else { return phrases.first ?? "nothing" }
        return phrases.dropLast().joined(separator: ", ") + " or " + last
    }

    func admits(_ value: JSON) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .integer: contains(.integer) || contains(.number)
        case .number(let number): contains(.number) || contains(.integer) && number == number.rounded()
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }
}

/// A regular expression of a schema: ECMAScript's, searched for anywhere in the text.
struct SchemaPattern: Sendable {
    private let expression: RegularExpression

    init(_ source: String) throws(RegexError) { expression = try RegularExpression(source, dialect: .ecmaScript) }

    var source: String { expression.text }
    var size: Int { expression.size }

    /// What a search may cost, in steps of a check.
    func steps(for text: String) -> Int {
        1 + (size * (text.utf8.count + 1)) / SchemaLimits.instructionsPerStep
    }

    func matches(_ text: String) -> Bool { expression.matches(text) }
}
