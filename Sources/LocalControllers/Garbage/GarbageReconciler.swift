import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Deletes objects whose owners are gone, and sees foreground and orphaning deletions through. Keys are uids.
///
/// Flow: the graph names an object; where it is being deleted in the foreground or orphaning its dependents, that goes on; else
/// its owners are classified, and `GarbageDecision` says what becomes of it. Guarantees: an owner counts as gone only if its
/// deletion was seen or the server, asked now, has no object of its name and uid; the object is read afresh and deleted with its
/// uid and version as preconditions. Caveat: an owner of a kind that the server does not have blocks for ever, since the kind
/// may come back.
struct GarbageReconciler: Reconciler {
    private static let unknownKindPause = Duration.seconds(30)

    private let client: KubernetesClient
    private let graph: SharedGarbageGraph
    private let directory: KindDirectory
    private let logger: Logger

    init(client: KubernetesClient, graph: SharedGarbageGraph, directory: KindDirectory, logger: Logger) {
        self.client = client
        self.graph = graph
        self.directory = directory
        self.logger = logger
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let item = graph.read({ $0.items[key.name] }) else { return .done }
        if item.waitsForDependents {
            try await continueForeground(item)
            return .done
        }
        if item.orphansDependents {
            try await orphanDependents(of: item)
            return .done
        }
        guard !item.isDeleting, !item.owners.isEmpty, !areOwnersKnownSolid(item) else { return .done }
        return try await collect(item)
    }

    private func areOwnersKnownSolid(_ item: GarbageItem) -> Bool {
        graph.read { graph in item.owners.allSatisfy { graph.items[$0.uid].map { !$0.waitsForDependents } ?? false } }
    }

    // MARK: Dependents of owners that go

    private func collect(_ cached: GarbageItem) async throws -> ReconcileResult {
        guard let object = try await client.get(DynamicObject.self, cached.key, of: cached.resource),
            let item = GarbageItem(cached.resource, object), item.uid == cached.uid
        else { return .done }
        var owners: [String: GarbageDecision.OwnerState] = [:]
        for owner in item.owners {
            guard let state = try await state(of: owner, for: item) else {
                return .requeue(after: Self.unknownKindPause)
            }
            owners[owner.uid] = state
        }
        let hasDependents = graph.read { $0.hasDependents(item.uid) }
        switch GarbageDecision(item, owners: owners, hasDependents: hasDependents) {
        case .keep: break
        case .unlink(let uids):
            _ = try await client.setOwnerReferences(
                item.owners.filter { !uids.contains($0.uid) }, of: item.resource, item.key, uid: item.uid,
                resourceVersion: object.resourceVersion)
        case .delete(let propagation):
            var version = object.resourceVersion
            if propagation == .foreground, waitsInCircle(item) {
                guard let unblocked = try await unblock(item, version) else { return .done }
                version = unblocked
            }
            try await client.remove(
                item.resource, item.key, uid: item.uid, resourceVersion: version, propagation: propagation)
            logger.debug("deleted \(item.resource.qualifiedKind) \(item.key), whose owners are gone")
        }
        return .done
    }

    /// Whether the object would wait for one that may itself wait for the object. Where that is no circle, an owner goes a little
    /// earlier than it had to, and nothing else is different.
    private func waitsInCircle(_ item: GarbageItem) -> Bool {
        graph.read { graph in graph.dependents(of: item.uid).contains(where: \.waitsForDependents) }
    }

    /// Has its owners wait for the object no more.
    /// - Returns: the version that it has then; `nil` where it is gone.
    private func unblock(_ item: GarbageItem, _ version: String?) async throws -> String? {
        let references = item.owners.map { reference in
            var reference = reference
            reference.blockOwnerDeletion = false
            return reference
        }
        let written = try await client.setOwnerReferences(
            references, of: item.resource, item.key, uid: item.uid, resourceVersion: version)
        return written?["metadata"]?["resourceVersion"]?.stringValue
    }

    /// `nil` where the owner's kind is unknown.
    private func state(
        of owner: OwnerReference, for item: GarbageItem
    ) async throws -> GarbageDecision.OwnerState? {
        let known: GarbageDecision.OwnerState? = graph.read { graph in
            if let item = graph.items[owner.uid] { return item.waitsForDependents ? .waiting : .solid }
            return graph.isAbsent(owner.uid) ? .absent : nil
        }
        if let known { return known }
        guard let resource = try await directory.resource(apiVersion: owner.apiVersion, kind: owner.kind) else {
            logger.notice("\(item.resource.qualifiedKind) \(item.key) is owned by unknown kind \(owner.kind)")
            return nil
        }
        if resource.namespaced, !item.resource.namespaced {
            // Such a reference names nothing; deleting for it would be wrong.
            logger.notice("cluster-wide \(item.resource.qualifiedKind) \(item.key) cannot be owned by a \(owner.kind)")
            return .solid
        }
        let key = ObjectKey(namespace: resource.namespaced ? item.key.namespace : "", name: owner.name)
        guard let live = try await client.get(DynamicObject.self, key, of: resource), live.uid == owner.uid,
            let liveOwner = GarbageItem(resource, live)
        else {
            graph.change { graph in
                graph.noteAbsent(owner.uid)
                return []
            }
            return .absent
        }
        return liveOwner.waitsForDependents ? .waiting : .solid
    }

    // MARK: Owners that go

    private func continueForeground(_ owner: GarbageItem) async throws {
        let dependents = graph.read { $0.dependents(of: owner.uid) }
        // Dependents are looked at by themselves, when their owner begins to wait; what is left here is whether it may go.
        guard !dependents.contains(where: { $0.blocks(owner.uid) }) else { return }
        try await removeFinalizer(GarbageItem.foregroundFinalizer, of: owner)
    }

    private func orphanDependents(of owner: GarbageItem) async throws {
        let dependents = graph.read { $0.dependents(of: owner.uid) }
        try await concurrently(dependents, limit: 8) { [client] dependent in
            guard let live = try await client.get(DynamicObject.self, dependent.key, of: dependent.resource),
                live.uid == dependent.uid
            else { return }
            let references = live.ownerReferences
            let rest = references.filter { $0.uid != owner.uid }
            guard rest.count < references.count else { return }
            _ = try await client.setOwnerReferences(
                rest, of: dependent.resource, dependent.key, uid: dependent.uid, resourceVersion: live.resourceVersion)
        }
        try await removeFinalizer(GarbageItem.orphanFinalizer, of: owner)
    }

    private func removeFinalizer(_ finalizer: String, of item: GarbageItem) async throws {
        guard let live = try await client.get(DynamicObject.self, item.key, of: item.resource), live.uid == item.uid,
            live.finalizers.contains(finalizer)
        else { return }
        let rest = live.finalizers.filter { $0 != finalizer }
        _ = try await client.change(
            item.resource, item.key, uid: item.uid, resourceVersion: live.resourceVersion,
            ["metadata": ["finalizers": rest.isEmpty ? .null : JSON(rest)]])
    }
}
