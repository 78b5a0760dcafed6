import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization

/// Creates pods for the owners of one kind.
///
/// Guarantees: what would make every creation fail is met once, not once a pod; a creation whose answer was lost is remembered
/// as a doubt, until the owner has asked the server what there is.
struct PodCreation: Sendable {
    let client: KubernetesClient
    let barrier: WriteBarrier<Pod>
    private let doubts = Doubts()

    init(client: KubernetesClient, barrier: WriteBarrier<Pod>) {
        self.client = client
        self.barrier = barrier
    }

    /// Creates in batches of 1, 2, 4, …; in a namespace that is being deleted it leaves off.
    func create(
        _ bodies: [JSON], namespace: String?, for owner: ObjectKey,
        onCreated: @escaping @Sendable (Pod) -> Void = { _ in }
    ) async throws {
        var missing = bodies[...]
        var batch = 1
        while !missing.isEmpty {
            do {
                try await concurrently(missing.prefix(batch)) { body in
                    let created = try await client.create(Pod.resource, body, namespace: namespace)
                        .decode(Pod.self)
                    barrier.wrote(created, for: owner)
                    onCreated(created)
                }
            } catch let status as KubernetesStatus {
                // Nothing was made. In a namespace that is being deleted nothing ever will be.
                if status.details?.causes?.contains(where: { $0.reason == "NamespaceTerminating" }) == true { return }
                throw status
            } catch {
                doubts.add(owner)
                throw error
            }
            missing = missing.dropFirst(batch)
            batch *= 2
        }
    }

    /// Whether a pod may have been created for `owner` without our hearing of it.
    func isInDoubt(_ owner: ObjectKey) -> Bool { doubts.contains(owner) }

    /// The cache may be trusted again once it shows `pods`, read from the server.
    func settle(_ owner: ObjectKey, with pods: [Pod]) {
        for pod in pods { barrier.wrote(pod, for: owner) }
        doubts.clear(owner)
    }

    func forget(_ owner: ObjectKey) {
        doubts.clear(owner)
        barrier.forget(owner)
    }
}

private final class Doubts: Sendable {
    private let keys = Mutex<Set<ObjectKey>>([])

    func contains(_ key: ObjectKey) -> Bool { keys.withLock { $0.contains(key) } }
    func add(_ key: ObjectKey) { keys.withLock { _ = $0.insert(key) } }
    func clear(_ key: ObjectKey) { keys.withLock { _ = $0.remove(key) } }
}

/// The pod that an owner's template describes.
enum PodFromTemplate {
    static func pod<Owner>(of owner: Templated<Owner>) throws -> JSON {
        var metadata: JSON = [:]
        for field in ["labels", "annotations", "finalizers"] {
            metadata[field] = owner.template["metadata"]?[field]
        }
        metadata["generateName"] = .string("\(owner.metadata.name ?? "")-")
        metadata["namespace"] = .string(owner.metadata.namespace ?? "")
        metadata["ownerReferences"] = try JSON(encoding: [owner.object.ownerReference()].compactMap { $0 })
        return [
            "apiVersion": .string(Pod.resource.apiVersion), "kind": .string(Pod.resource.kind), "metadata": metadata,
            "spec": owner.template["spec"] ?? [:],
        ]
    }
}
