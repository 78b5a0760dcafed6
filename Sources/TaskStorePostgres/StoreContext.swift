import Synchronization
import TaskQueue

/// A swarm's place.
struct SwarmKey: Hashable, Sendable {
    var namespace: String
    var swarm: String
}

/// What the store keeps between transactions.
///
/// What it knows of agents and catalogue saves questions to the server; each transaction checks it.
final class StoreContext: Sendable {
    /// Registrations that are remembered; more than any gateway serves at once.
    private static let maxAgents = 20_000

    private struct State {
        var generator: any RandomNumberGenerator & Sendable
        var catalogue: [SwarmKey: CatalogueEntry] = [:]
        var catalogueVersion: Int64?
        var agents: [AgentID: AgentRegistration] = [:]
        var lastTurn: Int64 = 0
    }

    let machine: TaskMachine
    let time: StoreTimekeeper
    let notes = Notes()
    private let state: Mutex<State>

    init(machine: TaskMachine, time: StoreTimekeeper, generator: any RandomNumberGenerator & Sendable) {
        self.machine = machine
        self.time = time
        state = Mutex(State(generator: generator))
    }

    func token() -> LeaseToken { state.withLock { LeaseToken(using: &$0.generator) } }
    func bits() -> UInt64 { state.withLock { $0.generator.next() } }

    /// The turn of a submitter who is served now. A number that a transaction had which came to nothing is not given again.
    func turn(at now: StoreTime) -> Int64 {
        state.withLock { state in
            state.lastTurn = FairOrder.turn(after: state.lastTurn, at: now)
            return state.lastTurn
        }
    }

    /// Turns go on after this one.
    func reach(turn: Int64) { state.withLock { $0.lastTurn = max($0.lastTurn, turn) } }

    // MARK: Catalogue

    /// The version that `entry` speaks of; `nil`: it knows none.
    var catalogueVersion: Int64? { state.withLock { $0.catalogueVersion } }

    func entry(_ key: SwarmKey) -> CatalogueEntry? { state.withLock { $0.catalogue[key] } }

    func setCatalogue(_ entries: [CatalogueEntry], version: Int64) {
        let byKey = Dictionary(
            entries.map { (SwarmKey(namespace: $0.namespace, swarm: $0.swarm), $0) }, uniquingKeysWith: { $1 })
        state.withLock { state in
            state.catalogue = byKey
            state.catalogueVersion = version
        }
    }

    // MARK: Agents

    func registration(_ agent: AgentID) -> AgentRegistration? { state.withLock { $0.agents[agent] } }

    func remember(_ agent: AgentRecord) {
        state.withLock { state in
            if agent.isGone {
                state.agents[agent.id] = nil
            } else {
                if state.agents.count >= Self.maxAgents { state.agents = [:] }
                state.agents[agent.id] = agent.registration
            }
        }
    }
}
