import KubernetesModel
import StructuredData
import Testing

@testable import ProcessNode

@Suite("What a container is started with")
struct LaunchPlanTests {
    @Test("mounts over the program's own folder hide it from nobody: only what the pod says is rewritten")
    func mountOverProgram() throws {
        var node = try TestNode(images: ["tool": "/usr/bin/env"]).context
        node.baseEnvironment["TOOLS"] = "/usr/bin/tools"
        let pod = Pod.shell("") { pod in
            pod.spec.containers[0].image = "tool"
            pod.spec.containers[0].volumeMounts = [VolumeMount(name: "over", mountPath: "/usr/bin")]
            pod.spec.containers[0].env = [EnvVar(name: "OWN", value: "/usr/bin/own")]
        }
        let container = pod.spec.containers[0]
        let launch = try LaunchPlan(
            pod: pod, container: container, node: node, place: .here,
            paths: MountedPaths(container, directories: ["over": "/volumes/over"])
        ).launch(ReferencedObjects(), attempt: 0)
        #expect(launch.environment["PATH"]?.hasPrefix("/usr/bin:") == true)
        #expect(launch.environment["TOOLS"] == "/usr/bin/tools")
        #expect(launch.environment["OWN"] == "/volumes/over/own")
    }

    /// What a container is started with that mounts its service account's token, or something else.
    private func launch(mounting path: String, _ variables: [EnvVar] = []) throws -> ContainerLaunch {
        var node = try TestNode().context
        node.apiService = { ServiceEnvironment.apiServer(nil, at: "https://192.0.2.1:6443") }
        let pod = Pod.shell("") { pod in
            pod.spec.containers[0].volumeMounts = [VolumeMount(name: "token", mountPath: path)]
            pod.spec.containers[0].env = variables
        }
        let container = pod.spec.containers[0]
        return try LaunchPlan(
            pod: pod, container: container, node: node, place: .here,
            paths: MountedPaths(container, directories: ["token": "/volumes/token"])
        ).launch(ReferencedObjects(), attempt: 0)
    }

    @Test("a container with its service account's token finds a kubeconfig of it, and any other finds none")
    func kubeconfig() throws {
        let launch = try launch(mounting: PodKubeconfig.mountPath)
        let file = try #require(launch.kubeconfig)
        #expect(launch.environment["KUBECONFIG"] == file.path)
        let content = try #require(try YAML.parse(file.text).first)
        #expect(content["clusters"]?[0]?["cluster"]?["server"] == "https://192.0.2.1:6443")
        #expect(content["clusters"]?[0]?["cluster"]?["certificate-authority"] == "/volumes/token/ca.crt")
        #expect(content["users"]?[0]?["user"]?["tokenFile"] == "/volumes/token/token")
        #expect(content["contexts"]?[0]?["context"]?["namespace"] == "n")
        #expect(try self.launch(mounting: "/elsewhere").kubeconfig == nil)
        let own = try self.launch(
            mounting: PodKubeconfig.mountPath, [EnvVar(name: "KUBECONFIG", value: "/own/kubeconfig")])
        #expect(own.kubeconfig == nil && own.environment["KUBECONFIG"] == "/own/kubeconfig")
    }
}
