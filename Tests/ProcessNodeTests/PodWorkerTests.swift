import ControllerRuntime
import KubernetesModel
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import ProcessNode

@Suite("Pods", .timeLimit(.minutes(2)))
struct PodWorkerTests {
    /// Runs `pod` until `body` returns, then stops it.
    private func run(
        _ pod: Pod, on node: TestNode, _ body: (PodWorker) async throws -> Void
    ) async throws {
        let worker = PodWorker(pod, node: node.context, place: .here)
        worker.update(pod)
        let task = Task { await worker.run() }
        do { try await body(worker) } catch {
            worker.stop(grace: .zero)
            await task.value
            throw error
        }
        worker.stop(grace: .zero)
        await task.value
    }

    private static let forever = "trap 'echo stopping; exit 0' TERM; echo up; while :; do sleep 0.02; done"

    @Test("a pod without probes is Ready once it runs; deleted, it stops politely and goes")
    func life() async throws {
        let node = try TestNode()
        let pod = Pod.shell(Self.forever)
        try await run(pod, on: node) { worker in
            let status = await node.api.status { $0.isReady }
            #expect(status.phase == "Running")
            #expect(status.podIP == "127.9.9.9" && status.hostIP == "127.0.0.1")
            #expect(status.main?.state?.running?.startedAt != nil)
            #expect(status.main?.started == true)
            // The trap is set before the first output.
            try await node.waitFor("up")
            worker.update(pod.deleted)
            await node.api.until { $0.deleted == ["uid"] }
            let last = node.api.current.statuses.last
            #expect(last?.main?.state?.terminated?.exitCode == 0)
            #expect(last?.isReady == false)
        }
        #expect(!Files.exists(node.context.directory.pod("uid")))
    }

    @Test("how long a pod may live may be said while it runs")
    func deadline() async throws {
        let node = try TestNode()
        var pod = Pod.shell(Self.forever) { pod in
            pod.metadata.generation = 1
            pod.status = PodStatus()
            pod.status?.startTime = "2024-01-01T00:00:00Z"
        }
        try await run(pod, on: node) { worker in
            await node.api.status { $0.isReady }
            pod.metadata.generation = 2
            pod.spec.activeDeadlineSeconds = 5
            worker.update(pod)
            let status = await node.api.status { $0.phase == "Failed" }
            #expect(status.reason == "DeadlineExceeded")
        }
    }

    @Test("a failed container's last words stand in its status, where it asks for that")
    func terminationMessage() async throws {
        for policy in ["FallbackToLogsOnError", "File"] {
            let node = try TestNode()
            let pod = Pod.shell("echo starting; echo broken; exit 3", restartPolicy: "Never") { pod in
                pod.spec.containers[0].terminationMessagePolicy = policy
            }
            try await run(pod, on: node) { _ in
                let status = await node.api.status { $0.phase == "Failed" }
                let message = status.main?.state?.terminated?.message
                #expect(message == (policy == "File" ? nil : "starting\nbroken\n"))
            }
        }
        let lines = (0..<200).map {
            "2024-01-01T00:00:00.000000000Z stdout F \($0) \(String(repeating: "x", count: 60))\n"
        }
        let message = try #require(TerminationMessage.text(Array(lines.joined().utf8)))
        #expect(
            message.utf8.count == TerminationMessage.byteLimit
                && message.hasSuffix("199 " + String(repeating: "x", count: 60) + "\n"))
    }

    @Test("a status is written only when something changed")
    func quietStatus() async throws {
        let node = try TestNode()
        try await run(.shell(Self.forever), on: node) { _ in
            await node.api.status { $0.isReady }
        }
        let statuses = node.api.current.statuses
        for (one, next) in zip(statuses, statuses.dropFirst()) { #expect(one != next) }
    }

    @Test("a readiness gate that somebody else opens makes the pod Ready")
    func readinessGate() async throws {
        let node = try TestNode()
        var pod = Pod.shell(Self.forever) { $0.spec.readinessGates = [["conditionType": "example.com/gate"]] }
        try await run(pod, on: node) { worker in
            let closed = await node.api.status {
                $0.conditions?.contains { $0.type == "ContainersReady" && $0.status == "True" } == true
            }
            #expect(closed.conditions?.first { $0.type == "Ready" }?.reason == "ReadinessGatesNotReady")
            pod.status = closed
            pod.status?.conditions?.append(PodCondition(type: "example.com/gate", status: "True"))
            worker.update(pod)
            await node.api.status { $0.isReady }
        }
    }

    @Test("readiness follows the exec probe, in the container's environment and volumes")
    func readiness() async throws {
        let node = try TestNode()
        let pod = Pod.shell("\(Self.forever)") { pod in
            pod.spec.volumes = [Volume(name: "state", emptyDir: EmptyDirVolumeSource())]
            pod.spec.containers[0].volumeMounts = [VolumeMount(name: "state", mountPath: "/state")]
            var probe = Probe()
            probe.exec = ExecAction(command: ["/bin/sh", "-c", "test -e \"$FLAG\""])
            probe.periodSeconds = 1
            probe.failureThreshold = 1
            pod.spec.containers[0].readinessProbe = probe
            pod.spec.containers[0].env = [EnvVar(name: "FLAG", value: "/state/ready")]
        }
        try await run(pod, on: node) { _ in
            let running = await node.api.status { $0.main?.state?.running != nil }
            #expect(!running.isReady)
            let flag = node.context.directory.volumes("uid") + "/state/ready"
            try Files.writeAtomically([], to: flag)
            await node.api.status { $0.isReady }
            let before = node.api.current.statuses.count
            Files.remove(flag)
            await node.api.until { $0.statuses.dropFirst(before).contains { !$0.isReady } }
        }
    }

    @Test("before its end a container's hook runs, within its grace; after its start another one")
    func hooks() async throws {
        let node = try TestNode()
        let pod = Pod.shell(
            "trap 'cp $DIR/hook \(node.directory.path)/seen; exit 0' TERM; while :; do sleep 0.02; done"
        ) { pod in
            pod.spec.volumes = [Volume(name: "state", emptyDir: EmptyDirVolumeSource())]
            pod.spec.containers[0].volumeMounts = [VolumeMount(name: "state", mountPath: "/state")]
            pod.spec.containers[0].env = [EnvVar(name: "DIR", value: "/state")]
            func hook(_ text: String) -> LifecycleHandler {
                LifecycleHandler(exec: ExecAction(command: ["/bin/sh", "-c", "echo \(text) >> $DIR/hook"]))
            }
            pod.spec.containers[0].lifecycle = Lifecycle(postStart: hook("began"), preStop: hook("ends"))
        }
        try await run(pod, on: node) { worker in
            await node.api.status { $0.isReady }
            worker.update(pod.deleted)
            await node.api.until { $0.deleted == ["uid"] && $0.statuses.last?.phase == "Succeeded" }
        }
        #expect(node.directory.read("seen") == "began\nends\n")
    }

    @Test("a container that fails its liveness probe is restarted")
    func liveness() async throws {
        let node = try TestNode()
        let pod = Pod.shell(Self.forever) { pod in
            var probe = Probe()
            probe.exec = ExecAction(command: ["/bin/sh", "-c", "exit 1"])
            probe.periodSeconds = 1
            probe.failureThreshold = 1
            pod.spec.containers[0].livenessProbe = probe
        }
        try await run(pod, on: node) { _ in
            let status = await node.api.status { ($0.main?.restartCount ?? 0) >= 1 && $0.main?.state?.running != nil }
            #expect(status.main?.lastState?.terminated != nil)
        }
    }

    @Test("a container that ends is started again, with pauses that it tells of")
    func restarts() async throws {
        let node = try TestNode()
        try await run(.shell("echo run; exit 3"), on: node) { _ in
            let waiting = await node.api.status { $0.main?.state?.waiting?.reason == "CrashLoopBackOff" }
            #expect(waiting.phase == "Running")
            #expect(waiting.main?.lastState?.terminated?.exitCode == 3)
            let later = await node.api.status { ($0.main?.restartCount ?? 0) >= 3 }
            #expect(later.main?.restartCount == 3)
        }
        // Of the runs before, the last one's log is kept.
        let logs = Files.names(in: node.context.directory.container("uid", "main")).filter { $0.hasSuffix(".log") }
        #expect(logs.count <= 2)
    }

    @Test(
        "without restarts the phase says how it ended",
        arguments: [("exit 0", "Succeeded", "Completed"), ("exit 2", "Failed", "Error")])
    func neverRestarted(script: String, phase: String, reason: String) async throws {
        let node = try TestNode()
        try await run(.shell(script, restartPolicy: "Never"), on: node) { _ in
            let status = await node.api.status { $0.phase == phase }
            #expect(status.main?.state?.terminated?.reason == reason)
            #expect(status.main?.restartCount == 0)
        }
    }

    @Test("init containers run one after the other, before the others")
    func initContainers() async throws {
        let node = try TestNode()
        let pod = Pod.shell("cat /work/list; \(Self.forever)") { pod in
            pod.spec.volumes = [Volume(name: "work", emptyDir: EmptyDirVolumeSource())]
            let mount = VolumeMount(name: "work", mountPath: "/work")
            pod.spec.containers[0].volumeMounts = [mount]
            pod.spec.containers[0].env = [EnvVar(name: "LIST", value: "/work/list")]
            pod.spec.containers[0].args = ["-c", "cat \"$LIST\"; \(Self.forever)"]
            pod.spec.initContainers = ["one", "two"].map { name in
                var container = Container(name: name)
                container.image = "shell"
                container.args = ["-c", "echo \(name) >> \"$LIST\""]
                container.env = [EnvVar(name: "LIST", value: "/work/list")]
                container.volumeMounts = [mount]
                return container
            }
        }
        try await run(pod, on: node) { _ in
            let status = await node.api.status { $0.isReady }
            #expect(status.initContainerStatuses?.map { $0.state?.terminated?.exitCode } == [0, 0])
            try await node.waitFor("up")
            #expect(node.log().hasPrefix("one\ntwo\n"))
        }
    }

    @Test("an image that the node does not know is said, with those that it knows")
    func unknownImage() async throws {
        let node = try TestNode()
        let pod = Pod.shell("true") { $0.spec.containers[0].image = "nonesuch:v1" }
        try await run(pod, on: node) { _ in
            let status = await node.api.status { $0.main?.state?.waiting?.reason == "ErrImagePull" }
            #expect(status.phase == "Pending")
            let message = status.main?.state?.waiting?.message ?? ""
            #expect(message.contains("nonesuch:v1") && message.contains("shell"))
            await node.api.status { $0.main?.state?.waiting?.reason == "ImagePullBackOff" }
        }
    }

    @Test("a pod waits for a config map that is not there yet, and says so")
    func waitsForConfigMap() async throws {
        let node = try TestNode()
        let pod = Pod.shell(Self.forever) { pod in
            let key = KeySelector(name: "late", key: "k")
            pod.spec.containers[0].env = [EnvVar(name: "X", valueFrom: EnvVarSource(configMapKeyRef: key))]
        }
        try await run(pod, on: node) { _ in
            await node.api.status { $0.main?.state?.waiting?.reason == "CreateContainerConfigError" }
            node.api.change { $0.configMaps["late"] = ConfigMap(metadata: ObjectMeta(name: "late"), data: ["k": "v"]) }
            await node.api.status { $0.isReady }
        }
    }

    @Test("the token and the config map are files where the environment says, and are kept up to date")
    func volumes() async throws {
        let node = try TestNode(refresh: .milliseconds(50))
        node.api.change { $0.configMaps["ca"] = ConfigMap(metadata: ObjectMeta(name: "ca"), data: ["ca.crt": "old"]) }
        let pod = Pod.shell("cat \"$DAS_TOKEN_FILE\" \"$DAS_CA_FILE\"; echo; \(Self.forever)") { pod in
            pod.spec.serviceAccountName = "agent"
            pod.spec.volumes = [
                Volume(
                    name: "das",
                    projected: ProjectedVolumeSource(sources: [
                        VolumeProjection(
                            serviceAccountToken: ServiceAccountTokenProjection(
                                audience: "das-gateway", expirationSeconds: 600, path: "token")),
                        VolumeProjection(configMap: ObjectProjection(name: "ca")),
                    ]))
            ]
            pod.spec.containers[0].volumeMounts = [VolumeMount(name: "das", mountPath: "/var/run/secrets/das")]
            pod.spec.containers[0].env = [
                EnvVar(name: "DAS_TOKEN_FILE", value: "/var/run/secrets/das/token"),
                EnvVar(name: "DAS_CA_FILE", value: "/var/run/secrets/das/ca.crt"),
            ]
        }
        try await run(pod, on: node) { _ in
            await node.api.status { $0.isReady }
            try await node.waitFor("up")
            #expect(node.log().hasPrefix("token-1old\n"))
            let asked = node.api.current.tokens
            #expect(asked.count == 1 && asked[0].serviceAccount == "agent" && asked[0].audience == "das-gateway")
            node.api.change { $0.configMaps["ca"]?.data = ["ca.crt": "new"] }
            let volume = node.context.directory.volumes("uid") + "/das"
            try await FileWatch.wait(at: volume) { Files.read(volume + "/ca.crt") == Array("new".utf8) }
        }
    }

    @Test("when the node stops, pods stop but stay; the next life starts their containers again")
    func nextLife() async throws {
        let node = try TestNode()
        let pod = Pod.shell(Self.forever)
        try await run(pod, on: node) { _ in await node.api.status { $0.isReady } }
        #expect(node.api.current.deleted.isEmpty)
        let last = try #require(node.api.current.statuses.last)
        #expect(last.phase == "Running" && !last.isReady)

        var again = pod
        again.status = last
        let before = node.api.current.statuses.count
        try await run(again, on: node) { _ in
            await node.api.until { $0.statuses.dropFirst(before).contains(where: \.isReady) }
        }
        let resumed = node.api.current.statuses.dropFirst(before).first(where: \.isReady)
        #expect(resumed?.main?.restartCount == 1)
    }

    @Test("a container that a killed node left counts as ended with 137, and follows its restart policy")
    func killedLife() async throws {
        for (policy, phase) in [("Always", "Running"), ("Never", "Failed")] {
            let node = try TestNode()
            let pod = Pod.shell(Self.forever, restartPolicy: policy) { pod in
                var left = PodStatus()
                left.phase = "Running"
                left.containerStatuses = [
                    ContainerStatus(
                        name: "main",
                        state: ContainerState(running: ContainerStateRunning(startedAt: "2024-01-01T00:00:00Z")),
                        ready: true, restartCount: 2)
                ]
                pod.status = left
            }
            try await run(pod, on: node) { _ in
                let status = await node.api.status { $0.phase == phase && ($0.isReady || policy == "Never") }
                let ended = policy == "Never" ? status.main?.state?.terminated : status.main?.lastState?.terminated
                #expect(ended?.exitCode == 137)
                #expect(ended?.reason == "ContainerStatusUnknown")
                #expect(status.main?.restartCount == (policy == "Never" ? 2 : 3))
            }
        }
    }
}
