import ControllerRuntime
import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct ReplicaSetPlanTests {
    private func plan(_ replicas: Int, _ pods: [Pod], burst: Int = 500) -> ReplicaSetPlan {
        ReplicaSetPlan(Samples.set("a", replicas: replicas), pods: pods, burstLimit: burst) { _ in true }
    }

    @Test func `Missing pods are created and surplus ones deleted, a burst at a time`() {
        #expect(plan(3, []).step == .create(3))
        #expect(plan(1, [Samples.pod("a")]).step == .none)
        #expect(plan(0, [Samples.pod("a"), Samples.pod("b")]).step == .delete(2))
        #expect(plan(9, [], burst: 4).step == .create(4))
    }

    @Test func `Ended pods and pods that are being deleted are replaced`() {
        let pods = [
            Samples.pod("a"), Samples.pod("b", phase: "Failed"), Samples.pod("c", phase: "Succeeded"),
            Samples.pod("d", deleting: true),
        ]
        let plan = plan(2, pods)
        #expect(plan.step == .create(1))
        #expect(plan.status.replicas == 1)
    }

    @Test func `The status counts what is there`() {
        var unlabelled = Samples.pod("c")
        unlabelled.metadata.labels = [:]
        let set = Samples.set("a", replicas: 3)
        let pods = [Samples.pod("a"), Samples.pod("b", ready: false), unlabelled]
        let status = ReplicaSetPlan(set, pods: pods, burstLimit: 500) { $0.metadata.name == "a" }.status
        #expect(status.replicas == 3)
        #expect(status.readyReplicas == 2)
        #expect(status.availableReplicas == 1)
        #expect(status.fullyLabeledReplicas == 2)
        #expect(status.observedGeneration == 1)
    }

    @Test func `A set that is being deleted creates nothing`() {
        var set = Samples.set("a", replicas: 3)
        set.object.metadata.deletionTimestamp = Timestamp.text(seconds: 1)
        #expect(ReplicaSetPlan(set, pods: [], burstLimit: 500) { _ in true }.step == .none)
    }

    @Test func `The first failure stays until it is over`() {
        var plan = plan(3, [])
        plan.setFailure(reason: "FailedCreate", message: "one", now: "t1")
        plan.setFailure(reason: "FailedCreate", message: "two", now: "t2")
        #expect(plan.status.conditions?["ReplicaFailure"]?.message == "one")
        plan.setFailure(reason: "FailedCreate", message: nil, now: "t3")
        #expect(plan.status.conditions == nil)
    }

    @Test func `Victims are those whose loss costs least`() {
        let pods = [
            Samples.pod("oldest", created: 1), Samples.pod("newest", created: 9),
            Samples.pod("costly", cost: 10, created: 99), Samples.pod("cheap", cost: -10, created: 0),
            Samples.pod("unready", ready: false, cost: 99),
            Samples.pod("pending", phase: "Pending", ready: false, cost: 99),
            Samples.pod("unscheduled", node: nil, phase: "Pending", ready: false, cost: 99),
            Samples.pod("restarted", created: 1, restarts: 3), Samples.pod("lately ready", readySince: 5),
        ]
        let order = VictimOrder.victims(of: pods.reversed(), count: pods.count).compactMap(\.metadata.name)
        #expect(
            order == [
                "unscheduled", "pending", "unready", "cheap", "lately ready", "restarted", "newest", "oldest", "costly",
            ])
        #expect(VictimOrder.victims(of: pods, count: -1).isEmpty)
    }

    @Test func `Of equal pods the one on the crowded node goes first`() {
        let pods = [Samples.pod("a", node: "one"), Samples.pod("b", node: "two"), Samples.pod("c", node: "two")]
        #expect(VictimOrder.victims(of: pods, count: 1).first?.spec.nodeName == "two")
    }

    @Test func `A pod's body is the template with the set as its controller`() throws {
        let body = try PodFromTemplate.pod(of: Samples.set("a", replicas: 1))
        #expect(body["spec"] == Samples.template()["spec"])
        #expect(body["metadata"]?["generateName"] == "a-")
        #expect(body["metadata"]?["ownerReferences"]?[0]?["uid"] == "uid-a")
    }

    @Test func `Pods are adopted by the selector and released when they leave it`() throws {
        var mine = Samples.pod("mine")
        mine.metadata.ownerReferences = [
            OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: "a", uid: "uid-a", controller: true)
        ]
        var lost = mine
        lost.metadata.name = "lost"
        lost.metadata.labels = ["app": "other"]
        var foreign = mine
        foreign.metadata.ownerReferences?[0].uid = "another"
        let set = Samples.set("a", replicas: 1)
        let selector = try set.object.spec.selector.expression()
        let candidates = [mine, lost, foreign, Samples.pod("orphan"), Samples.pod("going", deleting: true)]
        let claim = OwnershipClaim(owner: set.metadata, selector: selector, candidates: candidates)
        #expect(claim.kept.map(\.metadata.name) == ["mine"])
        #expect(claim.adopted.map(\.metadata.name) == ["orphan"])
        #expect(claim.released.map(\.metadata.name) == ["lost"])
        var deleting = set.metadata
        deleting.deletionTimestamp = Timestamp.text(seconds: 1)
        let last = OwnershipClaim(owner: deleting, selector: selector, candidates: candidates)
        #expect(last.adopted.isEmpty && last.released.isEmpty)
    }
}
