internal import ControllerRuntime
internal import KubernetesModel
private import Synchronization

/// Says of each pod of some nodes that it runs, a while after it was bound, and deletes those that are to go.
final class SimulatedPodReconciler: Reconciler {
    private let api: any NodeAPI
    private let pods: Store<SimulatedPod>
    /// By the node's name.
    private let nodes: [String: PodAddresses]
    private let hostIP: String
    private let readyDelay: Duration
    private let time: TimeSource
    /// Since when pods of which nothing has been said have been seen, by uid.
    private let seen = Mutex<[String: Duration]>([:])

    init(
        api: any NodeAPI, pods: Store<SimulatedPod>, nodes: [String: PodAddresses], hostIP: String,
        readyDelay: Duration, time: TimeSource
    ) {
        self.api = api
        self.pods = pods
        self.nodes = nodes
        self.hostIP = hostIP
        self.readyDelay = readyDelay
        self.time = time
    }

    /// Takes note of addresses that pods have, and of those that are free again; before the change is reconciled.
    func observe(_ change: Change<SimulatedPod>) {
        let pod = change.object
        guard let addresses = nodes[pod.nodeName], let uid = pod.metadata.uid else { return }
        if case .deleted = change {
            addresses.release(uid)
            seen.withLock { $0[uid] = nil }
        } else if pod.podIP != nil {
            _ = addresses.assign(to: uid, before: pod.podIP)
        }
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let pod = pods.get(key), let uid = pod.metadata.uid, let addresses = nodes[pod.nodeName] else {
            return .done
        }
        if pod.metadata.deletionTimestamp != nil {
            try await api.delete(pod.pod)
            return .done
        }
        guard pod.isNew else { return .done }
        let now = time.now
        let since = seen.withLock { seen in
            let since = seen[uid] ?? now
            seen[uid] = since
            return since
        }
        guard now - since >= readyDelay else { return .requeue(after: readyDelay - (now - since)) }
        let place = PodPlace(podIP: addresses.assign(to: uid, before: nil) ?? hostIP, hostIP: hostIP)
        do {
            try await api.write(pod.running(place: place, now: WallTime.timestamp()), of: pod.pod)
        } catch is PodGone {
            return .done
        }
        seen.withLock { $0[uid] = nil }
        return .done
    }
}
