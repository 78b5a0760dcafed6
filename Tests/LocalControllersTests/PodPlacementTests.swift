import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

/// Where pods go that want others near them, or far, or themselves spread.
@Suite struct PodPlacementTests {
    private let nodes = [("a1", "a"), ("a2", "a"), ("b1", "b")].map { name, zone in
        var node = Samples.node(name)
        node.metadata.labels?["zone"] = zone
        return node
    }

    private func pod(
        _ name: String = "p", labels: [String: String] = ["app": "web"], namespace: String = "n",
        affinity: JSON? = nil, spread: [JSON] = []
    ) -> Pod {
        var pod = Samples.pod(name, node: nil, phase: "Pending", ready: false)
        pod.metadata.namespace = namespace
        pod.metadata.labels = labels
        pod.spec.affinity = affinity
        if !spread.isEmpty { pod.spec.topologySpreadConstraints = .array(spread) }
        return pod
    }

    private func choose(
        _ pod: Pod, _ others: [(Pod, String)], namespaces: [String: [String: String]] = [:], on nodes: [Node]? = nil
    ) -> NodeChoice.Outcome {
        let placed = others.map { PlacedPod($0, on: $1) }
        return NodeChoice.choose(
            for: pod, images: [], in: Samples.view(nodes ?? self.nodes, placed, namespaces: namespaces))
    }

    private func term(_ key: String, app: String, _ more: JSON = [:]) -> JSON {
        var term: JSON = ["topologyKey": .string(key), "labelSelector": ["matchLabels": ["app": .string(app)]]]
        for (name, value) in more.objectValue ?? [:] { term[name] = value }
        return term
    }

    private func required(_ kind: String, _ terms: [JSON]) -> JSON {
        [kind: ["requiredDuringSchedulingIgnoredDuringExecution": .array(terms)]]
    }

    private func reason(_ outcome: NodeChoice.Outcome) -> String {
        guard case .nowhere(let message) = outcome else { return "\(outcome)" }
        return message
    }

    @Test func `A pod goes near those that it wants, as far as the label reaches`() {
        let wants = required("podAffinity", [term("zone", app: "db")])
        let database = pod("db", labels: ["app": "db"])
        #expect(choose(pod(affinity: wants), [(database, "b1")]) == .node("b1"))
        // The other node of the zone is as near, and has fewer pods.
        #expect(choose(pod(affinity: wants), [(database, "a1")]) == .node("a2"))
        #expect(
            reason(choose(pod(affinity: wants), []))
                == "0/3 nodes are available: 3 node(s) didn't match pod affinity rules. preemption: "
                + "0/3 nodes are available: 3 Preemption is not helpful for scheduling.")
    }

    @Test func `The first of a group that wants to be together may go anywhere, the others follow`() {
        let together = required("podAffinity", [term("zone", app: "web")])
        #expect(choose(pod(affinity: together), []) == .node("a1"))
        #expect(choose(pod(affinity: together), [(pod("first", affinity: together), "b1")]) == .node("b1"))
    }

    @Test func `A pod keeps away from those that it does not want, and they from it`() {
        let alone = required("podAntiAffinity", [term("kubernetes.io/hostname", app: "web")])
        let first = pod("first", affinity: alone)
        #expect(choose(pod(affinity: alone), [(first, "a1")]) == .node("a2"))
        // One that wants nothing itself is not welcome either.
        #expect(choose(pod(), [(first, "a1"), (pod("x", labels: [:]), "a2")]) == .node("b1"))
        let everywhere = [(first, "a1"), (pod("q", affinity: alone), "a2"), (pod("r", affinity: alone), "b1")]
        #expect(
            reason(choose(pod(affinity: alone), everywhere)).hasPrefix(
                "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: "
                    + "0/3 nodes are available: 3 No preemption victims found"))
        #expect(
            reason(choose(pod(), everywhere)).hasPrefix(
                "0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules."))
    }

    @Test func `Whose pods a wish is about is said by names and labels of namespaces, by default its own`() {
        func wants(_ more: JSON) -> Pod { pod(affinity: required("podAffinity", [term("zone", app: "db", more)])) }
        let foreign = pod("db", labels: ["app": "db"], namespace: "data")
        let namespaces = ["data": ["team": "store"]]
        let others = [(foreign, "b1")]
        #expect(choose(wants([:]), others, namespaces: namespaces) != .node("b1"))
        #expect(choose(wants(["namespaces": ["data"]]), others, namespaces: namespaces) == .node("b1"))
        let selector: JSON = ["namespaceSelector": ["matchLabels": ["team": "store"]]]
        #expect(choose(wants(selector), others, namespaces: namespaces) == .node("b1"))
        #expect(choose(wants(["namespaceSelector": [:]]), others, namespaces: namespaces) == .node("b1"))
    }

    @Test func `Labels that are to match are the pod's own`() {
        let wants = required("podAntiAffinity", [term("zone", app: "web", ["matchLabelKeys": ["version"]])])
        let new = pod(labels: ["app": "web", "version": "2"], affinity: wants)
        let old = pod("old", labels: ["app": "web", "version": "1"])
        #expect(choose(new, [(old, "a1"), (pod("x", labels: [:]), "b1")]) == .node("a2"))
    }

    @Test func `What is preferred decides among nodes that will do`() {
        func prefers(_ kind: String) -> Pod {
            let weighed: JSON = ["weight": 5, "podAffinityTerm": term("zone", app: "db")]
            return pod(affinity: [kind: ["preferredDuringSchedulingIgnoredDuringExecution": [weighed]]])
        }
        let database = [(pod("db", labels: ["app": "db"]), "b1")]
        #expect(choose(prefers("podAffinity"), database) == .node("b1"))
        #expect(choose(prefers("podAntiAffinity"), database) == .node("a1"))
        #expect(choose(prefers("podAffinity"), []) == .node("a1"))
    }

    private func spread(_ more: JSON = [:]) -> JSON {
        var constraint = term("zone", app: "web", ["maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"])
        for (name, value) in more.objectValue ?? [:] { constraint[name] = value }
        return constraint
    }

    @Test func `Pods are spread over zones as evenly as they must`() {
        let one = [(pod("x"), "a1")]
        #expect(choose(pod(spread: [spread()]), one) == .node("b1"))
        // A pod on its way out does not count.
        var leaving = pod("x")
        leaving.metadata.deletionTimestamp = Timestamp.text(seconds: 1)
        #expect(choose(pod(spread: [spread()]), [(leaving, "a1")]) == .node("a2"))
        #expect(choose(pod(spread: [spread(["maxSkew": 2])]), one) == .node("a2"))
        let uneven = reason(choose(pod(spread: [spread(["minDomains": 3])]), [(pod("x"), "a1"), (pod("y"), "b1")]))
        #expect(uneven.hasPrefix("0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints."))
    }

    @Test func `A node without the label takes no pod that must be spread by it`() {
        let bare = Samples.node("bare")
        #expect(
            reason(choose(pod(spread: [spread()]), [], on: [bare])).hasPrefix(
                "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints "
                    + "(missing required label)."))
        #expect(choose(pod(spread: [spread(["whenUnsatisfiable": "ScheduleAnyway"])]), [], on: [bare]) == .node("bare"))
    }

    @Test func `Where it need not, a pod is spread as well as can be`() {
        let others = [(pod("x"), "a1"), (pod("y", labels: [:]), "b1"), (pod("z", labels: [:]), "b1")]
        #expect(choose(pod(spread: [spread(["whenUnsatisfiable": "ScheduleAnyway"])]), others) == .node("b1"))
    }

    @Test func `Nodes that the pod would not take anyway count only where it says so`() {
        var selective = pod(spread: [spread()])
        selective.spec.nodeSelector = ["zone": "a"]
        #expect(choose(selective, [(pod("x"), "a1")]) == .node("a2"))
        selective.spec.topologySpreadConstraints = [spread(["nodeAffinityPolicy": "Ignore"])]
        #expect(choose(selective, [(pod("x"), "a1")]) != .node("a2"))
    }
}
