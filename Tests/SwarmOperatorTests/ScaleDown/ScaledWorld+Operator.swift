import TaskQueue

@testable import SwarmOperator

/// Our part, as the reconciler does it: plan from the caches and the store, then step after step.
extension ScaledWorld {
    struct OperatorState {
        var seenDeployments = 1
        var seenSets = 1
        var seenPods = 0
        var cache: [Int: Pod] = [:]
        /// The rest of the plan, and what it was made from.
        var rest: [ScaleDownPlan.Step] = []
        var plan: ScaleDownPlan?
        /// The pods that it saw an agent of.
        var registered: Set<Int> = []
        var version = 0
        /// How much of the watches must be seen before the next plan, since it shows our own writes.
        var ownDeployments = 0
        var ownPods = 0
        var isPatienceOver = false
    }

    mutating func operatorDies() {
        operatorState = OperatorState(
            seenDeployments: deployments.count, seenSets: sets.count, seenPods: podChanges.count, cache: pods)
    }

    mutating func operatorWatches() {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: operatorState.seenDeployments = min(operatorState.seenDeployments + 1, deployments.count)
        case 1: operatorState.seenSets = min(operatorState.seenSets + 1, sets.count)
        default:
            for _ in 0..<4 where operatorState.seenPods < podChanges.count {
                let change = podChanges[operatorState.seenPods]
                operatorState.cache[change.id] = change.pod
                operatorState.seenPods += 1
            }
        }
    }

    /// What the reconciler would observe.
    private func observed() -> ScaleState {
        let seen = deployments[operatorState.seenDeployments - 1]
        let seenSet = sets[operatorState.seenSets - 1]
        let observedSets = [
            ScaleState.ReplicaSet(
                wanted: seenSet.wanted, pods: seenSet.pods, ready: seenSet.ready,
                isObserved: seenSet.observed == seenSet.generation)
        ]
        return ScaleState(
            replicas: seen.replicas, isObserved: seen.observed == seen.generation, hasOldPods: false,
            sets: observedSets.filter { $0.wanted > 0 || $0.pods > 0 },
            pods: operatorState.cache.values.filter { !$0.isEnding }.sorted { $0.id < $1.id }.map { cached in
                // Registrations, leases and drain marks come from the store, as they are now.
                let agents =
                    pods[cached.id].map {
                        $0.isRegistered
                            ? [ScaleState.Agent(id: $0.agent, leased: $0.leased, isDraining: $0.isDraining)] : []
                    } ?? []
                return ScaleState.Pod(
                    uid: cached.uid, name: cached.uid, stage: cached.stage, isMarked: cached.isMarked,
                    created: Int64(cached.id), agents: agents)
            })
    }

    mutating func operatorTurn() {
        if operatorState.rest.isEmpty { look() } else { carryOut(operatorState.rest.removeFirst()) }
    }

    private mutating func look() {
        guard operatorState.seenDeployments >= operatorState.ownDeployments else { return }
        let isBehind = operatorState.seenPods < operatorState.ownPods
        let state = observed()
        guard !isBehind || wanted > state.replicas else { return }
        let plan = ScaleDownPlan(state, wanted: wanted, isPatienceOver: operatorState.isPatienceOver)
        operatorState.isPatienceOver = weather == .deaf && plan.wait == .readiness
        operatorState.plan = plan
        operatorState.registered = Set(state.pods.filter { !$0.agents.isEmpty }.compactMap { Int($0.uid) })
        operatorState.version = deployments[operatorState.seenDeployments - 1].version
        // Each pod is a write of its own, after any of which the operator may die.
        operatorState.rest = plan.steps.flatMap { step -> [ScaleDownPlan.Step] in
            switch step {
            case .mark(let pods): pods.map { .mark([$0]) }
            case .unmark(let pods): pods.map { .unmark([$0]) }
            default: [step]
            }
        }
    }

    private mutating func carryOut(_ step: ScaleDownPlan.Step) {
        steps += 1
        switch step {
        case .drain(let agents): drain(agents, true)
        case .release(let agents): drain(agents, false)
        case .mark(let pods): mark(pods, true)
        case .unmark(let pods): mark(pods, false)
        case .setReplicas(let count): setReplicas(count)
        }
    }

    private mutating func drain(_ agents: [AgentID], _ isDraining: Bool) {
        for id in pods.keys where agents.contains(AgentID("a\(id)")) { pods[id]?.isDraining = isDraining }
    }

    private mutating func mark(_ chosen: [ScaleState.Pod], _ isMarked: Bool) {
        for pod in chosen.compactMap({ Int($0.uid) }) where pods[pod] != nil {
            write(pod) { $0.isMarked = isMarked }
            operatorState.ownPods = podChanges.count
        }
    }

    private mutating func setReplicas(_ count: Int) {
        if count < deployment.replicas {
            guard operatorState.version == deployment.version, let plan = operatorState.plan else {
                operatorState.rest = []
                return
            }
            lowered += 1
            let staying = operatorState.cache.values.filter { !$0.isEnding }
            let victims = Set(plan.victims.compactMap { Int($0) })
            let exposed = staying.filter { $0.stage < .ready }.map(\.id)
            lowering = Lowering(
                before: Set(staying.map(\.id)), victims: victims,
                registered: victims.union(exposed).intersection(operatorState.registered))
        }
        deployment = Deployment(
            replicas: count, generation: deployment.generation + 1, observed: deployment.observed,
            version: deployment.version + 1)
        operatorState.ownDeployments = deployments.count
    }
}
