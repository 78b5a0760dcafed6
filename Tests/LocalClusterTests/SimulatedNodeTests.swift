import KubernetesClient
import KubernetesModel
import LocalCluster
import TestSupport
import Testing

@Suite("Simulated nodes", .timeLimit(.minutes(5)))
struct SimulatedNodeTests {
    private static let podCount = 300

    @Test func `Hundreds of pods become ready on simulated nodes after the delay, and go again`() async throws {
        try await RunningCluster.run {
            $0.simulatedNodeCount = 4
            $0.simulatedReadyDelay = .milliseconds(500)
        } _: { cluster in
            var deployment = WebServer.deployment("many", replicas: Self.podCount)
            // Nothing here has such an image. The node of this machine may be ready before the simulated ones are.
            deployment.spec.template.spec?.containers[0].image = "unheard-of:1"
            deployment.spec.template.spec?.nodeSelector = ["das.brashlabs.io/simulated": "true"]
            _ = try await cluster.create(deployment)
            try await cluster.object(Deployment.self, "many") { $0.status?.availableReplicas == Self.podCount }
            let pods = try await cluster.objects(Pod.self, labelSelector: "app=many") { pods in
                pods.count == Self.podCount ? pods : nil
            }
            #expect(Set(pods.compactMap(\.status?.podIP)).count == Self.podCount)
            let loads = Dictionary(pods.map { ($0.spec.nodeName ?? "", 1) }, uniquingKeysWith: +)
            #expect(Set(loads.keys) == ["simulated-1", "simulated-2", "simulated-3", "simulated-4"])
            #expect(loads.values.allSatisfy { $0 > Self.podCount / 8 })

            let refused = try await cluster.kubectl("logs", pods[0].metadata.name ?? "", expecting: 1)
            #expect(refused.contains("it has no process, and so no log"), "\(refused)")
            let leases = try await cluster.client.list(Lease.self, namespace: "kube-node-lease").items
            #expect(leases.count == 5)
            #expect(leases.allSatisfy { $0.metadata.ownerReferences?.first?.kind == "Node" })

            try await cluster.kubectl("scale", "deployment/many", "--replicas=0")
            try await cluster.objects(Pod.self, labelSelector: "app=many") { $0.isEmpty ? true : nil }
        }
    }

    @Test func `A pod that no node has room for says so, and is placed once one has`() async throws {
        try await RunningCluster.run {
            $0.simulatedNodeCount = 1
        } _: { cluster in
            func pod(_ name: String, cpu: Int64) -> Pod {
                Shell.pod(name, "true") { pod in
                    pod.spec.nodeSelector = ["das.brashlabs.io/simulated": "true"]
                    pod.spec.containers[0].resources = ResourceRequirements(requests: ["cpu": Quantity(cpu)])
                }
            }
            // What is said of a node that is not ready yet is another thing.
            _ = try await cluster.client.objects(Node.self, namespace: nil) { nodes -> Bool? in
                let ready = nodes.filter { node in
                    node.spec?.taints?.contains { $0.effect != "PreferNoSchedule" } != true
                        && node.status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
                }
                return ready.count == 2 ? true : nil
            }
            _ = try await cluster.create(pod("first", cpu: 900))
            try await cluster.object(Pod.self, "first") { $0.status?.phase == "Running" }
            _ = try await cluster.create(pod("second", cpu: 200))
            let waiting = try await cluster.object(Pod.self, "second") { pod in
                pod.status?.conditions?.contains { $0.reason == "Unschedulable" } == true
            }
            let message = waiting.status?.conditions?.first { $0.type == "PodScheduled" }?.message ?? ""
            #expect(
                message.hasPrefix(
                    "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector."),
                "\(message)")
            try await cluster.objects(CoreEvent.self) { events in
                events.first { $0.reason == "FailedScheduling" && $0.involvedObject.name == "second" }
            }
            try await cluster.kubectl("delete", "pod", "first", "--timeout=30s")
            try await cluster.object(Pod.self, "second") { $0.status?.phase == "Running" }
        }
    }

    @Test func `Pods of jobs end when they have run for their time, with the exit code that they are to have`()
        async throws
    {
        try await RunningCluster.run {
            $0.simulatedNodeCount = 1
            $0.simulatedRunTime = .milliseconds(300)
        } _: { cluster in
            func job(_ name: String, _ annotations: [String: String]) -> Job {
                Shell.job(name, "true") { spec in
                    spec.parallelism = 3
                    spec.completions = 6
                    spec.backoffLimit = 0
                    spec.template.metadata = ObjectMeta(annotations: annotations)
                    spec.template.spec?.nodeSelector = ["das.brashlabs.io/simulated": "true"]
                }
            }
            _ = try await cluster.create(job("good", [:]))
            let bad = ["das.brashlabs.io/simulated-run-seconds": "0.1", "das.brashlabs.io/simulated-exit-code": "3"]
            _ = try await cluster.create(job("bad", bad))
            let good = try await cluster.object(Job.self, "good") { job in
                job.status?.conditions?.contains { $0.type == "Complete" && $0.status == "True" } == true
            }
            #expect(good.status?.succeeded == 6)
            let failed = try await cluster.object(Job.self, "bad") { job in
                job.status?.conditions?.contains { $0.type == "Failed" && $0.status == "True" } == true
            }
            #expect(failed.status?.conditions?.last?.reason == "BackoffLimitExceeded")
            let codes = try await cluster.objects(Pod.self, labelSelector: "job-name=bad") { pods in
                pods.compactMap { $0.status?.containerStatuses?.first?.state?.terminated?.exitCode }
            }
            #expect(codes.contains(3))
        }
    }
}
