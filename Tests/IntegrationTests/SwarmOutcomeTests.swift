import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskProtocol
import TestSupport
import Testing

/// What a swarm says, and comes to, when its agents do not come, or must go.
@Suite("Swarms that cannot have their agents", .serialized, .timeLimit(.minutes(5)))
struct SwarmOutcomeTests {
    private static let namespace = TestCluster.namespace

    private func swarm(_ name: String, _ agent: JSON = [:], minAgents: Int = 1) -> JSON {
        var swarm = Declared.swarm(name, concurrency: 1, maxAgents: 4)
        for (field, value) in agent.objectValue ?? [:] { swarm["spec"]?["agent"]?[field] = value }
        swarm["spec"]?["scaling"]?["minAgents"] = JSON(minAgents)
        return swarm
    }

    private func condition(
        _ type: String, of swarm: String, is reason: String, _ cluster: TestCluster
    ) async throws -> Condition {
        let found = try await cluster.object(AgentSwarm.self, swarm) {
            $0.status?.conditions?[type].map { $0.isTrue && $0.reason == reason } ?? false
        }
        return try #require(found.status?.conditions?[type])
    }

    private func hasEvent(_ reason: String, on swarm: String, _ cluster: TestCluster) async throws {
        _ = try await cluster.objects(Event.self, fieldSelector: "reason=\(reason)") { events in
            events.first { $0.regarding?.name == swarm }
        }
    }

    @Test func `An image that cannot be had and a container that crashes are told by name, and are mended by a change`()
        async throws
    {
        let audit = "\(ClusterProcess.newDirectory())-audit"
        defer { try? FileManager.default.removeItem(atPath: audit) }
        try await TestCluster.run("--audit-log", audit) { cluster in
            try await cluster.apply(swarm("pulls", ["image": "registry.invalid/agents:1"]))
            let pull = try await condition("Stalled", of: "pulls", is: "ImagePullBackOff", cluster)
            #expect(pull.message?.contains("image registry.invalid/agents:1 cannot be pulled") == true)
            try await hasEvent("ImagePullBackOff", on: "pulls", cluster)

            let crash: JSON = [
                "template": [
                    "spec": ["containers": [["name": "agent", "command": ["/bin/sh", "-c", "echo no; exit 3"]]]]
                ]
            ]
            try await cluster.apply(swarm("crashes", crash))
            let crashed = try await condition("Stalled", of: "crashes", is: "CrashLoopBackOff", cluster)
            #expect(crashed.message?.contains("ended with exit code 3") == true, "\(crashed.message ?? "")")
            try await hasEvent("CrashLoopBackOff", on: "crashes", cluster)
            // However often it is tried again, that is said once.
            _ = try await cluster.objects(Pod.self, labelSelector: "\(SwarmNames.swarmLabel)=crashes") { pods in
                pods.first { $0.status?.containerStatuses?.first?.restartCount ?? 0 >= 2 }
            }
            let log = try String(contentsOfFile: audit, encoding: .utf8).split(separator: "\n")
            for name in ["pulls", "crashes"] {
                let writes = log.filter { $0.contains("/agentswarms/\(name)/status") && $0.contains("das-operator") }
                #expect((1...10).contains(writes.count), "\(name): \(writes.count)")
            }

            for (name, field) in [("pulls", "image"), ("crashes", "template")] {
                _ = try await cluster.kubernetes.patch(
                    AgentSwarm.self, name, namespace: Self.namespace,
                    patch: .merge(["spec": ["agent": .object([field: .null])]]))
                let mended = try await cluster.object(AgentSwarm.self, name) {
                    $0.status?.conditions?["Ready"]?.isTrue == true
                }
                #expect(mended.status?.conditions?["Stalled"]?.isTrue == false)
            }
        }
    }

    @Test func `No more agents are asked for than a quota has room for, and they come when there is more`() async throws
    {
        try await TestCluster.run { cluster in
            let quota = ResourceQuota(
                metadata: ObjectMeta(name: "small", namespace: Self.namespace),
                spec: ResourceQuotaSpec(hard: ["pods": Quantity(1)]))
            _ = try await cluster.kubernetes.create(quota)
            _ = try await cluster.object(ResourceQuota.self, "small") { $0.status?.used?["pods"] != nil }
            try await cluster.apply(swarm("many", minAgents: 2))
            let limited = try await condition("ScalingLimited", of: "many", is: "QuotaReached", cluster)
            #expect(limited.message?.contains("ResourceQuota has room for 1") == true, "\(limited.message ?? "")")
            _ = try await cluster.object(AgentSwarm.self, "many") {
                $0.status?.conditions?["Ready"]?.isTrue == true && $0.status?.readyAgents == 1
            }

            _ = try await cluster.kubernetes.patch(
                ResourceQuota.self, "small", namespace: Self.namespace,
                patch: .merge(["spec": ["hard": ["pods": "10"]]]))
            let ready = try await cluster.object(AgentSwarm.self, "many") {
                $0.status?.conditions?["Ready"]?.isTrue == true && $0.status?.readyAgents == 2
                    && $0.status?.conditions?["ScalingLimited"]?.isTrue == false
            }
            #expect(ready.status?.conditions?["Stalled"]?.isTrue == false)
        }
    }

    @Test func `A template that the API server does not take, and pods that it does not, are told as it says it`()
        async throws
    {
        try await TestCluster.run { cluster in
            let broken: JSON = ["template": ["spec": ["containers": [["name": "side car", "image": "i"]]]]]
            try await cluster.apply(swarm("broken", broken))
            let invalid = try await condition("Stalled", of: "broken", is: "InvalidTemplate", cluster)
            #expect(invalid.message?.contains("side car") == true, "\(invalid.message ?? "")")
            try await hasEvent("InvalidTemplate", on: "broken", cluster)

            _ = try await cluster.kubernetes.patch(
                Namespace.self, Self.namespace,
                patch: .merge(["metadata": ["labels": ["pod-security.kubernetes.io/enforce": "restricted"]]]))
            try await cluster.apply(swarm("bold", ["template": ["spec": ["hostNetwork": true]]]))
            let refused = try await condition("Stalled", of: "bold", is: "PodsRefused", cluster)
            #expect(refused.message?.contains("PodSecurity") == true, "\(refused.message ?? "")")
        }
    }

    @Test func `A suspended swarm gives out nothing, ends what runs, and goes on afterwards`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echo", concurrency: 1, maxAgents: 1),
                Declared.task("runs", input: ["result": 1, "delayMs": 10_000]))
            try await cluster.running("runs")
            func suspend(_ isSuspended: Bool) async throws {
                _ = try await cluster.kubernetes.patch(
                    AgentSwarm.self, "echo", namespace: Self.namespace,
                    patch: .merge(["spec": ["suspend": .bool(isSuspended)]]))
            }
            try await suspend(true)
            _ = try await cluster.object(AgentSwarm.self, "echo") {
                $0.status?.conditions?["Reconciling"]?.reason == "Suspending"
                    || $0.status?.conditions?["Ready"]?.reason == "Suspended"
            }
            try await cluster.apply(Declared.task("waits", swarm: "echo", input: ["result": 2]))
            let ended = try await cluster.finished("runs")
            #expect(ended.status?.phase == .succeeded && ended.status?.attempts == 1)
            _ = try await condition("Ready", of: "echo", is: "Suspended", cluster)
            try await hasEvent("Suspended", on: "echo", cluster)
            #expect(cluster.agents().isEmpty)
            let waiting = try await cluster.task("waits") { $0.status?.phase == .queued }
            #expect(waiting.status?.attempts == nil)

            try await suspend(false)
            #expect(try await cluster.finished("waits").status?.phase == .succeeded)
            try await hasEvent("Resumed", on: "echo", cluster)
        }
    }

    @Test func `The tasks of a deleted swarm go to another, but for the pinned, which wait for its name`() async throws
    {
        try await TestCluster.run { cluster in
            // Long enough to be seen waiting behind it, short enough to end while its agent drains.
            var first = Declared.swarm("first", concurrency: 1, maxAgents: 1)
            first["spec"]?["agent"]?["drainSeconds"] = 60
            try await cluster.apply(first, Declared.task("runs", input: ["result": "ran", "delayMs": 10_000]))
            try await cluster.running("runs")
            try await cluster.apply(
                Declared.task("waits", input: ["result": "waited"]),
                Declared.task("pinned", swarm: "first", input: ["result": "never"]))
            for name in ["waits", "pinned"] {
                _ = try await cluster.task(name) { $0.status?.phase == .queued && $0.status?.swarm == "first" }
            }
            let submitted = try await cluster.gateway.submit(
                TaskSubmission(type: "echo", input: ["result": "over HTTP"]), namespace: Self.namespace)
            #expect(submitted.swarm == "first")

            // It takes the tasks of the first when that has gone, and at once.
            try await cluster.apply(Declared.swarm("second", concurrency: 1, maxAgents: 1))
            _ = try await cluster.object(AgentSwarm.self, "second") { $0.status?.conditions?["Ready"]?.isTrue == true }
            try await cluster.kubernetes.delete(AgentSwarm.self, "first", namespace: Self.namespace)
            let waited = try await cluster.finished("waits")
            #expect(waited.status?.phase == .succeeded && waited.status?.swarm == "second")
            let ran = try await cluster.finished("runs")
            #expect(ran.status?.phase == .succeeded, "\(ran.status?.message ?? "")")
            #expect(ran.status?.attempts == 1 && ran.status?.swarm == "first")
            let overHTTP = try await cluster.gateway.task(submitted.id, namespace: Self.namespace, waitMs: 20_000)
            #expect(overHTTP.phase == .succeeded && overHTTP.swarm == "second", "\(overHTTP)")

            let pinned = try await cluster.kubernetes.get(SwarmTask.self, "pinned", namespace: Self.namespace)
            #expect(pinned.status?.phase == .queued && pinned.status?.swarm == "first")
            // A swarm of that name takes it up again.
            try await cluster.apply(first)
            #expect(try await cluster.finished("pinned").status?.result == "never")
        }
    }

    @Test func `A lost node is named, and its task goes to an agent elsewhere`() async throws {
        let image = "agents=\(try BuiltProgram.path("agent-runner"))"
        try await TestCluster.run("--pod-eviction-seconds", "1", "--image", image) { cluster in
            let root = "\(cluster.directory)/doomed"
            let node = try await ChildProgram.start(
                BuiltProgram.path("das"),
                ["node", "--kubeconfig", cluster.kubeconfig, "--name", "doomed", "--data-dir", root, "--image", image])
            defer { if Task.isCancelled { Issue.record("the lost node said:\n\(node.text)") } }
            _ = try await cluster.kubernetes.objects(Node.self, namespace: nil) { nodes in
                nodes.first { node in
                    node.metadata.name == "doomed"
                        && node.status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
                }
            }
            let preferred: JSON = [
                "weight": 100,
                "preference": [
                    "matchExpressions": [["key": "kubernetes.io/hostname", "operator": "In", "values": ["doomed"]]]
                ],
            ]
            let affinity: JSON = ["nodeAffinity": ["preferredDuringSchedulingIgnoredDuringExecution": [preferred]]]
            try await cluster.apply(
                swarm("echo", ["image": "agents", "template": ["spec": ["affinity": affinity]]], minAgents: 0),
                Declared.task("outlives", input: ["result": 1, "delayMs": 15_000]))
            try await cluster.running("outlives")
            let pods = try await cluster.kubernetes.list(
                Pod.self, namespace: Self.namespace, options: ListOptions(labelSelector: SwarmNames.swarmLabel)
            ).items
            #expect(!pods.isEmpty && pods.allSatisfy { $0.spec.nodeName == "doomed" })

            // The machine goes, with all that runs on it.
            node.send(SIGKILL)
            _ = try await node.exitCode()
            for process in ProcessTable.holding(root) { kill(process.pid, SIGKILL) }
            try await hasEvent("NodeLost", on: "echo", cluster)
            let finished = try await cluster.finished("outlives")
            #expect(finished.status?.phase == .succeeded && finished.status?.attempts == 2)
            _ = try await cluster.objects(Pod.self) { pods in
                pods.first { $0.spec.nodeName == "local" && $0.metadata.deletionTimestamp == nil }
            }
        }
    }

    @Test(
        arguments: [
            ["env": [["name": "MODE", "value": "new"]]], ["image": "agents:new"],
        ] as [JSON])
    func `A change of image or environment rolls every agent, and no task is lost or run twice`(change: JSON)
        async throws
    {
        let image = "agents:new=\(try BuiltProgram.path("agent-runner"))"
        try await TestCluster.run("--image", image) { cluster in
            let count = 24
            var swarm = Declared.swarm("echo", concurrency: 2, maxAgents: 2)
            swarm["spec"]?["agent"]?["drainSeconds"] = 30
            try await cluster.apply(swarm)
            for number in 0..<count {
                try await cluster.apply(
                    Declared.task("t\(number)", input: ["result": JSON(number), "delayMs": 1500]))
            }
            _ = try await cluster.objects(SwarmTask.self) { tasks in
                tasks.count { $0.status?.phase == .running } >= 2 ? true : nil
            }
            let before = Set(cluster.agents().compactMap { $0.environment["DAS_AGENT"] })
            #expect(!before.isEmpty)
            _ = try await cluster.kubernetes.patch(
                AgentSwarm.self, "echo", namespace: Self.namespace,
                patch: .merge(["spec": ["agent": change]]))
            let tasks = try await cluster.objects(SwarmTask.self) { tasks in
                tasks.allSatisfy(\.isFinished) ? tasks : nil
            }
            #expect(tasks.count == count)
            for task in tasks {
                let name = task.metadata.name ?? ""
                #expect(task.status?.phase == .succeeded, "\(name): \(task.status?.message ?? "")")
                #expect(task.status?.attempts == 1, "\(name)")
                let uid = try #require(task.metadata.uid)
                let attempts = try await cluster.gateway.attempts(of: uid, namespace: Self.namespace)
                #expect(attempts.allSatisfy { ["completed", "released"].contains($0.outcome) }, "\(name): \(attempts)")
            }
            _ = try await cluster.object(Deployment.self, "echo-agents") { deployment in
                let status = deployment.status
                return status?.observedGeneration == deployment.metadata.generation
                    && status?.updatedReplicas == status?.replicas
            }
            _ = try await cluster.objects(Pod.self) { pods in
                pods.contains { before.contains($0.metadata.name ?? "") } ? nil : true
            }
            let template = try await cluster.object(Deployment.self, "echo-agents") { _ in true }.spec.template
            let container = try #require(template.spec?.containers.first)
            if let wanted = change["image"]?.stringValue { #expect(container.image == wanted) }
            if change["env"] != nil {
                for agent in cluster.agents() { #expect(agent.environment["MODE"] == "new") }
            }
        }
    }
}
