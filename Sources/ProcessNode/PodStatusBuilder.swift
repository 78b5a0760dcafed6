internal import KubernetesModel

/// What is known of one container.
struct ContainerRecord: Sendable, Hashable {
    var name: String
    var image: String
    var state = ContainerState(waiting: ContainerStateWaiting(reason: "ContainerCreating"))
    var lastState: ContainerState?
    var restartCount = 0
    var isReady = false
    var isStarted = false
    /// It has ended, and will not be started again.
    var isFinished = false
    var containerID: String?
}

/// The pod's status from what is known of its containers. Pure.
struct PodStatusBuilder: Sendable {
    var pod: Pod
    var address: String
    var startTime: String
    var initContainers: [ContainerRecord]
    var containers: [ContainerRecord]

    /// The status; conditions take over `lastTransitionTime` from `previous` where their status did not change.
    func build(previous: PodStatus?, now: String) -> PodStatus {
        var status = PodStatus()
        status.observedGeneration = previous?.observedGeneration
        status.phase = phase
        status.hostIP = address
        status.hostIPs = [PodIP(ip: address)]
        status.podIP = address
        status.podIPs = [PodIP(ip: address)]
        status.startTime = startTime
        status.qosClass = previous?.qosClass ?? "BestEffort"
        status.containerStatuses = containers.map(Self.status)
        if !initContainers.isEmpty { status.initContainerStatuses = initContainers.map(Self.status) }
        let old = previous?.conditions ?? []
        status.conditions = conditions.map { condition in
            let before = old.first { $0.type == condition.type }
            var condition = condition
            condition.lastTransitionTime = before?.status == condition.status ? before?.lastTransitionTime : now
            return condition
        }
        // Conditions of others (readiness gates, disruption) are not ours to drop.
        let ours = Set(status.conditions?.map(\.type) ?? [])
        status.conditions?.append(contentsOf: old.filter { !ours.contains($0.type) })
        return status
    }

    var phase: String {
        if initContainers.contains(where: { $0.isFinished && !Self.succeeded($0) }) { return "Failed" }
        guard initContainers.allSatisfy(\.isFinished) else { return "Pending" }
        if containers.allSatisfy(\.isFinished) {
            return containers.allSatisfy(Self.succeeded) ? "Succeeded" : "Failed"
        }
        // A container that ran once has left Pending behind, whatever it waits for now.
        let allHaveRun = containers.allSatisfy {
            $0.state.running != nil || $0.state.terminated != nil || $0.lastState?.terminated != nil
        }
        return allHaveRun ? "Running" : "Pending"
    }

    private var conditions: [PodCondition] {
        let phase = phase
        let isOver = phase == "Succeeded" || phase == "Failed"
        let unready = containers.filter { !$0.isReady }.map(\.name)
        let unfinishedInit = initContainers.filter { !($0.isFinished && Self.succeeded($0)) }.map(\.name)
        func readiness(_ type: String) -> PodCondition {
            if phase == "Succeeded" { return PodCondition(type: type, status: "False", reason: "PodCompleted") }
            if phase == "Failed" { return PodCondition(type: type, status: "False", reason: "PodFailed") }
            if unready.isEmpty { return PodCondition(type: type, status: "True") }
            return PodCondition(
                type: type, status: "False", reason: "ContainersNotReady",
                message: "containers with unready status: [\(unready.joined(separator: " "))]")
        }
        let initialized =
            unfinishedInit.isEmpty || isOver
            ? PodCondition(type: "Initialized", status: unfinishedInit.isEmpty ? "True" : "False")
            : PodCondition(
                type: "Initialized", status: "False", reason: "ContainersNotInitialized",
                message: "containers with incomplete status: [\(unfinishedInit.joined(separator: " "))]")
        return [
            PodCondition(type: "PodScheduled", status: "True"), initialized, readiness("ContainersReady"),
            readiness("Ready"),
        ]
    }

    private static func succeeded(_ record: ContainerRecord) -> Bool { record.state.terminated?.exitCode == 0 }

    private static func status(_ record: ContainerRecord) -> ContainerStatus {
        ContainerStatus(
            name: record.name, state: record.state, lastState: record.lastState ?? ContainerState(),
            ready: record.isReady, restartCount: record.restartCount, image: record.image,
            imageID: record.containerID == nil ? "" : record.image, containerID: record.containerID,
            started: record.isStarted)
    }
}
