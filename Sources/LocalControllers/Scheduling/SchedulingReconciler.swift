import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Binds pods to nodes.
///
/// Flow: a pod without a node is given the best of those that take it (`NodeChoice`), counting pods bound a moment ago that the
/// cache does not show yet; pods of higher priority come first. Guarantees: a pod is bound once, since the server refuses a
/// second binding; no node is given more than it can allocate. A pod that no node takes says so in its condition `PodScheduled`
/// and in an event, and is looked at again when a node changes or another pod ends. Caveats: no preemption; affinity between
/// pods, spread constraints and preferred affinity are not considered.
struct SchedulingReconciler: Reconciler {
    private let client: KubernetesClient
    private let pods: Store<Pod>
    private let nodes: Store<Node>
    private let events: EventRecorder
    private let logger: Logger
    private let wallClock: WallClock
    private let load: NodeLoad

    init(
        client: KubernetesClient, pods: Store<Pod>, nodes: Store<Node>, load: NodeLoad, events: EventRecorder,
        wallClock: WallClock = .system, logger: Logger
    ) {
        self.client = client
        self.pods = pods
        self.nodes = nodes
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
        let outcome = load.choose(for: pod) { sums in
            NodeChoice.choose(
                for: pod, images: images,
                among: nodes.list().map { node in
                    NodeChoice.Candidate(node: node, load: sums[node.metadata.name ?? ""] ?? NodeLoad.Sum())
                })
        }
        switch outcome {
        case nil:
            // Bound already; the cache will show it.
            return .done
        case .nowhere(let message):
            try await reportUnschedulable(pod, message)
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
