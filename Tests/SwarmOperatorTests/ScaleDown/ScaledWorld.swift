import TaskQueue
import TaskStoreTesting

@testable import SwarmOperator

/// A Deployment of agents in small: API server, Deployment and ReplicaSet controllers, nodes, agents and the queue, each of which does
/// a step when its turn comes, and the operator, which plans from caches that lag behind and may die between any two steps.
///
/// What a controller's cache shows is an older state of all objects of a kind, as a watch would bring it: changes in their order,
/// some of them not yet. The same seed gives the same life.
struct ScaledWorld {
    /// What goes wrong beside delays and the operator's deaths.
    enum Weather: CaseIterable {
        /// Nothing.
        case calm
        /// Pods die, and probes fail for no reason.
        case rough
        /// Agents never become unready by being drained.
        case deaf
    }

    struct Pod {
        var id: Int
        var stage = ScaleState.Stage.unscheduled
        var isMarked = false
        /// Asked to end.
        var isEnding = false
        // What the node and the store know, and no cache.
        var isRegistered = false
        var isDraining = false
        var hasHeardOfDrain = false
        var leased = 0
        var isFlaky = false

        var agent: AgentID { AgentID("a\(id)") }
        var uid: String { "\(id)" }
    }

    struct Deployment: Equatable {
        var replicas = 0
        var generation = 1
        var observed = 1
        var version = 1
    }

    struct ReplicaSet: Equatable {
        var wanted = 0
        var generation = 1
        var observed = 1
        var pods = 0
        var ready = 0
    }

    /// What was so when `replicas` was last lowered.
    struct Lowering {
        var before: Set<Int>
        var victims: Set<Int>
        /// Those of them, and of others that were not ready and so might be taken instead, that had an agent at the last look.
        var registered: Set<Int>
    }

    static let slots = 2

    let weather: Weather
    var random: SeededGenerator
    var deployment = Deployment() { didSet { deployments.append(deployment) } }
    var set = ReplicaSet() { didSet { sets.append(set) } }
    var pods: [Int: Pod] = [:]
    var nextPod = 0
    var queue = 0
    var wanted = 0

    // What watches bring, in order.
    var deployments = [Deployment()]
    var sets = [ReplicaSet()]
    var podChanges: [(id: Int, pod: Pod?)] = []

    var operatorState = OperatorState()
    var replicaSetController = ReplicaSetController()
    var lowering: Lowering?

    // What happened.
    var broken: [String] = []
    var steps = 0
    var lowered = 0
    var chosenVictims = 0
    var otherVictims = 0

    init(seed: UInt64, weather: Weather) {
        random = SeededGenerator(seed: seed)
        self.weather = weather
    }

    /// Writes a pod at the API server; what only nodes and the store know changes without.
    mutating func write(_ id: Int, _ change: (inout Pod) -> Void) {
        guard var pod = pods[id] else { return }
        change(&pod)
        pods[id] = pod
        podChanges.append((id, pod))
    }

    mutating func remove(_ id: Int) {
        queue += pods[id]?.leased ?? 0
        pods[id] = nil
        podChanges.append((id, nil))
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func anyPod(where matches: (Pod) -> Bool) -> Int? {
        pods.values.filter(matches).map(\.id).sorted().randomElement(using: &random)
    }

    /// One turn of anybody.
    mutating func turn() {
        switch Int.random(in: 0..<24, using: &random) {
        case 0...3: operatorTurn()
        case 4...6: operatorWatches()
        case 7, 8: deploymentControllerTurn()
        case 9, 10: replicaSetControllerTurn()
        case 11, 12: replicaSetControllerWatches()
        case 13...16: nodeTurn()
        case 17...20: agentTurn()
        case 21: queue += Int.random(in: 0...3, using: &random)
        case 22: if chance(20) { wanted = Int.random(in: 0...8, using: &random) }
        default:
            if chance(20) { operatorDies() }
            if weather == .rough, chance(20) { mishap() }
        }
    }

    /// Everybody's turn, often enough that nothing is left to do; nothing new comes.
    mutating func settle() {
        for id in pods.keys { pods[id]?.isFlaky = false }
        for _ in 0..<150 {
            for _ in 0..<8 { operatorWatches() }
            operatorTurn()
            deploymentControllerTurn()
            for _ in 0..<8 { replicaSetControllerWatches() }
            replicaSetControllerTurn()
            for _ in 0..<4 { nodeTurn() }
            for _ in 0..<4 { agentTurn() }
        }
    }

    private mutating func mishap() {
        guard let id = anyPod(where: { !$0.isEnding }) else { return }
        if chance(50) { remove(id) } else { pods[id]?.isFlaky.toggle() }
    }
}
