import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Binds pods to nodes.
///
/// Flow: a pod without a node is given the best of those that take it (`NodeChoice`), counting pods bound a moment ago that the
/// cache does not show yet; pods of higher priority come first. A pod that no node takes says so in its condition `PodScheduled`
/// and in an event, and is looked at again when a node changes or another pod ends; where less important pods could make room
/// for it, they are asked to end, and the room is kept for it (`status.nominatedNodeName`). Guarantees: a pod is bound once,
/// since the server refuses a second binding; no node is given more than it can allocate. Caveats: of other pods only what they
/// require of those near them is heeded, not what they prefer.
struct SchedulingReconciler: Reconciler {
    private let client: KubernetesClient
    private let pods: Store<Pod>
    private let nodes: Store<Node>
    private let events: EventRecorder
    private let logger: Logger
    private let wallClock: WallClock
    private let load: NodeLoad
    private let namespaces: Store<Namespace>
    private let budgets: Store<PodDisruptionBudget>

    init(
        client: KubernetesClient, pods: Store<Pod>, nodes: Store<Node>, namespaces: Store<Namespace>,
        budgets: Store<PodDisruptionBudget>, load: NodeLoad, events: EventRecorder, wallClock: WallClock = .system,
        logger: Logger
    ) {
        self.client = client
        self.pods = pods
        self.nodes = nodes
        self.namespaces = namespaces
        self.budgets = budgets
        self.load = load
        self.events = events
        self.wallClock = wallClock
        self.logger = logger
    }

    /// Whether `pod` waits for this scheduler to give it a node.
    static func awaits(_ pod: Pod) -> Bool {
        guard !pod.isBound, pod.isActive else { return false }
        if pod.spec.schedulingGates?.arrayValue?.isEmpty == false { return false }
        return ["default-scheduler", "", nil].contains(pod.spec.schedulerName)
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = pods.get(key), let uid = pod.metadata.uid, Self.awaits(pod) else { return .done }
        let images = Set(pod.spec.containers.compactMap(\.image))
        let outcome = load.choose(for: pod, nodes.list()) { [namespaces, budgets] view in
            var view = view
            view.budgets = budgets.list()
            view.namespaceLabels = { namespaces.get(ObjectKey(name: $0))?.metadata.labels ?? [:] }
            return NodeChoice.choose(for: pod, images: images, in: view)
        }
        switch outcome {
        case nil:
            // Bound already; the cache will show it.
            return .done
        case .nowhere(let message):
            try await reportUnschedulable(pod, message)
            return .done
        case .preempt(let preemption, let message):
            try await reportUnschedulable(pod, message)
            try await preempt(preemption, for: pod)
            return .done
        case .node(let node):
            do {
                try await bind(pod, to: node)
            } catch let status as KubernetesStatus where status.isNotFound || status.isConflict {
                // Gone, or bound by somebody else; the watch will tell.
                load.drop(uid)
            } catch {
                load.drop(uid)
                throw error
            }
            return .done
        }
    }

    private func bind(_ pod: Pod, to node: String) async throws {
        let binding: JSON = [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": [
                "name": .string(pod.key.name), "namespace": .string(pod.key.namespace),
                "uid": .string(pod.metadata.uid ?? ""),
            ],
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        _ = try await client.create(
            Pod.resource, binding, namespace: pod.key.namespace, name: pod.key.name, subresource: "binding")
        logger.debug("bound pod \(pod.key) to \(node)")
        events.record(
            reason: "Scheduled", action: "Binding",
            note: "Successfully assigned \(pod.key.namespace)/\(pod.key.name) to \(node)", on: pod)
    }

    /// Tells where `pod` is to go, and asks those to end that are in its way.
    private func preempt(_ preemption: Preemption, for pod: Pod) async throws {
        _ = try await client.change(
            Pod.resource, pod.key, uid: pod.metadata.uid,
            ["status": ["nominatedNodeName": .string(preemption.node)]], subresource: "status")
        let condition: JSON = [
            "type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler",
            "message": "default-scheduler: preempting to accommodate a higher priority pod",
            "lastTransitionTime": .string(wallClock.timestamp()),
        ]
        try await concurrently(preemption.victims, limit: 8) { victim in
            _ = try await client.setConditions([condition], of: Pod.resource, victim.key, uid: victim.uid)
            try await client.remove(Pod.resource, victim.key, uid: victim.uid)
            logger.notice("pod \(victim.key) leaves \(preemption.node) for \(pod.key), whose priority is higher")
            // Not as the cache has it: it may be gone from there before its removal is answered.
            events.record(
                reason: "Preempted", action: "Preempting",
                note: "Preempted by pod \(pod.metadata.uid ?? "") on node \(preemption.node)",
                on: ObjectReference(
                    apiVersion: Pod.resource.apiVersion, kind: Pod.resource.kind, name: victim.key.name,
                    namespace: victim.key.namespace, uid: victim.uid))
        }
    }

    private func reportUnschedulable(_ pod: Pod, _ message: String) async throws {
        let old = pod.status?.conditions?.first { $0.type == "PodScheduled" }
        guard old?.status != "False" || old?.reason != "Unschedulable" || old?.message != message else { return }
        events.record(.warning, reason: "FailedScheduling", action: "Scheduling", note: message, on: pod)
        let since = old?.status == "False" ? old?.lastTransitionTime : nil
        _ = try await client.setConditions(
            [
                [
                    "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                    "message": .string(message), "lastTransitionTime": .string(since ?? wallClock.timestamp()),
                ]
            ], of: Pod.resource, pod.key, uid: pod.metadata.uid)
    }
}

extension Predicate where Object == Pod {
    /// Changes that may let a pod be scheduled; not the scheduler's own condition.
    static var schedulingChanged: Predicate {
        updates { SchedulingReconciler.awaits($0) != SchedulingReconciler.awaits($1) || $0.spec != $1.spec }
    }
}

extension Predicate where Object == Node {
    /// Not heartbeats.
    static var schedulabilityChanged: Predicate {
        updates {
            $0.isReady != $1.isReady || $0.spec != $1.spec || $0.metadata.labels != $1.metadata.labels
                || $0.status?.allocatable != $1.status?.allocatable
        }
    }
}
