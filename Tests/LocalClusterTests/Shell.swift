import KubernetesModel

/// Objects that run shell scripts.
enum Shell {
    static func container(_ script: String, name: String = "main") -> Container {
        var container = Container(name: name)
        container.image = "shell"
        container.args = ["-c", script]
        return container
    }

    static func template(
        _ script: String, labels: [String: String]? = nil, restartPolicy: String? = nil
    ) -> PodTemplateSpec {
        PodTemplateSpec(
            metadata: ObjectMeta(labels: labels),
            spec: PodSpec(
                containers: [container(script)], restartPolicy: restartPolicy, terminationGracePeriodSeconds: 2))
    }

    static func pod(_ name: String, _ script: String, edit: (inout Pod) -> Void = { _ in }) -> Pod {
        var pod = Pod(
            metadata: ObjectMeta(name: name, labels: ["app": name]),
            spec: PodSpec(
                containers: [container(script)], restartPolicy: "Never", terminationGracePeriodSeconds: 2))
        edit(&pod)
        return pod
    }

    static func job(
        _ name: String, _ script: String, restartPolicy: String = "Never", edit: (inout JobSpec) -> Void = { _ in }
    ) -> Job {
        var spec = JobSpec(template: template(script, restartPolicy: restartPolicy))
        edit(&spec)
        return Job(metadata: ObjectMeta(name: name), spec: spec)
    }
}
