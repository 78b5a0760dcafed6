/// A message that reads itself from a JSON object, and writes itself into one.
///
/// `Codable` finds out about each member by way of generic containers, which for a message of a few members takes several times as
/// long as the members do. Messages that every task is sent in conform to this as well; `JSON.init(encoding:)` and `JSON.decode` then
/// take this way. Both ways have the same members in the same order, and fail alike; tests compare them.
package protocol JSONMessage: Codable {
    init(_ members: JSONMembers) throws
    func write(to members: inout JSONObject) throws
}

/// The members of a message that is read. What is wrong is thrown as `Codable` throws it.
package struct JSONMembers {
    private let members: JSONObject
    private let trail: CodingTrail

    /// - Throws: where `value` is no object.
    init(_ value: JSON, _ trail: @autoclosure () -> CodingTrail) throws {
        let trail = trail()
        guard case .object(let members) = value else {
            throw JSONTreeDecoder.mismatch([String: JSON].self, "an object", value, trail)
        }
        self.members = members
        self.trail = trail
    }

    package func contains(_ name: String) -> Bool { members.contains(name) }

    // MARK: Members that must be there

    package func value(_ name: String) throws -> JSON {
        guard let value = members[name] else {
            throw DecodingError.keyNotFound(
                NameKey(name), .init(codingPath: trail.path, debugDescription: "\(name) is required, but missing"))
        }
        return value
    }

    package func string(_ name: String) throws -> String {
        try JSONTreeDecoder.string(try value(name), at: trail(name))
    }

    package func bool(_ name: String) throws -> Bool { try JSONTreeDecoder.bool(try value(name), at: trail(name)) }

    package func int(_ name: String) throws -> Int {
        try JSONTreeDecoder.integer(try value(name), as: Int.self, at: trail(name))
    }

    package func int64(_ name: String) throws -> Int64 {
        try JSONTreeDecoder.integer(try value(name), as: Int64.self, at: trail(name))
    }

    package func messages<Message: JSONMessage>(_ name: String) throws -> [Message] {
        try messages(in: try value(name), trail(name))
    }

    // MARK: Members that may be absent or null

    /// Also `null` where that is what is there.
    package func valueIfThere(_ name: String) -> JSON? { members[name] }

    package func stringIfThere(_ name: String) throws -> String? {
        try present(name).map { try JSONTreeDecoder.string($0, at: trail(name)) }
    }

    package func boolIfThere(_ name: String) throws -> Bool? {
        try present(name).map { try JSONTreeDecoder.bool($0, at: trail(name)) }
    }

    package func intIfThere(_ name: String) throws -> Int? {
        try present(name).map { try JSONTreeDecoder.integer($0, as: Int.self, at: trail(name)) }
    }

    package func int64IfThere(_ name: String) throws -> Int64? {
        try present(name).map { try JSONTreeDecoder.integer($0, as: Int64.self, at: trail(name)) }
    }

    package func messagesIfThere<Message: JSONMessage>(_ name: String) throws -> [Message]? {
        try present(name).map { try messages(in: $0, trail(name)) }
    }

    package func messageIfThere<Message: JSONMessage>(_ name: String) throws -> Message? {
        try present(name).map { try Message(JSONMembers($0, trail(name))) }
    }

    /// What is rare enough to be read as `Codable` does.
    package func decodedIfThere<Value: Decodable>(_ name: String) throws -> Value? {
        try present(name).map { try JSONTreeDecoder.decode(Value.self, from: $0, at: trail(name)) }
    }

    private func present(_ name: String) -> JSON? {
        guard let value = members[name], !value.isNull else { return nil }
        return value
    }

    private func messages<Message: JSONMessage>(in value: JSON, _ trail: CodingTrail) throws -> [Message] {
        guard case .array(let elements) = value else {
            throw JSONTreeDecoder.mismatch([JSON].self, "an array", value, trail)
        }
        return try elements.enumerated().map { index, element in
            try Message(JSONMembers(element, .index(index, after: trail)))
        }
    }

    private func trail(_ name: String) -> CodingTrail { .key(NameKey(name), after: trail) }
}

extension JSONMessage {
    /// The message as a JSON object.
    package func json() throws -> JSON {
        var members = JSONObject()
        try write(to: &members)
        return .object(members)
    }
}

extension JSONObject {
    package mutating func set(_ name: String, _ value: String?) {
        if let value { updateValue(.string(value), forKey: name) }
    }

    package mutating func set(_ name: String, _ value: Int?) {
        if let value { updateValue(JSON(value), forKey: name) }
    }

    package mutating func set(_ name: String, _ value: Int64?) {
        if let value { updateValue(.integer(value), forKey: name) }
    }

    package mutating func set(_ name: String, _ value: Bool?) {
        if let value { updateValue(.bool(value), forKey: name) }
    }

    package mutating func set(_ name: String, _ value: JSON?) {
        if let value { updateValue(value, forKey: name) }
    }

    package mutating func set(_ name: String, _ messages: [some JSONMessage]?) throws {
        if let messages { updateValue(.array(try messages.map { try $0.json() }), forKey: name) }
    }

    package mutating func set(_ name: String, _ message: (some JSONMessage)?) throws {
        if let message { updateValue(try message.json(), forKey: name) }
    }

    /// What is rare enough to be written as `Codable` does.
    package mutating func set(_ name: String, encoding value: (some Encodable)?) throws {
        if let value {
            updateValue(
                try JSONTreeEncoder.encode(value, at: .root), forKey: name)
        }
    }
}
