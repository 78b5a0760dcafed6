internal import StructuredData

extension MergeSchema {
    /// The schema of a built-in kind; `nil` for kinds of other groups.
    ///
    /// Kinds that are not listed have nothing special but their metadata.
    public static func builtIn(_ resource: ResourceType) -> MergeSchema? {
        guard builtInGroups.contains(resource.group) else { return nil }
        let special = special("\(resource.group)/\(resource.kind)")
        var fields = special?.root ?? [:]
        for (name, node) in Node.objectFields { fields[name] = node }
        var empty = special?.emptyObject ?? JSONObject()
        empty["metadata"] = .object(JSONObject())
        return MergeSchema(root: .fields(fields), emptyObject: .object(empty))
    }

    /// The groups whose kinds are compiled into a server, not declared by CustomResourceDefinitions.
    public static let builtInGroups: Set<String> = [
        "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
        "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io",
        "scheduling.k8s.io", "storage.k8s.io",
    ]

    private struct Kind {
        var root: [String: Node]
        var emptyObject: JSONObject
    }

    private static let conditions = Node.fields(["conditions": .list("type")])
    private static let emptyTemplate: JSON = ["metadata": [:], "spec": ["containers": nil]]

    /// What is special about a kind.
    private static func special(_ kind: String) -> Kind? {
        switch kind {
        case "/Namespace":
            Kind(root: ["status": conditions], emptyObject: ["spec": [:], "status": [:]])
        case "/Node":
            Kind(
                root: [
                    "spec": .fields(["podCIDRs": .set]),
                    "status": .fields([
                        "addresses": .list("type"), "conditions": .list("type"), "capacity": .map, "allocatable": .map,
                    ]),
                ],
                emptyObject: [
                    "spec": [:],
                    "status": [
                        "daemonEndpoints": ["kubeletEndpoint": ["Port": 0]],
                        "nodeInfo": [
                            "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "",
                            "containerRuntimeVersion": "", "kubeletVersion": "", "kubeProxyVersion": "",
                            "operatingSystem": "", "architecture": "",
                        ],
                    ],
                ])
        case "/Pod":
            Kind(
                root: ["spec": Node.podSpec, "status": Node.podStatus],
                emptyObject: ["spec": ["containers": nil], "status": [:]])
        case "/PodTemplate":
            Kind(root: ["template": Node.podTemplate], emptyObject: ["template": emptyTemplate])
        case "/Service":
            Kind(
                root: [
                    "spec": .fields([
                        "ports": .list(
                            keys: [ListKey("port"), ListKey("protocol", default: "TCP")], items: .fields([:])),
                        "selector": .atomic,
                    ]),
                    "status": conditions,
                ],
                emptyObject: ["spec": [:], "status": ["loadBalancer": [:]]])
        case "/ServiceAccount":
            Kind(root: ["secrets": .list("name", items: .atomic)], emptyObject: [:])
        case "/ConfigMap":
            Kind(root: ["data": .map, "binaryData": .map], emptyObject: [:])
        case "/Secret":
            Kind(root: ["data": .map, "stringData": .map], emptyObject: [:])
        case "/Event":
            Kind(
                root: ["involvedObject": .atomic, "related": .atomic],
                emptyObject: [
                    "involvedObject": [:], "source": [:], "firstTimestamp": nil, "lastTimestamp": nil, "eventTime": nil,
                    "reportingComponent": "", "reportingInstance": "",
                ])
        case "/PersistentVolumeClaim":
            Kind(
                root: [
                    "spec": .fields(["dataSource": .atomic, "selector": .atomic]), "status": conditions,
                ],
                emptyObject: ["spec": ["resources": [:]], "status": [:]])
        case "events.k8s.io/Event":
            Kind(
                root: ["regarding": .atomic, "related": .atomic],
                emptyObject: [
                    "eventTime": nil, "regarding": [:], "deprecatedSource": [:], "deprecatedFirstTimestamp": nil,
                    "deprecatedLastTimestamp": nil,
                ])
        case "apps/Deployment":
            Kind(
                root: ["spec": Node.podController, "status": conditions],
                emptyObject: [
                    "spec": ["selector": nil, "template": emptyTemplate, "strategy": [:]], "status": [:],
                ])
        case "apps/ReplicaSet":
            Kind(
                root: ["spec": Node.podController, "status": conditions],
                emptyObject: ["spec": ["selector": nil, "template": emptyTemplate], "status": ["replicas": 0]])
        case "apps/StatefulSet":
            Kind(
                root: ["spec": Node.podController, "status": conditions],
                emptyObject: [
                    "spec": ["selector": nil, "template": emptyTemplate, "serviceName": "", "updateStrategy": [:]],
                    "status": ["replicas": 0, "availableReplicas": 0],
                ])
        case "apps/DaemonSet":
            Kind(
                root: ["spec": Node.podController, "status": conditions],
                emptyObject: [
                    "spec": ["selector": nil, "template": emptyTemplate, "updateStrategy": [:]],
                    "status": [
                        "currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0,
                        "numberReady": 0,
                    ],
                ])
        case "batch/Job":
            Kind(
                root: [
                    "spec": Node.podController,
                    "status": .fields([
                        "uncountedTerminatedPods": .fields(["succeeded": .set, "failed": .set])
                    ]),
                ],
                emptyObject: ["spec": ["template": emptyTemplate], "status": [:]])
        case "batch/CronJob":
            Kind(
                root: ["spec": .fields(["jobTemplate": .fields(["spec": Node.podController])])],
                emptyObject: [
                    "spec": [
                        "schedule": "", "jobTemplate": ["metadata": [:], "spec": ["template": emptyTemplate]],
                    ],
                    "status": [:],
                ])
        case "coordination.k8s.io/Lease":
            Kind(root: [:], emptyObject: ["spec": [:]])
        case "policy/PodDisruptionBudget":
            Kind(
                root: [
                    "spec": .fields(["selector": .atomic]),
                    "status": .fields(["conditions": .list("type"), "disruptedPods": .map]),
                ],
                emptyObject: [
                    "spec": [:],
                    "status": ["disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0],
                ])
        case "networking.k8s.io/NetworkPolicy":
            Kind(
                root: ["spec": .fields(["podSelector": .atomic])], emptyObject: ["spec": ["podSelector": [:]]])
        case "discovery.k8s.io/EndpointSlice":
            Kind(
                root: [:], emptyObject: ["addressType": "", "endpoints": nil, "ports": nil])
        case "rbac.authorization.k8s.io/Role":
            Kind(root: [:], emptyObject: ["rules": nil])
        case "rbac.authorization.k8s.io/ClusterRole":
            Kind(root: [:], emptyObject: ["rules": nil])
        case "rbac.authorization.k8s.io/RoleBinding":
            Kind(
                root: ["roleRef": .atomic], emptyObject: ["roleRef": ["apiGroup": "", "kind": "", "name": ""]])
        case "rbac.authorization.k8s.io/ClusterRoleBinding":
            Kind(
                root: ["roleRef": .atomic], emptyObject: ["roleRef": ["apiGroup": "", "kind": "", "name": ""]])
        case "apiextensions.k8s.io/CustomResourceDefinition":
            Kind(
                root: ["status": conditions],
                emptyObject: [
                    "spec": ["group": "", "names": ["plural": "", "kind": ""], "scope": "", "versions": nil],
                    "status": ["conditions": nil, "acceptedNames": ["plural": "", "kind": ""], "storedVersions": nil],
                ])
        default: nil
        }
    }
}

extension MergeSchema.Node {
    static let objectMeta = MergeSchema.Node.fields([
        "labels": .map, "annotations": .map, "finalizers": .set, "ownerReferences": .list("uid", items: .atomic),
        "managedFields": .atomic,
    ])

    /// The spec of a kind that makes pods.
    static let podController = MergeSchema.Node.fields(["selector": .atomic, "template": podTemplate])

    static let podTemplate = MergeSchema.Node.fields(["metadata": objectMeta, "spec": podSpec])

    static let podSpec = MergeSchema.Node.fields([
        "containers": .list("name", items: container),
        "initContainers": .list("name", items: container),
        "ephemeralContainers": .list("name", items: container),
        "volumes": .list("name", items: volume),
        "imagePullSecrets": .list("name", items: .atomic),
        "hostAliases": .list("ip"),
        "nodeSelector": .atomic,
        "overhead": .map,
        "resources": resources,
        "resourceClaims": .list("name"),
        "schedulingGates": .list("name"),
        "topologySpreadConstraints": .list(
            "topologyKey", "whenUnsatisfiable", items: .fields(["labelSelector": .atomic])),
        "affinity": .fields([
            "nodeAffinity": .fields(["requiredDuringSchedulingIgnoredDuringExecution": .atomic])
        ]),
    ])

    private static let container = MergeSchema.Node.fields([
        "env": .list(
            "name",
            items: .fields([
                "valueFrom": .fields([
                    "configMapKeyRef": .atomic, "fieldRef": .atomic, "fileKeyRef": .atomic,
                    "resourceFieldRef": .atomic, "secretKeyRef": .atomic,
                ])
            ])),
        "ports": .list(
            keys: [MergeSchema.ListKey("containerPort"), MergeSchema.ListKey("protocol", default: "TCP")],
            items: .fields([:])),
        "volumeMounts": .list("mountPath"),
        "volumeDevices": .list("devicePath"),
        "resources": resources,
    ])

    private static let resources = MergeSchema.Node.fields([
        "claims": .list("name"), "limits": .map, "requests": .map,
    ])

    /// References from volumes to Secrets are owned whole.
    private static let volume = MergeSchema.Node.fields([
        "csi": .fields(["nodePublishSecretRef": .atomic]),
        "ephemeral": .fields([
            "volumeClaimTemplate": .fields([
                "metadata": objectMeta, "spec": .fields(["dataSource": .atomic, "selector": .atomic]),
            ])
        ]),
        "cephfs": .fields(["secretRef": .atomic]),
        "cinder": .fields(["secretRef": .atomic]),
        "flexVolume": .fields(["secretRef": .atomic]),
        "iscsi": .fields(["secretRef": .atomic]),
        "rbd": .fields(["secretRef": .atomic]),
        "scaleIO": .fields(["secretRef": .atomic]),
        "storageos": .fields(["secretRef": .atomic]),
    ])

    static let podStatus = MergeSchema.Node.fields([
        "conditions": .list("type"), "podIPs": .list("ip"), "resourceClaimStatuses": .list("name"),
    ])
}
