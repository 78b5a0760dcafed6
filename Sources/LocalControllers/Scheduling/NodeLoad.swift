import ControllerRuntime
import KubernetesModel
import Synchronization

/// What the pods of each node ask for, those included that were bound a moment ago and that the cache does not show yet.
final class NodeLoad: Sendable {
    /// Of one node.
    struct Sum: Sendable, Hashable {
        var podCount = 0
        var requests = PodRequests()
    }

    private struct Place {
        var node: String
        var requests: PodRequests
    }

    private struct State {
        /// By the uid of a pod that has not ended.
        var placed: [String: Place] = [:]
        var assumed: [String: Place] = [:]
        var sums: [String: Sum] = [:]

        mutating func move(_ uid: String, _ places: WritableKeyPath<State, [String: Place]>, to place: Place?) {
            let old = self[keyPath: places][uid]
            if let old, let place, old.node == place.node { return }
            if let old {
                sums[old.node]?.podCount -= 1
                sums[old.node]?.requests -= old.requests
                if sums[old.node]?.podCount == 0 { sums[old.node] = nil }
            }
            if let place {
                sums[place.node, default: Sum()].podCount += 1
                sums[place.node, default: Sum()].requests += place.requests
            }
            self[keyPath: places][uid] = place
        }
    }

    private let state = Mutex(State())

    func observe(_ change: Change<Pod>) {
        guard let uid = change.object.metadata.uid else { return }
        let isGone = if case .deleted = change { true } else { false }
        let pod = change.object
        state.withLock { state in
            if isGone || pod.hasEnded || pod.isBound { state.move(uid, \.assumed, to: nil) }
            guard !isGone, !pod.hasEnded, pod.isBound, let node = pod.spec.nodeName else {
                state.move(uid, \.placed, to: nil)
                return
            }
            state.move(uid, \.placed, to: Place(node: node, requests: PodRequests(pod)))
        }
    }

    /// Chooses a node for `pod`, given what the nodes have, and assumes it there; one choice at a time. `nil`: it is assumed
    /// on one already.
    func choose(for pod: Pod, _ choice: ([String: Sum]) -> NodeChoice.Outcome) -> NodeChoice.Outcome? {
        guard let uid = pod.metadata.uid else { return nil }
        return state.withLock { state in
            guard state.assumed[uid] == nil else { return nil }
            let outcome = choice(state.sums)
            if case .node(let node) = outcome {
                state.move(uid, \.assumed, to: Place(node: node, requests: PodRequests(pod)))
            }
            return outcome
        }
    }

    /// The pod was not bound after all.
    func drop(_ uid: String) { state.withLock { $0.move(uid, \.assumed, to: nil) } }
}
