import KubernetesClient
import KubernetesModel

/// What becomes of an object, given its owners.
enum GarbageDecision: Sendable, Hashable {
    enum OwnerState: Sendable, Hashable {
        /// It is there, and stays or goes by itself.
        case solid
        /// It is being deleted and waits for its dependents.
        case waiting
        /// It is gone.
        case absent
    }

    case keep
    /// An owner is left, so the object stays; the references to these (by uid) go.
    case unlink(Set<String>)
    case delete(DeleteOptions.Propagation)

    /// - Parameters:
    ///   - owners: the state of each owner, by uid.
    ///   - hasDependents: whether the object itself owns others.
    init(_ item: GarbageItem, owners: [String: OwnerState], hasDependents: Bool) {
        guard !item.isDeleting, !owners.isEmpty else {
            self = .keep
            return
        }
        let leaving = owners.filter { $0.value != .solid }
        if leaving.isEmpty {
            self = .keep
        } else if leaving.count < owners.count {
            self = .unlink(Set(leaving.keys))
        } else if item.finalizers.contains(GarbageItem.orphanFinalizer) {
            self = .delete(.orphan)
        } else if item.finalizers.contains(GarbageItem.foregroundFinalizer) {
            self = .delete(.foreground)
        } else if leaving.values.contains(.waiting), hasDependents {
            // Whoever waits for the object waits for all that hangs on it.
            self = .delete(.foreground)
        } else {
            self = .delete(.background)
        }
    }
}
