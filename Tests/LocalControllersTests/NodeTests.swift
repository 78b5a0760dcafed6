import ControllerRuntime
import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct NodeTests {
    private func sign(_ text: String) -> NodeWatch.Sign { NodeWatch.Sign(leaseRenewal: text, heartbeat: nil) }

    @Test func `Silence counts from the last change that was seen`() {
        var watch = NodeWatch()
        #expect(watch.silence(of: "a", sign("1"), now: .seconds(100)) == .zero)
        #expect(watch.silence(of: "a", sign("1"), now: .seconds(110)) == .seconds(10))
        #expect(watch.silence(of: "a", sign("2"), now: .seconds(120)) == .zero)
        #expect(watch.silence(of: "a", sign("2"), now: .seconds(125)) == .seconds(5))
    }

    @Test func `The time for which this process stood still counts against no node`() {
        var watch = NodeWatch()
        _ = watch.silence(of: "a", sign("1"), now: .seconds(0))
        watch.tick(.seconds(5))
        // Asleep for an hour.
        #expect(watch.silence(of: "a", sign("1"), now: .seconds(3605)) == .seconds(5))
        watch.tick(.seconds(3610))
        #expect(watch.silence(of: "a", sign("1"), now: .seconds(3615)) == .seconds(15))
    }

    private func choose(_ pod: Pod, _ candidates: [(Node, Int)]) -> NodeChoice.Outcome {
        NodeChoice.choose(
            for: pod, images: [],
            in: ClusterView(
                candidates: candidates.map {
                    ClusterView.Candidate(node: $0.0, load: NodeLoad.Sum(podCount: $0.1))
                }))
    }

    private var pending: Pod { Samples.pod("p", node: nil, phase: "Pending", ready: false) }

    @Test func `A pod goes to the ready node with the fewest pods`() {
        let nodes = [(Samples.node("a"), 3), (Samples.node("b"), 1), (Samples.node("c", ready: "Unknown"), 0)]
        #expect(choose(pending, nodes) == .node("b"))
    }

    @Test func `Why no node takes a pod is told`() {
        var cordoned = Samples.node("b")
        cordoned.spec = NodeSpec(unschedulable: true)
        let nodes = [
            (Samples.node("a", ready: "False"), 0), (cordoned, 0), (Samples.node("c", capacity: 2), 2),
        ]
        #expect(
            choose(pending, nodes)
                == .nowhere(
                    "0/3 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint(s), "
                        + "1 node(s) were unschedulable. preemption: 0/3 nodes are available: "
                        + "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.")
        )
        #expect(choose(pending, []) == .nowhere("no nodes available to schedule pods"))
    }

    @Test func `Selectors and taints keep pods away unless they fit`() {
        var pod = pending
        pod.spec.nodeSelector = ["kubernetes.io/hostname": "b"]
        #expect(choose(pod, [(Samples.node("a"), 0), (Samples.node("b"), 9)]) == .node("b"))
        var tainted = Samples.node("a")
        tainted.spec = NodeSpec(taints: [Taint(key: "only", value: "gpu", effect: "NoSchedule")])
        #expect(choose(pending, [(tainted, 0)]) != .node("a"))
        pod = pending
        pod.spec.tolerations = [Toleration(key: "only", operator: "Equal", value: "gpu")]
        #expect(choose(pod, [(tainted, 0)]) == .node("a"))
        pod.spec.tolerations = [Toleration(operator: "Exists")]
        #expect(choose(pod, [(tainted, 0)]) == .node("a"))
    }

    @Test func `A pod bound a moment ago counts before the cache shows it, and once when it does`() {
        let load = NodeLoad()
        var seen: NodeLoad.Sum?
        func choose(_ name: String) -> NodeChoice.Outcome? {
            load.choose(for: Samples.pod(name, node: nil), [Samples.node("a")]) { view in
                seen = view.candidates.first?.load
                return .node("a")
            }
        }
        #expect(choose("p") == .node("a"))
        #expect(choose("p") == nil)
        _ = choose("other")
        #expect(seen?.podCount == 1)
        load.observe(.added(Samples.pod("p", node: "a")))
        load.drop("uid-other")
        _ = choose("third")
        #expect(seen?.podCount == 1)
        load.observe(.deleted(Samples.pod("p", node: "a", phase: "Succeeded")))
        load.drop("uid-third")
        _ = choose("fourth")
        #expect(seen?.podCount == 0)
    }

    @Test func `Only pods for this scheduler that wait for a node are scheduled`() {
        #expect(SchedulingReconciler.awaits(pending))
        #expect(!SchedulingReconciler.awaits(Samples.pod("bound")))
        var foreign = pending
        foreign.spec.schedulerName = "another"
        #expect(!SchedulingReconciler.awaits(foreign))
        var gated = pending
        gated.spec.schedulingGates = [["name": "wait"]]
        #expect(!SchedulingReconciler.awaits(gated))
    }
}
