import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite("Pods of a process node", .timeLimit(.minutes(3)))
struct PodTests {
    private static func types(_ pod: Pod, _ status: String = "True") -> [String] {
        (pod.status?.conditions ?? []).filter { $0.status == status }.map(\.type)
    }

    @Test func `A pod's status is as a kubelet writes it`() async throws {
        try await RunningCluster.run { cluster in
            _ = try await cluster.create(Shell.pod("p", "exec sleep 600"))
            let pod = try await cluster.object(Pod.self, "p") { Self.types($0).contains("Ready") }
            let status = try #require(pod.status)
            #expect(
                Self.types(pod) == [
                    "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled",
                ])
            #expect(status.phase == "Running" && status.qosClass == "BestEffort" && status.startTime != nil)
            #expect(status.hostIP == "127.0.0.1" && status.podIP != status.hostIP)
            #expect(status.podIPs?.map(\.ip) == [status.podIP ?? ""])
            #expect(status.observedGeneration == pod.metadata.generation)
            #expect(status.containerStatuses?[0].started == true)
            let node = try await cluster.client.get(Node.self, "local")
            let conditions = (node.status?.conditions ?? []).map { "\($0.type)=\($0.status)" }
            #expect(
                Set(conditions).isSuperset(of: ["MemoryPressure=False", "PIDPressure=False", "Ready=True"]))
            #expect(node.status?.allocatable?["ephemeral-storage"] != nil)
            #expect(node.status?.nodeInfo?.bootID?.isEmpty == false)
            let events = try await cluster.objects(CoreEvent.self) { events in
                events.contains { $0.reason == "Started" && $0.involvedObject.name == "p" } ? events : nil
            }
            #expect(!events.isEmpty)
            try await cluster.kubectl("delete", "pod", "p", "--timeout=30s")
        }
    }

    @Test func `A pod can be changed from the moment it is bound`() async throws {
        try await RunningCluster.run { cluster in
            for index in 0..<5 {
                let name = "p\(index)"
                // A node that nobody is keeps its status as the binding left it.
                _ = try await cluster.create(Shell.pod(name, "true") { $0.spec.schedulerName = "nobody" })
                let binding: JSON = [
                    "apiVersion": "v1", "kind": "Binding", "metadata": ["name": .string(name)],
                    "target": ["kind": "Node", "name": "elsewhere"],
                ]
                _ = try await cluster.client.create(
                    Pod.resource, binding, namespace: RunningCluster.namespace, name: name, subresource: "binding")
                let changed = try await cluster.client.patch(
                    Pod.resource, name, namespace: RunningCluster.namespace,
                    patch: .merge(["metadata": ["annotations": ["a": "b"]]]))
                #expect(changed["metadata"]?["annotations"]?["a"] == "b")
            }
        }
    }

    @Test func `An image that stands for nothing keeps its pod waiting, and says why`() async throws {
        try await RunningCluster.run { cluster in
            _ = try await cluster.create(Shell.pod("p", "true") { $0.spec.containers[0].image = "nobody/knows:1" })
            let pod = try await cluster.object(Pod.self, "p") {
                $0.status?.containerStatuses?.first?.state?.waiting?.reason == "ImagePullBackOff"
            }
            #expect(pod.status?.phase == "Pending")
            #expect(pod.status?.containerStatuses?[0].state?.waiting?.message?.contains("--image") == true)
            _ = try await cluster.create(
                Shell.pod("never", "true") {
                    $0.spec.containers[0].image = "nobody/knows:1"
                    $0.spec.containers[0].imagePullPolicy = "Never"
                })
            try await cluster.object(Pod.self, "never") {
                $0.status?.containerStatuses?.first?.state?.waiting?.reason == "ErrImageNeverPull"
            }
        }
    }

    @Test func `A sidecar is there before the container that it serves, and does not keep the pod alive`() async throws
    {
        try await RunningCluster.run { cluster in
            // A path inside a script is not found, so the directory comes as a variable.
            func sharing(_ container: Container) -> Container {
                var container = container
                container.volumeMounts = [VolumeMount(name: "shared", mountPath: "/shared")]
                container.env = [EnvVar(name: "DIR", value: "/shared")]
                return container
            }
            let pod = Shell.pod("p", "cat $DIR/from-init $DIR/from-sidecar") { pod in
                pod.spec.volumes = [Volume(name: "shared", emptyDir: EmptyDirVolumeSource())]
                let initial = sharing(Shell.container("echo init > $DIR/from-init", name: "init"))
                var sidecar = sharing(
                    Shell.container(
                        "trap 'exit 0' TERM; echo sidecar > $DIR/from-sidecar; while :; do sleep 0.05; done",
                        name: "sidecar"))
                sidecar.restartPolicy = "Always"
                var probe = Probe()
                probe.exec = ExecAction(command: ["/bin/sh", "-c", "test -e $DIR/from-sidecar"])
                probe.periodSeconds = 1
                sidecar.startupProbe = probe
                pod.spec.initContainers = [initial, sidecar]
                pod.spec.containers = pod.spec.containers.map(sharing)
            }
            _ = try await cluster.create(pod)
            let over = try await cluster.object(Pod.self, "p") { $0.status?.phase == "Succeeded" }
            #expect(try await cluster.kubectl("logs", "p", "-c", "main") == "init\nsidecar\n")
            #expect(over.status?.initContainerStatuses?.map(\.name) == ["init", "sidecar"])
            #expect(over.status?.initContainerStatuses?[1].state?.terminated?.exitCode == 0)
        }
    }

    @Test func `kubectl top tells what pods and nodes use`() async throws {
        try await RunningCluster.run { cluster in
            _ = try await cluster.create(Shell.pod("busy", "while :; do :; done"))
            try await cluster.object(Pod.self, "busy") { $0.status?.phase == "Running" }
            // The first sample after its start has nothing to be compared with.
            var text = ""
            while !text.contains("busy") {
                text = try await ChildProgram.run(
                    "\(Checkout.root)/.cache/tools/kubectl", ["top", "pods"],
                    environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": cluster.directory]
                ).output
            }
            let fields = text.split(separator: "\n").last?.split(separator: " ").map(String.init) ?? []
            #expect(fields.count == 3 && fields[1].hasSuffix("m") && fields[2].hasSuffix("Mi"), "\(text)")
            #expect(Int(fields[1].dropLast()) ?? 0 > 50, "\(text)")
            #expect(try await cluster.kubectl("top", "nodes").contains("local"))
        }
    }
}
