internal import ControllerRuntime
internal import KubernetesModel
internal import Logging
private import Synchronization

/// The pods of the node: makes a worker for each, passes changes on, and knows the logs.
final class PodManager: Sendable {
    private struct State {
        var workers: [String: PodWorker] = [:]
        var isStopping = false
        var stopGrace = Duration.zero
    }

    private let node: NodeContext
    private let state = Mutex(State())
    private let started: AsyncStream<PodWorker>
    private let start: AsyncStream<PodWorker>.Continuation
    private let addresses: PodAddresses
    private let maxPods: Int
    /// The newest states from the watch; also for the logs of pods that have ended.
    private let store: Store<Pod>

    init(node: NodeContext, addresses: PodAddresses, maxPods: Int, store: Store<Pod>) {
        self.node = node
        self.addresses = addresses
        self.maxPods = maxPods
        self.store = store
        (started, start) = AsyncStream.makeStream()
    }

    /// Takes a change that the watch told of.
    func handle(_ change: Change<Pod>) {
        switch change {
        case .added(let pod), .updated(_, let pod): update(pod)
        case .deleted(let pod):
            // Gone from the server without our doing: there is nobody left to tell, but a process to end.
            let worker = state.withLock { $0.workers[pod.metadata.uid ?? ""] }
            worker?.delete(
                grace: .seconds(pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30)
            )
        }
    }

    private func update(_ pod: Pod) {
        guard let uid = pod.metadata.uid, pod.spec.nodeName == node.nodeName else { return }
        let (worker, isNew) = state.withLock { state -> (PodWorker?, Bool) in
            if let worker = state.workers[uid] { return (worker, false) }
            guard !state.isStopping else { return (nil, false) }
            let worker = make(pod, uid, others: state.workers.count)
            state.workers[uid] = worker
            return (worker, true)
        }
        guard let worker else { return }
        worker.update(pod)
        if isNew { start.yield(worker) }
    }

    private func make(_ pod: Pod, _ uid: String, others: Int) -> PodWorker {
        var place = PodPlace(podIP: node.address, hostIP: node.address, allocatable: node.allocatable)
        var rejection: PodRejection?
        if pod.spec.hostNetwork != true, AddressBlock.isLoopback(node.address) {
            let address = others < maxPods ? addresses.assign(to: uid, before: pod.status?.podIP) : nil
            if let address {
                place.podIP = address
            } else {
                rejection = full(others)
            }
        } else if others >= maxPods {
            rejection = full(others)
        }
        return PodWorker(pod, node: node, place: place, rejection: rejection)
    }

    private func full(_ others: Int) -> PodRejection {
        PodRejection(
            reason: "OutOfpods",
            message: "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: \(others), "
                + "capacity: \(maxPods)")
    }

    /// Runs workers until `stop`, and returns when the last has ended.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await worker in started {
                group.addTask {
                    await worker.run()
                    let uid = worker.pod.metadata.uid ?? ""
                    self.state.withLock { $0.workers[uid] = nil }
                    self.addresses.release(uid)
                }
            }
        }
    }

    /// Stops all pods, each within its own grace but no longer than `grace`, and begins no other.
    func stop(grace: Duration) {
        let workers = state.withLock { state in
            state.isStopping = true
            return Array(state.workers.values)
        }
        for worker in workers {
            worker.stop(grace: min(grace, .seconds(worker.pod.spec.terminationGracePeriodSeconds ?? 30)))
        }
        start.finish()
    }

    /// Removes what is on disk of pods that are not the node's any more.
    func removeStale() async {
        let known = Set(store.list().compactMap(\.metadata.uid))
        let directory = node.directory
        try? await Blocking.run {
            for uid in Files.names(in: directory.pods) where !known.contains(uid) { Files.remove(directory.pod(uid)) }
        }
    }
}

extension PodManager {
    /// A container that runs.
    struct RunningContainer: Sendable {
        var pod: Pod
        var container: String
        /// Its first process, which leads its process group.
        var process: Int32
    }

    func runningContainers() -> [RunningContainer] {
        let workers = state.withLock { Array($0.workers.values) }
        return workers.flatMap { worker in
            let pod = worker.pod
            return worker.processes.map { RunningContainer(pod: pod, container: $0.container, process: $0.process) }
        }
    }
}

extension PodManager: LogSource {
    func log(namespace: String, pod name: String, container: String, previous: Bool) async throws -> (
        path: String, live: ContainerLog?
    ) {
        let pod = store.get(ObjectKey(namespace: namespace, name: name))
        guard let pod, let uid = pod.metadata.uid else {
            throw LogNotFound(description: "pod \(namespace)/\(name) is not on node \(node.nodeName)")
        }
        guard (pod.spec.containers + (pod.spec.initContainers ?? [])).contains(where: { $0.name == container }) else {
            throw LogNotFound(description: "container \(container) is not valid for pod \(name)")
        }
        let directory = node.directory
        let runner = state.withLock { $0.workers[uid] }?.runner(container)
        let live = runner?.liveLog
        let attempts = try await Blocking.run {
            Files.names(in: directory.container(uid, container)).compactMap { name in
                name.hasSuffix(".log") ? Int(name.dropLast(4)) : nil
            }.sorted()
        }
        // While a container waits to be started again, its last run is the current one.
        let current = live?.attempt ?? attempts.last
        let wanted = previous ? attempts.last { $0 < current ?? 0 } : current
        guard let wanted else {
            throw LogNotFound(
                description: previous
                    ? "previous terminated container \"\(container)\" in pod \"\(name)\" not found"
                    : "container \"\(container)\" in pod \"\(name)\" is waiting to start: no log yet")
        }
        return (
            directory.log(uid, container, attempt: wanted), live.flatMap { $0.attempt == wanted ? $0.log : nil }
        )
    }
}
