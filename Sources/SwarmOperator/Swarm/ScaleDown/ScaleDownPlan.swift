import TaskQueue

/// The next steps from what is observed to the number of agents that is wanted, without cutting a task short.
///
/// Flow, downwards: the victims get no more leases → they hold no task → they are marked → the marks are in our watch, and the
/// ReplicaSet counts the victims as unready → `replicas` is lowered → once the victims are gone, whoever is still marked or
/// drained is released. Each look plans from what is observed alone, so that steps may be repeated, and stop after any of
/// them. Guarantees: `replicas` is lowered only when no victim with an agent holds a task or can get one; nobody is released
/// while a ReplicaSet still has victims to choose. Caveats: of several ReplicaSets with pods none is made smaller, but for all
/// of them to zero; a victim that is still starting may register after the last look.
struct ScaleDownPlan: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case drain([AgentID])
        case release([AgentID])
        case mark([ScaleState.Pod])
        case unmark([ScaleState.Pod])
        case setReplicas(Int)
    }

    /// What the next step waits for.
    enum Wait: String, Sendable, Hashable {
        /// Two ReplicaSets have pods.
        case rollout
        /// Pods are being removed, or a controller has yet to see a change.
        case controllers
        /// Victims hold tasks, or have just been drained.
        case tasks
        /// The marks are not in our watch.
        case marks
        /// Victims are ready, as the pods or their ReplicaSet say.
        case readiness
    }

    /// In this order.
    private(set) var steps: [Step] = []
    private(set) var wait: Wait?
    /// By UID: who is to go.
    private(set) var victims: Set<String> = []

    /// - Parameter isPatienceOver: drained victims have been ready for so long that they seem not to tell readiness by the drain;
    ///   their marks have to do.
    init(_ state: ScaleState, wanted: Int, isPatienceOver: Bool = false) {
        if wanted >= state.replicas {
            if wanted > state.replicas { steps.append(.setReplicas(wanted)) }
            releaseAll(of: state)
        } else if wanted <= 0 {
            removeAll(of: state)
        } else {
            remove(downTo: wanted, of: state, isPatienceOver: isPatienceOver)
        }
    }

    /// The number of agents that this plan asks for, if it changes it.
    var replicas: Int? {
        for case .setReplicas(let count) in steps { return count }
        return nil
    }

    private mutating func releaseAll(of state: ScaleState) {
        // A ReplicaSet that has victims left to choose would choose whom we release.
        if state.isSettled {
            release(state.pods)
            unmark(state.pods)
        } else if state.pods.contains(where: { $0.isMarked || $0.isDraining }) {
            wait = .controllers
        }
    }

    /// Agents first: they are what tasks wait for.
    private mutating func release(_ pods: [ScaleState.Pod]) {
        let drained = pods.flatMap(\.agents).filter(\.isDraining).map(\.id)
        if !drained.isEmpty { steps.append(.release(drained)) }
    }

    private mutating func unmark(_ pods: [ScaleState.Pod]) {
        let marked = pods.filter(\.isMarked)
        if !marked.isEmpty { steps.append(.unmark(marked)) }
    }

    /// Drains victims that are not yet, and waits until they are empty.
    private mutating func empty(_ pods: [ScaleState.Pod]) {
        let agents = pods.flatMap(\.agents)
        let undrained = agents.filter { !$0.isDraining }.map(\.id)
        if !undrained.isEmpty { steps.append(.drain(undrained)) }
        // What was leased before the drain is seen at the next look.
        if !undrained.isEmpty || agents.contains(where: { $0.leased > 0 }) { wait = .tasks }
    }

    /// Everybody goes, so that nobody has to be told apart.
    private mutating func removeAll(of state: ScaleState) {
        victims = Set(state.pods.map(\.uid))
        empty(state.pods)
        if wait == nil { steps.append(.setReplicas(0)) }
    }

    private mutating func remove(downTo wanted: Int, of state: ScaleState, isPatienceOver: Bool) {
        guard state.isSettled else {
            wait = .controllers
            return
        }
        guard !state.isRollingOut else {
            wait = .rollout
            release(state.pods)
            return unmark(state.pods)
        }
        let chosen = VictimChoice.victims(of: state.pods, count: state.pods.count - wanted)
        victims = Set(chosen.map(\.uid))
        let others = state.pods.filter { !victims.contains($0.uid) }
        // Where more start than are to go, a ReplicaSet that sees them a moment later may take others of them.
        let exposed = others.filter { $0.stage < .ready }
        release(others.filter { $0.stage == .ready })
        unmark(others)
        empty(chosen + exposed)
        guard wait == nil else { return }
        let unmarked = chosen.filter { !$0.isMarked }
        if !unmarked.isEmpty {
            steps.append(.mark(unmarked))
            wait = .marks
        } else if !steps.isEmpty {
            // Survivors that are still marked might be chosen.
            wait = .marks
        } else if state.sets.reduce(0, { $0 + $1.pods }) != state.pods.count {
            wait = .controllers
        } else if !isPatienceOver, !Self.areUnready(chosen, in: state) {
            wait = .readiness
        } else {
            steps.append(.setReplicas(wanted))
        }
    }

    /// As the pods say, and as the ReplicaSet counts them. Of a pod without an agent nobody tells that it is drained.
    private static func areUnready(_ victims: [ScaleState.Pod], in state: ScaleState) -> Bool {
        victims.allSatisfy { $0.stage < .ready || $0.agents.isEmpty }
            && state.sets.reduce(0, { $0 + $1.ready }) == state.pods.count { $0.stage == .ready }
    }
}
