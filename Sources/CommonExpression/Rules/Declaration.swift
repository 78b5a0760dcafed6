/// What a schema says about a value: its type, and the bounds on its size that costs are estimated from.
///
/// Fields whose schema has no type, and fields with names that cannot be escaped, are not declared: expressions cannot see
/// them.
final class Declaration: Sendable {
    /// No request is larger.
    static let requestLimitBytes: Int64 = 3 * 1024 * 1024
    private static let longestDurationBytes: Int64 = 32
    private static let longestTimeBytes: Int64 = 32
    private static let dateBytes: Int64 = 12

    let type: ExpressionType
    /// By the names that expressions use.
    let fields: [String: Declaration]
    let key: Declaration?
    let element: Declaration?
    /// Characters of a text, elements of a list, entries of a map; 0 for what has no size.
    let maxElements: Int64
    /// The fewest bytes that a value takes up in a request.
    let minimumBytes: Int64

    private init(
        _ type: ExpressionType, fields: [String: Declaration] = [:], key: Declaration? = nil,
        element: Declaration? = nil, maxElements: Int64 = 0, minimumBytes: Int64
    ) {
        self.type = type
        self.fields = fields
        self.key = key
        self.element = element
        self.maxElements = maxElements
        self.minimumBytes = minimumBytes
    }

    /// - Parameter name: what messages call the type, if it is an object.
    /// - Returns: `nil` for a schema that expressions cannot see.
    static func make(_ schema: StructuralSchema, name: String) -> Declaration? {
        if schema.isIntOrString {
            return Declaration(
                .dynamic, maxElements: schema.maxLength.map(characters) ?? requestLimitBytes - 2, minimumBytes: 1)
        }
        switch schema.type {
        case "array": return list(schema, name: name)
        case "object": return schema.additionalProperties == nil ? object(schema, name: name) : map(schema, name: name)
        case "string": return text(schema)
        case "boolean": return Declaration(.bool, minimumBytes: 4)
        case "number": return Declaration(.double, minimumBytes: 1)
        case "integer": return Declaration(.int, minimumBytes: 1)
        default: return nil
        }
    }

    private static func list(_ schema: StructuralSchema, name: String) -> Declaration? {
        guard let items = schema.items, let element = make(items, name: "\(name).@idx") else { return nil }
        let most = schema.maxItems ?? (requestLimitBytes - 2) / (element.minimumBytes + 1)
        return Declaration(.list(element.type), element: element, maxElements: most, minimumBytes: 2)
    }

    private static func map(_ schema: StructuralSchema, name: String) -> Declaration? {
        guard let values = schema.additionalProperties, let element = make(values, name: "\(name).@elem") else {
            return nil
        }
        // Two quotes, a key of at least two bytes, a colon and a comma.
        let most = schema.maxProperties ?? (requestLimitBytes - 2) / (element.minimumBytes + 6)
        return Declaration(
            .map(.string, element.type), key: Declaration(.string, minimumBytes: 2), element: element,
            maxElements: most, minimumBytes: 2)
    }

    private static func object(_ schema: StructuralSchema, name: String) -> Declaration {
        var fields: [String: Declaration] = [:]
        var minimumBytes: Int64 = 2
        for (property, propertySchema) in schema.properties {
            let field = FieldName.escaped(property)
            guard let declared = make(propertySchema, name: "\(name).\(field ?? property)") else { continue }
            if let field { fields[field] = declared }
            // The server fills defaults in, so that they need not be sent.
            if schema.required.contains(property), !propertySchema.hasDefault {
                minimumBytes += Int64(property.utf8.count) + declared.minimumBytes + 4
            }
        }
        let type = ObjectType(name: name, fields: fields.mapValues(\.type))
        return Declaration(.object(type), fields: fields, minimumBytes: minimumBytes)
    }

    private static func text(_ schema: StructuralSchema) -> Declaration {
        switch schema.format {
        case "byte":
            return Declaration(.bytes, maxElements: schema.maxLength ?? requestLimitBytes - 2, minimumBytes: 2)
        case "duration": return Declaration(.duration, maxElements: longestDurationBytes, minimumBytes: 3)
        case "date": return Declaration(.timestamp, maxElements: dateBytes, minimumBytes: dateBytes)
        case "date-time": return Declaration(.timestamp, maxElements: longestTimeBytes, minimumBytes: 21)
        default: break
        }
        var most = requestLimitBytes - 2
        if let limit = schema.maxLength {
            most = characters(limit)
        } else if !schema.enumeration.isEmpty {
            most = Int64(schema.enumeration.map(\.utf8.count).max() ?? 0)
        }
        return Declaration(.string, maxElements: most, minimumBytes: 2)
    }

    /// A character takes up to four bytes.
    private static func characters(_ limit: Int64) -> Int64 {
        limit.multipliedReportingOverflow(by: 4).overflow ? .max : limit * 4
    }

    /// How often such a value can stand in one request.
    var mostPerRequest: UInt64 { UInt64(Self.requestLimitBytes / (minimumBytes + 1)) }
}
