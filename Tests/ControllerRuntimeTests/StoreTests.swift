import KubernetesModel
import Testing

@testable import ControllerRuntime

@Suite("The store")
struct StoreTests {
    private func object(
        _ name: String, version: String = "1", uid: String? = nil, labels: [String: String]? = nil,
        owner: String? = nil,
        namespace: String = "n"
    ) -> ConfigMap {
        ConfigMap(
            metadata: ObjectMeta(
                name: name, namespace: namespace, uid: uid ?? "uid-\(name)", resourceVersion: version, labels: labels,
                ownerReferences: owner.map {
                    [OwnerReference(apiVersion: "v1", kind: "Pod", name: "owner", uid: $0, controller: true)]
                }))
    }

    private func store() -> Store<ConfigMap> { Store { $0.metadata } }

    @Test("finds objects by namespace, by owner, by label and by a function")
    func indexes() {
        let store = store()
        store.addIndex("colour", label: "colour")
        _ = store.put(object("a", labels: ["colour": "red"], owner: "o1"))
        _ = store.put(object("b", labels: ["colour": "blue"], owner: "o1", namespace: "m"))
        _ = store.put(object("c", labels: ["colour": "red"]))
        store.addIndex("initial") { [String($0.key.name.prefix(1))] }
        #expect(store.list(namespace: "m").map(\.key.name) == ["b"])
        #expect(store.byIndex("colour", "red").map(\.key.name) == ["a", "c"])
        #expect(Set(store.byIndex(Store<ConfigMap>.ownerIndex, "o1").map(\.key.name)) == ["a", "b"])
        #expect(store.byIndex("initial", "c").map(\.key.name) == ["c"])
        #expect(store.byIndex("unknown", "c").isEmpty)
    }

    @Test("an object that changes or goes leaves its old places in the indexes")
    func indexesFollow() {
        let store = store()
        store.addIndex("colour", label: "colour")
        _ = store.put(object("a", labels: ["colour": "red"]))
        _ = store.put(object("a", version: "2", labels: ["colour": "blue"]))
        #expect(store.byIndex("colour", "red").isEmpty)
        #expect(store.byIndex("colour", "blue").count == 1)
        _ = store.remove(object("a", version: "3", labels: ["colour": "blue"]))
        #expect(store.byIndex("colour", "blue").isEmpty)
        #expect(store.count == 0)
    }

    @Test("the version that is already there changes nothing")
    func sameVersion() {
        let store = store()
        #expect(store.put(object("a")).count == 1)
        #expect(store.put(object("a")).isEmpty)
        #expect(store.replace(with: [object("a")], version: "5").isEmpty)
        #expect(store.put(object("a", version: "6")).count == 1)
    }

    @Test("an object of the same name and another uid is told as a deletion and an addition")
    func replaced() {
        let store = store()
        _ = store.put(object("a"))
        let changes = store.put(object("a", version: "2", uid: "other"))
        guard changes.count == 2, case .deleted(let old) = changes[0], case .added(let new) = changes[1] else {
            Issue.record("unexpected \(changes)")
            return
        }
        #expect(old.metadata.uid == "uid-a" && new.metadata.uid == "other")
    }

    @Test("replacing one namespace leaves the others alone")
    func scoped() {
        let store = store()
        _ = store.replace(with: [object("a", namespace: "n")], version: "1", scope: "n")
        _ = store.replace(with: [object("b", namespace: "m")], version: "2", scope: "m")
        _ = store.replace(with: [], version: "3", scope: "n")
        #expect(store.list().map(\.key) == [ObjectKey(namespace: "m", name: "b")])
        #expect(store.hasSeen("3", namespace: "n"))
        #expect(!store.hasSeen("3", namespace: "m"))
    }

    @Test("resource versions are compared as numbers of any length")
    func versions() {
        #expect(ResourceVersion.isAtLeast("10", "9") == true)
        #expect(ResourceVersion.isAtLeast("9", "10") == false)
        #expect(ResourceVersion.isAtLeast("123456789012345678901", "99999999999999999999") == true)
        #expect(ResourceVersion.isAtLeast("7", "7") == true)
        #expect(ResourceVersion.isAtLeast("x", "7") == nil)
        #expect(ResourceVersion.isAtLeast("007", "7") == nil)
    }

    @Test("a barrier holds until the cache shows the write, and not for ever")
    func barrier() {
        let clock = ManualClock()
        let store = store()
        let barrier = WriteBarrier<ConfigMap>(patience: .seconds(30), time: TimeSource(clock))
        let key = ObjectKey(namespace: "n", name: "owner")
        _ = store.replace(with: [object("a", version: "5")], version: "5")
        #expect(!barrier.isBehind(key, store: store))
        barrier.wrote(object("a", version: "7"), for: key)
        #expect(barrier.isBehind(key, store: store))
        #expect(!barrier.isBehind(ObjectKey(namespace: "n", name: "other"), store: store))
        _ = store.put(object("a", version: "6"))
        #expect(barrier.isBehind(key, store: store))
        _ = store.put(object("a", version: "8"))
        #expect(!barrier.isBehind(key, store: store))

        barrier.deleted(object("a"), for: key)
        #expect(barrier.isBehind(key, store: store))
        _ = store.remove(object("a", version: "9"))
        #expect(!barrier.isBehind(key, store: store))

        // Created and gone again before the watch showed it: a bookmark beyond it is enough.
        barrier.wrote(object("b", version: "12"), for: key)
        #expect(barrier.isBehind(key, store: store))
        store.observe(version: "12")
        #expect(!barrier.isBehind(key, store: store))

        barrier.wrote(object("c", version: "20"), for: key)
        clock.advance(by: .seconds(29))
        #expect(barrier.isBehind(key, store: store))
        clock.advance(by: .seconds(2))
        #expect(!barrier.isBehind(key, store: store))
    }
}

@Suite("The store, for readers and for lists")
struct StoreSelectionTests {
    private func object(_ name: String, _ namespace: String, labels: [String: String], version: String = "1")
        -> ConfigMap
    {
        ConfigMap(
            metadata: ObjectMeta(
                name: name, namespace: namespace, uid: "uid-\(name)", resourceVersion: version, labels: labels),
            data: ["size": String(name.count)])
    }

    @Test func `objects are found by label selector and by a field that an index was made for`() throws {
        let store = Store<ConfigMap>(holding: [
            object("a", "n", labels: ["tier": "front"]), object("bb", "n", labels: ["tier": "back"]),
            object("cc", "m", labels: ["tier": "back", "old": ""]),
        ])
        let selector = try LabelSelectorExpression.parse("tier in (back),!old")
        #expect(store.list(labels: selector).map(\.key.name) == ["bb"])
        #expect(store.list(namespace: "m", labels: selector).isEmpty)
        store.addFieldIndex("size") { $0.data?["size"] }
        #expect(store.keys(byIndex: "size", "2") == [store.list()[0].key, store.list()[2].key])
        #expect(store.byIndex("size", "2", labels: selector).map(\.key.name) == ["bb"])
    }

    @Test func `a list that brings what is known already costs no second copy of it`() {
        let store = Store<ConfigMap>(holding: [object("a", "n", labels: [:]), object("b", "n", labels: [:])])
        let old = store.box(object("a", "n", labels: [:])).stored
        var draft = StoreDraft<ConfigMap>()
        draft.put(object("a", "n", labels: [:]), for: store)
        draft.put(object("b", "n", labels: [:], version: "2"), for: store)
        let changes = store.replace(with: &draft, version: "2")
        #expect(changes.count == 1)
        #expect(store.box(object("a", "n", labels: [:])).stored === old)
    }
}
