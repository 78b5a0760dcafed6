import KubernetesModel
import StructuredData

/// What a job does next, and what its status says, from what is observed. Pure.
///
/// An ended pod is counted in three steps, so that no crash loses or doubles it: it is written among the uncounted, then its
/// finalizer is taken off, then, once the cache shows that, it moves into the count. The end of a job has two as well:
/// `SuccessCriteriaMet` or `FailureTarget` first, `Complete` or `Failed` once no pod is left running.
struct JobPlan {
    /// The pause after the first failure in a row; it doubles with each further one up to the limit.
    static let backoffSeconds: Int64 = 10
    static let backoffLimitSeconds: Int64 = 360
    /// How many pods may wait to be counted.
    static let uncountedLimit = 500

    enum News: Sendable, Hashable {
        case suspended, resumed, completed
        case failed(reason: String, message: String)
    }

    var status: JobStatus
    /// How many pods to create, for a job without indexes.
    var creationCount = 0
    /// The indexes to create pods for.
    var creationIndexes: [Int] = []
    /// Too many, or suspended: their ends count as nothing.
    var surplus: [Pod] = []
    /// To end with the job.
    var condemned: [Pod] = []
    /// To be let go, once the status is written.
    var released: [Pod] = []
    var news: [News] = []
    /// The job is over and its time to stay as well.
    var isExpired = false
    var lookAgainAfterSeconds: Int64?

    private let spec: JobSpec
    private let restartPolicy: String?
    private let now: Int64

    /// - Parameters:
    ///   - pods: those that the job controls, in any state.
    ///   - now: seconds since 1970.
    init(_ job: Templated<Job>, pods owned: [Pod], now: Int64) {
        spec = job.object.spec
        restartPolicy = job.template["spec"]?["restartPolicy"]?.stringValue
        self.now = now
        status = job.object.status ?? JobStatus()
        let pods = JobPods(owned, replacesOnlyFailed: spec.replacesOnlyFailedPods)
        let isOver = status.isTrue("Complete") || status.isTrue("Failed")
        guard !isOver, job.metadata.deletionTimestamp == nil else {
            released = Array(pods.tracked.values)
            if isOver { expire() }
            return
        }
        if status.startTime == nil, spec.suspend != true { status.startTime = Timestamp.text(seconds: now) }
        let waiting = count(pods)
        status.active = pods.active.count
        status.ready = pods.readyCount
        status.terminating = pods.terminating.count
        decide(pods, waiting: waiting)
        if status.isTrue("SuccessCriteriaMet") || status.isTrue("FailureTarget") {
            condemned = pods.active
            finish(pods, waiting: waiting)
        } else if spec.suspend == true {
            surplus = pods.active
            suspend()
        } else {
            resume()
            manage(pods, waiting: waiting)
        }
        released += surplus.filter(\.isTrackedByJob)
    }

    // MARK: Counting

    /// Moves pods one step on; returns how many successes and failures wait to be counted.
    private mutating func count(_ pods: JobPods) -> (succeeded: Int, failed: Int) {
        var uncounted = UncountedPods(status.uncountedTerminatedPods)
        // Without its finalizer, or gone: nobody will write it down a second time.
        let failedBefore = uncounted.failed.filter { pods.tracked[$0] != nil }
        status.failed = (status.failed ?? 0) + uncounted.failed.count - failedBefore.count
        let succeededBefore = uncounted.succeeded.filter { pods.tracked[$0] != nil }
        status.succeeded = (status.succeeded ?? 0) + uncounted.succeeded.count - succeededBefore.count
        uncounted.failed = failedBefore
        uncounted.succeeded = succeededBefore
        released = (failedBefore + succeededBefore).compactMap { pods.tracked[$0] }

        var room = max(Self.uncountedLimit - released.count, 0)
        func isNew(_ pod: Pod) -> Bool {
            let uid = pod.metadata.uid ?? ""
            return !failedBefore.contains(uid) && !succeededBefore.contains(uid)
        }
        if spec.isIndexed {
            // The index itself says what has been counted.
            var completed = CompletedIndexes(status.completedIndexes, completions: spec.completions ?? 0)
            for pod in pods.uncounted.succeeded {
                if let index = pod.completionIndex, index < spec.completions ?? 0 { completed.insert(index) }
                released.append(pod)
            }
            status.completedIndexes = completed.text
            status.succeeded = completed.count
        } else {
            for pod in pods.uncounted.succeeded.filter(isNew).prefix(room) {
                uncounted.succeeded.append(pod.metadata.uid ?? "")
                released.append(pod)
                room -= 1
            }
        }
        for pod in pods.uncounted.failed.filter(isNew).prefix(room) {
            uncounted.failed.append(pod.metadata.uid ?? "")
            released.append(pod)
        }
        status.uncountedTerminatedPods = uncounted.json
        return (uncounted.succeeded.count, uncounted.failed.count)
    }

    // MARK: The end

    private mutating func decide(_ pods: JobPods, waiting: (succeeded: Int, failed: Int)) {
        guard !status.isTrue("SuccessCriteriaMet"), !status.isTrue("FailureTarget") else { return }
        let succeeded = (status.succeeded ?? 0) + waiting.succeeded
        let failed = (status.failed ?? 0) + waiting.failed
        let limit = spec.backoffLimit ?? 6
        let restarts =
            restartPolicy == "OnFailure"
            && (limit == 0 ? pods.restartCount > 0 : pods.restartCount >= limit)
        if failed > limit || restarts {
            set("FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
            return
        }
        if spec.suspend != true, let deadline = spec.activeDeadlineSeconds,
            let start = status.startTime.flatMap(Timestamp.seconds)
        {
            let rest = start + Int64(deadline) - now
            guard rest > 0 else {
                set("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")
                return
            }
            lookAgain(after: rest)
        }
        let isEnough = spec.completions.map { succeeded >= $0 } ?? (succeeded > 0)
        if isEnough, pods.active.isEmpty, spec.suspend != true {
            set("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
        }
    }

    private mutating func finish(_ pods: JobPods, waiting: (succeeded: Int, failed: Int)) {
        let isQuiet = pods.active.isEmpty && pods.terminating.isEmpty && pods.tracked.isEmpty
        guard isQuiet, waiting == (0, 0) else { return }
        if let target = status.condition("FailureTarget"), target.status == "True" {
            set("Failed", target.reason ?? "", target.message ?? "")
            news.append(.failed(reason: target.reason ?? "", message: target.message ?? ""))
        } else if let target = status.condition("SuccessCriteriaMet") {
            set("Complete", target.reason ?? "", target.message ?? "")
            status.completionTime = Timestamp.text(seconds: now)
            news.append(.completed)
        }
        expire()
        if isExpired {
            // Not before its end has been written down.
            isExpired = false
            lookAgain(after: 0)
        }
    }

    private mutating func expire() {
        guard let seconds = spec.ttlSecondsAfterFinished,
            let end = (status.conditions ?? []).first(where: {
                ["Complete", "Failed"].contains($0.type) && $0.status == "True"
            })?.lastTransitionTime.flatMap(Timestamp.seconds)
        else { return }
        let rest = end + Int64(seconds) - now
        if rest <= 0 { isExpired = true } else { lookAgain(after: rest) }
    }

    // MARK: Suspension

    private mutating func suspend() {
        guard !status.isTrue("Suspended") else { return }
        set("Suspended", "JobSuspended", "Job suspended")
        news.append(.suspended)
    }

    private mutating func resume() {
        guard status.isTrue("Suspended") else { return }
        set("Suspended", "JobResumed", "Job resumed", isTrue: false)
        // The deadline counts from here.
        status.startTime = Timestamp.text(seconds: now)
        news.append(.resumed)
    }

    // MARK: Pods

    private mutating func manage(_ pods: JobPods, waiting: (succeeded: Int, failed: Int)) {
        let succeeded = (status.succeeded ?? 0) + waiting.succeeded
        let parallelism = spec.parallelism ?? 1
        let wanted: Int
        if let completions = spec.completions {
            wanted = min(max(completions - succeeded, 0), parallelism)
        } else {
            // A queue of work: after the first success no more pods are begun.
            wanted = succeeded > 0 ? pods.active.count : parallelism
        }
        if pods.active.count > wanted {
            surplus = VictimOrder.victims(of: pods.active, count: pods.active.count - wanted)
            return
        }
        let blocked = spec.replacesOnlyFailedPods ? pods.terminating : []
        let missing = wanted - pods.active.count - blocked.count
        guard missing > 0 else { return }
        let pause = backoff(pods)
        guard pause <= 0 else { return lookAgain(after: pause) }
        guard spec.isIndexed else {
            creationCount = missing
            return
        }
        let completed = CompletedIndexes(status.completedIndexes, completions: spec.completions ?? 0)
        let taken = Set((pods.active + blocked).compactMap(\.completionIndex))
        creationIndexes = Array(
            (0..<(spec.completions ?? 0)).lazy.filter { !completed.contains($0) && !taken.contains($0) }
                .prefix(missing))
    }

    /// How much of the pause after the last failure is left, in seconds.
    private func backoff(_ pods: JobPods) -> Int64 {
        guard pods.failures.count > 0 else { return 0 }
        let doublings = min(pods.failures.count - 1, 10)
        let pause = min(Self.backoffSeconds << Int64(doublings), Self.backoffLimitSeconds)
        return pods.failures.last + pause - now
    }

    private mutating func lookAgain(after seconds: Int64) {
        lookAgainAfterSeconds = min(lookAgainAfterSeconds ?? seconds, seconds)
    }

    private mutating func set(_ type: String, _ reason: String, _ message: String, isTrue: Bool = true) {
        let time = Timestamp.text(seconds: now)
        let condition = JobCondition(
            type: type, status: isTrue ? "True" : "False", lastProbeTime: time, lastTransitionTime: time,
            reason: reason, message: message)
        status.conditions = (status.conditions ?? []).filter { $0.type != type } + [condition]
    }
}

/// `status.uncountedTerminatedPods`: uids.
struct UncountedPods: Sendable, Hashable {
    var succeeded: [String]
    var failed: [String]

    init(_ json: JSON?) {
        func uids(_ member: String) -> [String] { (json?[member]?.arrayValue ?? []).compactMap(\.stringValue) }
        succeeded = uids("succeeded")
        failed = uids("failed")
    }

    /// Empty lists are left out.
    var json: JSON {
        var json: JSON = [:]
        if !succeeded.isEmpty { json["succeeded"] = JSON(succeeded) }
        if !failed.isEmpty { json["failed"] = JSON(failed) }
        return json
    }
}

extension JobSpec {
    var isIndexed: Bool { completionMode == "Indexed" }
    var replacesOnlyFailedPods: Bool { podReplacementPolicy == "Failed" }
}

extension JobStatus {
    func condition(_ type: String) -> JobCondition? { conditions?.first { $0.type == type } }
    func isTrue(_ type: String) -> Bool { condition(type)?.status == "True" }
}
