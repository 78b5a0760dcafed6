internal import ControllerRuntime
package import KubernetesClient
internal import KubernetesModel
package import Logging

/// Nodes that only pretend to run pods: for tests of scale.
///
/// Flow: every node registers and renews its Lease as a real one does; a pod that is bound to one of them is said to be running and
/// ready `readyDelay` later, in one write, and a deleted one is deleted in one more. A pod that is not to be restarted always, such
/// as a job's, ends in one more write when it has run for as long as its annotation `das.brashlabs.io/simulated-run-seconds` says,
/// or else for `runTime`; `das.brashlabs.io/simulated-exit-code` says with which code. Guarantees: one watch and one listener for
/// all nodes, and at most `writeConcurrency` writes at once, however many pods there are. Caveats: no process is started,
/// no probe asked, and no volume made; the time for which a pod has run begins anew with the node; asked for a log, a node
/// says so. Their label `das.brashlabs.io/simulated` tells them from real ones.
package struct SimulatedNodes: Sendable {
    /// As many as find addresses for their pods, the real node among them.
    package static let limit = LoopbackNetwork.nodeLimit
    package static let label = "das.brashlabs.io/simulated"
    /// How many writes about pods are under way at once.
    private static let writeConcurrency = 16
    /// How many nodes register at once.
    private static let registrationConcurrency = 8

    package struct Configuration: Sendable {
        package var names: [String]
        /// How long a pod takes to become ready.
        package var readyDelay: Duration
        /// How long pods run that are not to be restarted always, and do not say it themselves; `nil`: until they are deleted.
        package var runTime: Duration?
        package var maxPods: Int
        /// Where the pods of the node with this index get their addresses from.
        package var podAddresses: @Sendable (Int) -> AddressBlock
        package var address: String
        /// 0: any free port.
        package var port: Int
        package var certificatePEM: String?
        package var privateKeyPEM: String?
        package var bearerToken: String
        package var logger: Logger

        package init(
            names: [String],
            readyDelay: Duration = .zero,
            runTime: Duration? = nil,
            maxPods: Int = 250,
            podAddresses: @escaping @Sendable (Int) -> AddressBlock,
            address: String = "127.0.0.1",
            port: Int = 0,
            certificatePEM: String? = nil,
            privateKeyPEM: String? = nil,
            bearerToken: String,
            logger: Logger = Logger(label: "das.simulated-nodes")
        ) {
            self.names = names
            self.readyDelay = readyDelay
            self.runTime = runTime
            self.maxPods = maxPods
            self.podAddresses = podAddresses
            self.address = address
            self.port = port
            self.certificatePEM = certificatePEM
            self.privateKeyPEM = privateKeyPEM
            self.bearerToken = bearerToken
            self.logger = logger
        }
    }

    private let configuration: Configuration
    private let client: KubernetesClient

    package init(_ configuration: Configuration, client: KubernetesClient) {
        self.configuration = configuration
        self.client = client
    }

    /// Runs until cancelled.
    package func run() async throws {
        let logger = configuration.logger
        let manager = ControllerManager(logger: logger)
        let only = configuration.names.count == 1 ? configuration.names.first : nil
        let pods = manager.add(
            Informer<SimulatedPod>(
                client: client, of: Pod.self,
                // Of many nodes one watch is cheaper, though it brings the pods of others too.
                fieldSelector: only.map { "spec.nodeName=\($0)" } ?? "spec.nodeName!=",
                metadata: { $0.metadata }, projecting: { SimulatedPod($0) }))
        let reconciler = SimulatedPodReconciler(
            api: KubernetesNodeAPI(client: client), pods: pods.store, nodes: addresses(),
            hostIP: configuration.address, readyDelay: configuration.readyDelay, runTime: configuration.runTime,
            time: .continuous)
        let controller = Controller(
            name: "simulated-nodes", reconciler: reconciler, concurrency: Self.writeConcurrency)
        pods.onChange { reconciler.observe($0) }
        controller.watches(pods) { [$0.key] }
        manager.add(controller)
        let (ports, port) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        manager.addBackground { try await serve { port.yield($0) } }
        manager.addBackground {
            for await bound in ports { try await register(port: bound) }
        }
        try await manager.run()
    }

    private func addresses() -> [String: PodAddresses] {
        var addresses: [String: PodAddresses] = [:]
        for (index, name) in configuration.names.enumerated() {
            addresses[name] = PodAddresses(configuration.podAddresses(index))
        }
        return addresses
    }

    private func serve(_ onListening: @escaping @Sendable (Int) -> Void) async throws {
        var tls: (String, String)?
        if let certificate = configuration.certificatePEM, let key = configuration.privateKeyPEM {
            tls = (certificate, key)
        }
        try await LogServer(
            host: configuration.address, port: configuration.port, tls: tls, bearerToken: configuration.bearerToken,
            source: NoLogs(), logger: configuration.logger
        ).run(onListening: onListening)
    }

    /// Registers all, and renews their leases until cancelled, spread over the interval.
    private func register(port: Int) async throws {
        let registrations = configuration.names.map { name in
            NodeRegistration(
                node: NodeDescription(
                    name: name, address: configuration.address, port: port, runtime: "simulated://1",
                    labels: [Self.label: "true"],
                    capacity: [
                        "cpu": Quantity(1000), "memory": Quantity(1 << 40, format: .binarySI),
                        "ephemeral-storage": Quantity(1 << 40, format: .binarySI),
                        "pods": Quantity(Int64(configuration.maxPods)),
                    ],
                    message: "the node only pretends to run pods"),
                client: client, directory: "/", time: .continuous, logger: configuration.logger)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.registrationConcurrency {
                group.addTask {
                    for index in stride(from: worker, to: registrations.count, by: Self.registrationConcurrency) {
                        try await registrations[index].register()
                    }
                }
            }
            try await group.waitForAll()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, registration) in registrations.enumerated() {
                let offset = NodeRegistration.renewInterval * index / max(registrations.count, 1)
                group.addTask {
                    try await Task.sleep(for: offset)
                    try await registration.run()
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Nothing runs, so nothing was written.
private struct NoLogs: LogSource {
    func log(namespace: String, pod: String, container: String, previous: Bool) async throws -> (
        path: String, live: ContainerLog?
    ) {
        throw LogNotFound(
            description: "pod \(namespace)/\(pod) is on a simulated node: it has no process, and so no log")
    }
}
