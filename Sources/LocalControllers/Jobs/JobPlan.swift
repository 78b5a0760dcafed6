import KubernetesModel
import StructuredData

/// What a job does next, and what its status says, from what is observed. Pure.
///
/// Its ended pods are counted by `JobTally`. The end of a job has two steps: `SuccessCriteriaMet` or `FailureTarget` first,
/// `Complete` or `Failed` once no pod is left running.
struct JobPlan {
    /// The pause after the first failure in a row; it doubles with each further one up to the limit.
    static let backoffSeconds: Int64 = 10
    static let backoffLimitSeconds: Int64 = 600

    enum News: Sendable, Hashable {
        case suspended, resumed, completed
        case failed(reason: String, message: String)
    }

    var status: JobStatus
    /// How many pods to create, for a job without indexes.
    var creationCount = 0
    /// The indexes to create pods for.
    var creationIndexes: [Int] = []
    /// What those pods are to know of the failures before them, where there is a limit for each index.
    var indexFailures: [Int: IndexFailures] = [:]
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
    private let policy: PodFailurePolicy
    private let now: Int64

    /// - Parameters:
    ///   - pods: those that the job controls, in any state.
    ///   - now: seconds since 1970.
    init(_ job: Templated<Job>, pods owned: [Pod], now: Int64) {
        spec = job.object.spec
        restartPolicy = job.template["spec"]?["restartPolicy"]?.stringValue
        policy = PodFailurePolicy(spec.podFailurePolicy)
        self.now = now
        status = job.object.status ?? JobStatus()
        // The pods that end because the job has succeeded have not failed.
        let failsWhenAsked = !spec.replacesOnlyFailedPods && !status.isTrue("SuccessCriteriaMet")
        let pods = JobPods(owned, failsWhenAsked: failsWhenAsked)
        let isOver = status.isTrue("Complete") || status.isTrue("Failed")
        guard !isOver, job.metadata.deletionTimestamp == nil else {
            released = Array(pods.tracked.values)
            if isOver { expire() }
            return
        }
        if status.startTime == nil, spec.suspend != true { status.startTime = Timestamp.text(seconds: now) }
        let before = status
        var tally = JobTally(before, spec: spec, pods: pods, isEnding: isEnding)
        take(tally, pods)
        decide(pods, tally)
        if isEnding, !tally.predecessors.isEmpty {
            // Their successors will not come.
            tally = JobTally(before, spec: spec, pods: pods, isEnding: true)
            take(tally, pods)
        }
        if isEnding {
            end(pods, tally)
        } else if spec.suspend == true {
            surplus = pods.active
            suspend()
        } else {
            resume()
            manage(pods, tally)
        }
        released += surplus.filter(\.isTrackedByJob)
    }

    private mutating func take(_ tally: JobTally, _ pods: JobPods) {
        let conditions = status.conditions
        status = tally.status
        status.conditions = conditions
        status.active = pods.active.count
        status.ready = pods.readyCount
        status.terminating = pods.terminating.count
        released = tally.released
    }

    // MARK: The end

    private var isEnding: Bool { status.isTrue("SuccessCriteriaMet") || status.isTrue("FailureTarget") }

    private mutating func decide(_ pods: JobPods, _ tally: JobTally) {
        guard !isEnding else { return }
        if let (reason, message) = failure(pods, tally) { return set("FailureTarget", reason, message) }
        let succeeded = (status.succeeded ?? 0) + tally.waiting.succeeded
        if spec.isIndexed,
            let rule = SuccessPolicy.metRule(
                spec.successPolicy, succeeded: tally.succeededIndexes, completions: spec.completions ?? 0)
        {
            return set("SuccessCriteriaMet", "SuccessPolicy", rule)
        }
        let isEnough = spec.completions.map { succeeded >= $0 } ?? (succeeded > 0)
        if isEnough, pods.active.isEmpty, spec.suspend != true {
            set("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
        }
    }

    /// Why the job has failed, where it has.
    private mutating func failure(_ pods: JobPods, _ tally: JobTally) -> (reason: String, message: String)? {
        if spec.podFailurePolicy != nil {
            for pod in pods.failed {
                if case .failsJob(let message) = policy.verdict(on: pod) { return ("PodFailurePolicy", message) }
            }
        }
        let limit = spec.backoffLimit ?? 6
        let restarts =
            restartPolicy == "OnFailure"
            && (limit == 0 ? pods.restartCount > 0 : pods.restartCount >= limit)
        if (status.failed ?? 0) + tally.waiting.failed > limit || restarts {
            return ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
        }
        if let rest = secondsLeft {
            guard rest > 0 else { return ("DeadlineExceeded", "Job was active longer than specified deadline") }
            lookAgain(after: rest)
        }
        guard spec.backoffLimitPerIndex != nil, tally.failedIndexes.count > 0 else { return nil }
        if let most = spec.maxFailedIndexes, tally.failedIndexes.count > most {
            return ("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
        }
        let isOver = tally.failedIndexes.count + tally.succeededIndexes.count >= spec.completions ?? 0
        return isOver ? ("FailedIndexes", "Job has failed indexes") : nil
    }

    /// Until the job's deadline, where it has one that runs.
    private var secondsLeft: Int64? {
        guard spec.suspend != true, let deadline = spec.activeDeadlineSeconds,
            let start = status.startTime.flatMap(Timestamp.seconds)
        else { return nil }
        return start + Int64(deadline) - now
    }

    private mutating func end(_ pods: JobPods, _ tally: JobTally) {
        condemned = pods.active
        if status.isTrue("SuccessCriteriaMet") {
            // Nobody counts them, so nothing must keep them.
            let counted = Set(released.compactMap(\.metadata.uid))
            released += (pods.active + pods.terminating).filter { pod in
                pod.isTrackedByJob && !counted.contains(pod.metadata.uid ?? "")
            }
        }
        let isQuiet = pods.active.isEmpty && pods.terminating.isEmpty && pods.tracked.isEmpty
        guard isQuiet, tally.waiting == (0, 0) else { return }
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

    private mutating func manage(_ pods: JobPods, _ tally: JobTally) {
        let succeeded = (status.succeeded ?? 0) + tally.waiting.succeeded
        let parallelism = spec.parallelism ?? 1
        let wanted: Int
        if let completions = spec.completions {
            wanted = min(max(completions - succeeded, 0), parallelism)
        } else {
            // A queue of work: after the first success no more pods are begun.
            wanted = succeeded > 0 ? pods.active.count : parallelism
        }
        surplus = surplus(of: pods.active, atLeast: pods.active.count - wanted)
        guard surplus.isEmpty else { return }
        let blocked = spec.replacesOnlyFailedPods ? pods.terminating : []
        let missing = wanted - pods.active.count - blocked.count
        guard missing > 0 else { return }
        if spec.backoffLimitPerIndex == nil {
            let pause = pause(afterFailures: pods.failures.count, last: pods.failures.last)
            guard pause <= 0 else { return lookAgain(after: pause) }
        }
        guard spec.isIndexed else {
            creationCount = missing
            return
        }
        let taken = Set((pods.active + blocked).compactMap(\.completionIndex))
        let pending = (0..<(spec.completions ?? 0)).lazy.filter { index in
            !tally.succeededIndexes.contains(index) && !tally.failedIndexes.contains(index) && !taken.contains(index)
        }.prefix(missing)
        for index in pending { begin(index, after: tally.predecessors[index]) }
    }

    /// Plans a pod for an index, unless the pause after the failure of the last one is not over.
    private mutating func begin(_ index: Int, after predecessor: Pod?) {
        if spec.backoffLimitPerIndex != nil {
            var failures = IndexFailures()
            if let predecessor {
                failures = predecessor.indexFailures.adding(policy.verdict(on: predecessor))
                let pause = pause(afterFailures: failures.all, last: predecessor.endedAt)
                guard pause <= 0 else { return lookAgain(after: pause) }
            }
            indexFailures[index] = failures
        }
        creationIndexes.append(index)
    }

    /// Pods of an index that has another, or of none that there is, always go.
    private func surplus(of active: [Pod], atLeast count: Int) -> [Pod] {
        var surplus: [Pod] = []
        var left = active
        if spec.isIndexed {
            let known = active.filter { $0.completionIndex.map { $0 < spec.completions ?? 0 } ?? false }
            surplus = active.filter { $0.completionIndex.map { $0 >= spec.completions ?? 0 } ?? true }
            left = []
            for (_, pods) in Dictionary(grouping: known, by: \.completionIndex) {
                let doubles = VictimOrder.victims(of: pods, count: pods.count - 1)
                surplus += doubles
                left += pods.filter { pod in !doubles.contains { $0.metadata.uid == pod.metadata.uid } }
            }
        }
        return surplus + VictimOrder.victims(of: left, count: count - surplus.count)
    }

    /// How much of the pause after the last failure is left, in seconds.
    private func pause(afterFailures count: Int, last: Int64) -> Int64 {
        guard count > 0 else { return 0 }
        let doublings = min(count - 1, 10)
        return last + min(Self.backoffSeconds << Int64(doublings), Self.backoffLimitSeconds) - now
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
    /// Whether the controllers here are to run it.
    var isManagedHere: Bool { managedBy.map { $0 == "kubernetes.io/job-controller" } ?? true }
}

extension JobStatus {
    func condition(_ type: String) -> JobCondition? { conditions?.first { $0.type == type } }
    func isTrue(_ type: String) -> Bool { condition(type)?.status == "True" }
}
