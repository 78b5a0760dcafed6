import ControllerRuntime
import KubernetesModel

/// Names that jobs and their pods share.
enum JobNames {
    /// Keeps an ended pod until it has been counted.
    static let trackingFinalizer = "batch.kubernetes.io/job-tracking"
    /// Label and annotation of the pods of an Indexed job.
    static let completionIndex = "batch.kubernetes.io/job-completion-index"
    static let jobName = "batch.kubernetes.io/job-name"
}

/// The pods of one job, by what they count as.
struct JobPods {
    let active: [Pod]
    /// Asked to end, and still there.
    let terminating: [Pod]
    /// Have succeeded or failed, and carry the finalizer.
    let uncounted: (succeeded: [Pod], failed: [Pod])
    /// Every pod that carries the finalizer, by uid.
    let tracked: [String: Pod]
    /// Every pod that counts as failed, in any state of being counted.
    let failed: [Pod]
    /// How many failed since the last success, and when the last one did (seconds since 1970).
    let failures: (count: Int, last: Int64)
    /// How often containers of pods that have not ended were restarted.
    let restartCount: Int

    /// - Parameter failsWhenAsked: whether pods that are asked to end count as failed before they have.
    init(_ pods: [Pod], failsWhenAsked: Bool) {
        active = pods.filter(\.isActive)
        terminating = pods.filter { $0.metadata.deletionTimestamp != nil && !$0.hasEnded }
        let tracked = pods.filter(\.isTrackedByJob)
        self.tracked = Dictionary(
            tracked.compactMap { pod in pod.metadata.uid.map { ($0, pod) } }, uniquingKeysWith: { $1 })
        let succeeded = pods.filter { $0.status?.phase == "Succeeded" }
        let failed = pods.filter { pod in
            if pod.status?.phase == "Failed" { return true }
            return failsWhenAsked && pod.metadata.deletionTimestamp != nil && pod.status?.phase != "Succeeded"
        }
        self.failed = failed
        uncounted = (succeeded.filter(\.isTrackedByJob), failed.filter(\.isTrackedByJob))
        let lastSuccess = succeeded.map(\.endedAt).max() ?? .min
        let times = failed.map(\.endedAt).filter { $0 >= lastSuccess }
        failures = (times.count, times.max() ?? .min)
        restartCount = pods.filter { !$0.hasEnded }.reduce(0) { sum, pod in
            let statuses = (pod.status?.containerStatuses ?? []) + (pod.status?.initContainerStatuses ?? [])
            return sum + statuses.reduce(0) { $0 + $1.restartCount }
        }
    }

    var readyCount: Int { active.count(where: \.isReady) }
}

extension Pod {
    var isTrackedByJob: Bool { metadata.finalizers?.contains(JobNames.trackingFinalizer) == true }

    var completionIndex: Int? {
        (metadata.annotations?[JobNames.completionIndex] ?? metadata.labels?[JobNames.completionIndex])
            .flatMap { Int($0) }
    }

    /// When its last container ended, or what comes closest; by the node's clock, which the server's follows well enough for
    /// pauses.
    var endedAt: Int64 {
        let ends = (status?.containerStatuses ?? []).compactMap { $0.state?.terminated?.finishedAt }
        if let end = ends.compactMap(Timestamp.seconds).max() { return end }
        if let deadline = metadata.deletionTimestamp.flatMap(Timestamp.seconds) {
            return deadline - Int64(metadata.deletionGracePeriodSeconds ?? 0)
        }
        let time = readyCondition?.lastTransitionTime ?? metadata.creationTimestamp
        return time.flatMap(Timestamp.seconds) ?? 0
    }

    /// The job that has to do with this pod: its controller, or, where it has none any more, the one that its label names.
    var trackingJob: ObjectKey? {
        let namespace = metadata.namespace ?? ""
        if let owner = metadata.controllerReference {
            return owner.kind == Job.resource.kind ? ObjectKey(namespace: namespace, name: owner.name) : nil
        }
        guard isTrackedByJob, let name = metadata.labels?[JobNames.jobName] else { return nil }
        return ObjectKey(namespace: namespace, name: name)
    }
}

extension Predicate where Object == Pod {
    /// Changes that a job's counts or steps depend on.
    static var countedByJob: Predicate {
        countedDifferently
            || updates {
                $0.hasEnded != $1.hasEnded || $0.metadata.finalizers != $1.metadata.finalizers
                    || $0.restartCount != $1.restartCount
            }
    }
}
