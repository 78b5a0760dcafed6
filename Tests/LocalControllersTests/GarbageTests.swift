import KubernetesClient
import KubernetesModel
import Testing

@testable import LocalControllers

@Suite struct GarbageTests {
    private func item(
        _ uid: String, owners: [String] = [], blocking: Bool = true, deleting: Bool = false, finalizers: [String] = []
    ) -> GarbageItem {
        let references = owners.map {
            OwnerReference(
                apiVersion: "apps/v1", kind: "ReplicaSet", name: $0, uid: $0, blockOwnerDeletion: blocking ? true : nil)
        }
        let metadata = ObjectMeta(
            name: uid, namespace: "n", uid: uid, deletionTimestamp: deleting ? "t" : nil, ownerReferences: references,
            finalizers: finalizers)
        guard let item = GarbageItem(Pod.resource, metadata) else { preconditionFailure("it has a uid") }
        return item
    }

    private let foreground = GarbageItem.foregroundFinalizer

    @Test func `Dependents are looked at when their owner goes`() {
        var graph = GarbageGraph()
        #expect(graph.put(item("owner")).isEmpty)
        #expect(graph.put(item("a", owners: ["owner"])).isEmpty)
        #expect(graph.put(item("b", owners: ["owner"])).isEmpty)
        #expect(graph.remove("owner") == ["a", "b"])
        #expect(graph.isAbsent("owner"))
    }

    @Test func `A dependent whose owner is not known is looked at`() {
        var graph = GarbageGraph()
        #expect(graph.put(item("a", owners: ["owner"])) == ["a"])
        #expect(graph.put(item("a", owners: ["owner"])).isEmpty)
        #expect(!graph.isAbsent("owner"))
    }

    @Test func `An owner that waits is looked at when a dependent goes or lets go of it`() {
        var graph = GarbageGraph()
        _ = graph.put(item("owner"))
        _ = graph.put(item("a", owners: ["owner"]))
        _ = graph.put(item("b", owners: ["owner"]))
        #expect(graph.put(item("owner", deleting: true, finalizers: [foreground])) == ["owner", "a", "b"])
        #expect(graph.remove("a") == ["owner"])
        #expect(graph.put(item("b")).contains("owner"))
        #expect(graph.dependents(of: "owner").isEmpty)
    }

    @Test func `The end of a kind is the end of its objects`() {
        var graph = GarbageGraph()
        _ = graph.put(item("owner"))
        _ = graph.put(item("kept"))
        _ = graph.put(item("a", owners: ["owner"]))
        #expect(graph.retain(["kept", "a"], group: "", kind: "Pod") == ["a"])
        #expect(graph.items.keys.sorted() == ["a", "kept"])
        #expect(graph.retain([], group: "apps", kind: "Pod").isEmpty)
    }

    @Test func `What has been gone for long is forgotten, what went lately is not`() {
        var graph = GarbageGraph()
        for number in 0...GarbageGraph.absentLimit { graph.noteAbsent("\(number)") }
        #expect(!graph.isAbsent("0"))
        #expect(graph.isAbsent("\(GarbageGraph.absentLimit)"))
    }

    @Test func `An object goes when all its owners are gone, and keeps to the living one otherwise`() {
        let item = item("a", owners: ["x", "y"])
        #expect(GarbageDecision(item, owners: ["x": .solid, "y": .solid], hasDependents: false) == .keep)
        #expect(GarbageDecision(item, owners: ["x": .absent, "y": .solid], hasDependents: false) == .unlink(["x"]))
        #expect(
            GarbageDecision(item, owners: ["x": .absent, "y": .absent], hasDependents: true) == .delete(.background))
        #expect(GarbageDecision(item, owners: [:], hasDependents: false) == .keep)
    }

    @Test func `An owner that waits makes its dependents wait for theirs`() {
        let item = item("a", owners: ["x"])
        #expect(GarbageDecision(item, owners: ["x": .waiting], hasDependents: true) == .delete(.foreground))
        #expect(GarbageDecision(item, owners: ["x": .waiting], hasDependents: false) == .delete(.background))
    }

    @Test func `What is being deleted already is left alone, and an orphan finalizer is honoured`() {
        #expect(
            GarbageDecision(item("a", owners: ["x"], deleting: true), owners: ["x": .absent], hasDependents: false)
                == .keep)
        let orphaning = item("a", owners: ["x"], finalizers: [GarbageItem.orphanFinalizer])
        #expect(GarbageDecision(orphaning, owners: ["x": .absent], hasDependents: false) == .delete(.orphan))
    }

    @Test func `A kind is found in the version asked for or else in another`() {
        let resources = [
            ResourceType(group: "g.io", version: "v1", kind: "Thing", plural: "things", namespaced: true),
            ResourceType(group: "", version: "v1", kind: "Thing", plural: "things", namespaced: true),
        ]
        #expect(KindDirectory.find("g.io/v1alpha1", "Thing", in: resources)?.version == "v1")
        #expect(KindDirectory.find("v1", "Thing", in: resources)?.group == "")
        #expect(KindDirectory.find("other.io/v1", "Thing", in: resources) == nil)
    }
}
