internal import ControllerRuntime
internal import KubernetesModel
internal import Logging
private import Synchronization

/// Runs one pod, from its first volume to its deletion.
///
/// Flow: volumes, then init containers one after the other (sidecars among them keep running), then all containers; the status is
/// written whenever it changed. A stop ends the containers, each with the grace that is left, and sidecars after them in the
/// opposite order of their starts; then the last status is written, and a deleted pod is deleted.
final class PodWorker: Sendable {
    private struct State {
        var pod: Pod
        var isDeleted = false
        var hasEnded = false
    }

    private let node: NodeContext
    private let place: PodPlace
    private let rejection: PodRejection?
    private let uid: String
    private let volumes: PodVolumes
    private let initRunners: [ContainerRunner]
    private let runners: [ContainerRunner]
    private let state: Mutex<State>
    private let stopping: Latch
    private let statusChanged: Signal
    private let specChanged = Signal()
    private let startTime: String
    private let written: Mutex<PodStatus?>
    private let cachedObjects: ObjectCache
    private let graceHolder: GraceHolder

    init(_ pod: Pod, node: NodeContext, place: PodPlace, rejection: PodRejection? = nil) {
        self.node = node
        self.place = place
        self.rejection = rejection
        uid = pod.metadata.uid ?? ""
        let volumes = PodVolumes(pod, directory: node.directory, api: node.api, place: place, time: node.time)
        self.volumes = volumes
        let stopping = Latch()
        let statusChanged = Signal()
        let grace = GraceHolder()
        let cache = ObjectCache()
        self.stopping = stopping
        self.statusChanged = statusChanged
        cachedObjects = cache
        startTime = pod.status?.startTime ?? WallTime.timestamp()
        written = Mutex(pod.status)
        let previous = (pod.status?.containerStatuses ?? []) + (pod.status?.initContainerStatuses ?? [])
        func runner(_ container: Container, _ policy: String?, _ stopping: Latch) -> ContainerRunner {
            ContainerRunner(
                pod: pod, container: container, node: node, place: place, directories: volumes.directories,
                restartPolicy: policy, previous: previous.first { $0.name == container.name }, stopping: stopping,
                stopGrace: { grace.remaining(node.time.now) },
                objects: { try await cache.get(pod, volumes, afresh: $0) },
                onChange: { statusChanged.raise() })
        }
        // An init container runs until it succeeds, unless nothing is ever restarted.
        let initPolicy = pod.spec.restartPolicy == "Never" ? "Never" : "OnFailure"
        initRunners = (pod.spec.initContainers ?? []).map { container in
            // A sidecar outlives the wish to stop: it ends after the containers that it serves.
            container.restartPolicy == "Always"
                ? runner(container, "Always", Latch()) : runner(container, initPolicy, stopping)
        }
        runners = pod.spec.containers.map { runner($0, pod.spec.restartPolicy, stopping) }
        state = Mutex(State(pod: pod))
        graceHolder = grace
    }

    var pod: Pod { state.withLock { $0.pod } }

    /// The runner of a container, for its log.
    func runner(_ name: String) -> ContainerRunner? { (runners + initRunners).first { $0.name == name } }

    /// The first processes of the containers that run now.
    var processes: [(container: String, process: Int32)] {
        (initRunners + runners).compactMap { runner in runner.process.map { (runner.name, $0) } }
    }

    /// Takes a newer state of the pod; a deletion stops it.
    func update(_ pod: Pod) {
        let (isNewSpec, isNews) = state.withLock { state in
            defer { state.pod = pod }
            let isNewSpec = state.pod.metadata.generation != pod.metadata.generation
            return (isNewSpec, isNewSpec || state.pod.conditionsOfOthers != pod.conditionsOfOthers)
        }
        if pod.metadata.deletionTimestamp != nil {
            delete(
                grace: .seconds(pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30)
            )
        }
        if isNewSpec { specChanged.raise() }
        if isNews { statusChanged.raise() }
    }

    /// Stops the pod within `grace`, and deletes it then.
    func delete(grace: Duration) {
        state.withLock { $0.isDeleted = true }
        stop(grace: grace)
    }

    /// Stops the pod within `grace`; it stays on the server, for the node's next life.
    func stop(grace: Duration) {
        graceHolder.shorten(to: node.time.now + grace)
        stopping.set()
        // Again for those that are ending already: the time may have become shorter.
        for runner in initRunners + runners where !runner.record.isSidecar || state.withLock({ $0.hasEnded }) {
            runner.stop()
        }
    }

    /// Runs to the end: until the pod is deleted, or stopped with the node. Not ended by cancellation.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.writeStatus() }
            await live()
            group.cancelAll()
        }
        await end()
    }

    private func live() async {
        let phase = pod.status?.phase
        guard rejection == nil, phase != "Succeeded", phase != "Failed" else {
            // Done in an earlier life, or never to be begun; it only waits to be deleted.
            if rejection != nil { statusChanged.raise() }
            return await stopping.wait()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await self.node.time.sleep(for: Self.firstWordDelay)
                self.statusChanged.raise()
            }
            group.addTask { await self.keepVolumes() }
            group.addTask { await self.keepDeadline() }
            await runContainers()
            group.cancelAll()
        }
        statusChanged.raise()
        await stopping.wait()
    }

    private func runContainers() async {
        await withTaskGroup(of: Void.self) { sidecars in
            if await initialize(&sidecars) {
                await withTaskGroup(of: Void.self) { group in
                    for runner in runners { group.addTask { await runner.run() } }
                }
            }
            state.withLock { $0.hasEnded = true }
            for sidecar in initRunners.reversed() where sidecar.record.isSidecar {
                graceHolder.shorten(
                    to: node.time.now + .seconds(pod.spec.terminationGracePeriodSeconds ?? 30))
                sidecar.retire()
            }
            await sidecars.waitForAll()
        }
    }

    /// Runs the init containers; whether the others may begin.
    private func initialize(_ sidecars: inout TaskGroup<Void>) async -> Bool {
        for runner in initRunners {
            guard runner.record.isSidecar else {
                await runner.run()
                guard runner.record.state.terminated?.exitCode == 0 else { return false }
                continue
            }
            if stopping.isSet { return false }
            sidecars.addTask { await runner.run() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await runner.started() }
                group.addTask { await self.stopping.wait() }
                await group.next()
                group.cancelAll()
            }
        }
        return true
    }

    /// Looks at what the volumes are made of again and again, before a token ends and at times.
    private func keepVolumes() async {
        while !stopping.isSet, !Task.isCancelled {
            var next = node.volumeRefresh
            do {
                if let token = try await cachedObjects.refresh(pod, volumes) {
                    next = min(next, max(token, .seconds(1)))
                }
            } catch {
                // Before the first start the containers say so; afterwards the files stay as they are.
                node.logger.debug("volumes of \(pod.key): \(error)")
                next = min(next, .seconds(2))
            }
            _ = await stopping.sleep(for: next, node.time)
        }
    }

    /// Ends the containers of a pod that may only live so long, by what it says now: the limit may be set, or lowered, later.
    private func keepDeadline() async {
        let began = Timestamp.seconds(startTime) ?? 0
        while !stopping.isSet, !Task.isCancelled {
            var left: Int64?
            if let seconds = pod.spec.activeDeadlineSeconds {
                let lived = max(WallTime.microseconds() / 1_000_000 - began, 0)
                left = Int64(seconds) - lived
            }
            if let left, left <= 0 {
                isPastDeadline.withLock { $0 = true }
                graceHolder.shorten(to: node.time.now + .seconds(pod.spec.terminationGracePeriodSeconds ?? 30))
                for runner in runners + initRunners { runner.retire() }
                return
            }
            await withTaskGroup(of: Void.self) { group in
                if let left { group.addTask { try? await self.node.time.sleep(for: .seconds(left)) } }
                group.addTask { await self.specChanged.wait() }
                group.addTask { await self.stopping.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private let isPastDeadline = Mutex(false)

    // MARK: Status

    private func status(isTerminated: Bool = false) -> PodStatus {
        let isPastDeadline = isPastDeadline.withLock { $0 }
        let pod = pod
        var previous = written.withLock { $0 } ?? PodStatus()
        previous.conditions = (previous.conditions ?? []).filter(\.isOfNode) + pod.conditionsOfOthers
        var status = PodStatusBuilder(
            pod: pod, place: place, startTime: startTime, initContainers: initRunners.map(\.record),
            containers: runners.map(\.record), isTerminated: isTerminated, rejection: rejection
        ).build(previous: previous, now: WallTime.timestamp())
        if isPastDeadline, runners.allSatisfy({ $0.record.state.running == nil }) {
            status.phase = "Failed"
            status.reason = "DeadlineExceeded"
            status.message = "Pod was active on the node longer than the specified deadline"
        }
        return status
    }

    /// Writes the status when it has changed, until cancelled.
    private func writeStatus() async {
        while !Task.isCancelled {
            await statusChanged.wait()
            var failures = 0
            while !Task.isCancelled {
                do {
                    try await write(status())
                    break
                } catch is PodGone {
                    break
                } catch is CancellationError {
                    // The node ends; the pod's last status is written by its end.
                    return
                } catch {
                    failures += 1
                    node.logger.warning("the status of \(pod.key) is not written, will try again: \(error)")
                    try? await node.time.sleep(for: Self.writeBackoff.delay(afterFailures: failures))
                }
            }
        }
    }

    /// By then most containers run, or cannot: what is said of the pod first is one write, not two.
    private static let firstWordDelay = Duration.milliseconds(20)
    private static let writeBackoff = Backoff(base: .milliseconds(200), limit: .seconds(10), jitter: 0)

    private func write(_ status: PodStatus) async throws {
        guard status != written.withLock({ $0 }) else { return }
        try await node.api.write(status, of: pod)
        written.withLock { $0 = status }
    }

    private func end() async {
        let isDeleted = state.withLock { $0.isDeleted }
        let wasOver = ["Succeeded", "Failed"].contains(written.withLock { $0?.phase })
        var failures = 0
        while true {
            do {
                if !wasOver { try await write(status(isTerminated: isDeleted)) }
            } catch is PodGone {
            } catch {
                node.logger.info("the last status of \(pod.key) is not written: \(error)")
            }
            guard isDeleted else { return }
            do {
                try await node.api.delete(pod)
                break
            } catch {
                failures += 1
                node.logger.warning("\(pod.key) cannot be deleted, will try again: \(error)")
                if Task.isCancelled { return }
                try? await node.time.sleep(for: Self.writeBackoff.delay(afterFailures: failures))
            }
        }
        let directory = node.directory
        let uid = uid
        try? await Blocking.run { Files.remove(directory.pod(uid)) }
    }
}

extension PodCondition {
    fileprivate var isOfNode: Bool { PodStatusBuilder.conditionTypes.contains(type) }
}

extension Pod {
    /// What others than the node say of it: that it is to be disrupted, that a readiness gate is open.
    fileprivate var conditionsOfOthers: [PodCondition] { (status?.conditions ?? []).filter { !$0.isOfNode } }
}

/// When a stopping pod's time is over; only ever sooner.
private final class GraceHolder: Sendable {
    private let end = Mutex(Duration?.none)

    func shorten(to at: Duration) { end.withLock { $0 = $0.map { min($0, at) } ?? at } }
    func remaining(_ now: Duration) -> Duration { end.withLock { $0 }.map { max($0 - now, .zero) } ?? .seconds(30) }
}

/// The objects that a pod refers to, read once for all its containers and again with its volumes.
private final class ObjectCache: Sendable {
    private let objects = Mutex(ReferencedObjects?.none)

    /// The objects; they, and the volumes, are brought up to date first where that has not been done yet, or is asked for.
    func get(_ pod: Pod, _ volumes: PodVolumes, afresh: Bool) async throws -> ReferencedObjects {
        if !afresh, let known = objects.withLock({ $0 }) { return known }
        _ = try await refresh(pod, volumes)
        return objects.withLock { $0 } ?? ReferencedObjects()
    }

    /// Returns how long until a token must be replaced.
    func refresh(_ pod: Pod, _ volumes: PodVolumes) async throws -> Duration? {
        let (read, next) = try await volumes.refresh(pod)
        objects.withLock { $0 = read }
        return next
    }
}
