import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Keeps as many pods of a replica set, or a replication controller, as it asks for.
///
/// Flow: once the cache shows our own writes, pods are adopted or released by the selector; those missing are created from the
/// template's JSON in growing batches, those too many deleted in `VictimOrder`; then the status is written. Guarantees: never
/// creates more than asked for, also after a write whose answer was lost; victims are chosen from a fresh read and deleted in
/// the version that was read, so that no stale deletion cost decides. Caveat: what cannot be created is tried again with pauses,
/// and the condition `ReplicaFailure` says why.
struct ReplicaSetReconciler<Kind: ReplicatedKind>: Reconciler {
    private let client: KubernetesClient
    private let sets: Store<Templated<Kind>>
    private let pods: Store<Pod>
    private let burstLimit: Int
    private let events: EventRecorder
    private let logger: Logger
    private let wallClock: WallClock
    private let barrier: WriteBarrier<Pod>
    private let availability: AvailabilityClock
    private let creation: PodCreation
    private let statuses: StatusMemory<ReplicaSetStatus>

    init(
        client: KubernetesClient, sets: Store<Templated<Kind>>, pods: Store<Pod>,
        statuses: StatusMemory<ReplicaSetStatus>, burstLimit: Int, events: EventRecorder, time: TimeSource,
        wallClock: WallClock = .system, logger: Logger
    ) {
        self.client = client
        self.sets = sets
        self.pods = pods
        self.statuses = statuses
        self.burstLimit = burstLimit
        self.events = events
        self.logger = logger
        self.wallClock = wallClock
        barrier = WriteBarrier(time: time)
        creation = PodCreation(client: client, barrier: barrier)
        availability = AvailabilityClock(time: time)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard var set = sets.get(key) else {
            creation.forget(key)
            availability.forget(key)
            statuses.forget(key)
            return .done
        }
        set.object.status = statuses.latest(of: set, set.object.status)
        if creation.isInDoubt(key) { creation.settle(key, with: try await livePods(of: set)) }
        guard !barrier.isBehind(key, store: pods) else { return .requeue(after: .seconds(1)) }
        let owned = try await claim(set)
        let (available, lookAgain) = availability.available(
            owned, of: key, minReady: .seconds(set.object.minReadySeconds))
        var plan = ReplicaSetPlan(set, pods: owned, burstLimit: burstLimit) {
            available.contains($0.metadata.uid ?? "")
        }
        var failure: (any Error)?
        do {
            try await carryOut(plan.step, set)
        } catch {
            failure = error
        }
        let isCreation = if case .create = plan.step { true } else { false }
        // A conflict only says that a pod has changed since it was chosen.
        if (failure as? KubernetesStatus)?.isConflict != true {
            plan.setFailure(
                reason: isCreation ? "FailedCreate" : "FailedDelete", message: failure.map { "\($0)" },
                now: wallClock.timestamp())
            if isCreation, let failure {
                events.record(.warning, reason: "FailedCreate", note: "Error creating: \(failure)", on: set.object)
            }
        }
        try await write(plan.status, set)
        if let failure { throw failure }
        return lookAgain.map { .requeue(after: $0) } ?? .done
    }

    private func claim(_ set: Templated<Kind>) async throws -> [Pod] {
        let candidates =
            pods.byIndex(Store<Pod>.ownerIndex, set.metadata.uid ?? "")
            + pods.byIndex(SharedCaches.orphanIndex, set.metadata.namespace ?? "").filter { !$0.hasEnded }
        let claim = OwnershipClaim(
            owner: set.metadata, selector: try set.object.podSelector.expression(), candidates: candidates)
        return try await claim.settle(for: set.object, client: client, barrier: barrier)
    }

    private func carryOut(_ step: ReplicaSetPlan.Step, _ set: Templated<Kind>) async throws {
        switch step {
        case .none: return
        case .create(let count):
            let bodies = Array(repeating: try PodFromTemplate.pod(of: set), count: count)
            let object = set.object
            try await creation.create(bodies, namespace: set.metadata.namespace, for: set.key) { pod in
                events.record(reason: "SuccessfulCreate", note: "Created pod: \(pod.key.name)", on: object)
            }
        case .delete: try await deleteSurplus(set)
        }
    }

    private func deleteSurplus(_ set: Templated<Kind>) async throws {
        let active = try await livePods(of: set).filter(\.isActive)
        let surplus = min(active.count - (set.object.desiredReplicas), burstLimit)
        try await concurrently(VictimOrder.victims(of: active, count: surplus)) { pod in
            try await client.remove(
                Pod.resource, pod.key, uid: pod.metadata.uid ?? "", resourceVersion: pod.metadata.resourceVersion)
            barrier.deleted(pod, for: set.key)
            logger.debug("\(Kind.resource.kind) \(set.key) gave up pod \(pod.key.name)")
            events.record(reason: "SuccessfulDelete", note: "Deleted pod: \(pod.key.name)", on: set.object)
        }
    }

    private func livePods(of set: Templated<Kind>) async throws -> [Pod] {
        let selector = try set.object.podSelector.expression().description
        return try await client.list(
            Pod.self, namespace: set.metadata.namespace, options: ListOptions(labelSelector: selector)
        ).items.filter { $0.metadata.controllerReference?.uid == set.metadata.uid }
    }

    private func write(_ status: ReplicaSetStatus, _ set: Templated<Kind>) async throws {
        guard
            let body = try StatusPatch.body(
                from: set.object.status ?? ReplicaSetStatus(), to: status, keepsZero: ["replicas"])
        else { return }
        let written = try await client.change(
            Kind.resource, set.key, uid: set.metadata.uid, body, subresource: "status")
        if let written {
            statuses.wrote(status, to: try written.decode(WrittenObject.self).metadata, of: set.key)
        }
    }
}
