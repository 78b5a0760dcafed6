/// A JSON value as its text: far smaller than the tree, for what is kept and seldom read.
///
/// Two are equal where their bytes are; the same value written otherwise is another text.
package struct JSONText: Sendable, Hashable {
    package let bytes: [UInt8]

    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    package init(_ value: JSON) { bytes = value.serialized() }

    package func json() throws(JSONParseError) -> JSON { try JSON.parse(bytes) }

    /// The text of an object with those of its members whose names are `kept`, as they stand here; of any other value the text.
    package func members(where kept: (String) -> Bool) throws(JSONParseError) -> JSONText {
        JSONText(unchecked: try IndexedJSON(bytes).root.storage.members(where: kept))
    }

    package func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try IndexedJSON(bytes).root.decode(type)
    }
}

extension JSONText: Codable {
    package init(from decoder: any Decoder) throws {
        if let decoder = decoder as? IndexedJSONDecoder {
            self.init(unchecked: decoder.storage.text(decoder.node))
        } else {
            self.init(try JSON(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws { try json().encode(to: encoder) }
}
