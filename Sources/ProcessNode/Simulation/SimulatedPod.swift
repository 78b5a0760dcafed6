internal import KubernetesModel

/// What a simulated node keeps of a pod.
struct SimulatedPod: Sendable, Hashable {
    struct Part: Sendable, Hashable {
        var name: String
        var image: String
        var isSidecar: Bool
    }

    /// After how many seconds of running the pod ends, as text. Only that of a pod that is not to be restarted always.
    static let runSecondsAnnotation = "das.brashlabs.io/simulated-run-seconds"
    /// With which exit code its containers end then; counts where nothing is restarted at all (`Never`), else it is 0.
    static let exitCodeAnnotation = "das.brashlabs.io/simulated-exit-code"

    var metadata: ObjectMeta
    var nodeName: String
    var phase: String?
    var podIP: String?
    var qosClass: String?
    /// Whether it can end by itself.
    var canEnd: Bool
    /// How long it wants to run.
    var runTime: Duration?
    var exitCode: Int
    /// Of one that can end: what its last status is to go on from.
    var startTime: String?
    var conditions: [PodCondition]?
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
        canEnd = ["Never", "OnFailure"].contains(pod.spec.restartPolicy)
        runTime = source.annotations?[Self.runSecondsAnnotation].flatMap(Double.init).flatMap { seconds in
            (0...Self.longestRunSeconds).contains(seconds) ? .seconds(seconds) : nil
        }
        let code = source.annotations?[Self.exitCodeAnnotation].flatMap { Int($0) } ?? 0
        exitCode = pod.spec.restartPolicy == "Never" ? code : 0
        startTime = canEnd ? pod.status?.startTime : nil
        conditions = canEnd ? pod.status?.conditions : nil
        func part(_ container: Container) -> Part {
            Part(
                name: container.name, image: container.image ?? "", isSidecar: container.restartPolicy == "Always")
        }
        containers = pod.spec.containers.map(part)
        initContainers = (pod.spec.initContainers ?? []).map(part)
    }

    private static let longestRunSeconds = 1e9

    var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "") }

    /// Nothing has been said of it yet.
    var isNew: Bool { phase == nil || phase == "Pending" }

    /// The pod as far as its status is about it.
    var pod: Pod {
        Pod(metadata: metadata, spec: PodSpec(containers: []), status: PodStatus(qosClass: qosClass))
    }

    /// The status of a pod of which everything is said to run.
    func running(place: PodPlace, now: String) -> PodStatus {
        status(place, startTime: now, now: now) { record in
            record.state = ContainerState(running: ContainerStateRunning(startedAt: now))
            record.isReady = true
            record.isStarted = true
        }
    }

    /// The status of a pod of which everything is said to have ended.
    func ended(place: PodPlace, now: String) -> PodStatus {
        status(place, startTime: startTime ?? now, now: now) { record in
            record.state = terminated(record, exitCode: record.isSidecar ? 0 : exitCode, now)
            record.isFinished = true
        }
    }

    private func terminated(_ record: ContainerRecord, exitCode: Int, _ now: String) -> ContainerState {
        ContainerState(
            terminated: ContainerStateTerminated(
                exitCode: exitCode, reason: exitCode == 0 ? "Completed" : "Error", startedAt: startTime ?? now,
                finishedAt: now, containerID: record.containerID))
    }

    private func status(
        _ place: PodPlace, startTime: String, now: String, _ set: (inout ContainerRecord) -> Void
    ) -> PodStatus {
        let uid = metadata.uid ?? ""
        func record(_ part: Part) -> ContainerRecord {
            var record = ContainerRecord(name: part.name, image: part.image, isSidecar: part.isSidecar)
            record.containerID = "simulated://\(uid)/\(part.name)"
            return record
        }
        func live(_ part: Part) -> ContainerRecord {
            var record = record(part)
            set(&record)
            return record
        }
        let initial = initContainers.map { part in
            if part.isSidecar { return live(part) }
            var record = record(part)
            record.state = terminated(record, exitCode: 0, now)
            record.isFinished = true
            return record
        }
        return PodStatusBuilder(
            pod: pod, place: place, startTime: startTime, initContainers: initial, containers: containers.map(live)
        ).build(previous: PodStatus(conditions: conditions, qosClass: qosClass), now: now)
    }
}
