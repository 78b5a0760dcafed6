import KubernetesModel

/// One step in the count of a job's ended pods. Pure.
///
/// An ended pod is counted in three steps, so that no crash loses or doubles it: it is written among the uncounted, then its
/// finalizer is taken off, then, once the cache shows that, it moves into the count. Of an Indexed job the index itself says
/// which success has been counted. Where failures are limited for each index, a failed pod waits with its first step until its
/// successor is there, which carries the count of its index on.
struct JobTally {
    /// How many pods may wait to be counted.
    static let uncountedLimit = 500

    /// With the counts moved on.
    private(set) var status: JobStatus
    /// Counted, or not to be: they may be let go once the status is written.
    private(set) var released: [Pod] = []
    /// How many successes and failures are sure, and not yet in the status's own counts.
    private(set) var waiting: (succeeded: Int, failed: Int) = (0, 0)
    private(set) var succeededIndexes: JobIndexes
    private(set) var failedIndexes: JobIndexes
    /// By index: the failed pod whose successor is still to come.
    private(set) var predecessors: [Int: Pod] = [:]

    private let spec: JobSpec
    private let policy: PodFailurePolicy

    /// - Parameter isEnding: no pods will be made any more.
    init(_ status: JobStatus, spec: JobSpec, pods: JobPods, isEnding: Bool) {
        self.status = status
        self.spec = spec
        policy = PodFailurePolicy(spec.podFailurePolicy)
        succeededIndexes = JobIndexes(status.completedIndexes, completions: spec.completions ?? 0)
        failedIndexes = JobIndexes(status.failedIndexes, completions: spec.completions ?? 0)
        let known = settle(pods)
        if spec.isIndexed { countIndexes(pods) }
        if spec.backoffLimitPerIndex != nil, !isEnding { predecessors = successorless(pods) }
        countNew(pods, known)
    }

    private func hasIndex(_ pod: Pod) -> Bool {
        guard spec.isIndexed else { return true }
        return pod.completionIndex.map { $0 < spec.completions ?? 0 } ?? false
    }

    /// Moves those that nobody will write down a second time, without their finalizer or gone, into the counts.
    private mutating func settle(_ pods: JobPods) -> UncountedPods {
        var uncounted = UncountedPods(status.uncountedTerminatedPods)
        let failed = uncounted.failed.filter { pods.tracked[$0] != nil }
        let succeeded = uncounted.succeeded.filter { pods.tracked[$0] != nil }
        status.failed = (status.failed ?? 0) + uncounted.failed.count - failed.count
        status.succeeded = (status.succeeded ?? 0) + uncounted.succeeded.count - succeeded.count
        (uncounted.failed, uncounted.succeeded) = (failed, succeeded)
        released = (failed + succeeded).compactMap { pods.tracked[$0] }
        return uncounted
    }

    private mutating func countIndexes(_ pods: JobPods) {
        for pod in pods.uncounted.succeeded {
            if hasIndex(pod), let index = pod.completionIndex { succeededIndexes.insert(index) }
            released.append(pod)
        }
        status.completedIndexes = succeededIndexes.text
        status.succeeded = succeededIndexes.count
        guard let limit = spec.backoffLimitPerIndex else { return }
        for pod in pods.uncounted.failed where hasIndex(pod) {
            let verdict = policy.verdict(on: pod)
            let isOver = verdict.isCounted && pod.indexFailures.counted >= limit
            if verdict == .failsIndex || isOver, let index = pod.completionIndex { failedIndexes.insert(index) }
        }
        status.failedIndexes = failedIndexes.text ?? ""
    }

    private func successorless(_ pods: JobPods) -> [Int: Pod] {
        let active = Set(pods.active.compactMap(\.completionIndex))
        var last: [Int: Pod] = [:]
        for pod in pods.uncounted.failed where hasIndex(pod) {
            guard let index = pod.completionIndex, !active.contains(index), !succeededIndexes.contains(index),
                !failedIndexes.contains(index)
            else { continue }
            if let other = last[index], (other.indexFailures.all, other.endedAt) > (pod.indexFailures.all, pod.endedAt)
            {
                continue
            }
            last[index] = pod
        }
        return last
    }

    private mutating func countNew(_ pods: JobPods, _ known: UncountedPods) {
        var uncounted = known
        var room = max(Self.uncountedLimit - released.count, 0)
        let seen = Set(known.failed + known.succeeded)
        if !spec.isIndexed {
            for pod in pods.uncounted.succeeded where !seen.contains(pod.metadata.uid ?? "") {
                guard room > 0 else { break }
                uncounted.succeeded.append(pod.metadata.uid ?? "")
                released.append(pod)
                room -= 1
            }
        }
        let delayed = Set(predecessors.values.compactMap(\.metadata.uid))
        var delayedCount = 0
        for pod in pods.uncounted.failed where !seen.contains(pod.metadata.uid ?? "") {
            let isCounted = hasIndex(pod) && policy.verdict(on: pod).isCounted
            if delayed.contains(pod.metadata.uid ?? "") {
                if isCounted { delayedCount += 1 }
                continue
            }
            guard room > 0 else { break }
            if isCounted { uncounted.failed.append(pod.metadata.uid ?? "") }
            released.append(pod)
            room -= 1
        }
        status.uncountedTerminatedPods = uncounted.json
        waiting = (uncounted.succeeded.count, uncounted.failed.count + delayedCount)
    }
}

/// How often pods of one index have failed.
struct IndexFailures: Sendable, Hashable {
    static let countedAnnotation = "batch.kubernetes.io/job-index-failure-count"
    static let ignoredAnnotation = "batch.kubernetes.io/job-index-ignored-failure-count"

    /// Against the limit of each index.
    var counted = 0
    /// By the job's policy.
    var ignored = 0

    var all: Int { counted + ignored }

    /// With the failure of the last pod of the index.
    func adding(_ verdict: PodFailurePolicy.Verdict) -> IndexFailures {
        verdict.isCounted
            ? IndexFailures(counted: counted + 1, ignored: ignored)
            : IndexFailures(counted: counted, ignored: ignored + 1)
    }
}

extension Pod {
    /// The failures of the pods of its index before it.
    var indexFailures: IndexFailures {
        func count(_ annotation: String) -> Int { metadata.annotations?[annotation].flatMap { Int($0) } ?? 0 }
        return IndexFailures(
            counted: count(IndexFailures.countedAnnotation), ignored: count(IndexFailures.ignoredAnnotation))
    }
}
