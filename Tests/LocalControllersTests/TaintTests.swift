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
        #expect(eviction(bounded + [Toleration(operator: "Exists")]) == .never)
    }
}
