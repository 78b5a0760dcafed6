private import FoundationEssentials

/// Decodes Swift values straight from a JSON tree.
final class JSONTreeDecoder: Decoder {
    let value: JSON
    let trail: CodingTrail

    init(_ value: JSON, _ trail: CodingTrail) {
        self.value = value
        self.trail = trail
    }

    var codingPath: [any CodingKey] { trail.path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else {
            throw Self.mismatch([String: JSON].self, "an object", value, trail)
        }
        return KeyedDecodingContainer(JSONKeyedDecodingContainer<Key>(members: members, trail: trail))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else {
            throw Self.mismatch([JSON].self, "an array", value, trail)
        }
        return JSONUnkeyedDecodingContainer(elements: elements, trail: trail)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { JSONSingleValueDecodingContainer(decoder: self) }

    static func mismatch(
        _ type: any Any.Type, _ expected: String, _ found: JSON, _ trail: CodingTrail
    ) -> DecodingError {
        .typeMismatch(
            type,
            .init(codingPath: trail.path, debugDescription: "expected \(expected), found \(found.shortDescription)"))
    }
}

// MARK: - Scalars

extension JSONTreeDecoder {
    static func bool(_ value: JSON, at trail: @autoclosure () -> CodingTrail) throws -> Bool {
        guard case .bool(let bool) = value else { throw mismatch(Bool.self, "true or false", value, trail()) }
        return bool
    }

    static func string(_ value: JSON, at trail: @autoclosure () -> CodingTrail) throws -> String {
        guard case .string(let string) = value else { throw mismatch(String.self, "a string", value, trail()) }
        return string
    }

    static func double(_ value: JSON, at trail: @autoclosure () -> CodingTrail) throws -> Double {
        guard let double = value.doubleValue else { throw mismatch(Double.self, "a number", value, trail()) }
        return double
    }

    static func integer<T: FixedWidthInteger>(
        _ value: JSON, as type: T.Type, at trail: @autoclosure () -> CodingTrail
    ) throws -> T {
        let exact: T? =
            switch value {
            case .integer(let integer): T(exactly: integer)
            case .number(let number): T(exactly: number)
            default: nil
            }
        guard let exact else {
            let isWhole = value.doubleValue.map { $0 == $0.rounded() } ?? false
            let expected = isWhole ? "an integer from \(T.min) to \(T.max)" : "an integer"
            throw mismatch(type, expected, value, trail())
        }
        return exact
    }

    static func decode<T: Decodable>(
        _ type: T.Type, from value: JSON, at trail: @autoclosure () -> CodingTrail
    ) throws -> T {
        if let direct = try direct(type, value, trail) { return direct }
        return try T(from: JSONTreeDecoder(value, trail()))
    }

    /// Values of types that need no decoder of their own, or whose own way of decoding is not the one wanted here.
    private static func direct<T>(_ type: T.Type, _ value: JSON, _ trail: () -> CodingTrail) throws -> T? {
        if T.self == JSON.self { return value as? T }
        if T.self == String.self { return try string(value, at: trail()) as? T }
        if T.self == [JSON].self, case .array(let elements) = value { return elements as? T }
        if T.self == JSONObject.self, case .object(let members) = value { return members as? T }
        if T.self == [String: String].self, case .object(let members) = value {
            var strings: [String: String] = [:]
            strings.reserveCapacity(members.count)
            for (key, value) in members {
                strings[key] = try string(value, at: .key(NameKey(key), after: trail()))
            }
            return strings as? T
        }
        if T.self == [String: JSON].self, case .object(let members) = value {
            return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { _, later in later }) as? T
        }
        if T.self == Date.self {
            let text = try string(value, at: trail())
            guard let seconds = RFC3339.secondsSince1970(text) else {
                throw mismatch(type, "a time such as 2006-01-02T15:04:05Z", value, trail())
            }
            return Date(timeIntervalSince1970: seconds) as? T
        }
        if T.self == Data.self {
            guard let data = Data(base64Encoded: try string(value, at: trail())) else {
                throw mismatch(type, "base64 text", value, trail())
            }
            return data as? T
        }
        if T.self == URL.self {
            guard let url = URL(string: try string(value, at: trail())) else {
                throw mismatch(type, "a URL", value, trail())
            }
            return url as? T
        }
        return nil
    }
}

// MARK: - Containers

private struct JSONSingleValueDecodingContainer: SingleValueDecodingContainer {
    let decoder: JSONTreeDecoder

    private var value: JSON { decoder.value }
    private var trail: CodingTrail { decoder.trail }
    var codingPath: [any CodingKey] { trail.path }

    private func integer<T: FixedWidthInteger>() throws -> T {
        try JSONTreeDecoder.integer(value, as: T.self, at: trail)
    }

    func decodeNil() -> Bool { value.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try JSONTreeDecoder.bool(value, at: trail) }
    func decode(_ type: String.Type) throws -> String { try JSONTreeDecoder.string(value, at: trail) }
    func decode(_ type: Double.Type) throws -> Double { try JSONTreeDecoder.double(value, at: trail) }
    func decode(_ type: Float.Type) throws -> Float { Float(try JSONTreeDecoder.double(value, at: trail)) }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try JSONTreeDecoder.decode(type, from: value, at: trail)
    }
}

private struct JSONKeyedDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: JSONObject
    let trail: CodingTrail

    var codingPath: [any CodingKey] { trail.path }
    var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members.contains(key.stringValue) }

    private func value(_ key: some CodingKey) throws -> JSON {
        guard let value = members[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: trail.path, debugDescription: "\(key.stringValue) is required, but missing"))
        }
        return value
    }

    /// The member's value unless it is absent or null.
    private func present(_ key: Key) -> JSON? {
        guard let value = members[key.stringValue], !value.isNull else { return nil }
        return value
    }

    private func integer<T: FixedWidthInteger>(_ key: Key) throws -> T {
        try JSONTreeDecoder.integer(try value(key), as: T.self, at: .key(key, after: trail))
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try JSONTreeDecoder.bool(try value(key), at: .key(key, after: trail))
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try JSONTreeDecoder.string(try value(key), at: .key(key, after: trail))
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try JSONTreeDecoder.double(try value(key), at: .key(key, after: trail))
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        Float(try JSONTreeDecoder.double(try value(key), at: .key(key, after: trail)))
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try integer(key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try integer(key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try integer(key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try integer(key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try integer(key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try integer(key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try integer(key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try integer(key) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try JSONTreeDecoder.decode(type, from: try value(key), at: .key(key, after: trail))
    }

    // The defaults look a member up three times; these do it once.

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key).map { try JSONTreeDecoder.bool($0, at: .key(key, after: trail)) }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map { try JSONTreeDecoder.string($0, at: .key(key, after: trail)) }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key).map { try JSONTreeDecoder.double($0, at: .key(key, after: trail)) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try JSONTreeDecoder.integer($0, as: type, at: .key(key, after: trail)) }
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try present(key).map { try JSONTreeDecoder.integer($0, as: type, at: .key(key, after: trail)) }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try present(key).map { try JSONTreeDecoder.integer($0, as: type, at: .key(key, after: trail)) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        if type == JSON.self { return members[key.stringValue] as? T }
        return try present(key).map { try JSONTreeDecoder.decode(type, from: $0, at: .key(key, after: trail)) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(for: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try decoder(for: SuperKey()) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key) }

    private func decoder(for key: some CodingKey) throws -> JSONTreeDecoder {
        JSONTreeDecoder(try value(key), .key(key, after: trail))
    }
}

private struct JSONUnkeyedDecodingContainer: UnkeyedDecodingContainer {
    let elements: [JSON]
    let trail: CodingTrail
    private(set) var currentIndex = 0

    init(elements: [JSON], trail: CodingTrail) {
        self.elements = elements
        self.trail = trail
    }

    var codingPath: [any CodingKey] { trail.path }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    /// Reads the next element; on an error the container stays where it is, as `Codable` expects.
    private mutating func next<T>(_ type: T.Type, _ read: (JSON, () -> CodingTrail) throws -> T) throws -> T {
        let index = currentIndex
        let trail = trail
        guard index < elements.count else {
            throw DecodingError.valueNotFound(
                type,
                .init(codingPath: trail.path, debugDescription: "expected more than \(elements.count) elements"))
        }
        let value = try read(elements[index]) { .index(index, after: trail) }
        currentIndex += 1
        return value
    }

    private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        try next(type) { try JSONTreeDecoder.integer($0, as: type, at: $1()) }
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool {
        try next(type) { try JSONTreeDecoder.bool($0, at: $1()) }
    }
    mutating func decode(_ type: String.Type) throws -> String {
        try next(type) { try JSONTreeDecoder.string($0, at: $1()) }
    }
    mutating func decode(_ type: Double.Type) throws -> Double {
        try next(type) { try JSONTreeDecoder.double($0, at: $1()) }
    }
    mutating func decode(_ type: Float.Type) throws -> Float {
        try next(type) { Float(try JSONTreeDecoder.double($0, at: $1())) }
    }
    mutating func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next(type) { try JSONTreeDecoder.decode(type, from: $0, at: $1()) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try nextDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try nextDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { try nextDecoder() }

    private mutating func nextDecoder() throws -> JSONTreeDecoder {
        try next(JSONTreeDecoder.self) { JSONTreeDecoder($0, $1()) }
    }
}
