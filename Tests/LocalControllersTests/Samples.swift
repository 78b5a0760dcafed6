import KubernetesModel
import StructuredData

@testable import LocalControllers

/// Small objects to plan with.
enum Samples {
    static func template(_ image: String = "echo:1", labels: [String: String] = ["app": "web"]) -> JSON {
        [
            "metadata": ["labels": JSON(labels)],
            "spec": ["containers": [["name": "main", "image": .string(image), "unheardOf": ["kept": true]]]],
        ]
    }

    static func deployment(
        replicas: Int = 4, image: String = "echo:1", strategy: DeploymentStrategy? = nil,
        annotations: [String: String]? = nil,
        _ adjust: (inout DeploymentSpec) -> Void = { _ in }
    ) -> Templated<Deployment> {
        var spec = DeploymentSpec(
            replicas: replicas, selector: LabelSelector(matchLabels: ["app": "web"]), template: PodTemplateSpec(),
            strategy: strategy, revisionHistoryLimit: 10, progressDeadlineSeconds: 600)
        adjust(&spec)
        let metadata = ObjectMeta(
            name: "web", namespace: "n", uid: "deployment", resourceVersion: "1", generation: 1,
            annotations: annotations)
        return Templated(Deployment(metadata: metadata, spec: spec), template: template(image))
    }

    static func set(
        _ name: String, image: String = "echo:1", replicas: Int, actual: Int? = nil, available: Int? = nil,
        revision: Int = 1, desired: Int = 4, max: Int = 5, created: Int64 = 0
    ) -> Templated<ReplicaSet> {
        let metadata = ObjectMeta(
            name: name, namespace: "n", uid: "uid-\(name)", resourceVersion: "1", generation: 1,
            creationTimestamp: Timestamp.text(seconds: created),
            annotations: [
                DeploymentAnnotations.revision: String(revision),
                DeploymentAnnotations.desiredReplicas: String(desired),
                DeploymentAnnotations.maxReplicas: String(max),
            ])
        let set = ReplicaSet(
            metadata: metadata,
            spec: ReplicaSetSpec(
                replicas: replicas, selector: LabelSelector(matchLabels: ["app": "web"]),
                template: PodTemplateSpec(metadata: ObjectMeta(labels: ["app": "web"]))),
            status: ReplicaSetStatus(
                replicas: actual ?? replicas, readyReplicas: available ?? replicas,
                availableReplicas: available ?? replicas, observedGeneration: 1))
        var template = template(image)
        template["metadata"] = [
            "labels": ["app": "web", "pod-template-hash": .string(name)], "creationTimestamp": .null,
        ]
        return Templated(set, template: template)
    }

    static func pod(
        _ name: String, node: String? = "node", phase: String = "Running", ready: Bool = true, cost: Int? = nil,
        readySince: Int64 = 0, created: Int64 = 0, restarts: Int = 0, deleting: Bool = false
    ) -> Pod {
        var metadata = ObjectMeta(
            name: name, namespace: "n", uid: "uid-\(name)", resourceVersion: "1",
            creationTimestamp: Timestamp.text(seconds: created), labels: ["app": "web"])
        if let cost { metadata.annotations = [Pod.deletionCostAnnotation: String(cost)] }
        if deleting { metadata.deletionTimestamp = Timestamp.text(seconds: 1) }
        return Pod(
            metadata: metadata, spec: PodSpec(containers: [], nodeName: node),
            status: PodStatus(
                phase: phase,
                conditions: [
                    PodCondition(
                        type: "Ready", status: ready ? "True" : "False",
                        lastTransitionTime: Timestamp.text(seconds: readySince))
                ],
                containerStatuses: [ContainerStatus(name: "main", ready: ready, restartCount: restarts)]))
    }

    static func node(_ name: String, ready: String = "True", capacity: Int? = nil) -> Node {
        Node(
            metadata: ObjectMeta(name: name, uid: "uid-\(name)", labels: ["kubernetes.io/hostname": name]),
            status: NodeStatus(
                allocatable: capacity.map { ["pods": Quantity(Int64($0))] },
                conditions: [NodeCondition(type: "Ready", status: ready)]))
    }

    /// What the scheduler sees of nodes with these pods.
    static func view(
        _ nodes: [Node], _ pods: [PlacedPod] = [], namespaces: [String: [String: String]] = [:]
    ) -> ClusterView {
        var view = ClusterView(
            candidates: nodes.map { node in
                var load = NodeLoad.Sum()
                for pod in pods where pod.node == node.metadata.name {
                    load.podCount += 1
                    load.requests += pod.requests
                }
                return ClusterView.Candidate(node: node, load: load)
            })
        view.placed = Dictionary(pods.map { ($0.uid, $0) }, uniquingKeysWith: { $1 })
        view.repelling = Set(pods.filter { !$0.repels.isEmpty }.map(\.uid))
        view.namespaceLabels = { namespaces[$0] ?? [:] }
        return view
    }

    /// A Service of the pods that `webPod` makes, whose port is named there.
    static func webService(portName: String, _ adjust: (inout ServiceSpec) -> Void) -> Service {
        var spec = ServiceSpec(
            ports: [ServicePort(name: portName, port: 80, targetPort: .string("http"))], selector: ["app": "web"],
            clusterIP: "127.3.0.9")
        adjust(&spec)
        return Service(
            metadata: ObjectMeta(name: "web", namespace: "n", uid: "service", labels: ["team": "a"]), spec: spec)
    }

    static func webPod(_ name: String, ip: String?, port: Int = 8080, ready: Bool = true, deleting: Bool = false) -> Pod
    {
        var pod = pod(name, ready: ready, deleting: deleting)
        var container = Container(name: "main")
        container.ports = [ContainerPort(name: "http", containerPort: port)]
        pod.spec.containers = [container]
        pod.status?.podIP = ip
        return pod
    }
}
