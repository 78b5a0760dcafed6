import StructuredData

/// Why the store did not do as asked.
enum StoreError: Error, Sendable, Hashable {
    case alreadyExists
    /// The object is not at the version that the write expects; another write came first.
    case conflict
    case notFound
    /// The asked version's history is gone.
    case expired(oldest: Int64)
    /// The asked version has not happened.
    case future(current: Int64)
    /// The store is not running.
    case stopped
}

/// A write that the store commits if the object is still as it expects.
struct ObjectWrite: Sendable {
    enum Kind: Sendable {
        case create(StoredContent)
        case update(expected: Int64, StoredContent)
        case delete(expected: Int64)
    }

    var location: ObjectLocation
    var kind: Kind
}

/// What to store of an object.
struct StoredContent: Sendable {
    var object: JSON
    /// The values of its selectable fields.
    var fields: [String: String]
}
