internal import KubernetesModel

/// What a container is started with: program, words, environment and places, all resolved.
struct LaunchPlan: Sendable {
    let pod: Pod
    let container: Container
    let node: NodeContext
    let place: PodPlace
    let paths: MountedPaths

    /// - Parameters:
    ///   - objects: those that the pod refers to.
    ///   - attempt: which run of the container this is; the first is 0.
    /// - Throws: `ProcessNodeError` where something is missing, or the node has no such image.
    func launch(_ objects: ReferencedObjects, attempt: Int) throws -> ContainerLaunch {
        let uid = pod.metadata.uid ?? ""
        let base = baseEnvironment()
        let variables = try ContainerEnvironment(
            pod: pod, container: container, objects: objects, place: place, base: base
        ).resolve()
        func words(_ texts: [String]?) -> [String] {
            (texts ?? []).map { paths.rewriteArgument(ContainerEnvironment.expand($0, variables)) }
        }
        let program = try program(command: words(container.command), arguments: words(container.args))
        // What the node says is about the machine, where nothing is mounted.
        var environment = variables.reduce(into: [:]) { environment, variable in
            environment[variable.key] =
                base[variable.key] == variable.value ? variable.value : paths.rewrite(variable.value)
        }
        // As in an image, the program's own folder is where commands and probes are found first.
        if let folder = program.folder {
            environment["PATH"] = "\(folder):\(environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")"
        }
        let directory = node.directory
        let kubeconfig = kubeconfig(environment)
        if let kubeconfig { environment[PodKubeconfig.variable] = kubeconfig.path }
        return ContainerLaunch(
            podUID: uid, container: container.name, attempt: attempt, executable: program.words[0],
            arguments: Array(program.words.dropFirst()), environment: environment,
            workingDirectory: container.workingDir.map(paths.rewrite)
                ?? directory.workingDirectory(uid, container.name),
            logPath: directory.log(uid, container.name, attempt: attempt), maxLogBytes: node.maxLogBytes,
            recordPath: directory.process(uid, container.name), kubeconfig: kubeconfig)
    }

    /// The service account's, where its token is mounted and the pod names no other.
    private func kubeconfig(_ environment: [String: String]) -> PodKubeconfig? {
        let account = paths.rewrite(PodKubeconfig.mountPath)
        guard account != PodKubeconfig.mountPath, environment[PodKubeconfig.variable] == nil else { return nil }
        return PodKubeconfig(
            path: node.directory.kubeconfig(pod.metadata.uid ?? "", container.name), account: account,
            namespace: pod.metadata.namespace ?? "", environment: environment)
    }

    /// What stands in the environment before what the pod says: the node's, the Services', and who and where the pod is.
    private func baseEnvironment() -> [String: String] {
        var variables = node.baseEnvironment
        let links = pod.spec.enableServiceLinks == false ? [] : node.services(pod.metadata.namespace ?? "")
        variables.merge(ServiceEnvironment.variables(apiServer: node.apiService(), links: links)) { $1 }
        // Host names are no longer.
        variables["HOSTNAME"] = String((pod.spec.hostname ?? pod.metadata.name ?? "").prefix(63))
        // All pods share the machine's ports, so a server should bind the pod's own address: this is how it learns of it.
        variables["POD_IP"] = place.podIP
        variables["HOST"] = place.podIP
        return variables
    }

    /// The words of the command line, the first the program, and the folder of the image's own program.
    private func program(command: [String], arguments: [String]) throws -> (words: [String], folder: String?) {
        let image = container.image ?? ""
        if let path = node.executable(image) {
            guard Files.isExecutable(path) else {
                throw ProcessNodeError(.unknownImage, "image \"\(image)\": \(path) is not an executable file")
            }
            // With a command, that is what runs; the image's executable is its entry point.
            return (
                (command.isEmpty ? [path] : command) + arguments, path.lastIndex(of: "/").map { String(path[..<$0]) }
            )
        }
        guard let known = WellKnownImage(repository: NodeContext.repository(of: image)) else {
            throw ProcessNodeError(
                .unknownImage,
                "image \"\(image)\" is not known on node \(node.nodeName); it knows: "
                    + node.images.keys.sorted().joined(separator: ", ") + " (--image IMAGE=EXECUTABLE adds one)")
        }
        return (try known.program(command: command, arguments: arguments) ?? command + arguments, nil)
    }
}
