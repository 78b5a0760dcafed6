import KubernetesModel
import Logging
import StructuredData

/// Accepts the names of CustomResourceDefinitions, and clears up behind those that are deleted.
///
/// Both happen within the request that asks for them; `run()` does what a kill of the process, or a finalizer, left undone.
final class CustomResourceKeeper: Sendable {
    static let finalizer = "customresourcecleanup.apiextensions.k8s.io"
    private static let retrySeconds = 1

    private let store: ObjectStore
    private let unreadable: UnreadableObjects
    private let logger: Logger
    private let now: @Sendable () -> Double

    init(
        store: ObjectStore, unreadable: UnreadableObjects, logger: Logger, now: @escaping @Sendable () -> Double
    ) {
        self.store = store
        self.unreadable = unreadable
        self.logger = logger
        self.now = now
    }

    /// Looks after every definition until cancelled.
    func run() async {
        while !Task.isCancelled {
            var isWaiting = false
            let (definitions, version) = store.objects(of: ResourceRegistry.customResourceDefinitions)
            for stored in definitions {
                if await !settle(stored.location.name) { isWaiting = true }
            }
            guard
                let watch = try? store.watch(
                    ResourceRegistry.customResourceDefinitions, namespace: nil, after: version)
            else { return }
            await waitForChange(watch, isWaiting: isWaiting)
        }
    }

    private func waitForChange(_ watch: ObjectWatch, isWaiting: Bool) async {
        defer { watch.close() }
        // Objects with finalizers go when their owners let them; that is seen by looking again.
        async let _: Void = {
            guard isWaiting else { return }
            try? await Task.sleep(for: .seconds(Self.retrySeconds))
            watch.close()
        }()
        guard watch.backlog.isEmpty else { return }
        while let notices = await watch.inbox.next() {
            for case .change in notices { return }
        }
        // A watch ends without a change when it is time to look again, or when the store stops.
        if !isWaiting { try? await Task.sleep(for: .seconds(Self.retrySeconds)) }
    }

    /// - Returns: whether nothing is left to do.
    private func settle(_ name: String) async -> Bool {
        guard let object = definition(name).flatMap(unreadable.read) else { return true }
        if object["metadata"]?["deletionTimestamp"] != nil { return await collect(name) }
        await establish(name)
        return true
    }

    private func definition(_ name: String) -> StoredObject? {
        store.object(
            at: ObjectLocation(
                resource: ResourceRegistry.customResourceDefinitions, namespace: "", name: name))
    }

    // MARK: Acceptance

    /// Writes the conditions and the accepted names, if they are not there.
    func establish(_ name: String) async {
        await change(name) { crd in
            guard crd["metadata"]?["deletionTimestamp"] == nil else { return false }
            let before = crd
            NameAcceptance(besides: self.others(inGroupOf: crd))
                .settle(&crd, time: Timestamp.text(seconds: Int64(self.now())))
            var stored = (crd["status"]?["storedVersions"]?.arrayValue ?? []).compactMap(\.stringValue)
            for version in crd["spec"]?["versions"]?.arrayValue ?? [] where version["storage"]?.boolValue == true {
                if let name = version["name"]?.stringValue, !stored.contains(name) { stored.append(name) }
            }
            crd.set(JSON(stored), at: ["status", "storedVersions"])
            return crd != before
        }
    }

    private func others(inGroupOf crd: JSON) -> [JSON] {
        let name = crd["metadata"]?["name"]?.stringValue ?? ""
        return store.objects(of: ResourceRegistry.customResourceDefinitions).objects.compactMap { stored in
            guard stored.location.name != name, let other = unreadable.read(stored),
                other["spec"]?["group"] == crd["spec"]?["group"]
            else { return nil }
            return other
        }
    }

    // MARK: Collection

    /// Deletes the objects of a definition that is being deleted, and then the definition.
    /// - Returns: whether it is gone.
    @discardableResult
    func collect(_ name: String) async -> Bool {
        guard let crd = definition(name).flatMap(unreadable.read) else { return true }
        let group = crd["spec"]?["group"]?.stringValue ?? ""
        let plural = crd["spec"]?["names"]?["plural"]?.stringValue ?? ""
        let resource = "\(group)/\(plural)"
        let time = Timestamp.text(seconds: Int64(now()))
        for stored in store.objects(of: resource).objects {
            guard var object = unreadable.read(stored) else { continue }
            let finalizers = object["metadata"]?["finalizers"]?.arrayValue ?? []
            let kind: ObjectWrite.Kind
            if finalizers.isEmpty {
                kind = .delete(expected: stored.resourceVersion)
            } else if object["metadata"]?["deletionTimestamp"] == nil {
                object.set(.string(time), at: ["metadata", "deletionTimestamp"])
                object.set(0, at: ["metadata", "deletionGracePeriodSeconds"])
                kind = .update(
                    expected: stored.resourceVersion, StoredContent(object: object, fields: stored.fields))
            } else {
                continue
            }
            // Another write came between: the next look sees it.
            _ = try? await store.commit(ObjectWrite(location: stored.location, kind: kind))
        }
        guard store.objects(of: resource).objects.isEmpty else { return false }
        await change(name) { crd in
            let finalizers = (crd["metadata"]?["finalizers"]?.arrayValue ?? []).filter { $0 != .string(Self.finalizer) }
            crd.set(finalizers.isEmpty ? JSON?.none : .array(finalizers), at: ["metadata", "finalizers"])
            return true
        }
        return definition(name) == nil
    }

    /// Reads, changes and writes a definition; one that nothing keeps any more is removed.
    private func change(_ name: String, _ change: (inout JSON) -> Bool) async {
        for _ in 0..<20 {
            guard let stored = definition(name), let live = unreadable.read(stored) else { return }
            var crd = live
            guard change(&crd) else { return }
            let isOver =
                crd["metadata"]?["deletionTimestamp"] != nil
                && (crd["metadata"]?["finalizers"]?.arrayValue ?? []).isEmpty
            do {
                _ = try await store.commit(
                    ObjectWrite(
                        location: stored.location,
                        kind: isOver
                            ? .delete(expected: stored.resourceVersion)
                            : .update(
                                expected: stored.resourceVersion,
                                StoredContent(object: crd, fields: stored.fields))))
                return
            } catch StoreError.conflict {
                continue
            } catch {
                logger.warning("a definition could not be written", metadata: ["name": "\(name)", "error": "\(error)"])
                return
            }
        }
    }
}
