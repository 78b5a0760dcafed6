import KubernetesModel
import StructuredData

extension TableDefinition {
    private static let images: [Column] = [
        Column("Containers", description: "The names of the template's containers.", priority: 1),
        Column("Images", description: "The images of the template's containers.", priority: 1),
        Column("Selector", description: "Which pods belong to it.", priority: 1),
    ]

    static let deployments = TableDefinition(
        columns: [
            name, Column("Ready", description: "How many pods are ready, of how many there should be."),
            Column("Up-to-date", description: "How many pods have the newest template."),
            Column("Available", description: "How many pods have been ready for long enough."), age,
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
            var duration = ""
            if let start = status["startTime"]?.stringValue.flatMap(Timestamp.seconds) {
                let end = status["completionTime"]?.stringValue.flatMap(Timestamp.seconds) ?? now
                duration = CellText.duration(end - start)
            }
            return [
                CellText.name(object), .string(state(ofJob: object)), .string(completions(ofJob: object)),
                .string(duration), CellText.age(object, now), CellText.containers(spec["template"], "name"),
                CellText.containers(spec["template"], "image"), CellText.selector(spec["selector"]),
            ]
        })

    /// What a Job is up to, from what matters most.
    private static func state(ofJob job: JSON) -> String {
        func has(_ condition: String) -> Bool { CustomResource.isTrue(condition, in: job) }
        if let end = ["Complete", "Failed"].first(where: has) { return end }
        if job["metadata"]?["deletionTimestamp"] != nil { return "Terminating" }
        return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].first(where: has) ?? "Running"
    }

    /// How many pods have succeeded of those that must; of a queue of work, one of those that share it.
    private static func completions(ofJob job: JSON) -> String {
        let succeeded = job["status"]?["succeeded"]?.intValue ?? 0
        if let wanted = job["spec"]?["completions"]?.intValue { return "\(succeeded)/\(wanted)" }
        let parallelism = job["spec"]?["parallelism"]?.intValue ?? 0
        return parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
    }

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

    static let priorityClasses = TableDefinition(
        columns: [
            name, Column("Value", type: "integer"), Column("Global-Default", type: "boolean"), age,
            Column("PreemptionPolicy"),
        ],
        cells: { object, now in
            [
                CellText.name(object), object["value"] ?? 0, object["globalDefault"] ?? false,
                CellText.age(object, now), object["preemptionPolicy"] ?? "",
            ]
        })

    static let endpointSlices = TableDefinition(
        columns: [name, Column("AddressType"), Column("Ports"), Column("Endpoints"), age],
        cells: { object, now in
            let ports = (object["ports"]?.arrayValue ?? []).map {
                $0["port"]?.intValue.map(String.init) ?? $0["name"]?.stringValue ?? "*"
            }
            let addresses = (object["endpoints"]?.arrayValue ?? []).flatMap { endpoint in
                (endpoint["addresses"]?.arrayValue ?? []).compactMap(\.stringValue)
            }
            return [
                CellText.name(object), object["addressType"] ?? "", CellText.list(ports, orNone: "<unset>"),
                CellText.list(addresses, orNone: "<unset>"), CellText.age(object, now),
            ]
        })

    static let endpoints = TableDefinition(
        columns: [name, Column("Endpoints"), age],
        cells: { object, now in
            var texts: [String] = []
            for subset in object["subsets"]?.arrayValue ?? [] {
                let addresses = (subset["addresses"]?.arrayValue ?? []).compactMap { $0["ip"]?.stringValue }
                let ports = (subset["ports"]?.arrayValue ?? []).map { $0["port"]?.intValue ?? 0 }
                if ports.isEmpty { texts += addresses }
                for port in ports {
                    texts += addresses.map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" }
                }
            }
            return [CellText.name(object), CellText.list(texts, orNone: "<none>"), CellText.age(object, now)]
        })
}
