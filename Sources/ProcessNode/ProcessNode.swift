internal import ControllerRuntime
private import Glibc
package import KubernetesClient
internal import KubernetesModel
package import Logging
internal import ServiceLifecycle

/// A node that runs pods as processes of this machine.
///
/// Flow: ends what an earlier life left running, registers the Node and its Lease, then runs each pod that is bound to it, proxies
/// Services, and serves containers' logs. Guarantees: one process uses a root directory at a time; no process of an earlier life runs beside one
/// of this; containers that such a process was of are counted as ended (exit code 137) and started again as their restart policy
/// says. When `run` is cancelled, or its service group shuts down, pods are stopped, each within its own grace but at most
/// `stopGraceSeconds`, and stay bound: the next life goes on with them. Caveats: containers share the host's
/// file system and network. Mounts are directories of the node, to which paths are rewritten (see `MountedPaths`). Each pod has
/// an address of its own in 127.0.0.0/8 (on a node whose own address others reach, that one, since other machines and a real
/// cluster's endpoints take no loopback addresses), but nothing makes its processes use it: a server finds it in `POD_IP` and
/// `HOST` and must bind it; two pods that bind one port on all addresses get in each other's way. Names cannot be given to processes that
/// share the machine's `/etc/hosts` and `/etc/resolv.conf`, which only root may change, and for all: there is no DNS,
/// `hostAliases`, `dnsConfig` and `subdomain` do nothing, and Services are found by their variables (see `ServiceEnvironment`).
package struct ProcessNode: Sendable {
    package struct Configuration: Sendable {
        /// The node's name; unique in the cluster.
        package var name: String
        /// Where the node keeps pods' volumes, logs and notes. Its own.
        package var rootDirectory: String
        /// Image name (with or without a tag) → path of the executable that stands for it.
        package var images: [String: String]
        /// The node's address, for the API server to reach its logs.
        package var address: String
        /// 0: any free port.
        package var port: Int
        /// The log listener's certificate chain and key; without them it speaks plain HTTP.
        package var certificatePEM: String?
        package var privateKeyPEM: String?
        /// What the API server shows to read logs. Empty: nobody may, but for holders of certificates.
        package var bearerToken: String
        /// The authorities (PEM) of client certificates whose holders may read logs, as a real API server shows one.
        package var clientAuthoritiesPEM: String?
        package var maxPods: Int
        /// Where its pods get their addresses from.
        package var podAddresses: AddressBlock
        /// Whether there are simulated nodes as well: then pods whose image is not known here had better go there.
        package var isBesideSimulated: Bool
        package var restartBackoff: RestartBackoff
        package var volumeRefreshSeconds: Double
        /// How long pods may take to stop when the node stops.
        package var stopGraceSeconds: Double
        /// A container's log is put aside when it grows beyond this; one older file is kept.
        package var maxLogBytes: Int
        /// What containers find in their environment besides what the pod says. By default the few variables of this process
        /// that programs need to run.
        package var baseEnvironment: [String: String]
        package var logger: Logger

        package init(
            name: String,
            rootDirectory: String,
            images: [String: String] = [:],
            address: String = "127.0.0.1",
            port: Int = 0,
            certificatePEM: String? = nil,
            privateKeyPEM: String? = nil,
            bearerToken: String,
            clientAuthoritiesPEM: String? = nil,
            maxPods: Int = 110,
            podAddresses: AddressBlock? = nil,
            isBesideSimulated: Bool = false,
            restartBackoff: RestartBackoff = RestartBackoff(),
            volumeRefreshSeconds: Double = 30,
            stopGraceSeconds: Double = 10,
            maxLogBytes: Int = 10 << 20,
            baseEnvironment: [String: String] = Configuration.inherited(),
            logger: Logger = Logger(label: "das.node")
        ) {
            self.name = name
            self.rootDirectory = rootDirectory
            self.images = images
            self.address = address
            self.port = port
            self.certificatePEM = certificatePEM
            self.privateKeyPEM = privateKeyPEM
            self.bearerToken = bearerToken
            self.clientAuthoritiesPEM = clientAuthoritiesPEM
            self.maxPods = maxPods
            self.podAddresses = podAddresses ?? LoopbackNetwork(seed: rootDirectory).pods(ofNode: 0)
            self.isBesideSimulated = isBesideSimulated
            self.restartBackoff = restartBackoff
            self.volumeRefreshSeconds = volumeRefreshSeconds
            self.stopGraceSeconds = stopGraceSeconds
            self.maxLogBytes = maxLogBytes
            self.baseEnvironment = baseEnvironment
            self.logger = logger
        }

        /// The variables of this process that containers inherit.
        package static func inherited() -> [String: String] {
            var variables: [String: String] = [:]
            for name in ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"] {
                if let value = getenv(name) { variables[name] = String(cString: value) }
            }
            return variables
        }
    }

    private let configuration: Configuration
    private let client: KubernetesClient
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: told the port of the log listener.
    package init(
        _ configuration: Configuration, client: KubernetesClient,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.client = client
        self.onListening = onListening
    }

    /// Runs until cancelled; returns when every pod has stopped.
    /// - Throws: `ProcessNodeError` where it cannot start.
    package func run() async throws {
        let root = try await prepareDirectory()
        let lock = try DirectoryLock(root.root)
        let logger = configuration.logger
        let ended = try await Blocking.run {
            let records = Files.names(in: root.processes).map { "\(root.processes)/\($0)" }
            return try Leftovers.end(root: root.root, records: records, logger: logger)
        }
        if ended > 0 { logger.notice("ended \(ended) processes of an earlier life of node \(configuration.name)") }
        try await serve(root)
        // Held until here, whatever the optimiser thinks of its last use.
        _ = consume lock
    }

    private func prepareDirectory() async throws -> NodeDirectory {
        let path = configuration.rootDirectory
        return try await Blocking.run {
            try Files.makeDirectory(path)
            let directory = NodeDirectory(root: Files.real(path))
            try Files.makeDirectory(directory.pods)
            try Files.makeDirectory(directory.processes)
            return directory
        }
    }

    private func serve(_ root: NodeDirectory) async throws {
        let pump = try OutputPump()
        defer { pump.stop() }
        let machine = try await Blocking.run { Machine.read(directory: root.root) }
        let parts = NodeParts(
            configuration, client: client, directory: root, driver: ProcessDriver(pump: pump, root: root.root),
            machine: machine)
        // Pods and their processes are not to be cancelled but stopped, so they live in a tree of their own, awaited here.
        let workers = Task { await parts.manager.run() }
        let result: Result<Void, any Error>
        do {
            try await cancelWhenGracefulShutdown { try await self.watch(parts) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let grace = Duration.seconds(configuration.stopGraceSeconds)
        parts.manager.stop(grace: grace)
        // By then every process is killed; what may still hang is a last write to a server that is gone.
        let limit = Task {
            try await Task.sleep(for: grace + .seconds(3))
            workers.cancel()
        }
        await workers.value
        limit.cancel()
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
    }

    /// Watches pods, serves logs and keeps the node registered, until cancelled.
    private func watch(_ parts: NodeParts) async throws {
        var tls: (String, String)?
        if let certificate = configuration.certificatePEM, let key = configuration.privateKeyPEM {
            tls = (certificate, key)
        }
        let server = LogServer(
            host: configuration.address, port: configuration.port, tls: tls, bearerToken: configuration.bearerToken,
            clientAuthoritiesPEM: configuration.clientAuthoritiesPEM, source: parts.manager, summary: parts.usage,
            logger: configuration.logger)
        let (ports, port) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run { bound in port.yield(bound) }
                // It ends only when it is told to.
                try Task.checkCancellation()
            }
            group.addTask {
                for await bound in ports {
                    self.onListening(bound)
                    let registration = NodeRegistration(
                        node: self.description(port: bound, capacity: parts.capacity), client: self.client,
                        directory: parts.directory, time: .continuous, logger: self.configuration.logger)
                    try await registration.register()
                    self.tell(parts.events)
                    try await registration.run()
                }
            }
            group.addTask { try await parts.services.run() }
            group.addTask { try await parts.slices.run() }
            group.addTask { await parts.events.run() }
            group.addTask { await parts.proxy.run() }
            group.addTask { await parts.usage.run() }
            group.addTask {
                // A container's environment names the Services that there are.
                try await parts.services.waitUntilSynced()
                try await parts.pods.run()
            }
            group.addTask {
                try await parts.pods.waitUntilSynced()
                await parts.manager.removeStale()
            }
            while try await group.next() != nil {}
        }
    }

    /// Tells people that the node has begun to serve.
    private func tell(_ events: EventRecorder) {
        // As kubelets do: `kubectl describe node` looks for events on a node's name as on its UID.
        let node = ObjectReference(kind: Node.resource.kind, name: configuration.name, uid: configuration.name)
        events.record(reason: "Starting", note: "Starting das node.", on: node)
        events.record(reason: "NodeReady", note: "Node \(configuration.name) status is now: NodeReady", on: node)
    }

    private static let processTaint = Taint(
        key: "das.brashlabs.io/processes", value: "true", effect: "PreferNoSchedule")

    private func description(port: Int, capacity: [String: Quantity]) -> NodeDescription {
        NodeDescription(
            name: configuration.name, address: configuration.address, port: port, runtime: "process://1",
            taints: configuration.isBesideSimulated ? [Self.processTaint] : [],
            images: Array(configuration.images.keys), capacity: capacity,
            message: "the node runs pods as processes")
    }
}
