/// Turns a schema document into nodes, each place of the document into one.
struct SchemaCompiler {
    private let document: JSON
    private var nodes: [SchemaNode] = []
    private var pointers: [JSONPointer] = []
    private var indexes: [JSONPointer: Int] = [:]
    private var patternInstructions = 0

    init(_ document: JSON) { self.document = document }

    mutating func compile() throws(StructuredDataError) -> [SchemaNode] {
        _ = try node(at: .root)
        // Those that are named on the way are read in their turn, so that no document makes this nest.
        var next = 0
        while next < nodes.count {
            try readNode(next)
            next += 1
        }
        try refuseLoops()
        return nodes
    }

    /// The node of the schema at a place.
    private mutating func node(at pointer: JSONPointer) throws(StructuredDataError) -> Int {
        if let known = indexes[pointer] { return known }
        guard nodes.count < SchemaLimits.schemas else {
            throw error(pointer, "a schema has at most \(SchemaLimits.schemas) schemas within it")
        }
        let index = nodes.count
        nodes.append(SchemaNode())
        pointers.append(pointer)
        indexes[pointer] = index
        return index
    }

    private mutating func readNode(_ index: Int) throws(StructuredDataError) {
        let pointer = pointers[index]
        switch document.value(at: pointer) {
        case nil: throw error(pointer, "there is no schema here")
        case .bool(let accepts)?: nodes[index].isNever = !accepts
        case .object(let members)?:
            var node = SchemaNode()
            for (keyword, value) in members {
                try read(keyword, value, at: pointer.appending(keyword), into: &node)
            }
            nodes[index] = node
        case let other?: throw error(pointer, "a schema is an object, true or false, found \(other.shortDescription)")
        }
    }

    // MARK: - Keywords

    private mutating func read(
        _ keyword: String, _ value: JSON, at place: JSONPointer, into node: inout SchemaNode
    ) throws(StructuredDataError) {
        switch keyword {
        case "type": node.types = try types(value, place)
        case "enum":
            guard case .array(let values) = value else { throw error(place, "must be an array of the allowed values") }
            guard values.count <= SchemaLimits.enumValues else {
                throw error(place, "has \(values.count) values; at most \(SchemaLimits.enumValues) are supported")
            }
            // With `const` beside it both must hold.
            node.allowed = Self.intersection(node.allowed, .init(values: values, keyword: "enum"))
        case "const": node.allowed = Self.intersection(node.allowed, .init(values: [value], keyword: "const"))
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
            try readNumberRule(keyword, value, place, &node.numbers)
        case "minLength", "maxLength", "pattern":
            try readStringRule(keyword, value, place, &node.strings)
        case "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems":
            try readArrayRule(keyword, value, place, &node.arrays)
        case "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
            "maxProperties", "dependentRequired", "dependentSchemas":
            try readObjectRule(keyword, value, place, &node.objects)
        case "$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else":
            try readCombination(keyword, value, place, &node.combinations)
        case "$schema":
            // Another one might give keywords another meaning.
            guard let name = value.stringValue, name.contains("://json-schema.org/") else {
                throw error(
                    place, "must be one of json-schema.org, such as https://json-schema.org/draft/2020-12/schema")
            }
        case "$defs", "definitions": _ = try namedNodes(value, place)
        case "$id":
            // An identifier inside would change what references mean.
            if place.tokens.count > 1 { throw error(place, "is supported at the root of a schema only") }
        default:
            if let hint = Self.unsupported[keyword] { throw error(place, "is not supported; \(hint)") }
            guard Self.annotations.contains(keyword) || keyword.hasPrefix("x-") else { throw unknown(keyword, place) }
        }
    }

    /// Whoever wrote it meant something by it, which nobody would check.
    private func unknown(_ keyword: String, _ place: JSONPointer) -> StructuredDataError {
        let known = JSONSchema.assertingKeywords.union(Self.annotations)
        let hint =
            EditDistance.nearest(to: keyword, among: known.sorted()).map { "did you mean \($0)?" }
            ?? "a keyword of your own begins with x-"
        return error(place, "is no keyword that is known; \(hint)")
    }

    /// Keywords that say something to people and tools and assert nothing: the draft's, and OpenAPI's.
    private static let annotations: Set = [
        "$comment", "title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples",
        "format", "contentEncoding", "contentMediaType", "contentSchema", "example", "externalDocs", "xml",
        "discriminator",
    ]

    /// Keywords that assert something in some draft or dialect and are not checked here.
    private static let unsupported: [String: String] = [
        "$anchor": "refer to the place by its pointer: \"$ref\": \"#/…\"",
        "$dynamicRef": "use $ref", "$dynamicAnchor": "use $ref", "$recursiveRef": "use $ref",
        "$recursiveAnchor": "use $ref", "$vocabulary": "remove it",
        "id": "remove it, or describe the member \"id\" under \"properties\"",
        "unevaluatedProperties": "use additionalProperties", "unevaluatedItems": "use items",
        "additionalItems": "use items beside prefixItems",
        "dependencies": "use dependentRequired or dependentSchemas",
        "nullable": "add \"null\" to \"type\"", "divisibleBy": "use multipleOf", "extends": "use allOf",
        "disallow": "use not",
    ]

    private static func intersection(
        _ first: SchemaNode.AllowedValues?, _ second: SchemaNode.AllowedValues
    ) -> SchemaNode.AllowedValues {
        guard let first else { return second }
        return .init(values: first.values.filter(second.admits), keyword: "const")
    }

    private func types(_ value: JSON, _ place: JSONPointer) throws(StructuredDataError) -> SchemaTypes {
        let names: [JSON] = value.arrayValue ?? [value]
        var types: SchemaTypes = []
        for name in names {
            guard let type = name.stringValue.flatMap(SchemaTypes.init(name:)) else {
                let known = SchemaTypes.names.joined(separator: ", ")
                throw error(place, "must be one or more of \(known), found \(name.shortDescription)")
            }
            types.insert(type)
        }
        if types.isEmpty { throw error(place, "must name at least one type") }
        return types
    }

    private func readNumberRule(
        _ keyword: String, _ value: JSON, _ place: JSONPointer, _ rules: inout SchemaNode.NumberRules?
    ) throws(StructuredDataError) {
        guard let number = value.doubleValue, number.isFinite else {
            throw error(place, "must be a number, found \(value.shortDescription)")
        }
        var changed = rules ?? .init()
        switch keyword {
        case "minimum": changed.minimum = value
        case "maximum": changed.maximum = value
        case "exclusiveMinimum": changed.exclusiveMinimum = value
        case "exclusiveMaximum": changed.exclusiveMaximum = value
        default:
            guard number > 0 else { throw error(place, "must be greater than 0") }
            changed.multipleOf = value
        }
        rules = changed
    }

    private mutating func readStringRule(
        _ keyword: String, _ value: JSON, _ place: JSONPointer, _ rules: inout SchemaNode.StringRules?
    ) throws(StructuredDataError) {
        var changed = rules ?? .init()
        switch keyword {
        case "minLength": changed.minLength = try count(value, place)
        case "maxLength": changed.maxLength = try count(value, place)
        default:
            guard case .string(let source) = value else { throw error(place, "must be a regular expression") }
            changed.pattern = try pattern(source, place)
        }
        rules = changed
    }

    private mutating func readArrayRule(
        _ keyword: String, _ value: JSON, _ place: JSONPointer, _ rules: inout SchemaNode.ArrayRules?
    ) throws(StructuredDataError) {
        var changed = rules ?? .init()
        switch keyword {
        case "items":
            if value.arrayValue != nil {
                throw error(place, "must be one schema; for one schema per place use prefixItems")
            }
            changed.items = try node(at: place)
        case "prefixItems": changed.prefixItems = try listedNodes(value, place)
        case "contains": changed.contains = try node(at: place)
        case "minContains": changed.minContains = try count(value, place)
        case "maxContains": changed.maxContains = try count(value, place)
        case "minItems": changed.minItems = try count(value, place)
        case "maxItems": changed.maxItems = try count(value, place)
        default:
            guard case .bool(let isUnique) = value else { throw error(place, "must be true or false") }
            changed.uniqueItems = isUnique
        }
        rules = changed
    }

    private mutating func readObjectRule(
        _ keyword: String, _ value: JSON, _ place: JSONPointer, _ rules: inout SchemaNode.ObjectRules?
    ) throws(StructuredDataError) {
        var changed = rules ?? .init()
        switch keyword {
        case "properties":
            for (name, node) in try namedNodes(value, place) {
                changed.properties[name] = node
                changed.propertyNames.append(name)
            }
        case "required": changed.required = try names(value, place)
        case "additionalProperties": changed.additionalProperties = try node(at: place)
        case "patternProperties":
            for (source, node) in try namedNodes(value, place) {
                changed.patternProperties.append((try pattern(source, place.appending(source)), node))
            }
        case "propertyNames": changed.names = try node(at: place)
        case "minProperties": changed.minProperties = try count(value, place)
        case "maxProperties": changed.maxProperties = try count(value, place)
        case "dependentSchemas": changed.dependentSchemas = try namedNodes(value, place)
        default:
            guard case .object(let members) = value else { throw error(place, "must be an object of arrays of names") }
            for (name, list) in members {
                changed.dependentRequired.append((name, try names(list, place.appending(name))))
            }
        }
        rules = changed
    }

    private mutating func readCombination(
        _ keyword: String, _ value: JSON, _ place: JSONPointer, _ rules: inout SchemaNode.Combinations?
    ) throws(StructuredDataError) {
        var changed = rules ?? .init()
        switch keyword {
        case "$ref": changed.reference = try reference(value, place)
        case "allOf": changed.allOf = try listedNodes(value, place)
        case "anyOf": changed.anyOf = try listedNodes(value, place)
        case "oneOf": changed.oneOf = try listedNodes(value, place)
        case "not": changed.not = try node(at: place)
        case "if": changed.condition = try node(at: place)
        case "then": changed.then = try node(at: place)
        default: changed.otherwise = try node(at: place)
        }
        rules = changed
    }

    // MARK: - Parts of keywords

    private mutating func reference(_ value: JSON, _ place: JSONPointer) throws(StructuredDataError) -> Int {
        guard case .string(let text) = value, text.hasPrefix("#"), text == "#" || text.hasPrefix("#/"),
            let decoded = Self.percentDecoded(text.dropFirst())
        else {
            throw error(
                place,
                "must refer to a place in this schema by its pointer, such as \"#/$defs/name\", found "
                    + value.shortDescription)
        }
        let target: JSONPointer
        do throws(StructuredDataError) {
            target = try JSONPointer(parsing: decoded)
        } catch {
            throw self.error(place, error.message)
        }
        guard document.value(at: target) != nil else { throw error(place, "there is nothing at \(text)") }
        return try node(at: target)
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private mutating func namedNodes(
        _ value: JSON, _ place: JSONPointer
    ) throws(StructuredDataError) -> [(name: String, node: Int)] {
        guard case .object(let members) = value else { throw error(place, "must be an object of schemas") }
        var named: [(name: String, node: Int)] = []
        for name in members.keys { named.append((name, try node(at: place.appending(name)))) }
        return named
    }

    private mutating func listedNodes(_ value: JSON, _ place: JSONPointer) throws(StructuredDataError) -> [Int] {
        guard case .array(let elements) = value, !elements.isEmpty else {
            throw error(place, "must be an array of at least one schema")
        }
        var listed: [Int] = []
        for index in elements.indices { listed.append(try node(at: place.appending(index))) }
        return listed
    }

    private func names(_ value: JSON, _ place: JSONPointer) throws(StructuredDataError) -> [String] {
        let names = value.arrayValue?.compactMap(\.stringValue)
        guard let names, names.count == value.arrayValue?.count else {
            throw error(place, "must be an array of member names")
        }
        return names
    }

    private func count(_ value: JSON, _ place: JSONPointer) throws(StructuredDataError) -> Int {
        guard let count = value.intValue, count >= 0 else {
            throw error(place, "must be an integer of at least 0, found \(value.shortDescription)")
        }
        return count
    }

    private mutating func pattern(_ source: String, _ place: JSONPointer) throws(StructuredDataError) -> SchemaPattern {
        let pattern: SchemaPattern
        do {
            pattern = try SchemaPattern(source)
        } catch {
            throw self.error(place, "\(JSON.string(source)) is no regular expression that is supported: \(error)")
        }
        patternInstructions += pattern.size
        guard patternInstructions <= SchemaLimits.patternInstructions else {
            throw error(place, "the patterns of the schema are too large; shorten them, or what they repeat")
        }
        return pattern
    }

    private func error(_ place: JSONPointer, _ problem: String) -> StructuredDataError {
        StructuredDataError(.invalidSchema, at: place.description, problem)
    }

    // MARK: - Loops

    /// Refuses a schema that applies itself to the same value again, which would never end, or others without measure.
    private func refuseLoops() throws(StructuredDataError) {
        enum Mark {
            case entered
            /// With the number of schemas that it applies within one another, itself included.
            case left(height: Int)
        }
        var marks: [Mark?] = Array(repeating: nil, count: nodes.count)

        func visit(_ index: Int, depth: Int) throws(StructuredDataError) -> Int {
            guard depth <= SchemaLimits.sameValueDepth else { throw tooDeep(index) }
            marks[index] = .entered
            var height = 1
            for next in nodes[index].sameValueNodes {
                switch marks[next] {
                case .left(let other): height = max(height, other + 1)
                case .entered:
                    throw error(pointers[next], "refers back to itself without looking at a part of the value")
                case nil: height = max(height, try visit(next, depth: depth + 1) + 1)
                }
            }
            guard height <= SchemaLimits.sameValueDepth else { throw tooDeep(index) }
            marks[index] = .left(height: height)
            return height
        }
        for index in nodes.indices where marks[index] == nil { _ = try visit(index, depth: 1) }
    }

    private func tooDeep(_ index: Int) -> StructuredDataError {
        error(
            pointers[index],
            "applies more than \(SchemaLimits.sameValueDepth) schemas within one another to the same value")
    }
}
