extension JSON {
    /// The JSON form of a Swift value.
    ///
    /// A `JSON` or `JSONObject` anywhere inside `value` goes over untouched. A `Date` becomes RFC 3339 text in whole seconds
    /// UTC, `Data` base64 text, a `URL` its text. Dictionaries of strings or of `JSON` are ordered by key.
    ///
    /// - Throws: ``StructuredDataError`` where the value has no JSON form; what the value's own `encode(to:)` throws besides
    ///   `EncodingError` passes through.
    public init(encoding value: some Encodable) throws {
        do {
            let message = value as? any JSONMessage
            self = try message?.json() ?? JSONTreeEncoder.encode(value, at: .root)
        } catch let error as EncodingError {
            throw StructuredDataError(error)
        }
    }

    /// The Swift value that this value is the JSON form of.
    ///
    /// The inverse of ``init(encoding:)``. Unknown members are ignored. An optional member is `nil` where it is absent or
    /// `null`, save one of type `JSON?`, which keeps `null` as a value.
    ///
    /// - Throws: ``StructuredDataError`` that names the path of the place that does not fit; what the type's own `init(from:)`
    ///   throws besides `DecodingError` passes through.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        do {
            if let message = type as? any JSONMessage.Type, let value = try message.init(JSONMembers(self, .root)) as? T
            {
                return value
            }
            return try JSONTreeDecoder.decode(type, from: self, at: .root)
        } catch let error as DecodingError {
            throw StructuredDataError(error)
        }
    }
}

extension JSON: Codable {
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? JSONTreeDecoder {
            self = decoder.value
            return
        }
        if let decoder = decoder as? IndexedJSONDecoder {
            self = try decoder.json(decoder.node)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode(JSONObject.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? JSONTreeEncoder {
            encoder.set(self)
            return
        }
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONObject: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: MemberKey.self)
        self.init()
        for key in container.allKeys { self[key.stringValue] = try container.decode(JSON.self, forKey: key) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: MemberKey.self)
        for (key, value) in self { try container.encode(value, forKey: MemberKey(stringValue: key)) }
    }

    private struct MemberKey: CodingKey {
        var stringValue: String
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
        var intValue: Int? { nil }
    }
}
