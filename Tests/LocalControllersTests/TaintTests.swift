import KubernetesModel
import Testing

@testable import LocalControllers

@Suite struct TaintTests {
    private func node(_ ready: String, taints: [Taint] = [], edit: (inout Node) -> Void = { _ in }) -> Node {
        var node = Samples.node("a", ready: ready)
        node.spec = NodeSpec(taints: taints)
        edit(&node)
        return node
    }

    private static let other = Taint(key: "team", value: "a", effect: "NoSchedule")

    @Test func `A node in trouble is tainted, and others' taints stay`() throws {
        let down = try #require(ConditionTaints.taints(of: node("Unknown", taints: [Self.other]), now: "now"))
        #expect(
            down == [
                Self.other, Taint(key: ConditionTaints.unreachable, effect: "NoSchedule", timeAdded: "now"),
                Taint(key: ConditionTaints.unreachable, effect: "NoExecute", timeAdded: "now"),
            ])
        #expect(ConditionTaints.taints(of: node("Unknown", taints: down), now: "later") == nil)
        #expect(ConditionTaints.taints(of: node("True", taints: down), now: "later") == [Self.other])
        let worse = ConditionTaints.taints(of: node("False", taints: down), now: "later")
        #expect(worse?.map(\.key) == ["team", ConditionTaints.notReady, ConditionTaints.notReady])
    }

    @Test func `A cordoned node and one under pressure take no new pods`() {
        let cordoned = node("True") { $0.spec?.unschedulable = true }
        #expect(ConditionTaints.taints(of: cordoned, now: "now")?.map(\.key) == [ConditionTaints.unschedulable])
        let full = node("True") {
            $0.status?.conditions?.append(NodeCondition(type: "DiskPressure", status: "True"))
        }
        #expect(ConditionTaints.taints(of: full, now: "now")?.map(\.key) == ["node.kubernetes.io/disk-pressure"])
    }

    private func eviction(_ tolerations: [Toleration], effect: String = "NoExecute", age: Int64 = 10) -> TaintEviction {
        var pod = Samples.pod("p")
        pod.spec.tolerations = tolerations
        let taint = Taint(key: "k", effect: effect, timeAdded: Timestamp.text(seconds: 1000))
        return TaintEviction(pod, on: node("True", taints: [taint]), now: 1000 + age)
    }

    @Test func `A pod leaves when it does not tolerate a taint, or no longer`() {
        #expect(eviction([]) == .after(seconds: 0))
        #expect(eviction([], effect: "NoSchedule") == .never)
        #expect(eviction([Toleration(key: "k", operator: "Exists")]) == .never)
        let bounded = [Toleration(key: "k", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30)]
        #expect(eviction(bounded) == .after(seconds: 20))
        #expect(eviction(bounded, age: 40) == .after(seconds: 0))
        // The first that tolerates it counts.
        #expect(eviction(bounded + [Toleration(operator: "Exists")]) == .after(seconds: 20))
        #expect(eviction([Toleration(operator: "Exists")] + bounded) == .never)
    }

    @Test func `On a silent node a pod stays as long as it tolerates that, or a shorter limit`() {
        let taint = Taint(
            key: ConditionTaints.unreachable, effect: "NoExecute", timeAdded: Timestamp.text(seconds: 1000))
        let silent = node("Unknown", taints: [taint])
        func eviction(_ toleration: Toleration, limit: Int64?) -> TaintEviction {
            var pod = Samples.pod("p")
            pod.spec.tolerations = [toleration]
            return TaintEviction(pod, on: silent, now: 1010, troubleLimit: limit)
        }
        let usual = Toleration(
            key: ConditionTaints.unreachable, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300)
        #expect(eviction(usual, limit: nil) == .after(seconds: 290))
        #expect(eviction(usual, limit: 60) == .after(seconds: 50))
        #expect(eviction(usual, limit: 500) == .after(seconds: 290))
        #expect(eviction(Toleration(operator: "Exists"), limit: 60) == .never)
        let foreign = node("True", taints: [Taint(key: "k", effect: "NoExecute", timeAdded: taint.timeAdded)])
        var pod = Samples.pod("p")
        pod.spec.tolerations = [Toleration(key: "k", operator: "Exists", tolerationSeconds: 300)]
        #expect(TaintEviction(pod, on: foreign, now: 1010, troubleLimit: 0) == .after(seconds: 290))
    }
}
