private import OrderedCollections

/// The members of a JSON object, in the order in which they were added. The order takes no part in equality.
///
/// Names are compared as Swift compares strings: two that differ only in how accents are composed (é as one scalar or as
/// two) are one name.
public struct JSONObject: Sendable {
    private var members: OrderedDictionary<String, JSON>

    public init() { members = [:] }

    /// Makes an object of `pairs`; of two pairs with one key the later wins.
    public init(_ pairs: some Sequence<(String, JSON)>) {
        members = OrderedDictionary(
            pairs.lazy.map { (key: $0.0, value: $0.1) }, uniquingKeysWith: { _, later in later })
    }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }
    public var keys: [String] { Array(members.keys) }
    public var values: [JSON] { Array(members.values) }

    public subscript(key: String) -> JSON? {
        get { members[key] }
        set { members[key] = newValue }
        _modify { yield &members[key] }
    }

    public subscript(key: String, default value: @autoclosure () -> JSON) -> JSON {
        get { members[key] ?? value() }
        _modify { yield &members[key, default: value()] }
    }

    public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Sets a member and returns the value that it had before.
    @discardableResult
    public mutating func updateValue(_ value: JSON, forKey key: String) -> JSON? {
        members.updateValue(value, forKey: key)
    }

    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSON? { members.removeValue(forKey: key) }

    public func contains(_ key: String) -> Bool { members[key] != nil }
}

extension JSONObject: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate var base: OrderedDictionary<String, JSON>.Iterator
        public mutating func next() -> (key: String, value: JSON)? { base.next() }
    }

    public var underestimatedCount: Int { members.count }

    public func makeIterator() -> Iterator { Iterator(base: members.makeIterator()) }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right.members[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // Order must not matter, so the members' own hashes are summed.
        var sum = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
        hasher.combine(members.count)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
