private import FoundationEssentials

/// Decodes Swift values straight from the bytes of an indexed text.
///
/// It gives what `JSONTreeDecoder` gives for the same text. It is small and holds no path: where a value is follows from its
/// node, once something is wrong.
struct IndexedJSONDecoder: Decoder {
    let storage: JSONIndexStorage
    private let place: Int32
    private let omittedPlace: Int32

    var node: Int { Int(place) }
    /// A node that is taken for absent.
    var omitted: Int { Int(omittedPlace) }

    init(storage: JSONIndexStorage, node: Int, omitted: Int) {
        self.storage = storage
        place = Int32(truncatingIfNeeded: node)
        omittedPlace = Int32(truncatingIfNeeded: omitted)
    }

    var codingPath: [any CodingKey] { storage.path(to: node) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func at(_ node: Int) -> IndexedJSONDecoder { IndexedJSONDecoder(storage: storage, node: node, omitted: omitted) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard storage.kind(node) == .object else { throw mismatch([String: JSON].self, "an object", node) }
        return KeyedDecodingContainer(IndexedJSONKeyedContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard storage.kind(node) == .array else { throw mismatch([JSON].self, "an array", node) }
        return IndexedJSONUnkeyedContainer(decoder: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { IndexedJSONSingleValueContainer(decoder: self) }

    // MARK: Values

    func mismatch(_ type: any Any.Type, _ expected: String, _ node: Int) -> DecodingError {
        let found = (try? storage.json(node))?.shortDescription ?? "text that is not JSON"
        return .typeMismatch(
            type,
            .init(codingPath: storage.path(to: node), debugDescription: "expected \(expected), found \(found)"))
    }

    private func corrupted(_ error: JSONParseError, _ node: Int) -> DecodingError {
        .dataCorrupted(.init(codingPath: storage.path(to: node), debugDescription: error.message))
    }

    func bool(_ node: Int) throws -> Bool {
        switch storage.kind(node) {
        case .true: true
        case .false: false
        default: throw mismatch(Bool.self, "true or false", node)
        }
    }

    func string(_ node: Int) throws -> String {
        guard storage.kind(node) == .string else { throw mismatch(String.self, "a string", node) }
        do {
            return try storage.string(node)
        } catch {
            throw corrupted(error, node)
        }
    }

    func double(_ node: Int) throws -> Double {
        guard storage.kind(node) == .number else { throw mismatch(Double.self, "a number", node) }
        return try json(node).doubleValue ?? .nan
    }

    func integer<T: FixedWidthInteger>(_ node: Int, as type: T.Type) throws -> T {
        if let small = storage.smallInteger(node), let value = T(exactly: small) { return value }
        guard storage.kind(node) == .number else { throw mismatch(type, "an integer", node) }
        // The tree's decoder knows the rest: signs, ranges, doubles that are whole.
        do {
            return try JSONTreeDecoder.integer(try json(node), as: type, at: .root)
        } catch DecodingError.typeMismatch(let type, let context) {
            throw DecodingError.typeMismatch(
                type, .init(codingPath: storage.path(to: node), debugDescription: context.debugDescription))
        }
    }

    func json(_ node: Int) throws -> JSON {
        do {
            return try storage.json(node)
        } catch {
            throw corrupted(error, node)
        }
    }

    func decode<T: Decodable>(_ type: T.Type, _ node: Int) throws -> T {
        if let direct = try direct(type, node) { return direct }
        return try T(from: at(node))
    }

    /// Values of types that need no decoder of their own, or whose own way of decoding is not the one wanted here.
    private func direct<T>(_ type: T.Type, _ node: Int) throws -> T? {
        if T.self == String.self { return try string(node) as? T }
        if T.self == [String: String].self { return try strings(node) as? T }
        if T.self == [String].self, storage.kind(node) == .array { return try elements(node) as? T }
        if T.self == JSON.self { return try json(node) as? T }
        if T.self == [JSON].self || T.self == JSONObject.self || T.self == [String: JSON].self || T.self == Date.self
            || T.self == Data.self || T.self == URL.self
        {
            return try viaTree(type, node)
        }
        return nil
    }

    private func strings(_ node: Int) throws -> [String: String] {
        guard storage.kind(node) == .object else { throw mismatch([String: JSON].self, "an object", node) }
        var strings: [String: String] = [:]
        var name = node + 1
        let end = storage.next(node)
        while name < end {
            strings[try string(name)] = try string(name + 1)
            name = storage.next(name + 1)
        }
        return strings
    }

    private func elements(_ node: Int) throws -> [String] {
        var strings: [String] = []
        var element = node + 1
        let end = storage.next(node)
        while element < end {
            strings.append(try string(element))
            element = storage.next(element)
        }
        return strings
    }

    private func viaTree<T>(_ type: T.Type, _ node: Int) throws -> T? {
        guard let type = type as? any Decodable.Type else { return nil }
        do {
            return try JSONTreeDecoder.decode(type, from: try json(node), at: .root) as? T
        } catch DecodingError.typeMismatch(let type, let context) {
            throw DecodingError.typeMismatch(
                type,
                .init(
                    codingPath: storage.path(to: node) + context.codingPath,
                    debugDescription: context.debugDescription))
        }
    }
}

// MARK: - Containers

private struct IndexedJSONSingleValueContainer: SingleValueDecodingContainer {
    let decoder: IndexedJSONDecoder

    private var node: Int { decoder.node }
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.storage.kind(node) == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool(node) }
    func decode(_ type: String.Type) throws -> String { try decoder.string(node) }
    func decode(_ type: Double.Type) throws -> Double { try decoder.double(node) }
    func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double(node)) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer(node, as: type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(node, as: type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(node, as: type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(node, as: type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(node, as: type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(node, as: type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(node, as: type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(node, as: type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(node, as: type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(node, as: type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type, node) }
}

private struct IndexedJSONKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: IndexedJSONDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        var keys: [Key] = []
        var seen: Set<String> = []
        let end = decoder.storage.next(decoder.node)
        var name = decoder.node + 1
        while name < end {
            if name + 1 != decoder.omitted, let text = try? decoder.storage.string(name), seen.insert(text).inserted,
                let key = Key(stringValue: text)
            {
                keys.append(key)
            }
            name = decoder.storage.next(name + 1)
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    private func find(_ key: some CodingKey) -> Int? {
        decoder.storage.member(key.stringValue, of: decoder.node, omitting: decoder.omitted)
    }

    private func value(_ key: some CodingKey) throws -> Int {
        guard let node = find(key) else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "\(key.stringValue) is required, but missing"))
        }
        return node
    }

    /// The member's value unless it is absent or null.
    private func present(_ key: Key) -> Int? {
        guard let node = find(key), decoder.storage.kind(node) != .null else { return nil }
        return node
    }

    private func integer<T: FixedWidthInteger>(_ key: Key) throws -> T {
        try decoder.integer(try value(key), as: T.self)
    }

    func decodeNil(forKey key: Key) throws -> Bool { decoder.storage.kind(try value(key)) == .null }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.bool(try value(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder.string(try value(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try decoder.double(try value(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try decoder.double(try value(key))) }
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
        try decoder.decode(type, try value(key))
    }

    // The defaults look a member up three times; these do it once.

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try present(key).map(decoder.bool) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key).map(decoder.string)
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key).map(decoder.double)
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key).map { try decoder.integer($0, as: type) }
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try present(key).map { try decoder.integer($0, as: type) }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try present(key).map { try decoder.integer($0, as: type) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        if type == JSON.self { return try find(key).map { try decoder.decode(type, $0) } }
        return try present(key).map { try decoder.decode(type, $0) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder.at(try value(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.at(try value(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder.at(try value(SuperKey())) }
    func superDecoder(forKey key: Key) throws -> any Decoder { decoder.at(try value(key)) }
}

private struct IndexedJSONUnkeyedContainer: UnkeyedDecodingContainer {
    let decoder: IndexedJSONDecoder
    private(set) var currentIndex = 0
    private var node: Int

    init(decoder: IndexedJSONDecoder) {
        self.decoder = decoder
        node = decoder.node + 1
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { IndexedJSON.Value(storage: decoder.storage, node: decoder.node).count }
    var isAtEnd: Bool { node >= decoder.storage.next(decoder.node) }

    /// Reads the next element; on an error the container stays where it is, as `Codable` expects.
    private mutating func next<T>(_ type: T.Type, _ read: (IndexedJSONDecoder, Int) throws -> T) throws -> T {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                .init(codingPath: codingPath, debugDescription: "expected more than \(currentIndex) elements"))
        }
        let value = try read(decoder, node)
        node = decoder.storage.next(node)
        currentIndex += 1
        return value
    }

    private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        try next(type) { try $0.integer($1, as: type) }
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, decoder.storage.kind(node) == .null else { return false }
        node = decoder.storage.next(node)
        currentIndex += 1
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) { try $0.bool($1) } }
    mutating func decode(_ type: String.Type) throws -> String { try next(type) { try $0.string($1) } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next(type) { try $0.double($1) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next(type) { Float(try $0.double($1)) } }
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
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next(type) { try $0.decode(type, $1) } }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next(KeyedDecodingContainer<NestedKey>.self) { try $0.at($1).container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next((any UnkeyedDecodingContainer).self) { try $0.at($1).unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next((any Decoder).self) { $0.at($1) } }
}
