public import StructuredData

/// Makes jobs on a schedule.
public struct CronJob: KubernetesResource {
    public static let resource = ResourceType(
        group: "batch", version: "v1", kind: "CronJob", plural: "cronjobs", namespaced: true)

    public private(set) var apiVersion = APIVersionField<CronJob>()
    public private(set) var kind = KindField<CronJob>()
    public var metadata: ObjectMeta
    public var spec: CronJobSpec
    public var status: CronJobStatus?

    public init(metadata: ObjectMeta, spec: CronJobSpec, status: CronJobStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct CronJobSpec: Codable, Sendable, Hashable {
    /// Five fields, or a name such as `@hourly`.
    public var schedule: String
    /// A name of the time zone database. Default: UTC.
    public var timeZone: String?
    public var startingDeadlineSeconds: Int?
    /// `Allow`, `Forbid` or `Replace`. Default `Allow`.
    public var concurrencyPolicy: String?
    public var suspend: Bool?
    /// Metadata and specification of the jobs.
    public var jobTemplate: JSON
    /// Default 3.
    public var successfulJobsHistoryLimit: Int?
    /// Default 1.
    public var failedJobsHistoryLimit: Int?

    public init(
        schedule: String,
        timeZone: String? = nil,
        startingDeadlineSeconds: Int? = nil,
        concurrencyPolicy: String? = nil,
        suspend: Bool? = nil,
        jobTemplate: JSON = [:],
        successfulJobsHistoryLimit: Int? = nil,
        failedJobsHistoryLimit: Int? = nil
    ) {
        self.schedule = schedule
        self.timeZone = timeZone
        self.startingDeadlineSeconds = startingDeadlineSeconds
        self.concurrencyPolicy = concurrencyPolicy
        self.suspend = suspend
        self.jobTemplate = jobTemplate
        self.successfulJobsHistoryLimit = successfulJobsHistoryLimit
        self.failedJobsHistoryLimit = failedJobsHistoryLimit
    }
}

public struct CronJobStatus: Codable, Sendable, Hashable {
    public var active: [ObjectReference]?
    public var lastScheduleTime: String?
    public var lastSuccessfulTime: String?

    public init(
        active: [ObjectReference]? = nil, lastScheduleTime: String? = nil, lastSuccessfulTime: String? = nil
    ) {
        self.active = active
        self.lastScheduleTime = lastScheduleTime
        self.lastSuccessfulTime = lastSuccessfulTime
    }
}
