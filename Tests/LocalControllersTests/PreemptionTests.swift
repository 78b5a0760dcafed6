import ControllerRuntime
import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct PreemptionTests {
    private func pod(_ name: String, cpu: Int64, priority: Int, on node: String? = nil, since: String? = nil) -> Pod {
        var pod = Samples.pod(name, node: node, phase: node == nil ? "Pending" : "Running")
        var container = Container(name: "main")
        container.resources = ResourceRequirements(requests: ["cpu": Quantity(cpu)])
        pod.spec.containers = [container]
        pod.spec.priority = priority
        pod.status?.startTime = since
        return pod
    }

    private func node(_ name: String, cpu: Int64 = 4) -> Node {
        var node = Samples.node(name)
        node.status?.allocatable = ["cpu": Quantity(cpu), "pods": Quantity(10)]
        return node
    }

    private func choose(
        _ pod: Pod, _ nodes: [Node], _ others: [Pod], promised: [PlacedPod] = [], budgets: [PodDisruptionBudget] = []
    ) -> NodeChoice.Outcome {
        var view = Samples.view(nodes, others.map { PlacedPod($0, on: $0.spec.nodeName ?? "") })
        view.promised = promised
        view.budgets = budgets
        return NodeChoice.choose(for: pod, images: [], in: view)
    }

    private func victims(_ outcome: NodeChoice.Outcome) -> [String]? {
        guard case .preempt(let preemption, _) = outcome else { return nil }
        return [preemption.node] + preemption.victims.map(\.key.name).sorted()
    }

    @Test func `As few and as unimportant pods as possible make room`() {
        let others = [
            pod("low", cpu: 1, priority: 1, on: "a"), pod("mid", cpu: 2, priority: 5, on: "a"),
            pod("high", cpu: 1, priority: 100, on: "a"),
        ]
        #expect(victims(choose(pod("p", cpu: 1, priority: 50), [node("a")], others)) == ["a", "low"])
        #expect(victims(choose(pod("p", cpu: 2, priority: 50), [node("a")], others)) == ["a", "mid"])
        #expect(victims(choose(pod("p", cpu: 3, priority: 50), [node("a")], others)) == ["a", "low", "mid"])
        guard case .nowhere(let message) = choose(pod("p", cpu: 4, priority: 50), [node("a")], others) else {
            Issue.record("a pod would have to make room that is more important")
            return
        }
        #expect(
            message.hasSuffix("preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."))
    }

    @Test func `The node whose victims matter least is chosen`() {
        let others = [
            pod("b-low", cpu: 2, priority: 1, on: "b"), pod("b-other", cpu: 2, priority: 1, on: "b"),
            pod("a-mid", cpu: 4, priority: 5, on: "a"), pod("c-low", cpu: 4, priority: 1, on: "c"),
        ]
        let nodes = ["a", "b", "c"].map { node($0) }
        #expect(victims(choose(pod("p", cpu: 4, priority: 50), nodes, others)) == ["c", "c-low"])
    }

    @Test func `Pods that a disruption budget wants to keep make room only where no others can`() {
        func budget(_ name: String, allowed: Int) -> PodDisruptionBudget {
            var budget = PodDisruptionBudget(
                metadata: ObjectMeta(name: name, namespace: "n"),
                spec: PodDisruptionBudgetSpec(selector: LabelSelector(matchLabels: ["kept": name])))
            budget.status = PodDisruptionBudgetStatus(disruptionsAllowed: allowed)
            return budget
        }
        func kept(_ pod: Pod, by budget: String) -> Pod {
            var pod = pod
            pod.metadata.labels = ["kept": budget]
            return pod
        }
        let others = [
            kept(pod("a-kept", cpu: 4, priority: 1, on: "a"), by: "none"), pod("b-free", cpu: 4, priority: 5, on: "b"),
        ]
        let nodes = [node("a"), node("b")]
        let preemptor = pod("p", cpu: 4, priority: 50)
        #expect(victims(choose(preemptor, nodes, others)) == ["a", "a-kept"])
        #expect(victims(choose(preemptor, nodes, others, budgets: [budget("none", allowed: 0)])) == ["b", "b-free"])
        #expect(victims(choose(preemptor, nodes, others, budgets: [budget("none", allowed: 1)])) == ["a", "a-kept"])
        // On one node, those that the budget keeps stay first, however unimportant they are.
        let together = [
            kept(pod("low-kept", cpu: 2, priority: 1, on: "a"), by: "none"),
            pod("mid-free", cpu: 2, priority: 5, on: "a"),
        ]
        let half = pod("p", cpu: 2, priority: 50)
        #expect(victims(choose(half, [node("a")], together)) == ["a", "low-kept"])
        let budgets = [budget("none", allowed: 0)]
        #expect(victims(choose(half, [node("a")], together, budgets: budgets)) == ["a", "mid-free"])
        // A budget is no promise to less important pods: where nothing else helps, it is broken.
        #expect(victims(choose(preemptor, [node("a")], together, budgets: budgets)) == ["a", "low-kept", "mid-free"])
    }

    @Test func `The one that has been there for longest stays`() {
        let others = [
            pod("old", cpu: 2, priority: 1, on: "a", since: "2024-01-01T00:00:00Z"),
            pod("new", cpu: 2, priority: 1, on: "a", since: "2024-01-02T00:00:00Z"),
        ]
        #expect(victims(choose(pod("p", cpu: 2, priority: 50), [node("a")], others)) == ["a", "new"])
    }

    @Test func `A pod that must not have others end for it, or waits for some that do, says so`() {
        var leaving = pod("low", cpu: 4, priority: 1, on: "a")
        var patient = pod("p", cpu: 4, priority: 50)
        patient.spec.preemptionPolicy = "Never"
        #expect(
            choose(patient, [node("a")], [leaving])
                == .nowhere(
                    "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to "
                        + "preemptionPolicy=Never."))
        leaving.metadata.deletionTimestamp = Timestamp.text(seconds: 1)
        var waiting = pod("p", cpu: 4, priority: 50)
        waiting.status?.nominatedNodeName = "a"
        #expect(
            choose(waiting, [node("a")], [leaving])
                == .nowhere(
                    "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to terminating pod on "
                        + "the nominated node."))
    }

    @Test func `Room that is promised is taken by no pod that is less important`() {
        let promise = PlacedPod(pod("first", cpu: 4, priority: 50), on: "a")
        #expect(choose(pod("p", cpu: 1, priority: 1), [node("a")], [], promised: [promise]) != .node("a"))
        #expect(choose(pod("p", cpu: 1, priority: 60), [node("a")], [], promised: [promise]) == .node("a"))
        #expect(choose(pod("first", cpu: 4, priority: 50), [node("a")], [], promised: [promise]) == .node("a"))
    }

    @Test func `A promise holds until its pod is bound, gone, or chosen for`() {
        let load = NodeLoad()
        let waiting = pod("p", cpu: 4, priority: 50)
        let preemption = Preemption(node: "a", victims: [])
        _ = load.choose(for: waiting, [node("a")]) { _ in .preempt(preemption, "") }
        func promised() -> [String] {
            var seen: [String] = []
            _ = load.choose(for: pod("other", cpu: 1, priority: 1), [node("a")]) { view in
                seen = view.promised.map(\.key.name)
                return .nowhere("")
            }
            return seen
        }
        #expect(promised() == ["p"])
        // The cache shows it as it was before.
        load.observe(.updated(old: waiting, new: waiting))
        #expect(promised() == ["p"])
        _ = load.choose(for: waiting, [node("a")]) { _ in .node("a") }
        #expect(promised() == [])
        let again = NodeLoad()
        var told = waiting
        told.status?.nominatedNodeName = "a"
        again.observe(.added(told))
        _ = again.choose(for: pod("other", cpu: 1, priority: 1), [node("a")]) { view in
            #expect(view.promised.map(\.node) == ["a"])
            return .nowhere("")
        }
    }
}
