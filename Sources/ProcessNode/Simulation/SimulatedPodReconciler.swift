internal import ControllerRuntime
internal import KubernetesModel
private import Synchronization

/// Says of each pod of some nodes that it runs, a while after it was bound, and that it has ended, where it is one that ends, and
/// deletes those that are to go.
final class SimulatedPodReconciler: Reconciler {
    private let api: any NodeAPI
    private let pods: Store<SimulatedPod>
    /// By the node's name.
    private let nodes: [String: PodAddresses]
    private let hostIP: String
    private let readyDelay: Duration
    /// How long pods run that can end and do not say for how long.
    private let runTime: Duration?
    private let time: TimeSource
    /// Since when pods have been seen in the state in which they wait for the next one, by uid.
    private let seen = Mutex<[String: Duration]>([:])

    init(
        api: any NodeAPI, pods: Store<SimulatedPod>, nodes: [String: PodAddresses], hostIP: String,
        readyDelay: Duration, runTime: Duration?, time: TimeSource
    ) {
        self.api = api
        self.pods = pods
        self.nodes = nodes
        self.hostIP = hostIP
        self.readyDelay = readyDelay
        self.runTime = runTime
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
        let place = PodPlace(podIP: pod.podIP ?? hostIP, hostIP: hostIP)
        if pod.isNew {
            return try await advance(pod, uid, after: readyDelay) {
                let address = addresses.assign(to: uid, before: pod.podIP) ?? hostIP
                return pod.running(place: PodPlace(podIP: address, hostIP: hostIP), now: $0)
            }
        }
        guard pod.phase == "Running", pod.canEnd, let runTime = pod.runTime ?? runTime else { return .done }
        return try await advance(pod, uid, after: runTime) { pod.ended(place: place, now: $0) }
    }

    /// Writes the pod's next status once it has been in its present one for `delay`.
    private func advance(
        _ pod: SimulatedPod, _ uid: String, after delay: Duration, _ status: (_ now: String) -> PodStatus
    ) async throws -> ReconcileResult {
        let now = time.now
        let since = seen.withLock { seen in
            let since = seen[uid] ?? now
            seen[uid] = since
            return since
        }
        guard now - since >= delay else { return .requeue(after: delay - (now - since)) }
        do {
            try await api.write(status(WallTime.timestamp()), of: pod.pod)
        } catch is PodGone {
            return .done
        }
        seen.withLock { $0[uid] = nil }
        return .done
    }
}
