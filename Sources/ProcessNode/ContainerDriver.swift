internal import KubernetesModel

/// A container that is ready to be started: everything resolved.
struct ContainerLaunch: Sendable {
    var podUID: String
    var container: String
    /// Which run of the container in this pod; the first is 0.
    var attempt: Int
    var executable: String
    var arguments: [String]
    var environment: [String: String]
    var workingDirectory: String
    var logPath: String
    var maxLogBytes: Int
    /// Where to note the process, so that a later life of the node finds it.
    var recordPath: String
    /// To be written before it starts.
    var kubeconfig: PodKubeconfig?
}

/// How a container ended.
struct ContainerExit: Sendable, Hashable {
    /// 128 + the signal for a process that a signal ended, as shells and container runtimes count.
    var code: Int
    var signal: Int?
}

/// Told of a container's start.
struct ContainerStart: Sendable {
    var processIdentifier: Int32
    /// `nil` where nothing is written.
    var log: ContainerLog?
}

/// Runs containers. A protocol, so that tests may stand in for processes.
protocol ContainerDriver: Sendable {
    /// Runs a container to its end. It is ended early through `stop`, and only so: cancelling the task does not.
    /// - Throws: `ProcessNodeError` where it could not be started.
    func run(
        _ launch: ContainerLaunch, stop: StopRequest, onStart: @escaping @Sendable (ContainerStart) -> Void
    ) async throws -> ContainerExit

    /// Runs a command beside the container, in its environment; returns its exit code and the beginning of its output.
    /// Cancelling the task ends it.
    func execute(_ command: [String], in launch: ContainerLaunch) async throws -> (exitCode: Int, output: String)
}
