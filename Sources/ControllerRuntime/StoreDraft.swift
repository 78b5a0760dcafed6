internal import KubernetesModel

/// An object in a store, which does not move with the table that it stands in.
final class Stored<Object: Sendable>: Sendable {
    let object: Object
    init(_ object: Object) { self.object = object }
}

/// A change of stored objects. A complete list tells as many as it has objects: this is small, a `Change` holds them whole.
enum StoredChange<Object: Sendable>: Sendable {
    case added(Stored<Object>)
    case updated(old: Stored<Object>, new: Stored<Object>)
    case deleted(Stored<Object>)

    var change: Change<Object> {
        switch self {
        case .added(let stored): .added(stored.object)
        case .updated(let old, let new): .updated(old: old.object, new: new.object)
        case .deleted(let stored): .deleted(stored.object)
        }
    }
}

/// Objects that a list has brought so far, until they become a store's content. What the store has already is shared with it,
/// so that listing again costs the memory of what differs.
struct StoreDraft<Object: Sendable>: Sendable {
    private var content: [ObjectKey: Stored<Object>] = [:]

    var count: Int { content.count }

    mutating func put(_ object: Object, for store: Store<Object>) {
        let (key, stored) = store.box(object)
        content[key] = stored
    }

    mutating func remove(_ object: Object, for store: Store<Object>) {
        content[store.box(object).key] = nil
    }

    mutating func take() -> [ObjectKey: Stored<Object>] {
        defer { content = [:] }
        return content
    }
}
