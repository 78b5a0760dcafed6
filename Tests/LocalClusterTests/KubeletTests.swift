import KubernetesClient
import KubernetesModel
import LocalCluster
import TestSupport
import Testing

/// What a node does that people and programs know from kubelets.
@Suite("The node as a kubelet", .timeLimit(.minutes(3)))
struct KubeletTests {
    @Test func `A pod that only pauses runs, and what happened to it is told as by a scheduler and a kubelet`()
        async throws
    {
        try await RunningCluster.run { cluster in
            try await cluster.kubectl("run", "idle", "--image=registry.k8s.io/pause:3.10")
            try await cluster.kubectl("wait", "--for=condition=Ready", "pod/idle", "--timeout=60s")
            let reasons = ["Scheduled", "Pulled", "Created", "Started"]
            let told = try await cluster.objects(CoreEvent.self) { events in
                let own = events.filter { $0.involvedObject.name == "idle" }
                return Set(own.compactMap(\.reason)).isSuperset(of: reasons) ? own : nil
            }
            #expect(
                told.first { $0.reason == "Scheduled" }?.message == "Successfully assigned default/idle to local")
            let started = told.first { $0.reason == "Started" }
            #expect(started?.involvedObject.fieldPath == "spec.containers{idle}" && started?.count == 1)
            let selected = try await cluster.kubectl(
                "get", "events", "-o", "name", "--field-selector", "involvedObject.name=idle,reportingComponent=kubelet"
            )
            #expect(selected.split(separator: "\n").count == 3, "\(selected)")

            let version = try await cluster.client.serverVersion().gitVersion
            let node = try await cluster.client.get(Node.self, "local")
            #expect(node.status?.nodeInfo?.kubeletVersion == version)
            try await cluster.kubectl("delete", "pod", "idle", "--timeout=30s")
        }
    }

    @Test func `A process finds the API server where its pod is told that it is`() async throws {
        try await RunningCluster.run { cluster in
            _ = try await cluster.create(
                Shell.job("asker", "echo https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"))
            try await cluster.kubectl("wait", "--for=condition=complete", "job/asker", "--timeout=60s")
            #expect(try await cluster.kubectl("logs", "job/asker") == cluster.client.configuration.server + "\n")
        }
    }

    @Test func `A more important pod takes the place of a less important one`() async throws {
        try await RunningCluster.run {
            $0.simulatedNodeCount = 1
        } _: { cluster in
            let urgent = """
                {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "urgent"}, "value": 100}
                """
            try await cluster.kubectl("apply", "-f", "-", input: urgent)
            func pod(_ name: String, priorityClass: String?) -> Pod {
                Shell.pod(name, "true") { pod in
                    pod.spec.nodeSelector = ["das.brashlabs.io/simulated": "true"]
                    pod.spec.priorityClassName = priorityClass
                    pod.spec.containers[0].resources = ResourceRequirements(requests: ["cpu": Quantity(900)])
                }
            }
            _ = try await cluster.create(pod("ordinary", priorityClass: nil))
            try await cluster.object(Pod.self, "ordinary") { $0.status?.phase == "Running" }
            _ = try await cluster.create(pod("urgent", priorityClass: "urgent"))
            try await cluster.object(Pod.self, "urgent") { $0.status?.phase == "Running" }
            try await cluster.objects(Pod.self) { $0.map(\.key.name) == ["urgent"] ? true : nil }
            let events = try await cluster.objects(CoreEvent.self) { events in
                events.first { $0.reason == "Preempted" && $0.involvedObject.name == "ordinary" }
            }
            #expect(events.message?.hasSuffix("on node simulated-1") == true)
        }
    }
}
