internal import ControllerRuntime
private import Glibc
internal import KubernetesClient
internal import KubernetesModel
internal import Logging
internal import StructuredData

/// Makes the node known, and keeps its Lease and its status.
struct NodeRegistration: Sendable {
    let client: KubernetesClient
    let name: String
    let address: String
    let port: Int
    let maxPods: Int
    let time: TimeSource
    let logger: Logger

    static let leaseNamespace = "kube-node-lease"
    static let leaseDurationSeconds = 40
    static let renewInterval = Duration.seconds(10)
    static let statusInterval = Duration.seconds(300)
    private static let manager = "das-node"

    /// Registers until it succeeds.
    func register() async throws {
        var failures = 0
        while true {
            do {
                try await apply()
                try await writeStatus()
                try await renewLease()
                logger.notice("node \(name) is registered")
                return
            } catch {
                try Task.checkCancellation()
                failures += 1
                logger.warning("node \(name) cannot be registered, will try again: \(error)")
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
                let isWrittenOff = try await client.get(Node.self, name).status?.conditions?.contains {
                    $0.type == "Ready" && $0.status != "True"
                }
                if isWrittenOff != false || time.now >= statusAt {
                    try await writeStatus()
                    statusAt = time.now + Self.statusInterval
                }
            } catch let status as KubernetesStatus where status.isNotFound {
                // Deleted by somebody: it is still there.
                logger.warning("node \(name) or its lease is gone; registering again")
                try await register()
            } catch {
                try Task.checkCancellation()
                logger.warning("the lease of node \(name) is not renewed: \(error)")
            }
        }
    }

    private func apply() async throws {
        let node: JSON = [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": .string(name),
                "labels": [
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": .string(Self.architecture),
                ],
            ],
        ]
        do {
            _ = try await client.create(Node.resource, node)
        } catch let status as KubernetesStatus where status.isAlreadyExists {
            _ = try await client.patch(Node.resource, name, patch: .merge(["metadata": node["metadata"] ?? [:]]))
        }
    }

    private func writeStatus() async throws {
        let now = JSON.string(WallTime.timestamp())
        let known = try await client.get(Node.self, name)
        let before = known.status?.conditions?.first { $0.type == "Ready" }
        let since = before?.status == "True" ? before?.lastTransitionTime.map(JSON.string) ?? now : now
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 1024
        let capacity: JSON = [
            "cpu": .string("\(processors)"), "memory": .string("\(memory)Ki"), "pods": .string("\(maxPods)"),
        ]
        var system = utsname()
        uname(&system)
        let release = withUnsafeBytes(of: &system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let status: JSON = [
            "capacity": capacity, "allocatable": capacity,
            "conditions": [
                [
                    "type": "Ready", "status": "True", "reason": "KubeletReady",
                    "message": "the node runs pods as processes",
                    "lastHeartbeatTime": now, "lastTransitionTime": since,
                ]
            ],
            "addresses": [
                ["type": "InternalIP", "address": .string(address)], ["type": "Hostname", "address": .string(name)],
            ],
            "daemonEndpoints": ["kubeletEndpoint": ["Port": JSON(port)]],
            "nodeInfo": [
                "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": .string(release), "osImage": "Linux",
                "containerRuntimeVersion": "process://1", "kubeletVersion": "v1.32.0-das", "kubeProxyVersion": "",
                "operatingSystem": "linux", "architecture": .string(Self.architecture),
            ],
        ]
        _ = try await client.patch(Node.resource, name, patch: .merge(["status": status]), subresource: "status")
    }

    private func renewLease() async throws {
        let spec: JSON = [
            "holderIdentity": .string(name), "leaseDurationSeconds": JSON(Self.leaseDurationSeconds),
            "renewTime": .string(WallTime.microTimestamp()),
        ]
        do {
            _ = try await client.patch(
                Lease.resource, name, namespace: Self.leaseNamespace, patch: .merge(["spec": spec]),
                options: WriteOptions(fieldManager: Self.manager))
        } catch let status as KubernetesStatus where status.isNotFound {
            let lease: JSON = [
                "apiVersion": .string(Lease.resource.apiVersion), "kind": .string(Lease.resource.kind),
                "metadata": ["name": .string(name), "namespace": .string(Self.leaseNamespace)], "spec": spec,
            ]
            _ = try await client.create(Lease.resource, lease, namespace: Self.leaseNamespace)
        }
    }

    private static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }
}
