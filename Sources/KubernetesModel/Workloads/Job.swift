public import StructuredData

/// Runs pods until enough of them have succeeded.
public struct Job: KubernetesResource {
    public static let resource = ResourceType(
        group: "batch", version: "v1", kind: "Job", plural: "jobs", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Job>()
    public private(set) var kind = KindField<Job>()
    public var metadata: ObjectMeta
    public var spec: JobSpec
    public var status: JobStatus?

    public init(metadata: ObjectMeta, spec: JobSpec, status: JobStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct JobSpec: Codable, Sendable, Hashable {
    public var parallelism: Int?
    public var completions: Int?
    public var activeDeadlineSeconds: Int?
    /// Default 6.
    public var backoffLimit: Int?
    public var selector: LabelSelector?
    public var manualSelector: Bool?
    public var template: PodTemplateSpec
    public var ttlSecondsAfterFinished: Int?
    public var completionMode: String?
    public var suspend: Bool?
    public var podFailurePolicy: JSON?
    public var podReplacementPolicy: String?
    public var successPolicy: JSON?
    public var backoffLimitPerIndex: Int?
    public var maxFailedIndexes: Int?
    /// Which controller runs it; absent: the built-in one.
    public var managedBy: String?

    public init(
        parallelism: Int? = nil,
        completions: Int? = nil,
        activeDeadlineSeconds: Int? = nil,
        backoffLimit: Int? = nil,
        selector: LabelSelector? = nil,
        manualSelector: Bool? = nil,
        template: PodTemplateSpec,
        ttlSecondsAfterFinished: Int? = nil,
        completionMode: String? = nil,
        suspend: Bool? = nil,
        podFailurePolicy: JSON? = nil,
        podReplacementPolicy: String? = nil,
        successPolicy: JSON? = nil,
        backoffLimitPerIndex: Int? = nil,
        maxFailedIndexes: Int? = nil,
        managedBy: String? = nil
    ) {
        self.parallelism = parallelism
        self.completions = completions
        self.activeDeadlineSeconds = activeDeadlineSeconds
        self.backoffLimit = backoffLimit
        self.selector = selector
        self.manualSelector = manualSelector
        self.template = template
        self.ttlSecondsAfterFinished = ttlSecondsAfterFinished
        self.completionMode = completionMode
        self.suspend = suspend
        self.podFailurePolicy = podFailurePolicy
        self.podReplacementPolicy = podReplacementPolicy
        self.successPolicy = successPolicy
        self.backoffLimitPerIndex = backoffLimitPerIndex
        self.maxFailedIndexes = maxFailedIndexes
        self.managedBy = managedBy
    }
}

public struct JobStatus: Codable, Sendable, Hashable {
    public var conditions: [JobCondition]?
    public var startTime: String?
    public var completionTime: String?
    public var active: Int?
    public var succeeded: Int?
    public var failed: Int?
    public var terminating: Int?
    public var ready: Int?
    public var completedIndexes: String?
    public var failedIndexes: String?
    public var uncountedTerminatedPods: JSON?

    public init(
        conditions: [JobCondition]? = nil,
        startTime: String? = nil,
        completionTime: String? = nil,
        active: Int? = nil,
        succeeded: Int? = nil,
        failed: Int? = nil,
        terminating: Int? = nil,
        ready: Int? = nil,
        completedIndexes: String? = nil,
        failedIndexes: String? = nil,
        uncountedTerminatedPods: JSON? = nil
    ) {
        self.conditions = conditions
        self.startTime = startTime
        self.completionTime = completionTime
        self.active = active
        self.succeeded = succeeded
        self.failed = failed
        self.terminating = terminating
        self.ready = ready
        self.completedIndexes = completedIndexes
        self.failedIndexes = failedIndexes
        self.uncountedTerminatedPods = uncountedTerminatedPods
    }
}

/// `Suspended`, `Complete`, `Failed`, `FailureTarget` or `SuccessCriteriaMet`.
public struct JobCondition: Codable, Sendable, Hashable {
    public var type: String
    /// `True`, `False` or `Unknown`.
    public var status: String
    public var lastProbeTime: String?
    public var lastTransitionTime: String?
    public var reason: String?
    public var message: String?

    public init(
        type: String,
        status: String,
        lastProbeTime: String? = nil,
        lastTransitionTime: String? = nil,
        reason: String? = nil,
        message: String? = nil
    ) {
        self.type = type
        self.status = status
        self.lastProbeTime = lastProbeTime
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}
