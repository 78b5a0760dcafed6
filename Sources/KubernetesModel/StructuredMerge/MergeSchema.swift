public import StructuredData

/// What the merge of two objects, and the ownership of their fields, must know of a kind: which parts are owned as a
/// whole, and what makes two list items the same one.
public struct MergeSchema: Sendable, Hashable {
    public var root: Node
    /// What an object of the kind holds before anything is set. A typed server's kinds hold empty structures there, for
    /// whose existence nobody is made the owner.
    public var emptyObject: JSON

    public init(root: Node, emptyObject: JSON = [:]) {
        self.root = root
        self.emptyObject = emptyObject
    }

    /// Nothing is known: objects merge member by member, lists are replaced.
    public static let untyped = MergeSchema(
        root: .object(fields: ["metadata": Node.objectMeta, "apiVersion": .atomic, "kind": .atomic], others: .untyped))

    /// One part of an object. A value that does not have the form that its node says is treated as atomic: to find that
    /// wrong is validation's task.
    public indirect enum Node: Sendable, Hashable {
        /// A scalar, or an object or list that is owned and replaced as a whole.
        case atomic
        /// An object that merges member by member.
        case object(fields: [String: Node], others: Others)
        /// A list of scalars, each of which is owned by itself.
        case set
        /// A list whose items are told apart by some members.
        case list(keys: [ListKey], items: Node)
        /// Unknown: objects merge member by member, lists and scalars are atomic.
        case untyped
    }

    /// What members of an object are that its fields do not name.
    public enum Others: Sendable, Hashable {
        /// Fields like those that are named, with nothing special about them.
        case fields
        /// Items of a map.
        case items(Node)

        /// Items of a map, of which nothing is known.
        public static let untyped = Others.items(.untyped)
    }

    /// A member that tells list items apart, and the value it has where it is left out.
    public struct ListKey: Sendable, Hashable {
        public var name: String
        public var defaultValue: JSON?

        public init(_ name: String, default defaultValue: JSON? = nil) {
            self.name = name
            self.defaultValue = defaultValue
        }
    }
}

extension MergeSchema.Node {
    /// An object of which only the special fields are named.
    static func fields(_ fields: [String: MergeSchema.Node]) -> MergeSchema.Node {
        .object(fields: fields, others: .fields)
    }

    /// A map of scalars by name.
    static let map = MergeSchema.Node.object(fields: [:], others: .items(.atomic))

    static func list(_ keys: String..., items: MergeSchema.Node = .fields([:])) -> MergeSchema.Node {
        .list(keys: keys.map { MergeSchema.ListKey($0) }, items: items)
    }

    /// The node of a member, and whether the schema names it as a field, as opposed to an item of a map.
    func member(_ name: String) -> (node: MergeSchema.Node, isField: Bool) {
        switch self {
        case .object(let fields, let others):
            if let field = fields[name] { return (field, true) }
            switch others {
            case .fields: return (.fields([:]), true)
            case .items(let items): return (items, false)
            }
        case .untyped: return (.untyped, false)
        case .atomic, .set, .list: return (.atomic, false)
        }
    }

    /// The node of a list's items.
    var item: MergeSchema.Node {
        if case .list(_, let items) = self { return items }
        return .atomic
    }
}

/// The form that a value has under a node.
enum MergeForm: Equatable {
    case leaf
    case object
    case list
}

extension MergeSchema.Node {
    /// - Parameter isNullEmpty: Whether a null counts as the empty object or list that the node allows.
    func form(of value: JSON, isNullEmpty: Bool = true) -> MergeForm {
        switch (self, value) {
        case (.object, .object), (.untyped, .object): .object
        case (.object, .null) where isNullEmpty: .object
        case (.set, .array), (.list, .array): .list
        case (.set, .null) where isNullEmpty: .list
        case (.list, .null) where isNullEmpty: .list
        default: .leaf
        }
    }

    /// What identifies a list's item; `nil` where it has none of the keys, or is no scalar of a set.
    func element(for item: JSON) -> PathElement? {
        switch self {
        case .set:
            switch item {
            case .null, .array, .object: return nil
            default: return .value(item)
            }
        case .list(let keys, _):
            guard case .object(let members) = item else { return nil }
            var key: [PathElement.KeyMember] = []
            for candidate in keys {
                guard let value = members[candidate.name] ?? candidate.defaultValue else { continue }
                key.append(PathElement.KeyMember(name: candidate.name, value: value))
            }
            return key.isEmpty ? nil : .key(key.sorted { $0.name < $1.name })
        case .atomic, .object, .untyped:
            return nil
        }
    }
}
