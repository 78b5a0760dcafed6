import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData

/// Keeps the statuses of disruption budgets, which evictions are decided by.
///
/// Flow: the pods that a budget selects are counted, and the status is written in exactly the version of the budget that was
/// read. Guarantees: an eviction that the API server has just booked on the budget is never overwritten: that write conflicts,
/// and is tried again with the newer state. Assumption: pods belong to replica sets, or to nobody and then want themselves.
struct DisruptionReconciler: Reconciler {
    private let client: KubernetesClient
    private let budgets: Store<PodDisruptionBudget>
    private let pods: Store<Pod>
    private let sets: Store<Templated<ReplicaSet>>
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970.
    init(
        client: KubernetesClient, budgets: Store<PodDisruptionBudget>, pods: Store<Pod>,
        sets: Store<Templated<ReplicaSet>>, now: @escaping @Sendable () -> Int64
    ) {
        self.client = client
        self.budgets = budgets
        self.pods = pods
        self.sets = sets
        self.now = now
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let budget = budgets.get(key), budget.metadata.deletionTimestamp == nil else { return .done }
        // No selector takes nothing; an empty one takes all.
        let selected = pods.list(namespace: key.namespace) { pod in
            budget.spec.selector?.matches(pod.metadata.labels) ?? false
        }
        let plan = DisruptionPlan(budget, pods: selected, wanted: wanted(selected), now: now())
        guard
            let body = try StatusPatch.body(
                from: budget.status ?? PodDisruptionBudgetStatus(), to: plan.status,
                keepsZero: ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"])
        else { return again(plan) }
        do {
            _ = try await client.change(
                PodDisruptionBudget.resource, key, uid: budget.metadata.uid,
                resourceVersion: budget.metadata.resourceVersion, body, subresource: "status")
        } catch let status as KubernetesStatus where status.isConflict {
            return .requeue(after: .milliseconds(50))
        }
        return again(plan)
    }

    private func again(_ plan: DisruptionPlan) -> ReconcileResult {
        plan.lookAgainAfterSeconds.map { .requeue(after: .seconds($0)) } ?? .done
    }

    /// How many pods the controllers of these pods want; a pod without one wants itself.
    private func wanted(_ selected: [Pod]) -> Int {
        var counts: [String: Int] = [:]
        var free = 0
        for pod in selected where !pod.hasEnded {
            guard let owner = pod.metadata.controllerReference, owner.kind == ReplicaSet.resource.kind,
                let set = sets.get(ObjectKey(namespace: pod.metadata.namespace ?? "", name: owner.name))
            else {
                free += 1
                continue
            }
            counts[owner.uid] = set.object.spec.replicas ?? 1
        }
        return free + counts.values.reduce(0, +)
    }
}
