private import FoundationEssentials

/// Encodes Swift values straight into a JSON tree, with no text in between.
final class JSONTreeEncoder: Encoder {
    /// The members of an object being encoded; those whose encoders may still be in use are filled in at the end.
    final class ObjectBox {
        var members = JSONObject()
        var unfinished: [(key: String, encoder: JSONTreeEncoder)] = []
    }

    /// The elements of an array being encoded, likewise.
    final class ArrayBox {
        var elements: [JSON] = []
        var unfinished: [(index: Int, encoder: JSONTreeEncoder)] = []
    }

    private enum Storage {
        case nothing
        case value(JSON)
        case object(ObjectBox)
        case array(ArrayBox)
    }

    let trail: CodingTrail
    private var storage = Storage.nothing

    init(_ trail: CodingTrail) { self.trail = trail }

    var codingPath: [any CodingKey] { trail.path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONKeyedEncodingContainer<Key>(box: objectBox(), trail: trail))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONUnkeyedEncodingContainer(box: arrayBox(), trail: trail)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingleValueEncodingContainer(encoder: self) }

    func set(_ value: JSON) { storage = .value(value) }

    private func objectBox() -> ObjectBox {
        if case .object(let box) = storage { return box }
        if case .array = storage { preconditionFailure("a value cannot encode itself as an array and as an object") }
        let box = ObjectBox()
        storage = .object(box)
        return box
    }

    private func arrayBox() -> ArrayBox {
        if case .array(let box) = storage { return box }
        if case .object = storage { preconditionFailure("a value cannot encode itself as an object and as an array") }
        let box = ArrayBox()
        storage = .array(box)
        return box
    }

    /// What was encoded; an empty object where nothing was.
    func finish() -> JSON {
        switch storage {
        case .nothing: return .object([:])
        case .value(let value): return value
        case .object(let box):
            for (key, encoder) in box.unfinished { box.members[key] = encoder.finish() }
            return .object(box.members)
        case .array(let box):
            for (index, encoder) in box.unfinished { box.elements[index] = encoder.finish() }
            return .array(box.elements)
        }
    }

    static func encode<T: Encodable>(_ value: T, at trail: @autoclosure () -> CodingTrail) throws -> JSON {
        if let json = direct(value) { return json }
        let encoder = JSONTreeEncoder(trail())
        try value.encode(to: encoder)
        return encoder.finish()
    }

    /// The JSON form of types that need no encoder of their own, or whose own way of encoding is not the one wanted here.
    private static func direct<T>(_ value: T) -> JSON? {
        if T.self == JSON.self { return value as? JSON }
        if T.self == String.self { return (value as? String).map(JSON.string) }
        if T.self == [JSON].self { return (value as? [JSON]).map(JSON.array) }
        if T.self == [String].self { return (value as? [String]).map { JSON($0) } }
        if T.self == [String: String].self { return (value as? [String: String]).map { JSON($0) } }
        if T.self == JSONObject.self { return (value as? JSONObject).map(JSON.object) }
        if T.self == [String: JSON].self {
            return (value as? [String: JSON]).map { members in
                .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
            }
        }
        if T.self == Date.self {
            return (value as? Date).map { .string(RFC3339.text(secondsSince1970: $0.timeIntervalSince1970)) }
        }
        if T.self == Data.self { return (value as? Data).map { .string($0.base64EncodedString()) } }
        if T.self == URL.self { return (value as? URL).map { .string($0.absoluteString) } }
        return nil
    }
}

private struct JSONSingleValueEncodingContainer: SingleValueEncodingContainer {
    let encoder: JSONTreeEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    mutating func encodeNil() { encoder.set(.null) }
    mutating func encode(_ value: Bool) { encoder.set(.bool(value)) }
    mutating func encode(_ value: String) { encoder.set(.string(value)) }
    mutating func encode(_ value: Double) { encoder.set(.number(value)) }
    mutating func encode(_ value: Float) { encoder.set(JSON(value)) }
    mutating func encode(_ value: Int) { encoder.set(JSON(value)) }
    mutating func encode(_ value: Int8) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: Int16) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: Int32) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: Int64) { encoder.set(.integer(value)) }
    mutating func encode(_ value: UInt) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt8) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt16) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt32) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt64) { encoder.set(JSON(exactInteger: value)) }
    mutating func encode<T: Encodable>(_ value: T) throws {
        encoder.set(try JSONTreeEncoder.encode(value, at: encoder.trail))
    }
}

private struct JSONKeyedEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: JSONTreeEncoder.ObjectBox
    let trail: CodingTrail

    var codingPath: [any CodingKey] { trail.path }

    private func set(_ value: JSON, _ key: Key) { box.members[key.stringValue] = value }

    mutating func encodeNil(forKey key: Key) { set(.null, key) }
    mutating func encode(_ value: Bool, forKey key: Key) { set(.bool(value), key) }
    mutating func encode(_ value: String, forKey key: Key) { set(.string(value), key) }
    mutating func encode(_ value: Double, forKey key: Key) { set(.number(value), key) }
    mutating func encode(_ value: Float, forKey key: Key) { set(JSON(value), key) }
    mutating func encode(_ value: Int, forKey key: Key) { set(JSON(value), key) }
    mutating func encode(_ value: Int8, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: Int16, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: Int32, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: Int64, forKey key: Key) { set(.integer(value), key) }
    mutating func encode(_ value: UInt, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: UInt8, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: UInt16, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: UInt32, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode(_ value: UInt64, forKey key: Key) { set(JSON(exactInteger: value), key) }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        set(try JSONTreeEncoder.encode(value, at: .key(key, after: trail)), key)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder(for: key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(for: key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { encoder(for: SuperKey()) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }

    private func encoder(for key: some CodingKey) -> JSONTreeEncoder {
        if let known = box.unfinished.first(where: { $0.key == key.stringValue }) { return known.encoder }
        let encoder = JSONTreeEncoder(.key(key, after: trail))
        box.members[key.stringValue] = .null
        box.unfinished.append((key.stringValue, encoder))
        return encoder
    }
}

private struct JSONUnkeyedEncodingContainer: UnkeyedEncodingContainer {
    let box: JSONTreeEncoder.ArrayBox
    let trail: CodingTrail

    var codingPath: [any CodingKey] { trail.path }
    var count: Int { box.elements.count }

    private func add(_ value: JSON) { box.elements.append(value) }

    mutating func encodeNil() { add(.null) }
    mutating func encode(_ value: Bool) { add(.bool(value)) }
    mutating func encode(_ value: String) { add(.string(value)) }
    mutating func encode(_ value: Double) { add(.number(value)) }
    mutating func encode(_ value: Float) { add(JSON(value)) }
    mutating func encode(_ value: Int) { add(JSON(value)) }
    mutating func encode(_ value: Int8) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: Int16) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: Int32) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: Int64) { add(.integer(value)) }
    mutating func encode(_ value: UInt) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt8) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt16) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt32) { add(JSON(exactInteger: value)) }
    mutating func encode(_ value: UInt64) { add(JSON(exactInteger: value)) }
    mutating func encode<T: Encodable>(_ value: T) throws {
        add(try JSONTreeEncoder.encode(value, at: .index(count, after: trail)))
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        nextEncoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nextEncoder().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { nextEncoder() }

    private func nextEncoder() -> JSONTreeEncoder {
        let encoder = JSONTreeEncoder(.index(count, after: trail))
        box.unfinished.append((count, encoder))
        add(.null)
        return encoder
    }
}

extension JSON {
    /// An integer of any width; one that does not fit 64 bits signed becomes the nearest double, as it does when parsed.
    fileprivate init(exactInteger value: some FixedWidthInteger) {
        self = Int64(exactly: value).map(JSON.integer) ?? .number(Double(value))
    }

    /// A single-precision number by its own shortest digits: `0.1`, not `0.10000000149011612`.
    fileprivate init(_ value: Float) { self = .number(Double(value.description) ?? Double(value)) }
}
