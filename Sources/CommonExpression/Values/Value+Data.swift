import StructuredData

extension Value {
    /// Reads part of an object by its schema.
    init(_ json: JSON, schema: StructuralSchema?) throws(EvaluationError) {
        guard let schema else { throw .invalid("invalid array type, expected Items with a non-empty Schema") }
        if json.isNull {
            guard schema.isNullable else { throw .invalid("invalid data, got null for schema with nullable=false") }
            self = .null
            return
        }
        if schema.isIntOrString {
            self = try Self.intOrString(json)
            return
        }
        switch (schema.type, json) {
        case ("object", .object(let members)): self = .map(MapValue(members, schema: schema))
        case ("array", .array(let elements)):
            guard schema.items != nil else {
                throw .invalid("invalid array type, expected Items with a non-empty Schema")
            }
            self = .list(ListValue(elements, schema: schema))
        case ("string", .string(let text)): self = try Self.formatted(text, schema.format)
        case ("number", .integer), ("number", .number): self = .double(json.doubleValue ?? 0)
        case ("integer", .integer(let value)): self = .int(value)
        case ("integer", .number(let value)):
            guard let exact = Int64(exactly: value) else { throw .invalid("invalid data, expected int, got number") }
            self = .int(exact)
        case ("boolean", .bool(let value)): self = .bool(value)
        case ("", _) where schema.preservesUnknownFields: self = .unknown(json)
        default: throw .invalid("invalid data, expected \(schema.type), got \(json.typeName)")
        }
    }

    private static func intOrString(_ json: JSON) throws(EvaluationError) -> Value {
        switch json {
        case .string(let text): return .string(text)
        case .integer(let value): return .int(value)
        case .number(let value):
            if let exact = Int64(exactly: value) { return .int(exact) }
        default: break
        }
        throw .invalid("invalid data, expected XIntOrString value to be either a string or integer")
    }

    private static func formatted(_ text: String, _ format: String) throws(EvaluationError) -> Value {
        switch format {
        case "duration":
            guard let nanoseconds = DurationText.parse(text) else { throw .invalid("Invalid duration \(text)") }
            return .duration(nanoseconds)
        case "date":
            guard text.utf8.count == 10, let instant = Instant("\(text)T00:00:00Z") else {
                throw .invalid("Invalid date formatted string \(text)")
            }
            return .timestamp(instant)
        case "date-time":
            guard let instant = Instant(text) else { throw .invalid("Invalid date-time formatted string \(text)") }
            return .timestamp(instant)
        case "byte":
            guard let bytes = Base64.decode(text) else { throw .invalid("Invalid byte formatted string \(text)") }
            return .bytes(bytes)
        default: return .string(text)
        }
    }
}

/// The standard alphabet with padding (RFC 4648, section 4).
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            guard let value = value(of: byte) else {
                guard byte == UInt8(ascii: "=") else { return nil }
                padding += 1
                continue
            }
            guard padding == 0 else { return nil }
            bits = bits << 6 | value
            count += 1
            if count % 4 == 0 {
                bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
                bits = 0
            }
        }
        switch (count % 4, padding) {
        case (0, 0): break
        case (2, 2): bytes.append(UInt8(bits >> 4 & 0xFF))
        case (3, 1): bytes += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)]
        default: return nil
        }
        return bytes
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
