import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Makes the jobs of cron jobs when they are due, and removes those that have ended long since.
///
/// Flow: it looks at each cron job when it or one of its jobs changes, and at every full minute. Guarantees: one job a due minute,
/// since its name says which minute it is for, also after a write whose answer was lost; a cron job that says how its jobs get along
/// with each other is heeded. Caveat: of several runs that were missed only the last is made up for.
struct CronJobReconciler: Reconciler {
    private let client: KubernetesClient
    private let cronJobs: Store<CronJob>
    private let jobs: Store<Templated<Job>>
    /// Seconds since 1970.
    private let now: @Sendable () -> Int64
    private let logger: Logger

    init(
        client: KubernetesClient, cronJobs: Store<CronJob>, jobs: Store<Templated<Job>>,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.client = client
        self.cronJobs = cronJobs
        self.jobs = jobs
        self.now = now
        self.logger = logger
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let cronJob = cronJobs.get(key) else { return .done }
        guard let zone = Self.zone(cronJob.spec.timeZone) else {
            logger.warning("cron job \(key) names the unknown time zone \(cronJob.spec.timeZone ?? "")")
            return .done
        }
        let time = now()
        let plan: CronJobPlan
        do {
            plan = try CronJobPlan(
                cronJob,
                jobs: jobs.byIndex(Store<Templated<Job>>.ownerIndex, cronJob.metadata.uid ?? "").map(\.object),
                now: time
            ) { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0)))) }
        } catch let error as CronSchedule.Malformed {
            logger.warning("cron job \(key) has no schedule that can be read: \(error.message)")
            return .done
        }
        for job in plan.replaced + plan.outdated {
            try await client.remove(Job.resource, job.key, uid: job.metadata.uid ?? "", propagation: .background)
        }
        if let due = plan.due { try await create(due, cronJob) }
        try await write(plan.status, cronJob)
        return .requeue(after: .seconds(60 - time % 60))
    }

    private static func zone(_ name: String?) -> TimeZone? {
        guard let name, !name.isEmpty else { return .gmt }
        return TimeZone(identifier: name)
    }

    private func create(_ due: Int64, _ cronJob: CronJob) async throws {
        let name = "\(cronJob.metadata.name ?? "")-\(due / 60)"
        var metadata = cronJob.spec.jobTemplate["metadata"] ?? [:]
        metadata["name"] = .string(name)
        var annotations = metadata["annotations"] ?? [:]
        annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = .string(Timestamp.text(seconds: due))
        metadata["annotations"] = annotations
        metadata["ownerReferences"] = try JSON(encoding: [cronJob.ownerReference()].compactMap { $0 })
        let job: JSON = [
            "apiVersion": .string(Job.resource.apiVersion), "kind": .string(Job.resource.kind), "metadata": metadata,
            "spec": cronJob.spec.jobTemplate["spec"] ?? [:],
        ]
        do {
            _ = try await client.create(Job.resource, job, namespace: cronJob.metadata.namespace)
            logger.debug("cron job \(cronJob.key) made \(name)")
        } catch let status as KubernetesStatus where status.isAlreadyExists {
            // It was made before, and its answer or the status was lost.
        }
    }

    private func write(_ status: CronJobStatus, _ cronJob: CronJob) async throws {
        let old = cronJob.status ?? CronJobStatus()
        guard let body = try StatusPatch.body(from: old, to: status) else { return }
        _ = try await client.change(
            CronJob.resource, cronJob.key, uid: cronJob.metadata.uid, body, subresource: "status")
    }
}
