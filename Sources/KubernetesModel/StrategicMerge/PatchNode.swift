/// How strategic merge patch treats a part of a built-in kind. What is not named merges if it is an object, and is
/// replaced if it is a list.
indirect enum PatchNode: Sendable {
    case object([String: PatchNode])
    /// A list whose items are told apart by one member.
    case list(key: String, PatchNode)
    /// A list of scalars to which a patch adds.
    case set
    /// An object that is replaced as a whole.
    case replaced

    static let plain = PatchNode.object([:])

    static func list(_ key: String, _ item: PatchNode = .plain) -> PatchNode { .list(key: key, item) }

    func member(_ name: String) -> PatchNode {
        if case .object(let fields) = self { return fields[name] ?? .plain }
        return .plain
    }
}

extension PatchNode {
    static func builtIn(_ resource: ResourceType) -> PatchNode {
        var fields = special(resource)
        fields["metadata"] = metadata
        return .object(fields)
    }

    private static let conditions = PatchNode.object(["conditions": .list("type")])

    private static func special(_ resource: ResourceType) -> [String: PatchNode] {
        switch (resource.group, resource.kind) {
        case ("", "Pod"): ["spec": podSpec, "status": podStatus]
        case ("", "PodTemplate"): ["template": podTemplate]
        case ("", "Node"):
            [
                "spec": .object(["podCIDRs": .set]),
                "status": .object(["conditions": .list("type"), "addresses": .list("type")]),
            ]
        case ("", "Service"): ["spec": .object(["ports": .list("port")]), "status": conditions]
        case ("", "ServiceAccount"): ["secrets": .list("name")]
        case ("", "Namespace"), ("", "PersistentVolumeClaim"): ["status": conditions]
        case ("", "ReplicationController"), ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"),
            ("apps", "DaemonSet"), ("batch", "Job"):
            ["spec": podController, "status": conditions]
        case ("batch", "CronJob"):
            ["spec": .object(["jobTemplate": .object(["metadata": metadata, "spec": podController])])]
        case ("policy", "PodDisruptionBudget"):
            ["spec": .object(["selector": .replaced]), "status": conditions]
        default: [:]
        }
    }

    static let metadata = PatchNode.object(["ownerReferences": .list("uid"), "finalizers": .set])
    static let podTemplate = PatchNode.object(["metadata": metadata, "spec": podSpec])
    static let podController = PatchNode.object(["template": podTemplate])

    static let podSpec = PatchNode.object([
        "volumes": .list("name"),
        "initContainers": .list("name", container),
        "containers": .list("name", container),
        "ephemeralContainers": .list("name", container),
        "imagePullSecrets": .list("name"),
        "hostAliases": .list("ip"),
        "topologySpreadConstraints": .list("topologyKey"),
        "schedulingGates": .list("name"),
        "resourceClaims": .list("name"),
    ])

    static let podStatus = PatchNode.object([
        "conditions": .list("type"),
        "hostIPs": .list("ip"),
        "podIPs": .list("ip"),
        "resourceClaimStatuses": .list("name"),
    ])

    private static let container = PatchNode.object([
        "ports": .list("containerPort"),
        "env": .list("name"),
        "volumeMounts": .list("mountPath"),
        "volumeDevices": .list("devicePath"),
    ])
}
