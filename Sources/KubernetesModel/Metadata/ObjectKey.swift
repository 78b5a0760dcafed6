/// An object's namespace and name: what identifies it among the objects of its kind.
public struct ObjectKey: Hashable, Sendable {
    /// Empty for objects that live in no namespace.
    public var namespace: String
    public var name: String

    public init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }
}

extension ObjectKey: Comparable {
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

extension ObjectKey: CustomStringConvertible {
    /// `namespace/name`, or the name alone.
    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}
