import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Rolls a deployment's template out through replica sets.
///
/// Flow: once the cache shows our own writes, replica sets are adopted or released by the selector; `DeploymentPlan` says the next
/// step; it is carried out; the status is written from the sets as they are then. Guarantees: each set is changed in the
/// version that the plan was made for; the status never calls a generation observed whose set is not counted. Caveat: the
/// progress deadline counts from when this process saw the last progress, so a restart gives a stuck rollout another deadline.
struct DeploymentReconciler: Reconciler {
    private typealias Sets = [Templated<ReplicaSet>]

    private let client: KubernetesClient
    private let deployments: Store<Templated<Deployment>>
    private let sets: Store<Templated<ReplicaSet>>
    private let pods: Store<Pod>
    private let events: EventRecorder
    private let logger: Logger
    private let wallClock: WallClock
    private let barrier: WriteBarrier<Templated<ReplicaSet>>
    private let progress: ProgressClock
    private let statuses: StatusMemory<DeploymentStatus>

    init(
        client: KubernetesClient, deployments: Store<Templated<Deployment>>, sets: Store<Templated<ReplicaSet>>,
        pods: Store<Pod>, statuses: StatusMemory<DeploymentStatus>, events: EventRecorder, time: TimeSource,
        wallClock: WallClock = .system, logger: Logger
    ) {
        self.client = client
        self.deployments = deployments
        self.sets = sets
        self.pods = pods
        self.statuses = statuses
        self.events = events
        self.logger = logger
        self.wallClock = wallClock
        barrier = WriteBarrier(time: time)
        progress = ProgressClock(time: time)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard var deployment = deployments.get(key) else {
            barrier.forget(key)
            progress.forget(key)
            statuses.forget(key)
            return .done
        }
        deployment.object.status = statuses.latest(of: deployment, deployment.object.status)
        let selector = try deployment.object.spec.selector.expression()
        guard !selector.requirements.isEmpty else {
            return .terminal(reason: "an empty selector selects every pod: give spec.selector labels")
        }
        guard !barrier.isBehind(key, store: sets) else { return .requeue(after: .seconds(1)) }
        var owned = try await claim(deployment, selector)
        let plan = DeploymentPlan(deployment, sets: owned, oldPodsRemain: oldPodsRemain(deployment, owned))
        var created: String?
        if let new = plan.newSet {
            do {
                if let set = try await create(new, deployment) {
                    owned.append(set)
                    created = set.metadata.name
                }
            } catch let refusal as KubernetesStatus where refusal.reason != .alreadyExists {
                try await writeStatus(deployment, owned, .failedToCreateSet("\(refusal)"))
                throw refusal
            }
        }
        try await carryOut(plan, deployment, &owned)
        return try await writeStatus(deployment, owned, created.map { .createdSet($0) })
    }

    private func claim(_ deployment: Templated<Deployment>, _ selector: LabelSelectorExpression) async throws -> Sets {
        let candidates =
            sets.byIndex(Store<Templated<ReplicaSet>>.ownerIndex, deployment.metadata.uid ?? "")
            + sets.byIndex(SharedCaches.orphanIndex, deployment.metadata.namespace ?? "")
        let claim = OwnershipClaim(owner: deployment.metadata, selector: selector, candidates: candidates)
        return try await claim.settle(for: deployment.object, client: client, barrier: barrier)
    }

    /// Whether a pod of an older template has not ended, be it asked to or not.
    private func oldPodsRemain(_ deployment: Templated<Deployment>, _ owned: Sets) -> Bool {
        guard deployment.object.spec.strategy?.type == "Recreate" else { return false }
        let newest = DeploymentPlan.newestSet(of: deployment, in: owned)
        return owned.contains { set in
            set.metadata.uid != newest?.metadata.uid
                && pods.byIndex(Store<Pod>.ownerIndex, set.metadata.uid ?? "").contains { !$0.hasEnded }
        }
    }

    /// - Returns: `nil` where the name is taken, by a set of ours that the cache does not show yet, or by another.
    private func create(
        _ new: DeploymentPlan.NewSet, _ deployment: Templated<Deployment>
    ) async throws -> Templated<ReplicaSet>? {
        let collisions = deployment.object.status?.collisionCount ?? 0
        let hash = PodTemplate.hash(deployment.template, collisions: collisions)
        let body = try NewReplicaSet.json(of: deployment, new, hash: hash)
        do {
            let set = try await client.create(ReplicaSet.resource, body).decode(Templated<ReplicaSet>.self)
            barrier.wrote(set, for: deployment.key)
            logger.info("deployment \(deployment.key) created replica set \(set.object.name)")
            tellScaling(of: set.object.name, from: 0, to: new.replicas, deployment)
            return set
        } catch let status as KubernetesStatus where status.isAlreadyExists {
            let key = ObjectKey(
                namespace: deployment.metadata.namespace ?? "", name: body["metadata"]?["name"]?.stringValue ?? "")
            guard let live = try await client.get(DynamicObject.self, key, of: ReplicaSet.resource) else {
                throw status
            }
            let set = try live.json.decode(Templated<ReplicaSet>.self)
            let isOurs = set.metadata.controllerReference?.uid == deployment.metadata.uid
            if isOurs, PodTemplate.areEqual(set.template, deployment.template) {
                barrier.wrote(set, for: deployment.key)
                return set
            }
            // Another template with the same hash: the count makes it another name.
            _ = try await client.change(
                Deployment.resource, deployment.key, uid: deployment.metadata.uid,
                ["status": ["collisionCount": JSON(collisions + 1)]], subresource: "status")
            throw status
        }
    }

    private func carryOut(
        _ plan: DeploymentPlan, _ deployment: Templated<Deployment>, _ owned: inout Sets
    ) async throws {
        for index in owned.indices {
            let set = owned[index]
            guard let change = plan.changes[set.object.name] else { continue }
            let body = change.body
            let written = try await client.change(
                ReplicaSet.resource, set.key, uid: set.metadata.uid, resourceVersion: set.metadata.resourceVersion, body
            )
            guard let written else { continue }
            owned[index] = try written.decode(Templated<ReplicaSet>.self)
            barrier.wrote(owned[index], for: deployment.key)
            if let replicas = change.replicas {
                logger.info(
                    "deployment \(deployment.key) scaled \(set.object.name) from \(set.object.desired) to \(replicas)")
                tellScaling(of: set.object.name, from: set.object.desired, to: replicas, deployment)
            }
        }
        for set in owned where plan.removals.contains(set.object.name) {
            try await client.remove(
                ReplicaSet.resource, set.key, uid: set.metadata.uid ?? "",
                resourceVersion: set.metadata.resourceVersion, propagation: .background)
            barrier.deleted(set, for: deployment.key)
        }
        if let revision = (plan.revision ?? plan.newSet?.revision).map({ String($0) }),
            deployment.metadata.annotations?[DeploymentAnnotations.revision] != revision
        {
            _ = try await client.change(
                Deployment.resource, deployment.key, uid: deployment.metadata.uid,
                ["metadata": ["annotations": [DeploymentAnnotations.revision: .string(revision)]]])
        }
    }

    private func tellScaling(of set: String, from old: Int, to new: Int, _ deployment: Templated<Deployment>) {
        guard old != new else { return }
        let note = "Scaled \(new > old ? "up" : "down") replica set \(set) from \(old) to \(new)"
        events.record(reason: "ScalingReplicaSet", note: note, on: deployment.object)
    }

    @discardableResult
    private func writeStatus(
        _ deployment: Templated<Deployment>, _ owned: Sets, _ happened: DeploymentStatusPlan.Progress?
    ) async throws -> ReconcileResult {
        let newest = DeploymentPlan.newestSet(of: deployment, in: owned)?.object
        let all = owned.map(\.object)
        let counts = DeploymentStatusPlan.counts(deployment.object, newest: newest, all: all)
        let stillness = progress.stillness(deployment.key, counts)
        let deadline = Duration.seconds(deployment.object.spec.progressDeadlineSeconds ?? 600)
        let isOver = stillness >= deadline
        let status = DeploymentStatusPlan(deployment.object, now: wallClock.timestamp())
            .status(newest: newest, all: all, progress: happened ?? (isOver ? .stuck : .underWay))
        let old = deployment.object.status ?? DeploymentStatus()
        if let body = try StatusPatch.body(from: old, to: status) {
            let written = try await client.change(
                Deployment.resource, deployment.key, uid: deployment.metadata.uid, body, subresource: "status")
            if let written {
                statuses.wrote(status, to: try written.decode(WrittenObject.self).metadata, of: deployment.key)
            }
        }
        let isMoving = !DeploymentStatusPlan.isComplete(counts, Rollout(deployment.object.spec))
        guard isMoving, !isOver, deployment.metadata.deletionTimestamp == nil else { return .done }
        return .requeue(after: deadline - stillness)
    }
}

extension DeploymentPlan.Change {
    var body: JSON {
        var body: JSON = [:]
        if !annotations.isEmpty { body["metadata"] = ["annotations": JSON(annotations)] }
        var spec: JSON = [:]
        if let replicas { spec["replicas"] = JSON(replicas) }
        if let minReadySeconds { spec["minReadySeconds"] = JSON(minReadySeconds) }
        if spec.objectValue?.isEmpty == false { body["spec"] = spec }
        return body
    }
}
