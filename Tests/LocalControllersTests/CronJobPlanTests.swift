import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct CronJobPlanTests {
    /// 2026-01-05, a Monday, 12:00:30 UTC.
    private static let now = Timestamp.seconds("2026-01-05T12:00:30Z") ?? 0

    private static func cronJob(_ schedule: String = "*/10 * * * *", more: (inout CronJobSpec) -> Void = { _ in })
        -> CronJob
    {
        var spec = CronJobSpec(schedule: schedule)
        more(&spec)
        return CronJob(
            metadata: ObjectMeta(name: "c", namespace: "n", uid: "u", creationTimestamp: "2026-01-05T11:45:00Z"),
            spec: spec)
    }

    private static func job(_ name: String, created: String, condition: String? = nil) -> Job {
        var job = Job(
            metadata: ObjectMeta(name: name, namespace: "n", uid: name, creationTimestamp: created),
            spec: JobSpec(template: PodTemplateSpec()))
        if let condition {
            job.status = JobStatus(
                conditions: [JobCondition(type: condition, status: "True")], completionTime: created)
        }
        return job
    }

    private static func plan(_ cronJob: CronJob, _ jobs: [Job] = [], now: Int64 = now, offset: Int64 = 0) throws
        -> CronJobPlan
    {
        try CronJobPlan(cronJob, jobs: jobs, now: now) { _ in offset }
    }

    @Test func `Of the runs since the last one the latest is due, and none before the cron job was there`() throws {
        let plan = try Self.plan(Self.cronJob())
        #expect(plan.due == Self.now - 30)
        #expect(plan.status.lastScheduleTime == "2026-01-05T12:00:00Z")
        var done = Self.cronJob()
        done.status = plan.status
        #expect(try Self.plan(done).due == nil)
        #expect(try Self.plan(done, now: Self.now + 600).due == Self.now + 570)
        #expect(try Self.plan(Self.cronJob("40 11 * * *")).due == nil)
    }

    @Test func `A run that is too late is left out, and a suspended cron job makes none`() throws {
        let late = Self.cronJob("50 11 * * *") { $0.startingDeadlineSeconds = 300 }
        #expect(try Self.plan(late).due == nil)
        let soon = Self.cronJob("50 11 * * *") { $0.startingDeadlineSeconds = 900 }
        #expect(try Self.plan(soon).due == Self.now - 630)
        #expect(try Self.plan(Self.cronJob { $0.suspend = true }).due == nil)
    }

    @Test func `A schedule is read by the clock of its time zone`() throws {
        #expect(try Self.plan(Self.cronJob("0 14 * * 1"), offset: 7200).due == Self.now - 30)
        #expect(try Self.plan(Self.cronJob("0 14 * * 1")).due == nil)
    }

    @Test func `Jobs of one cron job stand side by side, wait, or make room, as it says`() throws {
        let running = Self.job("running", created: "2026-01-05T11:50:00Z")
        let beside = try Self.plan(Self.cronJob(), [running])
        #expect(beside.due != nil)
        #expect(beside.status.active?.map(\.name) == ["running"])
        let waiting = try Self.plan(Self.cronJob { $0.concurrencyPolicy = "Forbid" }, [running])
        #expect(waiting.due == nil)
        #expect(waiting.status.lastScheduleTime == nil)
        let replacing = try Self.plan(Self.cronJob { $0.concurrencyPolicy = "Replace" }, [running])
        #expect(replacing.due != nil)
        #expect(replacing.replaced.map(\.metadata.name) == ["running"])
    }

    @Test func `Only as many finished jobs are kept as asked for, the newest`() throws {
        let jobs =
            (0..<5).map { Self.job("s\($0)", created: "2026-01-05T11:0\($0):00Z", condition: "Complete") }
            + (0..<3).map { Self.job("f\($0)", created: "2026-01-05T11:0\($0):00Z", condition: "Failed") }
        let plan = try Self.plan(Self.cronJob { $0.suspend = true }, jobs)
        #expect(plan.outdated.map(\.metadata.name) == ["s0", "s1", "f0", "f1"])
        #expect(plan.status.lastSuccessfulTime == "2026-01-05T11:04:00Z")
        #expect(plan.status.active == nil)
    }
}
