import KubernetesModel
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
}
