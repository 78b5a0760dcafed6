package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel
import Metrics
import StructuredData
package import SwarmAPI
package import SwarmScaling
import Synchronization
package import TaskQueue

/// Gives a swarm as many agents as its tasks need.
///
/// Flow: queue summary and Deployment → `ScalingInputs` → `Autoscaler.decide` → `replicas` by server-side apply → ledger →
/// status. Guarantees: writes `spec.replicas` of the swarm's Deployment and nothing else of it; each change of the number is in
/// the ledger with the inputs that it is a pure function of. Assumptions: woken by the change feed and by the Deployment's
/// watch. Caveat: while the cache does not show the last write, it waits.
package final class AutoscalerReconciler: Reconciler {
    private let client: KubernetesClient
    private let store: any TaskStore
    private let swarms: Store<AgentSwarm>
    private let deployments: Store<Deployment>
    private let events: EventRecorder
    private let configuration: OperatorConfiguration
    private let barrier = WriteBarrier<Deployment>()
    /// When each swarm's figures were last written, in milliseconds of the store's time.
    private let lastWrites = Mutex<[ObjectKey: Int64]>([:])

    package init(
        client: KubernetesClient,
        store: any TaskStore,
        swarms: Store<AgentSwarm>,
        deployments: Store<Deployment>,
        events: EventRecorder,
        configuration: OperatorConfiguration
    ) {
        self.client = client
        self.store = store
        self.swarms = swarms
        self.deployments = deployments
        self.events = events
        self.configuration = configuration
    }

    package func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        let deploymentKey = ObjectKey(namespace: key.namespace, name: SwarmObjects.deploymentName(key.name))
        guard let swarm = swarms.get(key), swarm.metadata.deletionTimestamp == nil,
            let deployment = deployments.get(deploymentKey),
            deployment.metadata.ownerReferences?.contains(where: { $0.uid == swarm.metadata.uid }) == true
        else {
            barrier.forget(key)
            lastWrites.withLock { $0[key] = nil }
            return .done
        }
        // The watch brings the write, and with it this key; the time is the safety net.
        if barrier.isBehind(key, store: deployments) { return .requeue(after: .seconds(1)) }

        let summary = try await store.summary(namespace: key.namespace, swarm: key.name)
        let inputs = ScalingInputs(swarm: swarm, deployment: deployment, summary: summary)
        let decision = Autoscaler.decide(inputs)
        if decision.to != decision.from {
            let applied = try await client.apply(
                Deployment.self, Replicas.body(of: deployment, count: decision.to), manager: SwarmNames.autoscaler)
            barrier.wrote(applied, for: key)
            try await store.recordDecision(
                DecisionRecord(
                    namespace: key.namespace, swarm: key.name, time: summary.time, from: decision.from, to: decision.to,
                    reason: decision.reason.rawValue, inputs: try JSON(encoding: inputs)))
            count(decision)
            events.record(
                reason: decision.direction == .up ? "ScaledUp" : "ScaledDown", action: "Scale",
                note: "from \(decision.from) to \(decision.to) agents: \(decision.message)", on: swarm)
        }
        record(summary, inputs, decision)
        return try await writeStatus(of: swarm, summary, inputs, decision)
    }

    private func writeStatus(
        of swarm: AgentSwarm, _ summary: QueueSummary, _ inputs: ScalingInputs, _ decision: ScalingDecision
    ) async throws -> ReconcileResult {
        let plan = try AutoscalerStatus(
            swarm: swarm, summary: summary, inputs: inputs, decision: decision,
            lastWrite: lastWrites.withLock { $0[swarm.key] }, figuresMilliseconds: configuration.figuresMilliseconds)
        let recheck = [decision.recheckAfterSeconds.map { Int64($0) * 1000 }, plan.recheckMilliseconds].compactMap(
            \.self
        ).min()
        if let fields = plan.fields {
            let body = StatusBody.make(AgentSwarm.resource, swarm.metadata, status: fields)
            _ = try await client.applyStatus(of: AgentSwarm.self, body, manager: SwarmNames.autoscaler)
            lastWrites.withLock { $0[swarm.key] = summary.time.milliseconds }
        }
        return recheck.map { .requeue(after: .milliseconds($0)) } ?? .done
    }

    private func count(_ decision: ScalingDecision) {
        Counter(
            label: "das_scaling_decisions_total",
            dimensions: [("direction", decision.direction.rawValue), ("reason", decision.reason.rawValue)]
        ).increment()
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

extension ScalingInputs {
    /// What the decision on `swarm` is made from.
    package init(swarm: AgentSwarm, deployment: Deployment, summary: QueueSummary) {
        func seconds(since moment: StoreTime?) -> Int {
            moment.map { Int(max(summary.time - $0, 0) / 1000) } ?? 0
        }
        let isQuiet = summary.ready == 0 && summary.leased == 0
        // A swarm that never had a task has been quiet for as long as it takes.
        let quiet = summary.lastActivity == nil ? swarm.idleSeconds : seconds(since: summary.lastActivity)
        self.init(
            readyTasks: summary.ready, leasedTasks: summary.leased,
            oldestWaitSeconds: seconds(since: summary.oldestReady), quietSeconds: isQuiet ? quiet : 0,
            currentAgents: deployment.spec.replicas ?? 1, readyAgents: deployment.status?.readyReplicas ?? 0,
            concurrency: swarm.concurrency, minAgents: swarm.minAgents, maxAgents: swarm.maxAgents,
            idleSeconds: swarm.idleSeconds, strategy: swarm.strategy == .external ? .external : .demand,
            externalAgents: swarm.spec.replicas, suspended: swarm.isSuspended)
    }
}
