private import Glibc
internal import KubernetesModel
internal import StructuredData

/// What a node says of itself.
struct NodeDescription: Sendable {
    var name: String
    /// Where it can be reached.
    var address: String
    var port: Int
    /// What runs its containers: `process://1`.
    var runtime: String
    var labels: [String: String] = [:]
    var taints: [Taint] = []
    /// Names of images that it can run.
    var images: [String] = []
    var capacity: [String: Quantity]
    /// Why it is ready.
    var message: String

    static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }

    /// The object as it is made.
    func object() throws -> JSON {
        var spec: JSON = [:]
        if !taints.isEmpty { spec["taints"] = try JSON(encoding: taints) }
        return ["apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec]
    }

    var metadata: JSON {
        let own = [
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": Self.architecture,
            "beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": Self.architecture,
        ]
        return ["name": .string(name), "labels": JSON(own.merging(labels) { $1 })]
    }

    /// The status, to be merged by conditions' types.
    /// - Parameters:
    ///   - known: the conditions as they are on the server.
    ///   - version: the server's; what this node does is what a kubelet of that version does.
    func status(known: [NodeCondition], machine: Machine, version: String, now: String) throws -> JSON {
        let conditions = conditions(machine).map { condition -> JSON in
            let before = known.first { $0.type == condition.type }
            let since = before?.status == condition.status ? before?.lastTransitionTime ?? now : now
            return [
                "type": .string(condition.type), "status": .string(condition.status),
                "reason": .string(condition.reason ?? ""), "message": .string(condition.message ?? ""),
                "lastHeartbeatTime": .string(now), "lastTransitionTime": .string(since),
            ]
        }
        let quantities = try JSON(encoding: capacity)
        return [
            "capacity": quantities, "allocatable": quantities, "conditions": .array(conditions),
            "addresses": .array([["$patch": "replace"]] + addresses(machine)),
            "daemonEndpoints": ["kubeletEndpoint": ["Port": JSON(port)]],
            "images": .array(images.sorted().map { ["names": [.string($0)], "sizeBytes": 0] }),
            "nodeInfo": [
                "machineID": .string(machine.machineID), "systemUUID": .string(machine.machineID),
                "bootID": .string(machine.bootID), "kernelVersion": .string(machine.kernelVersion),
                "osImage": .string(machine.systemName), "containerRuntimeVersion": .string(runtime),
                "kubeletVersion": .string(version), "kubeProxyVersion": "", "operatingSystem": "linux",
                "architecture": .string(Self.architecture),
            ],
        ]
    }

    /// API servers that ask for logs go to a host name before they go to an address: only a name that the network may know is told, not
    /// one that was made up for the node.
    private func addresses(_ machine: Machine) -> [JSON] {
        let own: JSON = ["type": "InternalIP", "address": .string(address)]
        return name == machine.hostname ? [own, ["type": "Hostname", "address": .string(name)]] : [own]
    }

    private func conditions(_ machine: Machine) -> [NodeCondition] {
        func pressure(_ type: String, _ isHigh: Bool, _ high: (String, String), _ low: (String, String))
            -> NodeCondition
        {
            let (reason, message) = isHigh ? high : low
            return NodeCondition(type: type, status: isHigh ? "True" : "False", reason: reason, message: message)
        }
        return [
            pressure(
                "MemoryPressure", machine.availableMemory < 100 << 20,
                ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
                ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")),
            pressure(
                "DiskPressure", machine.availableDisk < 256 << 20,
                ("KubeletHasDiskPressure", "kubelet has disk pressure"),
                ("KubeletHasNoDiskPressure", "kubelet has no disk pressure")),
            pressure(
                "PIDPressure", machine.processCount + 100 > machine.processLimit,
                ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
                ("KubeletHasSufficientPID", "kubelet has sufficient PID available")),
            NodeCondition(type: "Ready", status: "True", reason: "KubeletReady", message: message),
        ]
    }
}
