import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Taints nodes that are not ready, cordoned or under pressure, and takes those taints off again.
///
/// Guarantees: taints of others are left as they are, since they are written in exactly the version of the node that was read.
struct NodeTaintReconciler: Reconciler {
    private static let conflictPause = Duration.milliseconds(50)

    let client: KubernetesClient
    let nodes: Store<Node>
    var wallClock = WallClock.system

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let node = nodes.get(key), node.metadata.deletionTimestamp == nil,
            let taints = ConditionTaints.taints(of: node, now: wallClock.timestamp())
        else { return .done }
        do {
            _ = try await client.change(
                Node.resource, key, uid: node.metadata.uid, resourceVersion: node.metadata.resourceVersion,
                ["spec": ["taints": taints.isEmpty ? .null : try JSON(encoding: taints)]])
        } catch let status as KubernetesStatus where status.isConflict {
            return .requeue(after: Self.conflictPause)
        }
        return .done
    }
}

/// Deletes pods from nodes whose `NoExecute` taints they do not tolerate, or no longer.
///
/// Flow: a bound pod is looked at when it or its node's taints change, and when the time is over for which it tolerates them: on a
/// node that is not ready or not heard of that is 300 s, unless the pod says otherwise, as the API server's admission adds them,
/// and `troubleLimitSeconds` at most, where that is given. The pod is then given its grace; if its node is not heard of,
/// `NodeReconciler` frees it after that.
struct TaintEvictionReconciler: Reconciler {
    let client: KubernetesClient
    let nodes: Store<Node>
    let pods: Store<Pod>
    let events: EventRecorder
    let logger: Logger
    var troubleLimitSeconds: Int64?
    var wallClock = WallClock.system

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = pods.get(key), pod.isActive, let name = pod.spec.nodeName,
            let node = nodes.get(ObjectKey(name: name))
        else { return .done }
        switch TaintEviction(pod, on: node, now: wallClock.seconds, troubleLimit: troubleLimitSeconds) {
        case .never: return .done
        case .after(let seconds) where seconds > 0: return .requeue(after: .seconds(seconds))
        case .after:
            logger.notice("pod \(key) leaves node \(name), whose taints it does not tolerate")
            events.record(reason: "TaintManagerEviction", note: "Marking for deletion Pod \(key)", on: pod)
            _ = try await client.setConditions(
                [
                    [
                        "type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
                        "message": "Taint manager: deleting due to NoExecute taint",
                        "lastTransitionTime": .string(wallClock.timestamp()),
                    ]
                ], of: Pod.resource, key, uid: pod.metadata.uid)
            try await client.remove(Pod.resource, key, uid: pod.metadata.uid ?? "")
            return .done
        }
    }
}
