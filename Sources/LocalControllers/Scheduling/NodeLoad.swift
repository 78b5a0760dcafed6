import ControllerRuntime
import KubernetesModel
import Synchronization

/// How many pods each node has, those included that were bound a moment ago and that the cache does not show yet.
final class NodeLoad: Sendable {
    private struct State {
        /// Nodes by the uid of a pod that has not ended.
        var placed: [String: String] = [:]
        var assumed: [String: String] = [:]
        var counts: [String: Int] = [:]

        mutating func move(_ uid: String, _ nodes: WritableKeyPath<State, [String: String]>, to node: String?) {
            let old = self[keyPath: nodes][uid]
            guard old != node else { return }
            if let old { counts[old, default: 0] -= 1 }
            if let node { counts[node, default: 0] += 1 }
            self[keyPath: nodes][uid] = node
        }
    }

    private let state = Mutex(State())

    func observe(_ change: Change<Pod>) {
        guard let uid = change.object.metadata.uid else { return }
        let isGone = if case .deleted = change { true } else { false }
        let pod = change.object
        state.withLock { state in
            if isGone || pod.hasEnded || pod.isBound { state.move(uid, \.assumed, to: nil) }
            state.move(uid, \.placed, to: isGone || pod.hasEnded || !pod.isBound ? nil : pod.spec.nodeName)
        }
    }

    /// Chooses a node for the pod `uid`, given the nodes' counts, and assumes it there; one choice at a time. `nil`: it is
    /// assumed on one already.
    func choose(for uid: String, _ choice: ([String: Int]) -> NodeChoice.Outcome) -> NodeChoice.Outcome? {
        state.withLock { state in
            guard state.assumed[uid] == nil else { return nil }
            let outcome = choice(state.counts)
            if case .node(let node) = outcome { state.move(uid, \.assumed, to: node) }
            return outcome
        }
    }

    /// The pod was not bound after all.
    func drop(_ uid: String) { state.withLock { $0.move(uid, \.assumed, to: nil) } }
}
