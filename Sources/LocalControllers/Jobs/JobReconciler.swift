import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Runs a job's pods until enough of them have succeeded or too many have failed.
///
/// Flow: once the cache shows our own writes, pods are adopted or released by the selector; `JobPlan` says the next step; surplus
/// pods go, missing ones are created, then the status is written, and only then do counted pods lose the finalizer that keeps
/// them. Guarantees: each ended pod is counted once, also over restarts of this process; never more pods at once than
/// `parallelism`, also after a creation whose answer was lost; the finalizer is taken off the pods of a job that is gone.
/// Assumption: a pod's end is told by the node's clock, which pauses after failures are measured with. Caveats: an adopted pod
/// counts while it runs, not when it ends. A job that is `managedBy` another controller is left alone.
struct JobReconciler: Reconciler {
    private let client: KubernetesClient
    private let jobs: Store<Templated<Job>>
    private let pods: Store<Pod>
    private let events: EventRecorder
    private let logger: Logger
    private let wallClock: WallClock
    private let barrier: WriteBarrier<Pod>
    private let creation: PodCreation
    private let statuses = StatusMemory<JobStatus>()

    init(
        client: KubernetesClient, jobs: Store<Templated<Job>>, pods: Store<Pod>, events: EventRecorder,
        time: TimeSource, wallClock: WallClock = .system, logger: Logger
    ) {
        self.client = client
        self.jobs = jobs
        self.pods = pods
        self.events = events
        self.logger = logger
        self.wallClock = wallClock
        barrier = WriteBarrier(time: time)
        creation = PodCreation(client: client, barrier: barrier)
    }

    /// What has changed while we looked at it is looked at again: not every such change brings the key.
    private static let conflictPause = Duration.milliseconds(50)

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        do {
            return try await step(key)
        } catch let status as KubernetesStatus where status.isConflict {
            return .requeue(after: Self.conflictPause)
        }
    }

    private func step(_ key: ObjectKey) async throws -> ReconcileResult {
        guard var job = jobs.get(key) else {
            creation.forget(key)
            statuses.forget(key)
            try await releaseOrphans(of: key)
            return .done
        }
        guard job.object.spec.isManagedHere else { return .done }
        job.object.status = statuses.latest(of: job, job.object.status)
        if creation.isInDoubt(key) { creation.settle(key, with: try await livePods(of: job)) }
        guard !barrier.isBehind(key, store: pods) else { return .requeue(after: .seconds(1)) }
        let owned = try await claim(job)
        let plan = JobPlan(job, pods: owned, now: wallClock.seconds)
        if plan.isExpired {
            logger.info("job \(key) is deleted: its ttlSecondsAfterFinished are over")
            try await client.remove(Job.resource, key, uid: job.metadata.uid ?? "", propagation: .foreground)
            return .done
        }
        // Its end counts as nothing, so it must not be seen to end before it is let go.
        for pod in plan.surplus { try await release(pod, of: key) }
        try await delete(plan.surplus, of: job)
        var failure: (any Error)?
        do {
            try await create(plan, job)
        } catch {
            failure = error
            events.record(.warning, reason: "FailedCreate", note: "Error creating: \(error)", on: job.object)
        }
        try await write(plan.status, job)
        tell(plan.news, job)
        let surplus = Set(plan.surplus.compactMap(\.metadata.uid))
        try await concurrently(plan.released.filter { !surplus.contains($0.metadata.uid ?? "") }, limit: 8) { pod in
            try await release(pod, of: key)
        }
        // Not before it is written down why, and, of a job that has succeeded, not before they are let go.
        try await delete(plan.condemned, of: job)
        if let failure { throw failure }
        return plan.lookAgainAfterSeconds.map { .requeue(after: .seconds($0)) } ?? .done
    }

    private func claim(_ job: Templated<Job>) async throws -> [Pod] {
        guard let selector = try job.object.spec.selector?.expression(), !selector.requirements.isEmpty else {
            return pods.byIndex(Store<Pod>.ownerIndex, job.metadata.uid ?? "")
        }
        let candidates =
            pods.byIndex(Store<Pod>.ownerIndex, job.metadata.uid ?? "")
            + pods.byIndex(SharedCaches.orphanIndex, job.metadata.namespace ?? "").filter { !$0.hasEnded }
        let claim = OwnershipClaim(owner: job.metadata, selector: selector, candidates: candidates)
        return try await claim.settle(for: job.object, client: client, barrier: barrier)
    }

    private func livePods(of job: Templated<Job>) async throws -> [Pod] {
        let selector = try job.object.spec.selector?.expression().description
        return try await client.list(
            Pod.self, namespace: job.metadata.namespace, options: ListOptions(labelSelector: selector)
        ).items.filter { $0.metadata.controllerReference?.uid == job.metadata.uid }
    }

    // MARK: Pods

    private func create(_ plan: JobPlan, _ job: Templated<Job>) async throws {
        var bodies: [JSON] = []
        if plan.creationCount > 0 || !plan.creationIndexes.isEmpty {
            let body = try PodOfJob.json(of: job)
            bodies = Array(repeating: body, count: plan.creationCount)
            bodies += plan.creationIndexes.map { index in
                PodOfJob.indexed(body, index, of: job, failures: plan.indexFailures[index])
            }
        }
        let object = job.object
        try await creation.create(bodies, namespace: job.metadata.namespace, for: job.key) { pod in
            events.record(reason: "SuccessfulCreate", note: "Created pod: \(pod.key.name)", on: object)
        }
    }

    private func delete(_ doomed: [Pod], of job: Templated<Job>) async throws {
        try await concurrently(doomed, limit: 8) { pod in
            try await client.remove(Pod.resource, pod.key, uid: pod.metadata.uid ?? "")
            barrier.deleted(pod, for: job.key)
            events.record(reason: "SuccessfulDelete", note: "Deleted pod: \(pod.key.name)", on: job.object)
        }
    }

    /// Takes the finalizer off, and leaves those of others.
    private func release(_ pod: Pod, of key: ObjectKey) async throws {
        guard pod.isTrackedByJob else { return }
        let written = try await client.change(
            Pod.resource, pod.key, uid: pod.metadata.uid, resourceVersion: pod.metadata.resourceVersion,
            FinalizerPatch.without(JobNames.trackingFinalizer, pod.metadata.finalizers ?? []))
        // The answer shows an object that is gone with this write as it was last.
        guard let written, pod.metadata.deletionTimestamp == nil else { return }
        barrier.wrote(try written.decode(Pod.self), for: key)
    }

    private func releaseOrphans(of key: ObjectKey) async throws {
        let tracked = pods.byIndex(SharedCaches.jobIndex, SharedCaches.jobValue(key)).filter(\.isTrackedByJob)
        guard !tracked.isEmpty else { return }
        let live = try await client.get(DynamicObject.self, key, of: Job.resource)
        for pod in tracked where pod.metadata.controllerReference.map({ $0.uid != live?.uid }) ?? true {
            try await release(pod, of: key)
        }
    }

    // MARK: Status

    private func write(_ status: JobStatus, _ job: Templated<Job>) async throws {
        let old = job.object.status ?? JobStatus()
        guard var body = try StatusPatch.body(from: old, to: status, keepsZero: ["ready", "terminating"]) else {
            return
        }
        // A merge leaves alone what it does not name.
        if var uncounted = body["status"]?["uncountedTerminatedPods"] {
            for list in ["succeeded", "failed"]
            where uncounted[list] == nil && old.uncountedTerminatedPods?[list] != nil {
                uncounted[list] = .null
            }
            body["status"]?["uncountedTerminatedPods"] = uncounted
        }
        // In this version only: counts are sums, and a sum on top of a stale one is wrong.
        let version = statuses.version(of: job)
        let written = try await client.change(
            Job.resource, job.key, uid: job.metadata.uid, resourceVersion: version, body, subresource: "status")
        if let written {
            statuses.wrote(status, to: try written.decode(WrittenObject.self).metadata, of: job.key)
        }
    }

    private func tell(_ news: [JobPlan.News], _ job: Templated<Job>) {
        for item in news {
            switch item {
            case .completed:
                logger.info("job \(job.key) is complete")
                events.record(reason: "Completed", note: "Job completed", on: job.object)
            case .failed(let reason, let message):
                logger.info("job \(job.key) has failed: \(reason)")
                events.record(.warning, reason: reason, note: message, on: job.object)
            case .suspended: events.record(reason: "Suspended", note: "Job suspended", on: job.object)
            case .resumed: events.record(reason: "Resumed", note: "Job resumed", on: job.object)
            }
        }
    }
}

/// The pods that a job creates, as JSON, so that nothing of the template is lost.
enum PodOfJob {
    static func json(of job: Templated<Job>) throws -> JSON {
        var body = try PodFromTemplate.pod(of: job)
        let finalizers = body["metadata"]?["finalizers"]?.arrayValue ?? []
        body["metadata"]?["finalizers"] = .array(finalizers + [.string(JobNames.trackingFinalizer)])
        return body
    }

    /// The pod of one index: it finds the index in its name, host name, label, annotation and environment.
    /// - Parameter failures: of the pods of this index before it, where they are limited.
    static func indexed(
        _ body: JSON, _ index: Int, of job: Templated<Job>, failures: IndexFailures? = nil
    ) -> JSON {
        var body = body
        let name = job.metadata.name ?? ""
        let text = JSON.string(String(index))
        // The server adds five characters, and a pod's name is its host name as well.
        let suffix = "-\(index)-"
        body["metadata"]?["generateName"] = .string(name.prefix(58 - suffix.count) + suffix)
        for map in ["labels", "annotations"] {
            var entries = body["metadata"]?[map] ?? [:]
            entries[JobNames.completionIndex] = text
            body["metadata"]?[map] = entries
        }
        if let failures {
            var annotations = body["metadata"]?["annotations"] ?? [:]
            annotations[IndexFailures.countedAnnotation] = .string(String(failures.counted))
            if failures.ignored > 0 {
                annotations[IndexFailures.ignoredAnnotation] = .string(String(failures.ignored))
            }
            body["metadata"]?["annotations"] = annotations
        }
        body["spec"]?["hostname"] = .string("\(name)-\(index)")
        let variable: JSON = [
            "name": "JOB_COMPLETION_INDEX",
            "valueFrom": ["fieldRef": ["fieldPath": .string("metadata.labels['\(JobNames.completionIndex)']")]],
        ]
        for list in ["containers", "initContainers"] {
            guard var containers = body["spec"]?[list]?.arrayValue else { continue }
            for position in containers.indices {
                let own = containers[position]["env"]?.arrayValue ?? []
                if own.contains(where: { $0["name"] == "JOB_COMPLETION_INDEX" }) { continue }
                containers[position]["env"] = .array(own + [variable])
            }
            body["spec"]?[list] = .array(containers)
        }
        return body
    }
}
