import KubernetesModel
import StructuredData

extension TableDefinition {
    private static let images: [Column] = [
        Column("Containers", description: "Names of each container in the template.", priority: 1),
        Column("Images", description: "Images referenced by each container in the template.", priority: 1),
        Column("Selector", description: "Label selector for pods.", priority: 1),
    ]

    static let deployments = TableDefinition(
        columns: [
            name, Column("Ready", description: "Number of the pod with ready state"),
            Column(
                "Up-to-date",
                description:
                    "Total number of non-terminating pods targeted by this deployment that have the desired template spec."
            ),
            Column(
                "Available",
                description:
                    "Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this "
                    + "deployment."),
            age,
        ] + images,
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let status = object["status"] ?? [:]
            let ready = status["readyReplicas"]?.intValue ?? 0
            return [
                CellText.name(object), .string("\(ready)/\(spec["replicas"]?.intValue ?? 0)"),
                status["updatedReplicas"] ?? 0, status["availableReplicas"] ?? 0, CellText.age(object, now),
                CellText.containers(spec["template"], "name"), CellText.containers(spec["template"], "image"),
                CellText.selector(spec["selector"]),
            ]
        })

    static let replicaSets = TableDefinition(
        columns: [
            name, Column("Desired", type: "integer"), Column("Current", type: "integer"),
            Column("Ready", type: "integer"), age,
        ] + images,
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let status = object["status"] ?? [:]
            return [
                CellText.name(object), spec["replicas"] ?? 0, status["replicas"] ?? 0, status["readyReplicas"] ?? 0,
                CellText.age(object, now), CellText.containers(spec["template"], "name"),
                CellText.containers(spec["template"], "image"), CellText.selector(spec["selector"]),
            ]
        })

    static let replicationControllers = TableDefinition(
        columns: replicaSets.columns,
        cells: { object, now in
            // Its selector is a plain map of labels.
            replicaSets.cells(object, now).dropLast() + [CellText.labels(object["spec"]?["selector"])]
        })

    static let podTemplates = TableDefinition(
        columns: [name, Column("Containers"), Column("Images"), Column("Pod Labels"), age],
        cells: { object, now in
            let template = object["template"]
            return [
                CellText.name(object), CellText.containers(template, "name"), CellText.containers(template, "image"),
                CellText.labels(template?["metadata"]?["labels"]), CellText.age(object, now),
            ]
        })

    static let cronJobs = TableDefinition(
        columns: [
            name, Column("Schedule"), Column("Timezone"), Column("Suspend", type: "boolean"),
            Column("Active", type: "integer"), Column("Last Schedule"), age,
        ] + images,
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let status = object["status"]
            let template = spec["jobTemplate"]?["spec"]?["template"]
            let last = status?["lastScheduleTime"]?.stringValue
            return [
                CellText.name(object), spec["schedule"] ?? "", spec["timeZone"] ?? "<none>",
                .string(spec["suspend"]?.boolValue == true ? "True" : "False"),
                JSON(status?["active"]?.arrayValue?.count ?? 0),
                .string(last.map { CellText.since($0, now) } ?? "<none>"), CellText.age(object, now),
                CellText.containers(template, "name"), CellText.containers(template, "image"),
                CellText.selector(spec["jobTemplate"]?["spec"]?["selector"]),
            ]
        })

    static let jobs = TableDefinition(
        columns: [name, Column("Status"), Column("Completions"), Column("Duration"), age] + images,
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let status = object["status"] ?? [:]
            let succeeded = status["succeeded"]?.intValue ?? 0
            var state = "Running"
            if spec["suspend"]?.boolValue == true { state = "Suspended" }
            if CustomResource.isTrue("Complete", in: object) { state = "Complete" }
            if CustomResource.isTrue("Failed", in: object) { state = "Failed" }
            var duration = ""
            if let start = status["startTime"]?.stringValue.flatMap(Timestamp.seconds) {
                let end = status["completionTime"]?.stringValue.flatMap(Timestamp.seconds) ?? now
                duration = CellText.duration(end - start)
            }
            return [
                CellText.name(object), .string(state), .string("\(succeeded)/\(spec["completions"]?.intValue ?? 1)"),
                .string(duration), CellText.age(object, now), CellText.containers(spec["template"], "name"),
                CellText.containers(spec["template"], "image"), CellText.selector(spec["selector"]),
            ]
        })

    static let podDisruptionBudgets = TableDefinition(
        columns: [
            name, Column("Min Available"), Column("Max Unavailable"), Column("Allowed Disruptions", type: "integer"),
            age,
        ],
        cells: { object, now in
            func bound(_ field: String) -> JSON {
                guard let value = object["spec"]?[field] else { return "N/A" }
                return .string(value.stringValue ?? value.text())
            }
            return [
                CellText.name(object), bound("minAvailable"), bound("maxUnavailable"),
                object["status"]?["disruptionsAllowed"] ?? 0, CellText.age(object, now),
            ]
        })

    static let leases = TableDefinition(
        columns: [name, Column("Holder"), age],
        cells: { object, now in
            [CellText.name(object), object["spec"]?["holderIdentity"] ?? "", CellText.age(object, now)]
        })

    static let networkPolicies = TableDefinition(
        columns: [name, Column("Pod-Selector"), age],
        cells: { object, now in
            [CellText.name(object), CellText.selector(object["spec"]?["podSelector"]), CellText.age(object, now)]
        })

    static let roleBindings = TableDefinition(
        columns: [
            name, Column("Role"), age, Column("Users", priority: 1), Column("Groups", priority: 1),
            Column("ServiceAccounts", priority: 1),
        ],
        cells: { object, now in
            let role = object["roleRef"] ?? [:]
            func subjects(_ kind: String) -> JSON {
                let names = (object["subjects"]?.arrayValue ?? []).filter { $0["kind"]?.stringValue == kind }.map {
                    let namespace = $0["namespace"]?.stringValue.map { "\($0)/" } ?? ""
                    return namespace + ($0["name"]?.stringValue ?? "")
                }
                return .string(names.joined(separator: ", "))
            }
            return [
                CellText.name(object),
                .string("\(role["kind"]?.stringValue ?? "")/\(role["name"]?.stringValue ?? "")"),
                CellText.age(object, now), subjects("User"), subjects("Group"), subjects("ServiceAccount"),
            ]
        })

    static let horizontalPodAutoscalers = TableDefinition(
        columns: [
            name, Column("Reference"), Column("Targets"), Column("MinPods"), Column("MaxPods"), Column("Replicas"), age,
        ],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let reference = spec["scaleTargetRef"]
            return [
                CellText.name(object),
                .string("\(reference?["kind"]?.stringValue ?? "")/\(reference?["name"]?.stringValue ?? "")"),
                "<unknown>", .string(spec["minReplicas"]?.text() ?? "<unset>"), spec["maxReplicas"] ?? 0,
                object["status"]?["currentReplicas"] ?? 0, CellText.age(object, now),
            ]
        })

    static let priorityClasses = TableDefinition(
        columns: [name, Column("Value", type: "integer"), Column("Global-Default", type: "boolean"), age],
        cells: { object, now in
            [
                CellText.name(object), object["value"] ?? 0, object["globalDefault"] ?? false,
                CellText.age(object, now),
            ]
        })

    static let endpointSlices = TableDefinition(
        columns: [name, Column("AddressType"), Column("Ports"), Column("Endpoints"), age],
        cells: { object, now in
            let ports = (object["ports"]?.arrayValue ?? []).compactMap { $0["port"]?.intValue.map(String.init) }
            let addresses = (object["endpoints"]?.arrayValue ?? []).flatMap { endpoint in
                (endpoint["addresses"]?.arrayValue ?? []).compactMap(\.stringValue)
            }
            return [
                CellText.name(object), object["addressType"] ?? "",
                ports.isEmpty ? "<unset>" : .string(ports.joined(separator: ",")),
                addresses.isEmpty ? "<unset>" : .string(addresses.joined(separator: ",")), CellText.age(object, now),
            ]
        })

    static let endpoints = TableDefinition(
        columns: [name, Column("Endpoints"), age],
        cells: { object, now in
            var texts: [String] = []
            for subset in object["subsets"]?.arrayValue ?? [] {
                let ports = subset["ports"]?.arrayValue ?? []
                for address in subset["addresses"]?.arrayValue ?? [] {
                    let ip = address["ip"]?.stringValue ?? ""
                    texts += ports.isEmpty ? [ip] : ports.map { "\(ip):\($0["port"]?.intValue ?? 0)" }
                }
            }
            let more = texts.count > 3 ? " + \(texts.count - 3) more..." : ""
            let shown = texts.prefix(3).joined(separator: ",") + more
            return [CellText.name(object), .string(texts.isEmpty ? "<none>" : shown), CellText.age(object, now)]
        })

    static let customResourceDefinitions = TableDefinition(
        columns: [
            name,
            Column(
                "Created At", type: "date", description: "Creation time of the definition."),
        ],
        cells: { object, _ in
            [CellText.name(object), object["metadata"]?["creationTimestamp"] ?? ""]
        })
}
