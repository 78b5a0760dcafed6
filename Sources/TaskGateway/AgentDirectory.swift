import Synchronization
import TaskQueue

/// Who may speak for which registration. A registration's identity never changes, so that it is read once.
final class AgentDirectory: Sendable {
    /// More are not remembered; they are read again when they call.
    private static let maxAgents = 20_000

    private let store: any TaskStore
    private let known = Mutex<[AgentID: AgentRegistration]>([:])

    init(store: any TaskStore) { self.store = store }

    /// The registration of `agent`, once it is clear that `identity` may speak for it.
    func registration(of agent: String, for identity: Identity) async throws -> AgentRegistration {
        let id = AgentID(agent)
        let registration: AgentRegistration
        if let cached = known.withLock({ $0[id] }) {
            registration = cached
        } else {
            guard let record = try await store.agent(id), !record.isGone else { throw Problems.agentUnknown(agent) }
            registration = record.registration
            known.withLock { known in
                if known.count >= Self.maxAgents { known.removeAll() }
                known[id] = registration
            }
        }
        guard case .agent(let account, let namespace, _, let podUID) = identity, account == registration.serviceAccount,
            namespace == registration.namespace, podUID == nil || podUID == registration.podUID
        else {
            throw Problems.forbidden("\(identity.name) does not speak for agent \(agent)")
        }
        return registration
    }

    func forget(_ agent: AgentID) { known.withLock { _ = $0.removeValue(forKey: agent) } }
    func forgetAll() { known.withLock { $0.removeAll() } }
}
