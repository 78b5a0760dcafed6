/// A JSON text whose values' places are known, but none of which has been built.
///
/// One pass over the bytes finds where each value begins and ends. Typed values are then decoded straight from the bytes, and
/// what nobody asks for costs no more than that pass: no allocation, no tree. What is decoded holds no reference to the text.
///
/// The pass checks the structure. The insides of strings (escapes, UTF-8) and numbers are checked when they are read, so that
/// a fault in a member that nobody reads stays unnoticed.
package struct IndexedJSON: Sendable {
    let storage: JSONIndexStorage

    /// - Throws: `JSONParseError` where the bytes are not exactly one JSON value.
    package init(_ bytes: [UInt8], depthLimit: Int = JSON.defaultDepthLimit) throws(JSONParseError) {
        guard let nodes = JSONIndexer.nodes(of: bytes, depthLimit: depthLimit) else {
            // The parser finds the same fault, and says where it is and what it means.
            _ = try JSON.parse(bytes, depthLimit: depthLimit)
            throw JSONParseError(.syntax, "the text is longer than 4 GiB", line: 1, column: 1, offset: 0)
        }
        storage = JSONIndexStorage(bytes: bytes, nodes: nodes)
    }

    package var root: Value { Value(storage: storage, node: 0) }

    /// One value in the text.
    package struct Value: Sendable {
        let storage: JSONIndexStorage
        let node: Int
    }
}

extension IndexedJSON.Value {
    /// The member `key` of an object; `nil` where there is none or this is no object. Of two of one name, the later.
    package subscript(key: String) -> IndexedJSON.Value? {
        storage.member(key, of: node, omitting: JSONIndexStorage.nothing).map {
            IndexedJSON.Value(storage: storage, node: $0)
        }
    }

    package var isNull: Bool { storage.kind(node) == .null }
    package var isArray: Bool { storage.kind(node) == .array }

    /// The text of a string; `nil` for any other value, and for a string that is not valid.
    package var stringValue: String? {
        guard storage.kind(node) == .string else { return nil }
        return try? storage.string(node)
    }

    /// Calls `body` with each element of an array, in order; with none where this is no array.
    package func forEachElement(_ body: (IndexedJSON.Value) throws -> Void) rethrows {
        guard isArray else { return }
        var element = node + 1
        let end = storage.next(node)
        while element < end {
            try body(IndexedJSON.Value(storage: storage, node: element))
            element = storage.next(element)
        }
    }

    /// How many elements an array, or members an object, has.
    package var count: Int {
        var count = 0
        var child = node + 1
        let end = storage.next(node)
        while child < end {
            count += 1
            child = storage.next(child)
        }
        return storage.kind(node) == .object ? count / 2 : count
    }

    /// The value as a tree.
    package func json() throws(JSONParseError) -> JSON { try storage.json(node) }

    /// The value's own bytes.
    package var text: JSONText { JSONText(unchecked: storage.text(node)) }

    /// The Swift value that this is the JSON form of, as `JSON.decode` would have it.
    /// - Parameter omitted: a value inside this one that is taken for absent.
    package func decode<T: Decodable>(
        _ type: T.Type = T.self, omitting omitted: IndexedJSON.Value? = nil
    ) throws -> T {
        do {
            let decoder = IndexedJSONDecoder(
                storage: storage, node: node, omitted: omitted?.node ?? JSONIndexStorage.nothing)
            return try decoder.decode(type, node)
        } catch let error as DecodingError {
            throw StructuredDataError(error)
        }
    }
}
