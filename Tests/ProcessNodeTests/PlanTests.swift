import KubernetesModel
import StructuredData
import Testing

@testable import ProcessNode

@Suite("Restarts and probes")
struct RestartTests {
    @Test("the first restart is at once, then pauses double to the limit; a long run starts over")
    func backoff() {
        var sequence = RestartBackoff.Sequence(RestartBackoff())
        let pauses = (0..<8).map { _ in sequence.pause(afterRunning: .seconds(1)) }
        #expect(pauses == [0, 10, 20, 40, 80, 160, 300, 300].map { .seconds($0) })
        #expect(sequence.pause(afterRunning: .seconds(600)) == .zero)
        #expect(sequence.pause(afterRunning: .seconds(1)) == .seconds(10))
    }

    @Test("the restart policy decides by exit code")
    func policy() {
        #expect(RestartBackoff.restarts(nil, exitCode: 0) && RestartBackoff.restarts("Always", exitCode: 0))
        #expect(RestartBackoff.restarts("OnFailure", exitCode: 1) && !RestartBackoff.restarts("OnFailure", exitCode: 0))
        #expect(!RestartBackoff.restarts("Never", exitCode: 1))
    }

    @Test("a probe's verdict takes as many agreeing results in a row as it asks for")
    func thresholds() {
        var probe = Probe()
        probe.successThreshold = 2
        probe.failureThreshold = 3
        var state = ProbeState(probe)
        let verdicts = [true, true, false, false, true, false, false, false].map { state.add($0) }
        #expect(verdicts == [nil, .success, nil, nil, nil, nil, nil, .failure])
    }
}

@Suite("A pod's status")
struct PodStatusTests {
    private func status(_ containers: [ContainerRecord], _ initial: [ContainerRecord] = [], previous: PodStatus? = nil)
        -> PodStatus
    {
        PodStatusBuilder(
            pod: .shell("true"), place: .here, startTime: "2024-01-01T00:00:00Z", initContainers: initial,
            containers: containers
        ).build(previous: previous, now: "2024-01-01T01:00:00Z")
    }

    private func record(_ name: String, _ edit: (inout ContainerRecord) -> Void = { _ in }) -> ContainerRecord {
        var record = ContainerRecord(name: name, image: "image")
        edit(&record)
        return record
    }

    private func running(_ name: String, ready: Bool) -> ContainerRecord {
        record(name) {
            $0.state = ContainerState(running: ContainerStateRunning(startedAt: "2024-01-01T00:00:01Z"))
            $0.isReady = ready
        }
    }

    private func ended(_ name: String, _ code: Int) -> ContainerRecord {
        record(name) {
            $0.state = ContainerState(terminated: ContainerStateTerminated(exitCode: code))
            $0.isFinished = true
        }
    }

    @Test("a container that has been started says what is set aside for it, one that has not does not")
    func resources() {
        var pod = Pod.shell("true")
        pod.spec.containers[0].resources = ResourceRequirements(
            limits: ["cpu": Quantity(2)], requests: ["cpu": Quantity(1)])
        func status(_ edit: (inout ContainerRecord) -> Void) -> ContainerStatus? {
            PodStatusBuilder(
                pod: pod, place: .here, startTime: "", initContainers: [], containers: [record("main", edit)]
            ).build(previous: nil, now: "").main
        }
        let started = status { $0.containerID = "process://uid/main/0" }
        #expect(started?.allocatedResources == ["cpu": Quantity(1)])
        #expect(started?.resources?.limits == ["cpu": Quantity(2)])
        #expect(status { _ in }?.resources == nil)
    }

    @Test("the phase: Pending until all have run, then Running, and in the end Succeeded or Failed")
    func phases() {
        #expect(status([record("a")]).phase == "Pending")
        #expect(status([running("a", ready: false), record("b")]).phase == "Pending")
        #expect(status([running("a", ready: false)]).phase == "Running")
        #expect(status([ended("a", 0), ended("b", 0)]).phase == "Succeeded")
        #expect(status([ended("a", 0), ended("b", 1)]).phase == "Failed")
        #expect(status([ended("a", 0), running("b", ready: true)]).phase == "Running")
        #expect(status([running("a", ready: true)], [record("i")]).phase == "Pending")
        #expect(status([record("a")], [ended("i", 1)]).phase == "Failed")
        let waiting = record("a") {
            $0.state = ContainerState(waiting: ContainerStateWaiting(reason: "CrashLoopBackOff"))
            $0.lastState = ContainerState(terminated: ContainerStateTerminated(exitCode: 1))
        }
        #expect(status([waiting]).phase == "Running")
    }

    @Test("readiness needs every container, and says which lack it")
    func readiness() {
        let partly = status([running("a", ready: true), running("b", ready: false)])
        let ready = partly.conditions?.first { $0.type == "Ready" }
        #expect(ready?.status == "False")
        #expect(ready?.message == "containers with unready status: [b]")
        #expect(status([running("a", ready: true)]).isReady)
    }

    @Test(
        "lastTransitionTime moves only with the condition's status, and others' conditions are not the node's to write")
    func transitions() {
        var before = status([running("a", ready: false)])
        before.conditions = before.conditions?.map { condition in
            var condition = condition
            condition.lastTransitionTime = "2024-01-01T00:30:00Z"
            return condition
        }
        before.conditions?.append(PodCondition(type: "example.com/gate", status: "True"))
        let after = status([running("a", ready: true)], previous: before)
        let times = Dictionary(
            uniqueKeysWithValues: (after.conditions ?? []).map { ($0.type, $0.lastTransitionTime) })
        #expect(times["PodScheduled"] == "2024-01-01T00:30:00Z")
        #expect(times["Ready"] == "2024-01-01T01:00:00Z")
        #expect(Set(times.keys) == PodStatusBuilder.conditionTypes)
    }

    @Test("a status is written so that others' conditions stay, and what is over goes")
    func patch() throws {
        let live: JSON = [
            "reason": "Old", "podIPs": [["ip": "127.9.9.1"]], "hostIPs": [["ip": "127.0.0.2"]],
            "conditions": [
                ["type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"],
                ["type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "wait"],
            ],
        ]
        let patch = try PodStatusPatch.members(status([running("a", ready: true)]))
        let merged = try StrategicMergePatch.apply(["status": patch], to: ["status": live], resource: Pod.resource)
        let after = try (merged["status"] ?? [:]).decode(PodStatus.self)
        #expect(after.conditions?.first { $0.type == "DisruptionTarget" }?.reason == "EvictionByEvictionAPI")
        let ready = after.conditions?.first { $0.type == "Ready" }
        #expect(ready?.status == "True" && ready?.reason == nil && ready?.message == nil)
        #expect(after.reason == nil)
        #expect(after.podIPs?.map(\.ip) == ["127.9.9.9"] && after.hostIPs?.map(\.ip) == ["127.0.0.1"])
    }
}

@Suite("What volumes hold")
struct VolumePlanTests {
    private func files(_ volume: Volume, _ objects: ReferencedObjects = ReferencedObjects(), token: String? = nil)
        throws
        -> [VolumeFile]?
    {
        var tokens: [TokenDemand: String] = [:]
        if let token { tokens[TokenDemand(audience: "das-gateway", expirationSeconds: 600)] = token }
        return try VolumePlan(pod: .shell("true"), place: .here, objects: objects, tokens: tokens)
            .files(of: volume)
    }

    private var objects: ReferencedObjects {
        var objects = ReferencedObjects()
        objects.configMaps["map"] = ConfigMap(metadata: ObjectMeta(name: "map"), data: ["a": "1", "b": "2"])
        return objects
    }

    private func configMap(_ edit: (inout ConfigMapVolumeSource) -> Void = { _ in }) -> Volume {
        var source = ConfigMapVolumeSource(name: "map")
        edit(&source)
        return Volume(name: "v", configMap: source)
    }

    @Test("a config map gives a file per key, or the chosen ones under their own paths and modes")
    func configMaps() throws {
        #expect(try files(configMap(), objects)?.map(\.path) == ["a", "b"])
        let chosen = configMap { $0.items = [KeyToPath(key: "b", path: "sub/b.txt", mode: 0o400)] }
        #expect(try files(chosen, objects) == [VolumeFile(path: "sub/b.txt", bytes: Array("2".utf8), mode: 0o400)])
    }

    @Test("what is missing is an error unless it is optional")
    func missing() throws {
        #expect(throws: ProcessNodeError(.containerConfiguration, "configmap \"map\" not found")) {
            try files(configMap())
        }
        #expect(try files(configMap { $0.optional = true }) == [])
        #expect(throws: ProcessNodeError.self) {
            try files(configMap { $0.items = [KeyToPath(key: "absent", path: "x")] }, objects)
        }
    }

    @Test("no path leaves its volume", arguments: ["../x", "/x", "a/../../x", ""])
    func escapes(path: String) {
        #expect(throws: ProcessNodeError.self) {
            try files(configMap { $0.items = [KeyToPath(key: "a", path: path)] }, objects)
        }
    }

    @Test("a projected volume joins token, config map and fields; the token is for the owner alone")
    func projected() throws {
        let volume = Volume(
            name: "v",
            projected: ProjectedVolumeSource(sources: [
                VolumeProjection(
                    serviceAccountToken: ServiceAccountTokenProjection(
                        audience: "das-gateway", expirationSeconds: 600, path: "token")),
                VolumeProjection(configMap: ObjectProjection(name: "map")),
                VolumeProjection(
                    downwardAPI: DownwardAPIProjection(items: [
                        DownwardAPIVolumeFile(
                            path: "labels", fieldRef: ObjectFieldSelector(fieldPath: "metadata.labels"))
                    ])),
            ]))
        let files = try files(volume, objects, token: "secret") ?? []
        #expect(files.map(\.path) == ["token", "a", "b", "labels"])
        #expect(files[0].mode == 0o600)
        #expect(String(decoding: files[3].bytes, as: UTF8.self) == "app=\"x\"")
    }

    @Test("images are found with and without tag, and a registry's port is no tag")
    func images() throws {
        let node = try TestNode(images: ["agent": "/a", "host:5000/agent": "/b", "agent:v2": "/c"])
        #expect(node.context.executable("agent:v1") == "/a")
        #expect(node.context.executable("agent:v2") == "/c")
        #expect(node.context.executable("host:5000/agent") == "/b")
        #expect(node.context.executable("host:5000/agent:v1@sha256:00") == "/b")
        #expect(node.context.executable("other") == nil)
    }

    @Test(
        "durations are written as Kubernetes' programs write them",
        arguments: [
            (Duration.seconds(10), "10s"), (.seconds(80), "1m20s"), (.seconds(300), "5m0s"),
            (.seconds(3700), "1h1m40s"),
            (.milliseconds(50), "50ms"), (.milliseconds(1500), "1.5s"), (.zero, "0s"),
        ])
    func durations(duration: Duration, text: String) {
        #expect(DurationText.text(duration) == text)
    }
}
