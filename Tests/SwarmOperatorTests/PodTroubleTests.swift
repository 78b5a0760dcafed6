import KubernetesModel
import StructuredData
import SwarmOperator
import Testing

@Suite struct PodTroubleTests {
    private static let start: Int64 = 1_000_000
    private static let deadline = 600

    private func pod(_ name: String = "a", metadata: JSON = [:], spec: JSON = [:], status: JSON = [:]) throws -> Pod {
        var meta = metadata
        meta["name"] = .string(name)
        meta["creationTimestamp"] = .string(Timestamp.text(seconds: Self.start))
        var all: JSON = ["containers": [["name": "agent", "image": "agents:9"]]]
        for (key, value) in spec.objectValue ?? [:] { all[key] = value }
        return try (["apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": all, "status": status] as JSON)
            .decode(Pod.self)
    }

    private func container(_ state: JSON, last: JSON? = nil, ready: Bool = false, restarts: Int = 0) -> JSON {
        var status: JSON = [
            "name": "agent", "ready": .bool(ready), "restartCount": JSON(restarts), "state": state,
        ]
        status["lastState"] = last
        return ["containerStatuses": [status]]
    }

    private func cause(_ pods: Pod..., after seconds: Int64 = 10) -> SwarmTrouble? {
        PodTrouble(pods, startDeadlineSeconds: Self.deadline).first(now: Self.start + seconds)
    }

    @Test func `An image that cannot be pulled is named, and is one cause through all tries`() throws {
        let first = try pod(status: container(["waiting": ["reason": "ErrImagePull", "message": "not found"]]))
        let later = try pod(status: container(["waiting": ["reason": "ImagePullBackOff", "message": "not found"]]))
        let trouble = try #require(cause(first))
        #expect(trouble == cause(later))
        #expect(trouble.reason == "ImagePullBackOff" && trouble.isLasting)
        #expect(trouble.message == "image agents:9 cannot be pulled: not found")
    }

    @Test func `A crash is told with its exit code and last line, also while the container is tried again`() throws {
        let end: JSON = ["terminated": ["exitCode": 3, "reason": "Error", "message": "one\nno gateway\n"]]
        let waits = try pod(status: container(["waiting": ["reason": "CrashLoopBackOff"]], last: end, restarts: 4))
        let runs = try pod(status: container(["running": [:]], last: end, restarts: 4))
        let trouble = try #require(cause(waits))
        #expect(trouble == cause(runs))
        #expect(trouble.reason == "CrashLoopBackOff" && trouble.isLasting)
        #expect(
            trouble.message == "container agent of pod a ended with exit code 3; its last line: no gateway")
        let killed = try pod(
            status: container(
                ["waiting": ["reason": "CrashLoopBackOff"]],
                last: ["terminated": ["exitCode": 137, "reason": "OOMKilled"]]))
        #expect(cause(killed)?.message == "container agent of pod a ended with exit code 137 (OOMKilled)")
    }

    @Test func `An agent that is ready, has gone, goes or is to go is no trouble`() throws {
        let crashed = container(["running": [:]], last: ["terminated": ["exitCode": 1]], restarts: 1)
        let isReady: JSON = ["type": "Ready", "status": "True"]
        var ready = container(["running": [:]], last: ["terminated": ["exitCode": 1]], ready: true, restarts: 1)
        ready["conditions"] = [isReady]
        #expect(cause(try pod(status: ready), after: 10_000) == nil)
        let terminating = try pod(metadata: ["deletionTimestamp": "2026-01-01T00:00:00Z"], status: crashed)
        #expect(cause(terminating, after: 10_000) == nil)
        let victim = try pod(
            metadata: ["annotations": ["controller.kubernetes.io/pod-deletion-cost": "-100"]], status: crashed)
        #expect(cause(victim, after: 10_000) == nil)
        var ended = crashed
        ended["phase"] = "Failed"
        #expect(cause(try pod(status: ended), after: 10_000) == nil)
    }

    @Test func `A pod that does not become ready in time holds the swarm up from then on`() throws {
        let pod = try pod(status: container(["waiting": ["reason": "ContainerCreating"]]))
        let pods = PodTrouble([pod], startDeadlineSeconds: Self.deadline)
        #expect(pods.first(now: Self.start + 599) == nil)
        #expect(pods.secondsToDeadline(now: Self.start + 599) == 1)
        let trouble = try #require(pods.first(now: Self.start + 600))
        #expect(trouble.reason == "ProgressDeadlineExceeded" && trouble.isLasting)
        #expect(trouble.message == "pod a does not become ready (ContainerCreating), for more than 600 s")
        #expect(pods.secondsToDeadline(now: Self.start + 600) == nil)
    }

    @Test func `A pod that no node takes waits for one, and is late at last`() throws {
        let pod = try pod(
            status: [
                "conditions": [
                    [
                        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                        "message": "0/1 nodes: Insufficient cpu",
                    ]
                ]
            ])
        let waits = try #require(cause(pod))
        #expect(waits.reason == "Unschedulable" && !waits.isLasting)
        let late = try #require(cause(pod, after: 600))
        #expect(late.reason == "ProgressDeadlineExceeded" && late.message.contains("Insufficient cpu"))
    }

    @Test(
        arguments: [
            ["type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager"],
            ["type": "Ready", "status": "False", "reason": "NodeNotReady"],
        ] as [JSON])
    func `A lost node is named, and passes by itself`(condition: JSON) throws {
        let lost = try pod(
            metadata: ["deletionTimestamp": "2026-01-01T00:00:00Z"], spec: ["nodeName": "n1"],
            status: ["conditions": [condition]])
        let trouble = try #require(cause(lost))
        #expect(trouble.reason == "NodeLost" && !trouble.isLasting && trouble.message.contains("node n1"))
    }
}
