import Foundation
import KubernetesModel
import TestSupport
import Testing

@Suite("das node", .timeLimit(.minutes(3)))
struct NodeProcessTests {
    private static func start(_ cluster: RunningCluster, root: String) async throws -> ChildProgram {
        try await ChildProgram.start(
            BuiltProgram.path("das"),
            [
                "node", "--kubeconfig", cluster.kubeconfig, "--name", "joined", "--data-dir", root,
                "--image", "shell=/bin/sh",
            ])
    }

    private static func process(of pod: Pod, root: String) -> ProcessTable.Entry? {
        ProcessTable.holding(root).first { $0.environment["DAS_NODE_POD_UID"] == pod.metadata.uid }
    }

    @Test func `A node that is killed and started again ends what it left running, and begins it anew`() async throws {
        try await RunningCluster.run { cluster in
            let root = "\(cluster.directory)/joined"
            let node = try await Self.start(cluster, root: root)
            try await cluster.kubectl("wait", "--for=create", "node/joined", "--timeout=60s")
            try await cluster.kubectl("wait", "--for=condition=Ready", "node/joined", "--timeout=60s")
            _ = try await cluster.create(
                // It would outlive its node for as long as it can.
                Shell.pod("stubborn", "trap '' TERM HUP; while :; do /bin/sleep 600; done") { pod in
                    pod.spec.nodeSelector = ["kubernetes.io/hostname": "joined"]
                    pod.spec.restartPolicy = "Always"
                })
            let running = try await cluster.object(Pod.self, "stubborn") { $0.status?.phase == "Running" }
            let survivor = try #require(Self.process(of: running, root: root))
            node.send(SIGKILL)
            #expect(try await node.exitCode() == -SIGKILL)
            #expect(ProcessTable.holding(root).contains(survivor))

            let again = try await Self.start(cluster, root: root)
            let restarted = try await cluster.object(Pod.self, "stubborn") { pod in
                pod.status?.containerStatuses?.first?.restartCount == 1
                    && pod.status?.containerStatuses?.first?.state?.running != nil
            }
            let last = restarted.status?.containerStatuses?[0].lastState?.terminated
            #expect(last?.exitCode == 137 && last?.reason == "ContainerStatusUnknown")
            #expect(restarted.status?.podIP == running.status?.podIP)
            let next = try #require(Self.process(of: restarted, root: root))
            #expect(next.pid != survivor.pid || next.startTime != survivor.startTime)
            #expect(!ProcessTable.holding(root).contains(survivor))

            try await cluster.kubectl("delete", "pod", "stubborn", "--timeout=60s")
            #expect(Self.process(of: restarted, root: root) == nil)
            again.send(SIGTERM)
            #expect(try await again.exitCode() == 0)
        }
    }
}
