import ControllerRuntime
import KubernetesModel
import TestSupport
import Testing

@Suite("What a controller hears of")
struct WatchMappingTests {
    /// Objects that never change.
    private struct FixedObjects: ListWatch {
        var objects: [ConfigMap]

        func metadata(of object: ConfigMap) -> ObjectMeta { object.metadata }

        func list(limit: Int?, continueToken: String?) async throws -> ListPage<ConfigMap> {
            ListPage(objects: objects, resourceVersion: "1")
        }

        func watch(
            from resourceVersion: String, timeoutSeconds: Int, onEvent: (ListWatchEvent<ConfigMap>) -> Void
        ) async throws {
            try await untilCancelled()
        }
    }

    private let controller = Controller(name: "test", reconciler: ReconcileFunction { _ in .done })

    /// The keys that are to be reconciled once these objects have been seen by a controller that watches them as `register` says.
    private func keys(
        _ objects: ConfigMap..., register: (Informer<ConfigMap>) -> Void
    ) async throws -> Set<ObjectKey> {
        let informer = Informer(name: "configmaps", listWatches: ["": FixedObjects(objects: objects)])
        register(informer)
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        run.cancel()
        _ = await run.result
        var keys: Set<ObjectKey> = []
        while controller.queue.count > 0, let key = await controller.queue.next() {
            keys.insert(key)
            controller.queue.done(key)
        }
        return keys
    }

    private func owned(_ name: String, by owner: OwnerReference...) -> ConfigMap {
        ConfigMap(metadata: ObjectMeta(name: name, namespace: "n", ownerReferences: owner))
    }

    private func owner(
        _ name: String, kind: String = "Widget", apiVersion: String = "example.com/v1", controls: Bool? = true
    ) -> OwnerReference {
        OwnerReference(apiVersion: apiVersion, kind: kind, name: name, uid: "uid-\(name)", controller: controls)
    }

    private func widget(namespaced: Bool = true) -> ResourceType {
        ResourceType(group: "example.com", version: "v2", kind: "Widget", plural: "widgets", namespaced: namespaced)
    }

    @Test func `owners of the kind hear of what they control, whatever the version says, and nobody else does`()
        async throws
    {
        let keys = try await keys(
            owned("a", by: owner("mine")), owned("b", by: owner("only-mentioned", controls: nil)),
            owned("c", by: owner("other-kind", kind: "Gadget")),
            owned("d", by: owner("other-group", apiVersion: "example.org/v1")),
            owned("e", by: owner("core", apiVersion: "v1")), owned("f"),
            owned("g", by: owner("first", controls: false), owner("second"))
        ) { controller.owns($0, owner: widget()) }
        #expect(keys == [ObjectKey(namespace: "n", name: "mine"), ObjectKey(namespace: "n", name: "second")])
    }

    @Test func `owners without a namespace are known by their name alone`() async throws {
        let keys = try await keys(owned("a", by: owner("wide"))) {
            controller.owns($0, owner: widget(namespaced: false))
        }
        #expect(keys == [ObjectKey(namespace: "", name: "wide")])
    }

    @Test func `an object is told to the one that its label names, in the same namespace`() async throws {
        let keys = try await keys(
            ConfigMap(metadata: ObjectMeta(name: "a", namespace: "n", labels: ["part-of": "whole"])),
            ConfigMap(metadata: ObjectMeta(name: "b", namespace: "n", labels: ["part-of": ""])),
            ConfigMap(metadata: ObjectMeta(name: "c", namespace: "n", labels: ["other": "whole"]))
        ) { controller.watches($0, label: "part-of") }
        #expect(keys == [ObjectKey(namespace: "n", name: "whole")])
    }

    @Test func `predicates look at labels and annotations, and can be joined`() {
        let plain = ConfigMap(metadata: ObjectMeta(name: "a", generation: 1))
        var labelled = plain
        labelled.metadata.labels = ["a": "b"]
        var annotated = plain
        annotated.metadata.annotations = ["a": "b"]
        typealias Predicate = ControllerRuntime.Predicate<ConfigMap>
        func accepted(_ predicate: Predicate) -> [Bool] {
            [
                predicate(.updated(old: plain, new: plain)), predicate(.updated(old: plain, new: labelled)),
                predicate(.updated(old: plain, new: annotated)), predicate(.updated(old: labelled, new: annotated)),
                predicate(.added(plain)), predicate(.deleted(plain)),
            ]
        }
        #expect(accepted(.labelsChanged) == [false, true, false, true, true, true])
        #expect(accepted(.annotationsChanged) == [false, false, true, true, true, true])
        #expect(accepted(.labelsChanged || .annotationsChanged) == [false, true, true, true, true, true])
        #expect(accepted(.labelsChanged && .annotationsChanged) == [false, false, false, true, true, true])
        #expect(accepted(.all) == Array(repeating: true, count: 6))
    }
}
