/// The objects that a list found, over all its pages.
public struct ResourceList<Object: Sendable>: Sendable {
    public var items: [Object]
    /// The version of the collection: a watch from here misses nothing.
    public var resourceVersion: String

    public init(items: [Object], resourceVersion: String) {
        self.items = items
        self.resourceVersion = resourceVersion
    }
}

extension ResourceList: Equatable where Object: Equatable {}
