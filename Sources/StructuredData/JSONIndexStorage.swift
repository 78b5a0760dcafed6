/// The bytes of a JSON text and the places of its values.
final class JSONIndexStorage: Sendable {
    enum Kind: UInt8, Sendable {
        case null, `true`, `false`, number, string, array, object
    }

    /// A value, or a member's name, in the order of the text: an object is followed by its members' names and values in turn.
    struct Node: Sendable {
        /// Of a string: of its first byte behind the quote.
        var offset: UInt32
        /// Of a string: without the quotes.
        var length: UInt32
        /// The node behind this value and all that is in it.
        var next: UInt32
        var kind: Kind
        /// Whether a string is ASCII without escapes, so that its bytes are its text.
        var isPlain: Bool
    }

    /// Stands for no node.
    static let nothing = -1

    let bytes: [UInt8]
    private let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    func kind(_ node: Int) -> Kind { nodes[node].kind }
    func next(_ node: Int) -> Int { Int(nodes[node].next) }

    /// The value of the member `key` of the object `object`; of two of one name, the later.
    func member(_ key: String, of object: Int, omitting omitted: Int) -> Int? {
        guard nodes[object].kind == .object else { return nil }
        var key = key
        return key.withUTF8 { key in member(key, of: object, omitting: omitted) }
    }

    private func member(_ key: UnsafeBufferPointer<UInt8>, of object: Int, omitting omitted: Int) -> Int? {
        nodes.withUnsafeBufferPointer { nodes in
            bytes.withUnsafeBufferPointer { bytes in
                let end = Int(nodes[object].next)
                var name = object + 1
                var found: Int?
                while name < end {
                    let entry = nodes[name]
                    let value = name + 1
                    if entry.isPlain {
                        if Int(entry.length) == key.count, Self.isSame(key, bytes, at: Int(entry.offset)) {
                            found = value
                        }
                    } else if let text = try? string(name), text == String(decoding: key, as: UTF8.self) {
                        found = value
                    }
                    name = Int(nodes[value].next)
                }
                return found == omitted ? nil : found
            }
        }
    }

    private static func isSame(
        _ key: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, at offset: Int
    ) -> Bool {
        // Names are short: a loop is quicker than a call.
        for index in 0..<key.count where key[index] != bytes[offset + index] { return false }
        return true
    }

    /// The text of a string or name.
    func string(_ node: Int) throws(JSONParseError) -> String {
        let entry = nodes[node]
        if entry.isPlain {
            return bytes.withUnsafeBufferPointer { bytes in
                String(
                    decoding: UnsafeBufferPointer(
                        rebasing: bytes[Int(entry.offset)..<Int(entry.offset + entry.length)]),
                    as: UTF8.self)
            }
        }
        guard case .string(let text) = try json(node) else { return "" }
        return text
    }

    /// The value as a tree.
    func json(_ node: Int) throws(JSONParseError) -> JSON {
        let range = range(node)
        let result: Result<JSON, JSONParseError> = bytes.withUnsafeBufferPointer { bytes in
            do throws(JSONParseError) {
                return .success(try JSON.parse(UnsafeBufferPointer(rebasing: bytes[range])))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The bytes of a value; of a string with its quotes.
    func text(_ node: Int) -> [UInt8] { Array(bytes[range(node)]) }

    /// The text of the root with those of its members whose names are `kept`.
    func members(where kept: (String) -> Bool) throws(JSONParseError) -> [UInt8] {
        guard nodes[0].kind == .object else { return text(0) }
        var text = [UInt8(ascii: "{")]
        text.reserveCapacity(bytes.count)
        var name = 1
        while name < nodes.count {
            if kept(try string(name)) {
                if text.count > 1 { text.append(UInt8(ascii: ",")) }
                text += bytes[range(name)]
                text.append(UInt8(ascii: ":"))
                text += bytes[range(name + 1)]
            }
            name = next(name + 1)
        }
        text.append(UInt8(ascii: "}"))
        // What is kept long should not keep the room that it did not need.
        return text.withUnsafeBufferPointer(Array.init)
    }

    /// The integer that stands at `node` if it is written with at most 18 digits and nothing else.
    func smallInteger(_ node: Int) -> Int64? {
        let entry = nodes[node]
        guard entry.kind == .number, entry.length <= 18 else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var value: Int64 = 0
            for index in Int(entry.offset)..<Int(entry.offset + entry.length) {
                let digit = bytes[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value &* 10 &+ Int64(digit)
            }
            // A superfluous zero is for the parser to refuse.
            return bytes[Int(entry.offset)] == UInt8(ascii: "0") && entry.length > 1 ? nil : value
        }
    }

    private func range(_ node: Int) -> Range<Int> {
        let entry = nodes[node]
        let quote = entry.kind == .string ? 1 : 0
        return Int(entry.offset) - quote..<Int(entry.offset + entry.length) + quote
    }

    // MARK: For messages

    /// The way from the root to `node`. Found by search: it is read only when something is wrong.
    func path(to target: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var node = 0
        while node != target {
            guard let (key, child) = child(of: node, around: target) else { return path }
            path.append(key)
            node = child
        }
        return path
    }

    private func child(of node: Int, around target: Int) -> (any CodingKey, Int)? {
        let isObject = nodes[node].kind == .object
        var child = node + 1
        var index = 0
        while child < next(node) {
            let value = isObject ? child + 1 : child
            if target < next(value) {
                let key: any CodingKey = isObject ? JSONNameKey((try? string(child)) ?? "") : IndexKey(index)
                return (key, value)
            }
            child = next(value)
            index += 1
        }
        return nil
    }
}

/// The key of an object's member in a `codingPath`.
struct JSONNameKey: CodingKey {
    var stringValue: String
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    var intValue: Int? { nil }
}
