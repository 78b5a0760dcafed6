import KubernetesModel
import TestSupport
import Testing

@testable import ProcessNode

@Suite("Images that every node has", .timeLimit(.minutes(2)))
struct WellKnownImageTests {
    /// Runs a pod of agnhost until it says that it pauses, asks it to end, and returns how it ended.
    private func exitCode(
        _ image: String, arguments: [String]? = nil, on node: TestNode
    ) async throws -> (code: Int?, log: String) {
        let pod = Pod.shell("") { pod in
            pod.spec.containers[0].image = image
            pod.spec.containers[0].args = arguments
        }
        let worker = PodWorker(pod, node: node.context, place: .here)
        worker.update(pod)
        let task = Task { await worker.run() }
        await node.api.status { $0.isReady }
        // A signal that comes before the shell has set its trap would just kill it.
        try await node.waitFor("Paused")
        let log = node.log()
        worker.update(pod.deleted)
        await node.api.until { $0.deleted == ["uid"] }
        await task.value
        return (node.api.current.statuses.last?.main?.state?.terminated?.exitCode, log)
    }

    @Test("agnhost pauses, says so, and ends with its own code")
    func agnhost() async throws {
        let image = "registry.k8s.io/e2e-test-images/agnhost:2.53"
        let (code, log) = try await exitCode(image, on: TestNode())
        #expect(code == 2 && log == "Paused\n")
        let (delayed, _) = try await exitCode(image, arguments: ["pause", "--delay-shutdown", "1"], on: TestNode())
        #expect(delayed == 2)
    }

    @Test("what agnhost can besides is refused with what to do")
    func refused() {
        #expect {
            try WellKnownImage.agnhost.program(command: [], arguments: ["netexec", "--http-port=80"])
        } throws: {
            "\($0)".contains("not \"netexec --http-port=80\"") && "\($0)".contains("--image")
        }
        #expect(throws: ProcessNodeError.self) {
            try WellKnownImage.agnhost.program(command: ["/agnhost"], arguments: ["pause", "--unknown"])
        }
    }

    @Test("a command of the container's own runs instead; the image's own program by its path does not count as one")
    func commands() throws {
        #expect(try WellKnownImage.pause.program(command: ["/bin/true"], arguments: []) == nil)
        #expect(try WellKnownImage.pause.program(command: ["/pause"], arguments: [])?.first == "/bin/sh")
        let whole = try WellKnownImage.agnhost.program(command: ["/agnhost", "pause"], arguments: [])
        #expect(try whole == WellKnownImage.agnhost.program(command: [], arguments: []))
    }

    @Test("an image is known by its name alone, and a node's own table comes first")
    func names() throws {
        let node = try TestNode(images: ["registry.k8s.io/pause": "/bin/true"])
        func words(_ image: String) throws -> String {
            let pod = Pod.shell("") { pod in
                pod.spec.containers[0].image = image
                pod.spec.containers[0].args = nil
            }
            let container = pod.spec.containers[0]
            return try LaunchPlan(
                pod: pod, container: container, node: node.context, place: .here,
                paths: MountedPaths(container, directories: [:])
            ).launch(ReferencedObjects(), attempt: 0).executable
        }
        #expect(try words("registry.k8s.io/pause:3.10") == "/bin/true")
        #expect(try words("k8s.gcr.io/pause@sha256:00") == "/bin/sh")
        #expect(throws: ProcessNodeError.self) { try words("example.com/pause:3.10") }
    }

    @Test("the pause image waits until it is told to end, and has succeeded then")
    func pause() async throws {
        // Its shell tells nobody that its trap is set, so the driver says when it sleeps.
        let words = try #require(try WellKnownImage.pause.program(command: [], arguments: []))
        let node = try TestNode()
        let pod = Pod.shell("") { pod in
            // The image's own script, and a word before it waits.
            pod.spec.containers[0].args = ["-c", words[2].replacing("while", with: "echo waits; while")]
        }
        let worker = PodWorker(pod, node: node.context, place: .here)
        worker.update(pod)
        let task = Task { await worker.run() }
        await node.api.status { $0.isReady }
        try await node.waitFor("waits")
        worker.update(pod.deleted)
        await node.api.until { $0.deleted == ["uid"] }
        await task.value
        #expect(node.api.current.statuses.last?.main?.state?.terminated?.exitCode == 0)
    }

    @Test("a host name is cut where host names end, and links may be switched off")
    func environment() throws {
        var node = try TestNode().context
        let web = Service(
            metadata: ObjectMeta(name: "web", namespace: "n"),
            spec: ServiceSpec(ports: [ServicePort(port: 80)], clusterIP: "127.3.0.1"))
        node.services = { _ in [web] }
        node.apiService = { ServiceEnvironment.apiServer(nil, at: "https://127.0.0.1:6443") }
        func environment(links: Bool?) throws -> [String: String] {
            let pod = Pod.shell("true") { pod in
                pod.metadata.name = String(repeating: "a", count: 70)
                pod.spec.enableServiceLinks = links
            }
            let container = pod.spec.containers[0]
            return try LaunchPlan(
                pod: pod, container: container, node: node, place: .here,
                paths: MountedPaths(container, directories: [:])
            ).launch(ReferencedObjects(), attempt: 0).environment
        }
        let linked = try environment(links: nil)
        #expect(linked["WEB_SERVICE_HOST"] == "127.3.0.1" && linked["KUBERNETES_SERVICE_PORT"] == "6443")
        #expect(linked["HOSTNAME"]?.count == 63)
        let alone = try environment(links: false)
        #expect(alone["WEB_SERVICE_HOST"] == nil && alone["KUBERNETES_SERVICE_HOST"] == "127.0.0.1")
    }
}
