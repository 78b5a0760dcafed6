internal import ControllerRuntime
internal import KubernetesModel
internal import Logging
private import Synchronization

/// Runs one container of a pod: starts it, probes it, starts it again as the restart policy says, until it has ended for good or
/// the pod is to stop.
final class ContainerRunner: Sendable {
    private struct State {
        var record: ContainerRecord
        var attempt: Int
        var log: ContainerLog?
        var process: Int32?
    }

    private let pod: Pod
    private let container: Container
    private let node: NodeContext
    private let place: PodPlace
    private let paths: MountedPaths
    private let restartPolicy: String?
    /// The node's or the pod's wish to stop; also cuts pauses short.
    private let stopping: Latch
    private let stopGrace: @Sendable () -> Duration
    /// The objects that the pod refers to; with `true` read again.
    private let objects: @Sendable (Bool) async throws -> ReferencedObjects
    private let onChange: @Sendable () -> Void
    private let state: Mutex<State>
    private let running = Mutex(StopRequest?.none)
    /// Set once its startup probe has succeeded, or it has started without one.
    private let hasCompletedStart = Latch()

    init(
        pod: Pod, container: Container, node: NodeContext, place: PodPlace, directories: [String: String],
        restartPolicy: String?,
        previous: ContainerStatus?, stopping: Latch, stopGrace: @escaping @Sendable () -> Duration,
        objects: @escaping @Sendable (Bool) async throws -> ReferencedObjects, onChange: @escaping @Sendable () -> Void
    ) {
        self.pod = pod
        self.container = container
        self.node = node
        self.place = place
        paths = MountedPaths(container, directories: directories)
        self.restartPolicy = restartPolicy
        self.stopping = stopping
        self.stopGrace = stopGrace
        self.objects = objects
        self.onChange = onChange
        var record = ContainerRecord(
            name: container.name, image: container.image ?? "",
            isSidecar: container.restartPolicy == "Always" && pod.spec.initContainers?.contains(container) == true)
        var attempt = 0
        if let previous {
            record.restartCount = previous.restartCount
            record.lastState = previous.lastState
            if let ended = Self.lost(previous) {
                // It ran, or had run, in an earlier life of the node, which ended it.
                record.lastState = ContainerState(terminated: ended)
                record.state = ContainerState(terminated: ended)
                record.containerID = previous.containerID
                attempt = previous.restartCount + 1
                record.isFinished = !RestartBackoff.restarts(restartPolicy, exitCode: ended.exitCode)
            } else {
                attempt = previous.restartCount
            }
        }
        state = Mutex(State(record: record, attempt: attempt))
    }

    var name: String { container.name }
    var record: ContainerRecord { state.withLock { $0.record } }
    var attempt: Int { state.withLock { $0.attempt } }

    /// Its first process, while it runs.
    var process: Int32? { state.withLock { $0.process } }

    /// The log being written, of the attempt that writes it.
    var liveLog: (attempt: Int, log: ContainerLog)? {
        state.withLock { state in state.log.map { (state.attempt, $0) } }
    }

    /// Returns once it has started as its probes see it, has ended for good, or the task is cancelled.
    func started() async { await hasCompletedStart.wait() }

    /// Asks the container to stop within the grace that is left now. May be repeated as the grace gets shorter.
    func stop() {
        guard let request = running.withLock({ $0 }) else { return }
        if !request.isRequested { tell("Killing", "Stopping container \(container.name)") }
        request.request(grace: stopGrace())
    }

    /// Asks for a stop that is this container's alone.
    func retire() {
        stopping.set()
        stop()
    }

    /// Runs to the end.
    func run() async {
        defer { hasCompletedStart.set() }
        if record.isFinished { return }
        var restarts = RestartBackoff.Sequence(node.backoff)
        var isRestart = record.state.terminated != nil
        var setupFailures = 0
        while !stopping.isSet {
            if isRestart { change { $0.record.restartCount = $0.attempt } }
            let began = node.time.now
            do {
                let exit = try await runOnce(isRetry: setupFailures > 0)
                setupFailures = 0
                let ran = node.time.now - began
                guard RestartBackoff.restarts(restartPolicy, exitCode: exit.code) else {
                    change { $0.record.isFinished = true }
                    return
                }
                // It goes on in the node's next life, unless the pod is being deleted.
                if stopping.isSet { return }
                await pause(restarts.pause(afterRunning: ran))
                isRestart = true
                change { $0.attempt += 1 }
            } catch {
                // Not started at all: the attempt does not count.
                setupFailures += 1
                await waitAfterFailure(error, failures: setupFailures)
            }
        }
        // What never ran stays as it is: waiting.
    }

    private func pause(_ duration: Duration) async {
        guard duration > .zero else { return }
        let podText = "\(pod.metadata.name ?? "")_\(pod.metadata.namespace ?? "")(\(pod.metadata.uid ?? ""))"
        change { state in
            state.record.lastState = state.record.state
            state.record.state = ContainerState(
                waiting: ContainerStateWaiting(
                    reason: "CrashLoopBackOff",
                    message: "back-off \(DurationText.text(duration)) restarting failed "
                        + "container=\(container.name) pod=\(podText)"))
        }
        tell("BackOff", "Back-off restarting failed container \(container.name) in pod \(podText)", isWarning: true)
        _ = await stopping.sleep(for: duration, node.time)
    }

    private func tell(_ reason: String, _ note: String, isWarning: Bool = false) {
        node.tell(PodEvent(isWarning: isWarning, reason: reason, note: note, container: container.name), pod)
    }

    /// A missing object may appear at any moment; the server is asked again soon, but not in a hurry.
    private static let setupBackoff = Backoff(base: .milliseconds(500), limit: .seconds(10), jitter: 0)

    private func waitAfterFailure(_ error: any Error, failures: Int) async {
        let failure = error as? ProcessNodeError
        let (reason, later) =
            switch failure?.code {
            case .unknownImage where container.imagePullPolicy == "Never": ("ErrImageNeverPull", "ErrImageNeverPull")
            case .unknownImage: ("ErrImagePull", "ImagePullBackOff")
            case .containerConfiguration: ("CreateContainerConfigError", "CreateContainerConfigError")
            case .start: ("RunContainerError", "RunContainerError")
            default: ("CreateContainerError", "CreateContainerError")
            }
        node.logger.warning("container \(container.name) of \(pod.key) is not started: \(error)")
        if failures == 1 {
            let isImage = failure?.code == .unknownImage
            let image = container.image ?? ""
            tell("Failed", isImage ? "Failed to pull image \"\(image)\": \(error)" : "Error: \(error)", isWarning: true)
            if isImage { tell("Failed", "Error: \(reason)", isWarning: true) }
        }
        change { state in
            if state.record.state.terminated != nil { state.record.lastState = state.record.state }
            state.record.state = ContainerState(
                waiting: ContainerStateWaiting(reason: failures == 1 ? reason : later, message: "\(error)"))
        }
        _ = await stopping.sleep(for: Self.setupBackoff.delay(afterFailures: failures), node.time)
    }

    private func runOnce(isRetry: Bool) async throws -> ContainerExit {
        let launch = try await launch(isRetry: isRetry)
        let stop = StopRequest(time: node.time)
        running.withLock { $0 = stop }
        defer { running.withLock { $0 = nil } }
        // Asked to stop between the check and now.
        if stopping.isSet { stop.request(grace: stopGrace()) }
        let started = Latch()
        let probes = probes(launch, stop)
        // What the process is asked; later than the container, where something is to be done before.
        let polite = StopRequest(time: node.time)
        let result: Result<ContainerExit, any Error> = await withTaskGroup(of: Result<ContainerExit, any Error>?.self) {
            group in
            group.addTask {
                do {
                    return .success(
                        try await self.node.driver.run(launch, stop: polite) { start in
                            self.hasStarted(start, launch)
                            started.set()
                        })
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await started.wait()
                guard !Task.isCancelled else { return nil }
                await self.runPostStart(launch, stop)
                if !Task.isCancelled { await probes.run() }
                return nil
            }
            group.addTask {
                await stop.requested()
                guard !Task.isCancelled else { return nil }
                if started.isSet { await self.runPreStop(launch, stop) }
                polite.request(grace: stop.remaining)
                await stop.graceEnded()
                polite.request(grace: .zero)
                return nil
            }
            var result: Result<ContainerExit, any Error>?
            while result == nil, let next = await group.next() { result = next }
            group.cancelAll()
            return result ?? .failure(CancellationError())
        }
        let exit = try result.get()
        hasEnded(exit, message: await TerminationMessage.read(container, after: exit, log: launch.logPath))
        return exit
    }

    private func hook(_ handler: LifecycleHandler, _ launch: ContainerLaunch) -> LifecycleHook {
        LifecycleHook(
            handler: handler, container: container, launch: launch, paths: paths, podIP: place.podIP,
            driver: node.driver, time: node.time)
    }

    /// A container whose hook fails is ended, to be started again as its policy says.
    private func runPostStart(_ launch: ContainerLaunch, _ stop: StopRequest) async {
        guard let handler = container.lifecycle?.postStart, let failure = await hook(handler, launch).run(),
            !Task.isCancelled
        else { return }
        tell("FailedPostStartHook", "PostStartHook failed: \(failure)", isWarning: true)
        stop.request(grace: .seconds(pod.spec.terminationGracePeriodSeconds ?? 30))
    }

    /// Its time is part of the grace.
    private func runPreStop(_ launch: ContainerLaunch, _ stop: StopRequest) async {
        guard let handler = container.lifecycle?.preStop else { return }
        let hook = hook(handler, launch)
        let failure = await withTaskGroup(of: String?.self) { group in
            group.addTask { await hook.run() }
            group.addTask {
                try? await self.node.time.sleep(for: stop.remaining)
                return "it took longer than the grace period"
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 }
        }
        if let failure { tell("FailedPreStopHook", "PreStopHook failed: \(failure)", isWarning: true) }
    }

    private func hasStarted(_ start: ContainerStart, _ launch: ContainerLaunch) {
        node.logger.info("container \(container.name) of \(pod.key) runs as process \(start.processIdentifier)")
        tell("Pulled", "Container image \"\(container.image ?? "")\" already present on machine")
        tell("Created", "Created container: \(container.name)")
        tell("Started", "Started container \(container.name)")
        change { state in
            if state.record.state.terminated != nil { state.record.lastState = state.record.state }
            state.record.state = ContainerState(running: ContainerStateRunning(startedAt: WallTime.timestamp()))
            state.record.containerID = "process://\(launch.podUID)/\(launch.container)/\(launch.attempt)"
            state.record.isReady = false
            state.record.isStarted = false
            state.log = start.log
            state.process = start.processIdentifier
        }
    }

    private func hasEnded(_ exit: ContainerExit, message: String?) {
        node.logger.info("container \(container.name) of \(pod.key) ended: exit code \(exit.code)")
        change { state in
            state.process = nil
            let startedAt = state.record.state.running?.startedAt
            state.record.isReady = false
            state.record.isStarted = false
            state.record.state = ContainerState(
                terminated: ContainerStateTerminated(
                    exitCode: exit.code, signal: exit.signal, reason: exit.code == 0 ? "Completed" : "Error",
                    message: message, startedAt: startedAt, finishedAt: WallTime.timestamp(),
                    containerID: state.record.containerID))
        }
    }

    private func probes(_ launch: ContainerLaunch, _ stop: StopRequest) -> ProbeRunner {
        ProbeRunner(
            container: container, launch: launch, paths: paths, podIP: place.podIP, driver: node.driver,
            time: node.time,
            onReady: { [weak self] isReady in self?.change { $0.record.isReady = isReady } },
            onStarted: { [weak self] in
                self?.change { $0.record.isStarted = true }
                self?.hasCompletedStart.set()
            },
            onFailure: { [weak self] why in self?.tell("Unhealthy", why, isWarning: true) },
            onUnhealthy: { [weak self] probe in
                guard let self else { return }
                node.logger.notice("container \(container.name) of \(pod.key) failed \(probe) probe and is restarted")
                tell("Killing", "Container \(container.name) failed \(probe) probe, will be restarted")
                let own = container.livenessProbe?.terminationGracePeriodSeconds
                stop.request(grace: .seconds(own ?? pod.spec.terminationGracePeriodSeconds ?? 30))
            })
    }

    private func launch(isRetry: Bool) async throws -> ContainerLaunch {
        let plan = LaunchPlan(pod: pod, container: container, node: node, place: place, paths: paths)
        let attempt = attempt
        let launch = try plan.launch(try await objects(isRetry), attempt: attempt)
        let (uid, name) = (launch.podUID, launch.container)
        let directory = node.directory
        let subdirectories = paths.subdirectories
        try await Blocking.run {
            for path in subdirectories where !Files.exists(path) { try Files.makeDirectory(path) }
            try Files.makeDirectory(directory.container(uid, name))
            try Files.makeDirectory(directory.processes)
            try Files.makeDirectory(launch.workingDirectory)
            if let kubeconfig = launch.kubeconfig {
                try Files.writeAtomically(Array(kubeconfig.text.utf8), to: kubeconfig.path, mode: 0o600)
            }
            // Of the earlier runs only the last one's log is kept.
            for old in 0..<max(attempt - 1, 0) {
                let path = directory.log(uid, name, attempt: old)
                Files.remove(path)
                Files.remove(ContainerLog.older(path))
            }
        }
        return launch
    }

    private func change(_ body: (inout State) -> Void) {
        let hasChanged = state.withLock { state in
            let before = state.record
            body(&state)
            return state.record != before
        }
        if hasChanged { onChange() }
    }

    /// How a container that an earlier life of the node left in `status` has ended; `nil` if it never ran.
    private static func lost(_ status: ContainerStatus) -> ContainerStateTerminated? {
        if let terminated = status.state?.terminated { return terminated }
        if let running = status.state?.running {
            return ContainerStateTerminated(
                exitCode: 137, signal: 9, reason: "ContainerStatusUnknown",
                message:
                    "the node ended while the container was running, and ended what was left of it when it came back",
                startedAt: running.startedAt, finishedAt: WallTime.timestamp(), containerID: status.containerID)
        }
        // Waiting to be started again.
        return status.lastState?.terminated
    }
}
