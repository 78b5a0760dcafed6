package import KubernetesModel

/// Why pods of a swarm are not ready, as far as the pods tell.
///
/// What comes and goes while a pod is tried again (`ErrImagePull` and `ImagePullBackOff`; a container that crashes, starts and
/// crashes) has one reason, so that conditions and Events do not follow each try.
package struct PodTrouble {
    /// The longest last line of a crashed container that is passed on, in characters.
    private static let longestLine = 300

    private let pods: [Pod]
    private let startDeadlineSeconds: Int

    package init(_ pods: [Pod], startDeadlineSeconds: Int) {
        self.pods = pods.sorted { ($0.metadata.name ?? "") < ($1.metadata.name ?? "") }
        self.startDeadlineSeconds = startDeadlineSeconds
    }

    /// The nearest cause that is told; `nil`: the pods are ready or may well become so.
    /// - Parameter now: seconds since 1970.
    package func first(now: Int64) -> SwarmTrouble? {
        let starting = pods.filter(Self.isToBecomeReady)
        return starting.lazy.compactMap(Self.container).first
            ?? starting.lazy.compactMap { late($0, now: now) }.first
            ?? pods.lazy.compactMap(Self.lostNode).first
            ?? starting.lazy.compactMap(Self.unschedulable).first
    }

    /// In how many seconds a pod will have taken too long; `nil`: none is on its way.
    package func secondsToDeadline(now: Int64) -> Int64? {
        pods.filter(Self.isToBecomeReady).compactMap(Self.waitsSince)
            .map { $0 + Int64(startDeadlineSeconds) - now }.filter { $0 > 0 }.min()
    }

    /// An agent that goes, or is to go, is not ready, as it should be.
    private static func isToBecomeReady(_ pod: Pod) -> Bool {
        pod.metadata.deletionTimestamp == nil && pod.status?.conditions?.first { $0.type == "Ready" }?.status != "True"
            && pod.metadata.annotations?["controller.kubernetes.io/pod-deletion-cost"] == nil
            && pod.status?.phase != "Succeeded" && pod.status?.phase != "Failed"
    }

    // MARK: Containers

    private static let images: Set = [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ErrImageInspect",
        "RegistryUnavailable",
    ]
    private static let configurations: Set = [
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
    ]

    private static func container(_ pod: Pod) -> SwarmTrouble? {
        let statuses = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
        return statuses.lazy.compactMap { image($0, pod) ?? configuration($0, pod) ?? crash($0, pod) }.first
    }

    private static func image(_ status: ContainerStatus, _ pod: Pod) -> SwarmTrouble? {
        guard let waiting = status.state?.waiting, let reason = waiting.reason, images.contains(reason) else {
            return nil
        }
        let containers = (pod.spec.initContainers ?? []) + pod.spec.containers
        let image = containers.first { $0.name == status.name }?.image ?? status.image ?? "of container \(status.name)"
        let detail = waiting.message.map { ": \($0)" } ?? ""
        return SwarmTrouble(
            reason: reason == "ErrImagePull" ? "ImagePullBackOff" : reason,
            message: "image \(image) cannot be pulled\(detail)")
    }

    private static func configuration(_ status: ContainerStatus, _ pod: Pod) -> SwarmTrouble? {
        guard let waiting = status.state?.waiting, let reason = waiting.reason, configurations.contains(reason) else {
            return nil
        }
        let detail = waiting.message.map { ": \($0)" } ?? ""
        return SwarmTrouble(
            reason: reason,
            message: "container \(status.name) of pod \(pod.metadata.name ?? "") cannot be started\(detail)")
    }

    private static func crash(_ status: ContainerStatus, _ pod: Pod) -> SwarmTrouble? {
        let end = status.state?.terminated ?? status.lastState?.terminated
        let isBackedOff = status.state?.waiting?.reason == "CrashLoopBackOff"
        // An init container that has done its work has ended, too.
        guard !status.ready, isBackedOff || end.map({ $0.exitCode != 0 }) ?? false else { return nil }
        var how = "ends again and again"
        if let end {
            how = "ended with exit code \(end.exitCode)"
            if let reason = end.reason, reason != "Error", reason != "Completed" { how += " (\(reason))" }
            let line = end.message?.split(whereSeparator: \.isNewline).last.map { $0.prefix(longestLine) }
            if let line { how += "; its last line: \(line)" }
        }
        return SwarmTrouble(
            reason: "CrashLoopBackOff",
            message: "container \(status.name) of pod \(pod.metadata.name ?? "") \(how)")
    }

    // MARK: Time and place

    private static func waitsSince(_ pod: Pod) -> Int64? {
        let ready = pod.status?.conditions?.first { $0.type == "Ready" }
        return (ready?.lastTransitionTime ?? pod.metadata.creationTimestamp).flatMap(Timestamp.seconds)
    }

    private func late(_ pod: Pod, now: Int64) -> SwarmTrouble? {
        guard let since = Self.waitsSince(pod), now - since >= Int64(startDeadlineSeconds) else { return nil }
        let why =
            Self.unschedulable(pod)?.message
            ?? "pod \(pod.metadata.name ?? "") does not become ready\(Self.waiting(pod).map { " (\($0))" } ?? "")"
        return SwarmTrouble(
            reason: "ProgressDeadlineExceeded", message: "\(why), for more than \(startDeadlineSeconds) s")
    }

    private static func waiting(_ pod: Pod) -> String? {
        (pod.status?.containerStatuses ?? []).lazy.compactMap { $0.state?.waiting?.reason }.first
    }

    private static func unschedulable(_ pod: Pod) -> SwarmTrouble? {
        let scheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" }
        guard scheduled?.status == "False", scheduled?.reason == "Unschedulable" else { return nil }
        let detail = scheduled?.message.map { ": \($0)" } ?? ""
        return SwarmTrouble(
            reason: "Unschedulable", message: "no node takes pod \(pod.metadata.name ?? "")\(detail)", isLasting: false)
    }

    private static func lostNode(_ pod: Pod) -> SwarmTrouble? {
        let isLost = (pod.status?.conditions ?? []).contains { condition in
            condition.type == "DisruptionTarget" && condition.status == "True"
                && ["DeletionByTaintManager", "DeletionByPodGC"].contains(condition.reason)
                || condition.type == "Ready" && condition.status != "True" && condition.reason == "NodeNotReady"
        }
        guard isLost, let node = pod.spec.nodeName else { return nil }
        return SwarmTrouble(
            reason: "NodeLost",
            message: "node \(node) is not heard of; its agents are replaced, and other agents get their tasks",
            isLasting: false)
    }
}
