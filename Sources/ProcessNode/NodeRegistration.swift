internal import ControllerRuntime
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import StructuredData
private import Synchronization

/// Makes the node known, and keeps its Lease and its status.
final class NodeRegistration: Sendable {
    static let leaseNamespace = "kube-node-lease"
    static let leaseDurationSeconds = 40
    static let renewInterval = Duration.seconds(10)
    static let statusInterval = Duration.seconds(300)
    private static let manager = "das-node"

    let node: NodeDescription
    private let client: KubernetesClient
    private let directory: String
    private let time: TimeSource
    private let logger: Logger
    /// Of the Node object, which owns the Lease.
    private let uid = Mutex(String?.none)

    /// - Parameter directory: where pods write; its file system is watched for pressure.
    init(node: NodeDescription, client: KubernetesClient, directory: String, time: TimeSource, logger: Logger) {
        self.node = node
        self.client = client
        self.directory = directory
        self.time = time
        self.logger = logger
    }

    /// Registers until it succeeds.
    func register() async throws {
        var failures = 0
        while true {
            do {
                try await apply()
                try await writeStatus()
                try await renewLease()
                logger.notice("node \(node.name) is registered")
                return
            } catch {
                try Task.checkCancellation()
                failures += 1
                logger.warning("node \(node.name) cannot be registered, will try again: \(error)")
                try await time.sleep(for: Self.backoff.delay(afterFailures: failures))
            }
        }
    }

    private static let backoff = Backoff(base: .milliseconds(200), limit: .seconds(7), jitter: 0)

    /// Renews until cancelled.
    func run() async throws {
        var statusAt = time.now + Self.statusInterval
        while true {
            try await time.sleep(for: Self.renewInterval)
            do {
                try await renewLease()
                // Others may have written us off while we could not be heard.
                let isWrittenOff = try await client.get(Node.self, node.name).status?.conditions?.contains {
                    $0.type == "Ready" && $0.status != "True"
                }
                if isWrittenOff != false || time.now >= statusAt {
                    try await writeStatus()
                    statusAt = time.now + Self.statusInterval
                }
            } catch let status as KubernetesStatus where status.isNotFound {
                // Deleted by somebody: it is still there.
                logger.warning("node \(node.name) or its lease is gone; registering again")
                try await register()
            } catch {
                try Task.checkCancellation()
                logger.warning("the lease of node \(node.name) is not renewed: \(error)")
            }
        }
    }

    private func apply() async throws {
        let written: JSON
        do {
            written = try await client.create(Node.resource, try node.object())
        } catch let status as KubernetesStatus where status.isAlreadyExists {
            written = try await client.patch(Node.resource, node.name, patch: .merge(["metadata": node.metadata]))
        }
        uid.withLock { $0 = written["metadata"]?["uid"]?.stringValue }
    }

    private func writeStatus() async throws {
        let known = try await client.get(Node.self, node.name)
        let version = try await client.serverVersion().gitVersion
        let directory = directory
        let machine = try await Blocking.run { Machine.read(directory: directory) }
        let status = try node.status(
            known: known.status?.conditions ?? [], machine: machine, version: version,
            now: WallTime.timestamp())
        _ = try await client.patch(
            Node.resource, node.name, patch: .strategic(["status": status]), subresource: "status")
    }

    private func renewLease() async throws {
        let spec: JSON = [
            "holderIdentity": .string(node.name), "leaseDurationSeconds": JSON(Self.leaseDurationSeconds),
            "renewTime": .string(WallTime.microTimestamp()),
        ]
        var metadata: JSON = ["name": .string(node.name), "namespace": .string(Self.leaseNamespace)]
        if let uid = uid.withLock({ $0 }) {
            metadata["ownerReferences"] = [
                ["apiVersion": "v1", "kind": "Node", "name": .string(node.name), "uid": .string(uid)]
            ]
        }
        do {
            _ = try await client.patch(
                Lease.resource, node.name, namespace: Self.leaseNamespace,
                patch: .merge(["metadata": metadata, "spec": spec]), options: WriteOptions(fieldManager: Self.manager))
        } catch let status as KubernetesStatus where status.isNotFound {
            let lease: JSON = [
                "apiVersion": .string(Lease.resource.apiVersion), "kind": .string(Lease.resource.kind),
                "metadata": metadata, "spec": spec,
            ]
            _ = try await client.create(Lease.resource, lease, namespace: Self.leaseNamespace)
        }
    }
}
