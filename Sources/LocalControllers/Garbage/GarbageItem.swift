import KubernetesModel
import StructuredData

/// What garbage collection knows of an object: its identity, its owners, and whether it is being deleted.
struct GarbageItem: Sendable, Hashable {
    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    var resource: ResourceType
    var key: ObjectKey
    var uid: String
    var owners: [OwnerReference]
    var finalizers: [String]
    var isDeleting: Bool

    init?(_ resource: ResourceType, _ metadata: ObjectMeta) {
        guard let uid = metadata.uid, let name = metadata.name else { return nil }
        self.resource = resource
        self.uid = uid
        key = ObjectKey(namespace: metadata.namespace ?? "", name: name)
        owners = metadata.ownerReferences ?? []
        finalizers = metadata.finalizers ?? []
        isDeleting = metadata.deletionTimestamp != nil
    }

    init?(_ resource: ResourceType, _ object: DynamicObject) {
        guard let uid = object.uid, let name = object.name else { return nil }
        self.resource = resource
        self.uid = uid
        key = ObjectKey(namespace: object.namespace ?? "", name: name)
        owners = object.ownerReferences
        finalizers = object.finalizers
        isDeleting = object.isDeleting
    }

    /// Whether its deletion waits until its dependents are gone.
    var waitsForDependents: Bool { isDeleting && finalizers.contains(Self.foregroundFinalizer) }
    /// Whether its deletion waits until its dependents own themselves.
    var orphansDependents: Bool { isDeleting && finalizers.contains(Self.orphanFinalizer) }

    func blocks(_ owner: String) -> Bool { owners.contains { $0.uid == owner && $0.blockOwnerDeletion == true } }
}
