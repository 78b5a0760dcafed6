import KubernetesModel

/// What a cron job is to do now, from what is observed.
struct CronJobPlan {
    /// A run that was missed is looked for this far back.
    static let longestLookBackMinutes: Int64 = 7 * 24 * 60

    /// The minute, in seconds since 1970, for which a job is to be made.
    var due: Int64?
    /// Jobs that make room for the next one.
    var replaced: [Job] = []
    /// Finished jobs beyond what is kept.
    var outdated: [Job] = []
    var status: CronJobStatus

    /// - Parameters:
    ///   - jobs: those that the cron job controls.
    ///   - now: seconds since 1970.
    ///   - offset: what the schedule's time zone is ahead of UTC at a time, in seconds.
    /// - Throws: `CronSchedule.Malformed`.
    init(_ cronJob: CronJob, jobs: [Job], now: Int64, offset: (Int64) -> Int64) throws {
        let active = jobs.filter { !$0.isFinished }
        status = cronJob.status ?? CronJobStatus()
        status.active = active.isEmpty ? nil : active.map(\.objectReference)
        let succeeded = jobs.filter { $0.hasCondition("Complete") }
        let latest = succeeded.compactMap { $0.status?.completionTime }.max()
        if let latest, latest > status.lastSuccessfulTime ?? "" { status.lastSuccessfulTime = latest }
        outdated =
            Self.beyond(cronJob.spec.successfulJobsHistoryLimit ?? 3, succeeded)
            + Self.beyond(cronJob.spec.failedJobsHistoryLimit ?? 1, jobs.filter { $0.hasCondition("Failed") })
        guard cronJob.metadata.deletionTimestamp == nil, cronJob.spec.suspend != true else { return }

        let schedule = try CronSchedule(cronJob.spec.schedule)
        let since =
            [cronJob.metadata.creationTimestamp, status.lastScheduleTime]
            .compactMap { $0.flatMap(Timestamp.seconds) }.max() ?? now
        var earliest = since
        if let seconds = cronJob.spec.startingDeadlineSeconds { earliest = max(earliest, now - Int64(seconds)) }
        guard let minute = Self.lastDue(schedule, after: earliest, until: now, offset: offset) else { return }
        switch cronJob.spec.concurrencyPolicy {
        case "Forbid" where !active.isEmpty: return
        case "Replace": replaced = active
        default: break
        }
        due = minute
        status.lastScheduleTime = Timestamp.text(seconds: minute)
    }

    /// Of several missed runs only the last is made up for.
    private static func lastDue(
        _ schedule: CronSchedule, after earliest: Int64, until now: Int64, offset: (Int64) -> Int64
    ) -> Int64? {
        let last = now / 60
        let first = max(earliest / 60 + 1, last - longestLookBackMinutes)
        guard first <= last else { return nil }
        for minute in stride(from: last, through: first, by: -1)
        where schedule.isDue(CronSchedule.Minute(seconds: minute * 60 + offset(minute * 60))) {
            return minute * 60
        }
        return nil
    }

    /// The oldest beyond `limit`.
    private static func beyond(_ limit: Int, _ jobs: [Job]) -> [Job] {
        let sorted = jobs.sorted { ($0.metadata.creationTimestamp ?? "") < ($1.metadata.creationTimestamp ?? "") }
        return Array(sorted.prefix(max(0, sorted.count - limit)))
    }
}

extension Job {
    func hasCondition(_ type: String) -> Bool {
        (status?.conditions ?? []).contains { $0.type == type && $0.status == "True" }
    }

    var isFinished: Bool { hasCondition("Complete") || hasCondition("Failed") }
}
