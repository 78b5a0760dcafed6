package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
package import Logging
import Metrics
import StructuredData
package import SwarmAPI
import SwarmScaling
import Synchronization
package import TaskQueue

/// Gives a swarm as many agents as its tasks need.
///
/// Flow: queue summary, observations and Deployment → `ScalingInputs` → `Autoscaler.decide` → `ScaleDownPlan` → drain marks, pods'
/// annotations, ledger, `replicas` by server-side apply → status. Guarantees: writes `spec.replicas` of the swarm's Deployment
/// and nothing else of it; lowers it only in the version that was observed, and when its victims hold no task; each change of
/// the number is in the ledger before it is made, once, with the inputs that it is a pure function of. Assumptions: woken by the change feed and by the
/// watches of Deployments, ReplicaSets and pods. Caveat: while the cache does not show the last write, it waits.
package final class AutoscalerReconciler: Reconciler {
    /// When to look again while a step waits, if no event comes: events may be lost with a store's hint.
    private static let safetyNetMilliseconds: Int64 = 5_000
    /// After a write that was refused since the Deployment had changed.
    private static let conflictPause = Duration.milliseconds(100)

    private let client: KubernetesClient
    private let store: any TaskStore
    private let caches: Caches
    private let observations: SwarmObservations
    private let events: EventRecorder
    private let configuration: OperatorConfiguration
    private let logger: Logger
    private let barrier = WriteBarrier<Deployment>()
    private let steps: ScaleDownSteps
    private let memories = Mutex<[ObjectKey: ScaleDownMemory]>([:])

    /// What it reads of the cluster.
    package struct Caches: Sendable {
        var swarms: Store<AgentSwarm>
        var deployments: Store<Deployment>
        var replicaSets: Store<ReplicaSet>
        var pods: Store<Pod>
        var quotas: Store<ResourceQuota>

        package init(
            swarms: Store<AgentSwarm>, deployments: Store<Deployment>, replicaSets: Store<ReplicaSet>,
            pods: Store<Pod>, quotas: Store<ResourceQuota>
        ) {
            self.swarms = swarms
            self.deployments = deployments
            self.replicaSets = replicaSets
            self.pods = pods
            self.quotas = quotas
        }
    }

    package init(
        client: KubernetesClient,
        store: any TaskStore,
        caches: Caches,
        observations: SwarmObservations,
        events: EventRecorder,
        configuration: OperatorConfiguration,
        logger: Logger = Logger(label: "das.autoscaler")
    ) {
        self.client = client
        self.store = store
        self.caches = caches
        self.observations = observations
        self.events = events
        self.configuration = configuration
        self.logger = logger
        steps = ScaleDownSteps(client: client, store: store, barrier: WriteBarrier<Pod>())
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        let deploymentKey = ObjectKey(namespace: key.namespace, name: SwarmObjects.deploymentName(key.name))
        guard let swarm = caches.swarms.get(key), swarm.metadata.deletionTimestamp == nil,
            let deployment = caches.deployments.get(deploymentKey),
            deployment.metadata.ownerReferences?.contains(where: { $0.uid == swarm.metadata.uid }) == true
        else {
            barrier.forget(key)
            steps.barrier.forget(key)
            memories.withLock { $0[key] = nil }
            observations.forget(key)
            return .done
        }
        // The watch brings the write, and with it this key; the time is the safety net.
        if barrier.isBehind(key, store: caches.deployments) { return .requeue(after: .seconds(1)) }

        let summary = try await store.summary(namespace: key.namespace, swarm: key.name)
        let inputs = ScalingInputs(
            swarm: swarm, deployment: deployment, summary: summary, figures: observations.figures(for: key, summary),
            quotas: caches.quotas.list(namespace: key.namespace))
        let decision = Autoscaler.decide(inputs)
        observations.remember(decision.memory, for: key, at: summary.time)
        // More agents are not kept waiting by what was written on pods.
        if decision.direction != .up, steps.barrier.isBehind(key, store: caches.pods) {
            return .requeue(after: .seconds(1))
        }

        var memory = memories.withLock { $0[key] } ?? ScaleDownMemory()
        defer { memories.withLock { $0[key] = memory } }
        let pods = pods(of: deployment)
        let state = observe(deployment, pods, summary, &memory)
        if state.isSettled { report(&memory, on: state, of: swarm) }
        let plan = ScaleDownPlan(
            state, wanted: decision.to, isPatienceOver: memory.isPatienceOver(at: summary.time))
        memory.note(plan.wait, at: summary.time)
        do {
            for step in plan.steps {
                guard case .setReplicas(let count) = step else {
                    try await steps.carryOut(step, for: key)
                    continue
                }
                try await enter(decision, inputs, for: key, at: summary.time, &memory)
                try await setReplicas(of: deployment, to: count, for: key)
                memory.entered?.isCarriedOut = true
                if count < state.replicas {
                    memory.victims = VictimCount(victims: plan.victims, before: Set(state.pods.map(\.uid)))
                }
                tell(of: decision, on: swarm)
            }
        } catch let status as KubernetesStatus where status.isConflict {
            return .requeue(after: Self.conflictPause)
        }
        let nextProtection = try await protect(pods, memory.busy, at: summary.time, for: key)
        record(summary, inputs, decision)
        let nextFigures = try await writeStatus(
            of: swarm, summary, inputs, decision, SwarmTrouble.of(deployment), &memory)
        let recheck = [
            decision.recheckAfterSeconds.map { Int64($0) * 1000 }, nextFigures, nextProtection,
            plan.wait.map { _ in Self.safetyNetMilliseconds },
        ].compactMap(\.self).min()
        return recheck.map { .requeue(after: .milliseconds($0)) } ?? .done
    }

    // MARK: Observing

    private func replicaSets(of deployment: Deployment) -> [ReplicaSet] {
        caches.replicaSets.byIndex(Store<ReplicaSet>.ownerIndex, deployment.metadata.uid ?? "")
    }

    private func pods(of deployment: Deployment) -> [Pod] {
        replicaSets(of: deployment).flatMap { caches.pods.byIndex(Store<Pod>.ownerIndex, $0.metadata.uid ?? "") }
            .filter(\.isStaying)
    }

    private func observe(
        _ deployment: Deployment, _ pods: [Pod], _ summary: QueueSummary, _ memory: inout ScaleDownMemory
    ) -> ScaleState {
        func look() -> ScaleState {
            ScaleState(
                deployment: deployment, sets: replicaSets(of: deployment), pods: pods, agents: summary.agents,
                busy: memory.busy, now: summary.time)
        }
        let leased = look().pods.map { ($0.uid, $0.leased) }
        memory.busy.observe(Dictionary(leased) { first, _ in first }, at: summary.time)
        return look()
    }

    // MARK: Acting

    /// A smaller number is only right for the Deployment as it was observed.
    private func setReplicas(of deployment: Deployment, to count: Int, for key: ObjectKey) async throws {
        let body = Replicas.body(
            of: deployment.metadata, count: count, onlyIfUnchanged: count < deployment.spec.replicas ?? 1)
        barrier.wrote(try await client.apply(Deployment.self, body, manager: SwarmNames.autoscaler), for: key)
    }

    /// Puts the decision into the ledger, unless it stands there and is still to be carried out: an operator may have ended, or been
    /// refused the write, in between.
    private func enter(
        _ decision: ScalingDecision, _ inputs: ScalingInputs, for key: ObjectKey, at time: StoreTime,
        _ memory: inout ScaleDownMemory
    ) async throws {
        if memory.entered == nil {
            let latest = try await store.decisions(namespace: key.namespace, swarm: key.name, limit: 1).first
            // Whether it was carried out nobody remembers; but the Deployment stands where it began.
            memory.entered = latest.map { EnteredDecision(from: $0.from, to: $0.to) }
        }
        let entry = EnteredDecision(from: decision.from, to: decision.to)
        if memory.entered == entry { return }
        try await store.recordDecision(
            DecisionRecord(
                namespace: key.namespace, swarm: key.name, time: time, from: decision.from, to: decision.to,
                reason: decision.reason.rawValue, inputs: try JSON(encoding: inputs)))
        memory.entered = entry
    }

    private func tell(of decision: ScalingDecision, on swarm: AgentSwarm) {
        Counter(
            label: "das_scaling_decisions_total",
            dimensions: [("direction", decision.direction.rawValue), ("reason", decision.reason.rawValue)]
        ).increment()
        events.record(
            reason: decision.direction == .up ? "ScaledUp" : "ScaledDown", action: "Scale",
            note: "from \(decision.from) to \(decision.to) agents: \(decision.message)", on: swarm)
    }

    /// Counts, once the victims are gone, whether they were those that were chosen.
    private func report(_ memory: inout ScaleDownMemory, on state: ScaleState, of swarm: AgentSwarm) {
        guard let outcome = memory.victims?.outcome(after: Set(state.pods.map(\.uid))) else { return }
        memory.victims = nil
        func count(_ isChosen: String) -> Counter {
            Counter(label: "das_scale_down_victims_total", dimensions: [("chosen", isChosen)])
        }
        count("true").increment(by: outcome.chosen)
        count("false").increment(by: outcome.others.count)
        guard !outcome.others.isEmpty else { return }
        logger.warning(
            "\(outcome.others.count) pods went that were not chosen, beside \(outcome.chosen) that were; their agents end what they hold",
            metadata: ["swarm": "\(swarm.key)", "pods": "\(outcome.others.joined(separator: ","))"])
    }

    /// Keeps nodes with busy agents from being tidied up; in how many milliseconds there is more to do.
    private func protect(
        _ pods: [Pod], _ busy: BusyRecord, at now: StoreTime, for key: ObjectKey
    ) async throws -> Int64? {
        var next: Int64?
        for pod in pods {
            let uid = pod.metadata.uid ?? ""
            var isProtected = AgentAnnotations.isProtected(pod.metadata.annotations)
            if busy.protects(uid, isProtected: isProtected, at: now) != isProtected {
                isProtected.toggle()
                try await steps.annotate(
                    pod.key.name, uid: uid, AgentAnnotations.protect(isProtected), for: key)
            }
            guard let change = busy.nextChange(uid, isProtected: isProtected, at: now) else { continue }
            next = min(next ?? change, change)
        }
        return next
    }

    // MARK: Telling

    /// In how many milliseconds figures that were held back are to be written.
    private func writeStatus(
        of swarm: AgentSwarm, _ summary: QueueSummary, _ inputs: ScalingInputs, _ decision: ScalingDecision,
        _ refusal: SwarmTrouble?, _ memory: inout ScaleDownMemory
    ) async throws -> Int64? {
        let plan = try AutoscalerStatus(
            swarm: swarm, summary: summary, inputs: inputs, decision: decision, lastWrite: memory.lastWrite,
            figuresMilliseconds: configuration.figuresMilliseconds, refusal: refusal)
        if let fields = plan.fields {
            let body = StatusBody.make(AgentSwarm.resource, swarm.metadata, status: fields)
            _ = try await client.applyStatus(of: AgentSwarm.self, body, manager: SwarmNames.autoscaler)
            memory.lastWrite = summary.time.milliseconds
        }
        return plan.recheckMilliseconds
    }

    private func record(_ summary: QueueSummary, _ inputs: ScalingInputs, _ decision: ScalingDecision) {
        let labels = [("namespace", summary.namespace), ("swarm", summary.swarm)]
        Gauge(label: "das_swarm_desired_agents", dimensions: labels).record(decision.to)
        let busy = summary.agents.count { $0.leased > 0 }
        for (state, number) in [("ready", inputs.readyAgents), ("busy", busy), ("wanted", inputs.currentAgents)] {
            Gauge(label: "das_swarm_agents", dimensions: labels + [("state", state)]).record(number)
        }
    }
}
