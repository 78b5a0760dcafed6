/// The writes of one transaction, each checked against those before it.
struct StagedBatch {
    private(set) var changes: [StoredChange] = []
    private var overlay: [ObjectLocation: StoredObject?] = [:]
    private var version: Int64
    private let time: Double
    private let committed: (ObjectLocation) -> StoredObject?

    init(version: Int64, time: Double, committed: @escaping (ObjectLocation) -> StoredObject?) {
        self.version = version
        self.time = time
        self.committed = committed
    }

    mutating func stage(_ write: ObjectWrite) throws -> StoredObject {
        let current = overlay[write.location] ?? committed(write.location)
        let next = version + 1
        let change: StoredChange
        switch write.kind {
        case .create(let content):
            guard current == nil else { throw StoreError.alreadyExists }
            let object = StoredObject(
                location: write.location, object: content.object, fields: content.fields, resourceVersion: next)
            change = StoredChange(kind: .added, time: time, object: object, previous: nil)
        case .update(let expected, let content):
            guard let current else { throw StoreError.notFound }
            guard current.resourceVersion == expected else { throw StoreError.conflict }
            let object = StoredObject(
                location: write.location, object: content.object, fields: content.fields, resourceVersion: next)
            change = StoredChange(kind: .modified, time: time, object: object, previous: current)
        case .delete(let expected):
            guard let current else { throw StoreError.notFound }
            guard current.resourceVersion == expected else { throw StoreError.conflict }
            change = StoredChange(
                kind: .deleted, time: time, object: try current.deleted(at: next), previous: current)
        }
        version = next
        overlay[write.location] = .some(change.kind == .deleted ? nil : change.object)
        changes.append(change)
        return change.object
    }
}
