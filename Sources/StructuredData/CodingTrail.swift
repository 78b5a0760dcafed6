/// The way from the root to the value being coded, as a list that shares its beginning with those of the value's siblings.
///
/// `codingPath` is read only when something is wrong, so the array that `Codable` wants is not made before.
indirect enum CodingTrail {
    case root
    case key(any CodingKey, after: CodingTrail)
    case index(Int, after: CodingTrail)

    var path: [any CodingKey] {
        var reversed: [any CodingKey] = []
        var trail = self
        while true {
            switch trail {
            case .root: return reversed.reversed()
            case .key(let key, let before):
                reversed.append(key)
                trail = before
            case .index(let index, let before):
                reversed.append(IndexKey(index))
                trail = before
            }
        }
    }
}

/// The key of an element in a `codingPath`.
struct IndexKey: CodingKey {
    var index: Int
    init(_ index: Int) { self.index = index }
    init?(intValue: Int) { index = intValue }
    init?(stringValue: String) { nil }
    var intValue: Int? { index }
    var stringValue: String { "Index \(index)" }
}

/// The key of a member that no `CodingKeys` name: a dictionary's, or a message's.
struct NameKey: CodingKey {
    var stringValue: String
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    var intValue: Int? { nil }
}

/// The key under which `superEncoder()` keeps a superclass's members.
struct SuperKey: CodingKey {
    init() {}
    init?(intValue: Int) { nil }
    init?(stringValue: String) { nil }
    var intValue: Int? { nil }
    var stringValue: String { "super" }
}

extension StructuredDataError {
    init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(_, let context):
            self.init(.typeMismatch, at: dottedPath(context.codingPath), context.debugDescription)
        case .valueNotFound(_, let context):
            self.init(.typeMismatch, at: dottedPath(context.codingPath), context.debugDescription)
        case .keyNotFound(let key, let context):
            self.init(.missingMember, at: dottedPath(context.codingPath + [key]), "is required, but missing")
        case .dataCorrupted(let context):
            self.init(.invalidValue, at: dottedPath(context.codingPath), context.debugDescription)
        @unknown default:
            self.init(.invalidValue, "\(error)")
        }
    }

    init(_ error: EncodingError) {
        switch error {
        case .invalidValue(_, let context):
            self.init(.notEncodable, at: dottedPath(context.codingPath), context.debugDescription)
        @unknown default:
            self.init(.notEncodable, "\(error)")
        }
    }
}

/// A path as people write it: `spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`.
private func dottedPath(_ path: [any CodingKey]) -> String {
    var text = ""
    for key in path {
        if let index = key.intValue {
            text += "[\(index)]"
        } else if key.stringValue.utf8.allSatisfy(isWordByte), !key.stringValue.isEmpty {
            text += text.isEmpty ? key.stringValue : "." + key.stringValue
        } else {
            text += "[\(key.stringValue)]"
        }
    }
    return text
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
        true
    default: byte >= 0x80
    }
}
