internal import KubernetesModel
private import StructuredData

/// What is known of one container.
struct ContainerRecord: Sendable, Hashable {
    var name: String
    var image: String
    /// An init container that runs beside the others to their end.
    var isSidecar = false
    var state = ContainerState(waiting: ContainerStateWaiting(reason: "ContainerCreating"))
    var lastState: ContainerState?
    var restartCount = 0
    var isReady = false
    var isStarted = false
    /// It has ended, and will not be started again.
    var isFinished = false
    var containerID: String?

    fileprivate var hasSucceeded: Bool { state.terminated?.exitCode == 0 }
    fileprivate var hasRun: Bool {
        state.running != nil || state.terminated != nil || lastState?.terminated != nil
    }

    /// Whether an init container lets the next one begin.
    fileprivate var isInitialized: Bool { isSidecar ? isStarted : isFinished && hasSucceeded }
}

/// The pod's status from what is known of its containers, as a kubelet writes it. Pure.
struct PodStatusBuilder: Sendable {
    var pod: Pod
    var place: PodPlace
    var startTime: String
    var initContainers: [ContainerRecord]
    var containers: [ContainerRecord]
    /// The pod is being deleted, and nothing of it runs any more.
    var isTerminated = false
    /// Why the node does not take it at all.
    var rejection: PodRejection?

    /// The types of the conditions that a node writes; those of others (readiness gates, disruption) are not its to change.
    static let conditionTypes: Set = [
        "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
    ]

    /// The status, with the node's own conditions alone.
    /// - Parameter previous: what was written last, of which conditions take over `lastTransitionTime` where their status did not
    ///   change, with the newest known conditions of others, which may be gates.
    func build(previous: PodStatus?, now: String) -> PodStatus {
        var status = PodStatus()
        status.observedGeneration = pod.metadata.generation
        status.phase = phase
        status.reason = rejection?.reason
        status.message = rejection?.message
        status.hostIP = place.hostIP
        status.hostIPs = [PodIP(ip: place.hostIP)]
        if rejection == nil {
            status.podIP = place.podIP
            status.podIPs = [PodIP(ip: place.podIP)]
        }
        status.startTime = startTime
        status.qosClass = previous?.qosClass ?? "BestEffort"
        if rejection == nil {
            status.containerStatuses = containers.map { self.status($0, isInit: false) }
            if !initContainers.isEmpty {
                status.initContainerStatuses = initContainers.map { self.status($0, isInit: true) }
            }
        }
        let old = previous?.conditions ?? []
        status.conditions = conditions(gates: old).map { condition in
            let before = old.first { $0.type == condition.type }
            var condition = condition
            condition.observedGeneration = pod.metadata.generation
            condition.lastTransitionTime = before?.status == condition.status ? before?.lastTransitionTime : now
            return condition
        }
        return status
    }

    var phase: String {
        if rejection != nil { return "Failed" }
        if isTerminated {
            // What never ran did not succeed; sidecars are only ever ended.
            return containers.allSatisfy(\.hasSucceeded) ? "Succeeded" : "Failed"
        }
        if initContainers.contains(where: { !$0.isSidecar && $0.isFinished && !$0.hasSucceeded }) { return "Failed" }
        // A sidecar that is being restarted does not take the pod back.
        let hasBegun = containers.contains(where: \.hasRun)
        guard initContainers.allSatisfy({ $0.isInitialized || ($0.isSidecar && hasBegun) }) else { return "Pending" }
        // Sidecars are ended after the others, and only then the pod has.
        let sidecarsRun = initContainers.contains { $0.isSidecar && $0.state.running != nil }
        if containers.allSatisfy(\.isFinished), !sidecarsRun {
            return containers.allSatisfy(\.hasSucceeded) ? "Succeeded" : "Failed"
        }
        // A container that ran once has left Pending behind, whatever it waits for now.
        return containers.allSatisfy(\.hasRun) ? "Running" : "Pending"
    }

    private func conditions(gates: [PodCondition]) -> [PodCondition] {
        let phase = phase
        let isOver = phase == "Succeeded" || phase == "Failed"
        let waitingInit = initContainers.filter { !$0.isInitialized }.map(\.name)
        let runs = (initContainers + containers).contains { $0.state.running != nil || $0.state.terminated != nil }
        let initialized: PodCondition
        if waitingInit.isEmpty || phase == "Succeeded" {
            initialized = PodCondition(
                type: "Initialized", status: "True", reason: phase == "Succeeded" ? "PodCompleted" : nil)
        } else {
            initialized = PodCondition(
                type: "Initialized", status: "False", reason: "ContainersNotInitialized",
                message: "containers with incomplete status: [\(waitingInit.joined(separator: " "))]")
        }
        return [
            PodCondition(type: "PodReadyToStartContainers", status: runs && !isOver ? "True" : "False"), initialized,
            readiness("Ready", phase, gates), readiness("ContainersReady", phase, nil),
            PodCondition(type: "PodScheduled", status: "True"),
        ]
    }

    private func readiness(_ type: String, _ phase: String, _ gates: [PodCondition]?) -> PodCondition {
        if phase == "Succeeded" { return PodCondition(type: type, status: "False", reason: "PodCompleted") }
        if phase == "Failed" { return PodCondition(type: type, status: "False", reason: "PodFailed") }
        let sidecars = initContainers.filter(\.isSidecar)
        let unready = (sidecars + containers).filter { !$0.isReady }.map(\.name)
        guard unready.isEmpty else {
            return PodCondition(
                type: type, status: "False", reason: "ContainersNotReady",
                message: "containers with unready status: [\(unready.joined(separator: " "))]")
        }
        let closed = (gates == nil ? [] : pod.spec.readinessGates?.arrayValue ?? [])
            .compactMap { $0["conditionType"]?.stringValue }
            .filter { gate in gates?.first { $0.type == gate }?.status != "True" }
        guard closed.isEmpty else {
            return PodCondition(
                type: type, status: "False", reason: "ReadinessGatesNotReady",
                message: "corresponding condition of pod readiness gate \"\(closed[0])\" does not exist or is not True."
            )
        }
        return PodCondition(type: type, status: "True")
    }

    private func status(_ record: ContainerRecord, isInit: Bool) -> ContainerStatus {
        var state = record.state
        if !isInit, state.waiting?.reason == "ContainerCreating", !initContainers.allSatisfy(\.isInitialized) {
            state.waiting?.reason = "PodInitializing"
        }
        let container = (pod.spec.containers + (pod.spec.initContainers ?? [])).first { $0.name == record.name }
        // Nothing is set aside for one that has not been started yet.
        let resources = record.containerID.flatMap { _ in container?.resources }
        return ContainerStatus(
            name: record.name, state: state, lastState: record.lastState ?? ContainerState(),
            ready: isInit && !record.isSidecar ? record.isInitialized : record.isReady,
            restartCount: record.restartCount, image: record.image,
            imageID: record.containerID == nil ? "" : record.image, containerID: record.containerID,
            started: record.isStarted, allocatedResources: resources?.requests, resources: resources)
    }
}

/// Why a node does not take a pod that was bound to it.
struct PodRejection: Sendable, Hashable {
    /// A word, as a kubelet gives it: `OutOfpods`, `NodeAffinity`, …
    var reason: String
    var message: String
}
