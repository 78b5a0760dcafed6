import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData
import Synchronization

/// Notices dead nodes, and frees their pods.
///
/// Flow: the pods of a node whose lease and heartbeat have not changed for `gracePeriod` get `Ready=False`, and its conditions
/// are set to `Unknown`, from which the taints follow by which its pods are asked to end when they no longer tolerate them. A pod
/// there whose grace is over is deleted without the node's confirmation. So are, after `gracePeriod`, pods of a node that does not
/// exist. Guarantees: only changes seen here count, on the monotonic clock; before a verdict the server is asked once more; the
/// time for which this process stood still counts against no node. Caveat: Kubernetes keeps a pod of a silent node as
/// `Terminating` until the node comes back or is deleted; here a node that comes back finds its processes' pods gone, and ends
/// them.
struct NodeReconciler: Reconciler {
    static let leaseNamespace = "kube-node-lease"
    private static let tickPeriod = Duration.seconds(5)

    private let client: KubernetesClient
    private let nodes: Store<Node>
    private let leases: Store<Lease>
    private let pods: Store<Pod>
    private let gracePeriod: Duration
    private let events: EventRecorder
    private let time: TimeSource
    private let wallClock: WallClock
    private let logger: Logger
    private let watch = SharedNodeWatch()

    init(
        client: KubernetesClient, nodes: Store<Node>, leases: Store<Lease>, pods: Store<Pod>, gracePeriod: Duration,
        events: EventRecorder, time: TimeSource, wallClock: WallClock = .system, logger: Logger
    ) {
        self.client = client
        self.nodes = nodes
        self.leases = leases
        self.pods = pods
        self.gracePeriod = gracePeriod
        self.events = events
        self.time = time
        self.wallClock = wallClock
        self.logger = logger
    }

    /// Notices when this process stands still. Runs until cancelled.
    func keepTime() async throws {
        while true {
            watch.state.withLock { $0.tick(time.now) }
            try await time.sleep(for: Self.tickPeriod)
        }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let node = nodes.get(key) else { return try await freePodsOfMissing(key) }
        if watch.state.withLock({ $0.isNew(key.name) }) {
            events.record(
                reason: "RegisteredNode", note: "Node \(key.name) event: Registered Node \(key.name) in Controller",
                on: node)
        }
        let lease = leases.get(ObjectKey(namespace: Self.leaseNamespace, name: key.name))
        let silence = silence(key, NodeWatch.Sign(node: node, lease: lease))
        guard silence >= gracePeriod else { return .requeue(after: gracePeriod - silence) }
        if try await showsLife(key, lastSeen: NodeWatch.Sign(node: node, lease: lease)) {
            return .requeue(after: gracePeriod)
        }
        try await markUnknown(node)
        let now = wallClock.seconds
        // Its grace is part of the time at which a pod is to be gone.
        let ends = pods.byIndex(SharedCaches.nodeIndex, key.name).compactMap { pod in
            pod.metadata.deletionTimestamp.flatMap(Timestamp.seconds).map { (pod: pod, at: $0) }
        }
        try await free(ends.filter { $0.at <= now }.map(\.pod), why: "its node has been silent for \(silence)")
        let next = ends.map(\.at).filter { $0 > now }.min()
        return .requeue(after: next.map { .seconds($0 - now) } ?? gracePeriod)
    }

    private func silence(_ key: ObjectKey, _ sign: NodeWatch.Sign) -> Duration {
        watch.state.withLock { $0.silence(of: key.name, sign, now: time.now) }
    }

    /// Whether the server knows of a sign of life that the cache does not show: then a watch is late, not the node.
    private func showsLife(_ key: ObjectKey, lastSeen: NodeWatch.Sign) async throws -> Bool {
        let node = try await client.get(DynamicObject.self, key, of: Node.resource)
        let lease = try await client.get(
            DynamicObject.self, ObjectKey(namespace: Self.leaseNamespace, name: key.name), of: Lease.resource)
        let sign = NodeWatch.Sign(
            node: try node?.json.decode(Node.self), lease: try lease?.json.decode(Lease.self))
        guard sign != lastSeen else { return false }
        _ = silence(key, sign)
        return true
    }

    private func markUnknown(_ node: Node) async throws {
        let now = wallClock.timestamp()
        let known = node.status?.conditions ?? []
        let ready = pods.byIndex(SharedCaches.nodeIndex, node.key.name).filter { $0.isReady && !$0.hasEnded }
        try await concurrently(ready, limit: 8) { [client, events] pod in
            events.record(.warning, reason: "NodeNotReady", note: "Node is not ready", on: pod)
            _ = try await client.setConditions(
                [
                    [
                        "type": "Ready", "status": "False", "reason": "NodeNotReady",
                        "message": "Node is not ready", "lastTransitionTime": .string(now),
                    ]
                ], of: Pod.resource, pod.key, uid: pod.metadata.uid)
        }
        let conditions: [JSON] =
            known.filter { $0.status != "Unknown" }.map { condition in
                [
                    "type": .string(condition.type), "status": "Unknown", "reason": "NodeStatusUnknown",
                    "message": "Kubelet stopped posting node status.", "lastTransitionTime": .string(now),
                ]
            }
        guard !conditions.isEmpty else { return }
        logger.warning("node \(node.key.name) has not renewed its lease for \(gracePeriod)")
        events.record(
            reason: "NodeNotReady", note: "Node \(node.key.name) status is now: NodeNotReady", on: node)
        _ = try await client.setConditions(conditions, of: Node.resource, node.key, uid: node.metadata.uid)
    }

    private func freePodsOfMissing(_ key: ObjectKey) async throws -> ReconcileResult {
        let left = pods.byIndex(SharedCaches.nodeIndex, key.name)
        guard !left.isEmpty else {
            watch.state.withLock { $0.forget(key.name) }
            return .done
        }
        let silence = silence(key, NodeWatch.Sign(leaseRenewal: "missing", heartbeat: nil))
        guard silence >= gracePeriod else { return .requeue(after: gracePeriod - silence) }
        guard try await client.get(DynamicObject.self, key, of: Node.resource) == nil else {
            return .requeue(after: gracePeriod)
        }
        try await free(left, why: "its node does not exist")
        return .requeue(after: gracePeriod)
    }

    /// Deletes pods without waiting for their node to confirm their end.
    private func free(_ pods: [Pod], why: String) async throws {
        try await concurrently(pods, limit: 8) { [client, logger] pod in
            logger.warning("pod \(pod.key) is deleted: \(why)")
            try await client.remove(Pod.resource, pod.key, uid: pod.metadata.uid ?? "", gracePeriodSeconds: 0)
        }
    }
}

private final class SharedNodeWatch: Sendable {
    let state = Mutex(NodeWatch())
}
