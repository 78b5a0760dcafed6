/// A committed write: what an object was, and what it became.
struct StoredChange: Sendable {
    enum Kind: Int, Sendable {
        case added = 0
        case modified = 1
        case deleted = 2
    }

    var kind: Kind
    /// Seconds since 1970, by the server's clock; only ages of history depend on it.
    var time: Double
    /// The object afterwards; of a deletion, its last state stamped with the deletion's version.
    var object: StoredObject
    /// The object before; `nil` for an added one.
    var previous: StoredObject?

    var version: Int64 { object.resourceVersion }
}

/// What a storage held when it was opened.
struct RestoredState: Sendable {
    /// The version of the last commit.
    var resourceVersion: Int64
    /// Changes up to this version are no longer in `history`.
    var compactedVersion: Int64
    var objects: [StoredObject]
    /// In the order of their versions.
    var history: [StoredChange]
}

/// Keeps what the API server knows across its process's death.
///
/// There is one resourceVersion for everything: each change takes the next one, and `commit` is called with changes in that
/// order by one caller at a time. What `commit` returned from survives a kill of the process.
protocol ObjectStorage: Sendable {
    func restore() async throws -> RestoredState
    /// Writes all of `changes` or none. May hold up the thread that it is called on until they are on the disk.
    func commit(_ changes: [StoredChange]) async throws
    /// Forgets the changes (never the objects) up to `version`.
    func trimHistory(through version: Int64) async throws
    /// Small values kept beside the objects, such as keys.
    func value(_ name: String) async throws -> String?
    func setValue(_ value: String, for name: String) async throws
}
