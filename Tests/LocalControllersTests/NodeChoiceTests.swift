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
        let placed = loads.map { node, other in
            var other = other
            other.metadata.uid = "uid-on-\(node)"
            return PlacedPod(other, on: node)
        }
        return NodeChoice.choose(for: pod, images: images, in: Samples.view(nodes, placed))
    }

    @Test func `A node is given no more than it can allocate`() {
        let loads = ["a": pod(cpu: 1500)]
        #expect(choose(pod(cpu: 500), [node("a")], loads: loads) == .node("a"))
        let full = choose(pod(cpu: 501), [node("a"), node("b", cpu: 0)], loads: loads)
        #expect(
            full
                == .nowhere(
                    "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: "
                        + "1 No preemption victims found for incoming pod, "
                        + "1 Preemption is not helpful for scheduling."))
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

    @Test func `Of nodes that will do, the one that preferred affinity weighs most is taken`() {
        func preference(_ weight: Int, _ zone: String) -> JSON {
            [
                "weight": JSON(weight),
                "preference": ["matchExpressions": [["key": "zone", "operator": "In", "values": [.string(zone)]]]],
            ]
        }
        let affinity: JSON = [
            "nodeAffinity": [
                "preferredDuringSchedulingIgnoredDuringExecution": [preference(10, "x"), preference(20, "y")]
            ]
        ]
        let nodes = ["x", "y", "z"].map { zone in node("in-\(zone)") { $0.metadata.labels = ["zone": zone] } }
        #expect(choose(pod(affinity: affinity), nodes) == .node("in-y"))
    }

    @Test func `A port of the node is given once for each protocol and address`() {
        func portly(_ port: ContainerPort) -> Pod {
            var pod = pod()
            pod.spec.containers[0].ports = [port]
            return pod
        }
        let web = ContainerPort(containerPort: 80, hostPort: 8080)
        let taken = ["a": portly(web)]
        let refused = choose(portly(web), [node("a")], loads: taken)
        #expect(
            refused
                == .nowhere(
                    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. "
                        + "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."))
        #expect(choose(portly(web), [node("a"), node("b")], loads: taken) == .node("b"))
        var datagrams = web
        datagrams.protocol = "UDP"
        #expect(choose(portly(datagrams), [node("a")], loads: taken) == .node("a"))
        var elsewhere = web
        elsewhere.hostIP = "127.0.0.1"
        #expect(choose(portly(elsewhere), [node("a")], loads: taken) != .node("a"))
    }
}
