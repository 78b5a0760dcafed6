internal import KubernetesModel

/// What a simulated node keeps of a pod.
struct SimulatedPod: Sendable, Hashable {
    struct Part: Sendable, Hashable {
        var name: String
        var image: String
        var isSidecar: Bool
    }

    var metadata: ObjectMeta
    var nodeName: String
    var phase: String?
    var podIP: String?
    var qosClass: String?
    var containers: [Part]
    var initContainers: [Part]

    init(_ pod: Pod) {
        let source = pod.metadata
        metadata = ObjectMeta(
            name: source.name, namespace: source.namespace, uid: source.uid, resourceVersion: source.resourceVersion,
            generation: source.generation, deletionTimestamp: source.deletionTimestamp)
        nodeName = pod.spec.nodeName ?? ""
        phase = pod.status?.phase
        podIP = pod.status?.podIP
        qosClass = pod.status?.qosClass
        func part(_ container: Container) -> Part {
            Part(
                name: container.name, image: container.image ?? "", isSidecar: container.restartPolicy == "Always")
        }
        containers = pod.spec.containers.map(part)
        initContainers = (pod.spec.initContainers ?? []).map(part)
    }

    var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "") }

    /// Nothing has been said of it yet.
    var isNew: Bool { phase == nil || phase == "Pending" }

    /// The pod as far as its status is about it.
    var pod: Pod {
        Pod(metadata: metadata, spec: PodSpec(containers: []), status: PodStatus(qosClass: qosClass))
    }

    /// The status of a pod of which everything is said to run.
    func running(place: PodPlace, now: String) -> PodStatus {
        let uid = metadata.uid ?? ""
        func record(_ part: Part) -> ContainerRecord {
            var record = ContainerRecord(name: part.name, image: part.image, isSidecar: part.isSidecar)
            record.containerID = "simulated://\(uid)/\(part.name)"
            record.state = ContainerState(running: ContainerStateRunning(startedAt: now))
            record.isReady = true
            record.isStarted = true
            return record
        }
        let initial = initContainers.map { part in
            var record = record(part)
            guard !part.isSidecar else { return record }
            record.state = ContainerState(
                terminated: ContainerStateTerminated(
                    exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now,
                    containerID: record.containerID))
            record.isStarted = false
            record.isFinished = true
            return record
        }
        return PodStatusBuilder(
            pod: pod, place: place, startTime: now, initContainers: initial, containers: containers.map(record)
        ).build(previous: PodStatus(qosClass: qosClass), now: now)
    }
}
