import ControllerRuntime
import FoundationEssentials
import KubernetesModel
import Logging
import Synchronization
import TestSupport

@testable import ProcessNode

/// A directory that is gone with the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = Files.real("/tmp") + "/process-node-\(UInt64.random(in: .min ... .max))"
        try Files.makeDirectory(path)
    }

    deinit { Files.remove(path) }

    func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        try Files.writeAtomically(Array(text.utf8), to: file, mode: mode)
        return file
    }

    func read(_ name: String) -> String? {
        Files.read("\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The API as pods see it, in memory; tests wait for what is written to it.
final class FakeAPI: NodeAPI {
    struct State {
        var configMaps: [String: ConfigMap] = [:]
        var secrets: [String: Secret] = [:]
        var statuses: [PodStatus] = []
        var deleted: [String] = []
        var tokens: [(serviceAccount: String, audience: String?, seconds: Int)] = []
        var waiters:
            [(id: Int, predicate: @Sendable (State) -> Bool, continuation: CheckedContinuation<State, Never>)] = []
    }

    private let state = Mutex(State())

    var current: State { state.withLock { $0 } }

    func change(_ body: (inout State) -> Void) {
        let (now, met) = state.withLock { state in
            body(&state)
            let snapshot = state
            let met = state.waiters.filter { $0.predicate(snapshot) }
            state.waiters.removeAll { waiter in met.contains { $0.id == waiter.id } }
            return (state, met)
        }
        for waiter in met { waiter.continuation.resume(returning: now) }
    }

    /// Returns once what was written fulfils `predicate`.
    @discardableResult
    func until(_ predicate: @escaping @Sendable (State) -> Bool) async -> State {
        await withCheckedContinuation { continuation in
            let now: State? = state.withLock { state in
                if predicate(state) { return state }
                state.waiters.append((Int.random(in: 0 ... .max), predicate, continuation))
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
    }

    /// Returns the first status, from now or before, of which `predicate` holds.
    @discardableResult
    func status(_ predicate: @escaping @Sendable (PodStatus) -> Bool) async -> PodStatus {
        let state = await until { $0.statuses.contains(where: predicate) }
        return state.statuses.first(where: predicate) ?? PodStatus()
    }

    func configMap(_ name: String, namespace: String) async throws -> ConfigMap? { current.configMaps[name] }
    func secret(_ name: String, namespace: String) async throws -> Secret? { current.secrets[name] }

    func token(
        serviceAccount: String, audience: String?, expirationSeconds: Int, for pod: Pod
    ) async throws -> TokenRequestStatus {
        change { $0.tokens.append((serviceAccount, audience, expirationSeconds)) }
        let end = Int64(Date().timeIntervalSince1970) + Int64(expirationSeconds)
        return TokenRequestStatus(
            token: "token-\(current.tokens.count)", expirationTimestamp: Timestamp.text(seconds: end))
    }

    func write(_ status: PodStatus, of pod: Pod) async throws { change { $0.statuses.append(status) } }
    func delete(_ pod: Pod) async throws { change { $0.deleted.append(pod.metadata.uid ?? "") } }
}

/// A node for one pod, on real processes.
final class TestNode: Sendable {
    let directory: TemporaryDirectory
    let api = FakeAPI()
    let context: NodeContext
    private let pump: OutputPump

    init(
        images: [String: String] = ["shell": "/bin/sh"],
        backoff: RestartBackoff = RestartBackoff(base: .milliseconds(50)),
        refresh: Duration = .seconds(30), driver: (any ContainerDriver)? = nil
    ) throws {
        directory = try TemporaryDirectory()
        pump = try OutputPump()
        context = NodeContext(
            nodeName: "node", address: "127.0.0.1", allocatable: ["cpu": Quantity(2)], api: api,
            driver: driver ?? ProcessDriver(pump: pump, root: directory.path), images: images,
            baseEnvironment: ["PATH": "/usr/bin:/bin"], directory: NodeDirectory(root: directory.path),
            backoff: backoff,
            volumeRefresh: refresh, maxLogBytes: 1 << 20, time: .continuous, logger: Logger(label: "test"))
    }

    deinit { pump.stop() }

    /// Waits until the log of the first container's first run holds `text`.
    func waitFor(_ text: String) async throws {
        let path = context.directory.log("uid", "main", attempt: 0)
        let directory = String(path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex))
        try await FileWatch.wait(at: directory) { log().contains(text) }
    }

    func log(_ container: String = "main", attempt: Int = 0) -> String {
        let bytes = Files.read(context.directory.log("uid", container, attempt: attempt)) ?? []
        var filter = LogFilter(LogQuery())
        return String(decoding: filter.output(bytes), as: UTF8.self)
    }
}

extension Pod {
    /// A pod `pod` in namespace `n`, with one container that runs a shell script.
    static func shell(_ script: String, restartPolicy: String = "Always", edit: (inout Pod) -> Void = { _ in }) -> Pod {
        var container = Container(name: "main")
        container.image = "shell"
        container.args = ["-c", script]
        var pod = Pod(
            metadata: ObjectMeta(name: "pod", namespace: "n", uid: "uid", labels: ["app": "x"]),
            spec: PodSpec(containers: [container], restartPolicy: restartPolicy))
        pod.spec.nodeName = "node"
        edit(&pod)
        return pod
    }

    var deleted: Pod {
        var pod = self
        pod.metadata.deletionTimestamp = "2024-01-01T00:00:00Z"
        pod.metadata.deletionGracePeriodSeconds = pod.spec.terminationGracePeriodSeconds ?? 30
        return pod
    }
}

extension PodStatus {
    var main: ContainerStatus? { containerStatuses?.first { $0.name == "main" } }
    var isReady: Bool { conditions?.first { $0.type == "Ready" }?.status == "True" }
}

extension PodPlace {
    static let here = PodPlace(podIP: "127.9.9.9", hostIP: "127.0.0.1", allocatable: ["cpu": Quantity(2)])
}
