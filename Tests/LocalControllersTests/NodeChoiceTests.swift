import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct NodeChoiceTests {
    private func pod(cpu: Int64 = 0, affinity: JSON? = nil) -> Pod {
        var pod = Samples.pod("p", node: nil, phase: "Pending", ready: false)
        var container = Container(name: "main")
        container.resources = ResourceRequirements(requests: ["cpu": Quantity(milli: cpu)])
        pod.spec.containers = [container]
        pod.spec.affinity = affinity
        return pod
    }

    private func node(_ name: String, cpu: Int64 = 2, images: [String] = [], edit: (inout Node) -> Void = { _ in })
        -> Node
    {
        var node = Samples.node(name)
        node.status?.allocatable = ["cpu": Quantity(cpu), "pods": Quantity(10)]
        node.status?.images = .array(images.map { ["names": [.string($0)]] })
        edit(&node)
        return node
    }

    private func choose(_ pod: Pod, _ nodes: [Node], loads: [String: Pod] = [:], images: Set<String> = [])
        -> NodeChoice.Outcome
    {
        NodeChoice.choose(
            for: pod, images: images,
            among: nodes.map { node in
                var load = NodeLoad.Sum()
                if let other = loads[node.metadata.name ?? ""] {
                    load.podCount = 1
                    load.requests += PodRequests(other)
                }
                return NodeChoice.Candidate(node: node, load: load)
            })
    }

    @Test func `A node is given no more than it can allocate`() {
        let loads = ["a": pod(cpu: 1500)]
        #expect(choose(pod(cpu: 500), [node("a")], loads: loads) == .node("a"))
        let full = choose(pod(cpu: 501), [node("a"), node("b", cpu: 0)], loads: loads)
        #expect(
            full
                == .nowhere(
                    "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: "
                        + "2 Preemption is not helpful for scheduling."))
    }

    @Test func `An init container counts where it alone asks for more, a sidecar always`() {
        var pod = pod(cpu: 300)
        var initial = Container(name: "init")
        initial.resources = ResourceRequirements(requests: ["cpu": Quantity(milli: 700)])
        pod.spec.initContainers = [initial]
        #expect(PodRequests(pod).milli == ["cpu": 700])
        pod.spec.initContainers?[0].restartPolicy = "Always"
        #expect(PodRequests(pod).milli == ["cpu": 1000])
    }

    @Test func `The node with the images comes first, then the one without an unwanted taint`() {
        let tainted = node("a") { $0.spec = NodeSpec(taints: [Taint(key: "k", effect: "PreferNoSchedule")]) }
        #expect(choose(pod(), [tainted, node("b")]) == .node("b"))
        let withImage = node("a", images: ["agent:1"]) { $0.spec = tainted.spec }
        #expect(choose(pod(), [withImage, node("b")], images: ["agent:1"]) == .node("a"))
        #expect(choose(pod(), [tainted]) == .node("a"))
    }

    @Test(
        arguments: [
            (["key": "zone", "operator": "In", "values": ["x", "y"]], true),
            (["key": "zone", "operator": "NotIn", "values": ["x"]], false),
            (["key": "zone", "operator": "Exists"], true), (["key": "none", "operator": "DoesNotExist"], true),
            (["key": "size", "operator": "Gt", "values": ["4"]], true),
            (["key": "size", "operator": "Lt", "values": ["5"]], false),
            (["key": "none", "operator": "NotIn", "values": ["x"]], true),
        ] as [(JSON, Bool)])
    func `Required node affinity decides`(expression: JSON, isTaken: Bool) {
        let labelled = node("a") { $0.metadata.labels = ["zone": "x", "size": "5"] }
        let affinity: JSON = [
            "nodeAffinity": [
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    "nodeSelectorTerms": [["matchExpressions": [expression]]]
                ]
            ]
        ]
        #expect((choose(pod(affinity: affinity), [labelled]) == .node("a")) == isTaken)
    }

    @Test func `Of several terms of an affinity one is enough, and an empty one takes nothing`() {
        func affinity(_ terms: [JSON]) -> JSON {
            [
                "nodeAffinity": [
                    "requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": .array(terms)]
                ]
            ]
        }
        let name: JSON = ["matchFields": [["key": "metadata.name", "operator": "In", "values": ["a"]]]]
        #expect(choose(pod(affinity: affinity([[:], name])), [node("a")]) == .node("a"))
        #expect(choose(pod(affinity: affinity([[:]])), [node("a")]) != .node("a"))
    }
}
