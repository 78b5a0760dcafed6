import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import TaskQueue
import TaskStoreTesting
import Testing

@testable import ControllerRuntime

/// The autoscaler at a scale-down, ended at each of its writes and started again.
@Suite struct ScaleDownCrashTests {
    private static let markName = "controller.kubernetes.io/pod-deletion-cost"

    /// A swarm of four agents, of which `busy` hold a task.
    private struct Stage {
        let cluster: SmallCluster
        let clock = ManualClock()
        let queue: MachineStore
        var agents: [String: AgentID] = [:]
        var tasks: [String: LeasedTask] = [:]
        var operators = 0
        private var current: (reconciler: AutoscalerReconciler, caches: Caches)?

        private struct Caches {
            let swarms = Store<AgentSwarm>(holding: [])
            let deployments = Store<Deployment>(holding: [])
            let sets = Store<ReplicaSet>(holding: [])
            let pods = Store<Pod>(holding: [])
        }

        init(busy: [String], asked: Int) async throws {
            let names = ["a", "b", "c", "d"]
            cluster = SmallCluster(pods: names, asked: asked)
            queue = MachineStore(on: MachineStore.Disk(), clock: clock, seed: 1)
            try await queue.putCatalogue(
                CatalogueEntry(
                    namespace: "n", swarm: "s", uid: "swarm", generation: 1, capabilities: ["echo"], taskTypes: [],
                    serviceAccount: "s", slots: 1, isSuspended: false))
            for name in names {
                agents[name] = try await queue.register(
                    AgentRegistration(
                        namespace: "n", swarm: "s", name: name, podUID: "uid-\(name)", instance: name, slots: 1,
                        version: "1", capabilities: [], serviceAccount: "s")
                ).id
            }
            for name in busy { try await lease(name, request: 1) }
        }

        mutating func lease(_ name: String, request: Int64) async throws {
            _ = try await queue.submit([
                Submission(
                    id: TaskID("task-\(name)"), namespace: "n", type: "echo", swarm: "s",
                    origin: .http(submitter: "test"), input: [])
            ])
            let verdict = try await queue.lease(
                LeaseCall(agent: try #require(agents[name]), request: request, slots: 1))
            guard case .answered(let offer) = verdict else { return }
            tasks[name] = offer.tasks.first
        }

        func finish(_ name: String) async throws {
            let task = try #require(tasks[name])
            _ = try await queue.report(
                try #require(agents[name]),
                [AttemptReport(task: task.record.id, key: task.key, content: .complete(result: Array("{}".utf8)))],
                next: nil)
        }

        /// One look of the operator, a new one where the last has ended; `false`: it has ended in it.
        mutating func look() async throws -> Bool {
            if current == nil {
                operators += 1
                let caches = Caches()
                let client = KubernetesClient(
                    ClientConfiguration(server: "https://cluster"), transport: cluster, retry: .never)
                current = (
                    AutoscalerReconciler(
                        client: client, store: queue,
                        caches: .init(
                            swarms: caches.swarms, deployments: caches.deployments, replicaSets: caches.sets,
                            pods: caches.pods, quotas: Store(holding: [ResourceQuota]())),
                        observations: SwarmObservations(start: queue.now()),
                        events: EventRecorder(client: client, controller: "test", instance: "test"),
                        configuration: OperatorConfiguration(
                            agentImage: "agent", gatewayURL: "https://gateway", gatewayAuthorities: "", version: "1")),
                    caches
                )
            }
            guard let (reconciler, caches) = current else { return false }
            // As the watches would bring it.
            let version = cluster.version
            func read<R: KubernetesResource>(_ path: String, as type: R.Type) throws -> [R] {
                try cluster.object(path).map { [try $0.decode(R.self)] } ?? []
            }
            _ = caches.swarms.replace(
                with: try read(SmallCluster.swarmPath, as: AgentSwarm.self), version: version)
            _ = caches.deployments.replace(
                with: try read(SmallCluster.deploymentPath, as: Deployment.self), version: version)
            _ = caches.sets.replace(
                with: try read(SmallCluster.replicaSetPath, as: ReplicaSet.self), version: version)
            _ = caches.pods.replace(with: try cluster.pods.map { try $0.decode(Pod.self) }, version: version)
            do {
                _ = try await reconciler.reconcile(ObjectKey(namespace: "n", name: "s"))
                return true
            } catch {
                guard cluster.hasFailed else { throw error }
                current = nil
                return false
            }
        }

        /// Agents that are drained and hold nothing become unready, the others ready; then the controllers do their work.
        func clusterWorks() async throws {
            let summary = try await queue.summary(namespace: "n", swarm: "s")
            for load in summary.agents {
                cluster.setReady(load.agent.registration.name, !(load.agent.isDraining && load.leased == 0))
            }
            cluster.controllersWork()
            let left = Set(cluster.pods.compactMap { $0["metadata"]?["uid"]?.stringValue })
            let gone = summary.agents.compactMap(\.agent.registration.podUID).filter { !left.contains($0) }
            try await queue.endAgents(podUIDs: gone)
        }

        mutating func rounds(_ count: Int) async throws {
            for _ in 0..<count {
                _ = try await look()
                try await clusterWorks()
            }
        }
    }

    private func names(_ stage: Stage) -> [String] {
        stage.cluster.pods.compactMap { $0["metadata"]?["name"]?.stringValue }
    }

    /// Nothing of the handshake is left.
    private func isClean(_ stage: Stage) async throws -> Bool {
        let marked = stage.cluster.pods.contains { $0["metadata"]?["annotations"]?[Self.markName] != nil }
        let agents = try await stage.queue.agents(namespace: "n", swarm: "s")
        return !marked && !agents.contains(where: \.isDraining)
    }

    @Test func `The idle agents go, the busy ones stay with their tasks, and writing ends`() async throws {
        var stage = try await Stage(busy: ["b", "c"], asked: 2)
        try await stage.rounds(12)
        #expect(names(stage) == ["b", "c"])
        #expect(stage.cluster.replicas == [2])
        #expect(try await isClean(stage))
        let writes = stage.cluster.writes
        try await stage.rounds(5)
        #expect(stage.cluster.writes == writes)
        let decisions = try await stage.queue.decisions(namespace: "n", swarm: "s", limit: 10)
        #expect(decisions.map { [$0.from, $0.to] } == [[4, 2]])
    }

    @Test(arguments: SmallCluster.Fault.allCases)
    func `Ended at any write and started again, it ends the same`(fault: SmallCluster.Fault) async throws {
        var whole = try await Stage(busy: ["b", "c"], asked: 2)
        try await whole.rounds(12)
        #expect(whole.cluster.writes >= 4)
        for write in 1...whole.cluster.writes {
            var stage = try await Stage(busy: ["b", "c"], asked: 2)
            stage.cluster.fail(write: write, fault)
            try await stage.rounds(16)
            #expect(stage.operators == 2, "write \(write)")
            #expect(names(stage) == ["b", "c"], "write \(write)")
            #expect(stage.cluster.object(SmallCluster.deploymentPath)?["spec"]?["replicas"] == 2, "write \(write)")
            #expect(try await isClean(stage), "write \(write)")
            let summary = try await stage.queue.summary(namespace: "n", swarm: "s")
            #expect(summary.leased == 2, "write \(write)")
            // Also where it was ended between the decision and its write, or after it: in the ledger, and once.
            let decisions = try await stage.queue.decisions(namespace: "n", swarm: "s", limit: 10)
            #expect(decisions.map { [$0.from, $0.to] } == [[4, 2]], "write \(write)")
        }
    }

    @Test(arguments: SmallCluster.Fault.allCases)
    func `Ended just before or just after more agents are ordered, the decision is in the ledger once`(
        fault: SmallCluster.Fault
    ) async throws {
        var stage = try await Stage(busy: ["a", "b", "c", "d"], asked: 6)
        stage.cluster.fail(write: 1, fault)
        #expect(try await stage.look() == false)
        // Before the operator is there again.
        let before = try await stage.queue.decisions(namespace: "n", swarm: "s", limit: 10)
        #expect(before.map { [$0.from, $0.to] } == [[4, 6]])
        try await stage.rounds(3)
        #expect(stage.cluster.replicas == [6])
        #expect(try await stage.queue.decisions(namespace: "n", swarm: "s", limit: 10) == before)
    }

    @Test func `A number that others set back is decided anew, and that is another decision`() async throws {
        var stage = try await Stage(busy: ["a", "b", "c", "d"], asked: 6)
        try await stage.rounds(2)
        stage.cluster.scale(to: 4)
        try await stage.rounds(2)
        #expect(stage.cluster.replicas == [6, 6])
        let decisions = try await stage.queue.decisions(namespace: "n", swarm: "s", limit: 10)
        #expect(decisions.map { [$0.from, $0.to] } == [[4, 6], [4, 6]])
    }

    @Test func `A victim that holds a task is waited for, and a wish that is taken back releases it`() async throws {
        var stage = try await Stage(busy: ["a", "b", "c", "d"], asked: 3)
        try await stage.rounds(6)
        #expect(stage.cluster.replicas == [])
        let victim = try #require(
            try await stage.queue.agents(namespace: "n", swarm: "s").first(where: \.isDraining))
        stage.cluster.ask(for: 4)
        try await stage.rounds(2)
        #expect(try await isClean(stage))
        stage.cluster.ask(for: 3)
        try await stage.rounds(2)
        try await stage.finish(victim.registration.name)
        try await stage.rounds(8)
        #expect(stage.cluster.replicas == [3])
        #expect(!names(stage).contains(victim.registration.name))
        #expect(try await isClean(stage))
    }

    @Test func `To zero a task that comes once nobody takes any is waited for by nobody, and not cut`() async throws {
        var stage = try await Stage(busy: [], asked: 0)
        // All are drained now, none removed.
        _ = try await stage.look()
        #expect(stage.cluster.replicas == [])
        try await stage.lease("a", request: 1)
        #expect(stage.tasks["a"] == nil)
        try await stage.rounds(4)
        #expect(stage.cluster.replicas == [0])
        #expect(names(stage) == [])
    }

    @Test func `A pod that has been busy for long is protected until it has rested`() async throws {
        var stage = try await Stage(busy: ["a"], asked: 4)
        func protected() -> [String] {
            stage.cluster.pods.filter {
                $0["metadata"]?["annotations"]?["karpenter.sh/do-not-disrupt"] == "true"
                    && $0["metadata"]?["annotations"]?["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "false"
            }.compactMap { $0["metadata"]?["name"]?.stringValue }
        }
        try await stage.rounds(1)
        #expect(protected() == [])
        stage.clock.advance(30_000)
        try await stage.rounds(2)
        #expect(protected() == ["a"])
        try await stage.finish("a")
        try await stage.rounds(1)
        stage.clock.advance(59_000)
        try await stage.rounds(2)
        #expect(protected() == ["a"])
        stage.clock.advance(1_000)
        try await stage.rounds(2)
        #expect(protected() == [])
        #expect(stage.cluster.replicas == [])
    }
}
