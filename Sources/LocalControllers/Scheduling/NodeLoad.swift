import ControllerRuntime
import KubernetesModel
import Synchronization

/// What the pods of each node ask for, those included that were bound a moment ago and that the cache does not show yet, and the
/// room that pods have been promised which others make for them.
final class NodeLoad: Sendable {
    /// Of one node.
    struct Sum: Sendable, Hashable {
        var podCount = 0
        var requests = PodRequests()
    }

    private struct State {
        /// By the uid of a pod that has not ended.
        var placed: [String: PlacedPod] = [:]
        /// Those of them that the cache does not show yet.
        var assumed: Set<String> = []
        /// By the uid of a pod that waits.
        var promised: [String: PlacedPod] = [:]
        var repelling: Set<String> = []
        var sums: [String: Sum] = [:]

        mutating func place(_ pod: PlacedPod) {
            if let old = placed[pod.uid], old.node == pod.node, old.requests == pod.requests {
                placed[pod.uid] = pod
            } else {
                remove(pod.uid)
                placed[pod.uid] = pod
                sums[pod.node, default: Sum()].podCount += 1
                sums[pod.node, default: Sum()].requests += pod.requests
            }
            if pod.repels.isEmpty { repelling.remove(pod.uid) } else { repelling.insert(pod.uid) }
        }

        mutating func remove(_ uid: String) {
            repelling.remove(uid)
            guard let old = placed.removeValue(forKey: uid) else { return }
            sums[old.node]?.podCount -= 1
            sums[old.node]?.requests -= old.requests
            if sums[old.node]?.podCount == 0 { sums[old.node] = nil }
        }
    }

    private let state = Mutex(State())

    func observe(_ change: Change<Pod>) {
        let pod = change.object
        guard let uid = pod.metadata.uid else { return }
        let isGone = if case .deleted = change { true } else { pod.hasEnded }
        state.withLock { state in
            if isGone || pod.isBound {
                state.assumed.remove(uid)
                state.promised[uid] = nil
            }
            if !isGone, pod.isBound, let node = pod.spec.nodeName {
                state.place(PlacedPod(pod, on: node))
            } else if isGone || !state.assumed.contains(uid) {
                state.remove(uid)
            }
            guard !isGone, !pod.isBound, let node = pod.status?.nominatedNodeName, !node.isEmpty else { return }
            state.promised[uid] = PlacedPod(pod, on: node)
        }
    }

    /// Chooses a node for `pod`, given what the nodes have, and assumes it there, or notes what it is promised; one choice at a
    /// time. `nil`: it is assumed on one already.
    func choose(for pod: Pod, _ nodes: [Node], _ choice: (ClusterView) -> NodeChoice.Outcome) -> NodeChoice.Outcome? {
        guard let uid = pod.metadata.uid else { return nil }
        return state.withLock { state in
            guard !state.assumed.contains(uid) else { return nil }
            let outcome = choice(
                ClusterView(
                    candidates: nodes.map { node in
                        ClusterView.Candidate(node: node, load: state.sums[node.metadata.name ?? ""] ?? Sum())
                    },
                    placed: state.placed, repelling: state.repelling, promised: Array(state.promised.values)))
            switch outcome {
            case .node(let node):
                state.promised[uid] = nil
                state.assumed.insert(uid)
                state.place(PlacedPod(pod, on: node))
            case .preempt(let preemption, _): state.promised[uid] = PlacedPod(pod, on: preemption.node)
            case .nowhere: break
            }
            return outcome
        }
    }

    /// The pod was not bound after all.
    func drop(_ uid: String) {
        state.withLock { state in
            if state.assumed.remove(uid) != nil { state.remove(uid) }
        }
    }
}
