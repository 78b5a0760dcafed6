import KubernetesModel
import StructuredData

extension TableDefinition {
    static let configMaps = TableDefinition(
        columns: [name, Column("Data", type: "integer"), age],
        cells: { object, now in
            let count = (object["data"]?.objectValue?.count ?? 0) + (object["binaryData"]?.objectValue?.count ?? 0)
            return [CellText.name(object), JSON(count), CellText.age(object, now)]
        })

    static let secrets = TableDefinition(
        columns: [name, Column("Type"), Column("Data", type: "integer"), age],
        cells: { object, now in
            [
                CellText.name(object), object["type"] ?? "Opaque", JSON(object["data"]?.objectValue?.count ?? 0),
                CellText.age(object, now),
            ]
        })

    static let resourceQuotas = TableDefinition(
        columns: [name, Column("Request"), Column("Limit"), age],
        cells: { object, now in
            let hard = object["status"]?["hard"]?.objectValue ?? [:]
            let used = object["status"]?["used"]
            func list(_ isWanted: (String) -> Bool) -> JSON {
                let texts = hard.keys.filter(isWanted).sorted().map {
                    "\($0): \(used?[$0]?.stringValue ?? "0")/\(hard[$0]?.stringValue ?? "0")"
                }
                return .string(texts.joined(separator: ", "))
            }
            return [
                CellText.name(object), list { !$0.hasPrefix("limits.") }, list { $0.hasPrefix("limits.") },
                CellText.age(object, now),
            ]
        })

    static let namespaces = TableDefinition(
        columns: [name, Column("Status"), age],
        cells: { object, now in
            [CellText.name(object), object["status"]?["phase"] ?? "", CellText.age(object, now)]
        })

    static let services = TableDefinition(
        columns: [
            name, Column("Type"), Column("Cluster-IP"), Column("External-IP"), Column("Port(s)"), age,
            Column("Selector", priority: 1),
        ],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let ports = (spec["ports"]?.arrayValue ?? []).map { port in
                let node = port["nodePort"]?.intValue.map { ":\($0)" } ?? ""
                return "\(port["port"]?.intValue ?? 0)\(node)/\(port["protocol"]?.stringValue ?? "TCP")"
            }
            return [
                CellText.name(object), spec["type"] ?? "ClusterIP", spec["clusterIP"] ?? "<none>",
                .string(externalAddresses(ofService: object)),
                ports.isEmpty ? "<none>" : .string(ports.joined(separator: ",")), CellText.age(object, now),
                CellText.labels(spec["selector"]),
            ]
        })

    /// Where a Service is reached from outside.
    private static func externalAddresses(ofService service: JSON) -> String {
        let spec = service["spec"] ?? [:]
        let type = spec["type"]?.stringValue
        if type == "ExternalName" { return spec["externalName"]?.stringValue ?? "" }
        var addresses = (spec["externalIPs"]?.arrayValue ?? []).compactMap(\.stringValue)
        if type == "LoadBalancer" {
            let balancer = CellText.loadBalancer(service["status"])
            if !balancer.isEmpty { addresses.insert(balancer, at: 0) }
            if addresses.isEmpty { return "<pending>" }
        }
        return addresses.isEmpty ? "<none>" : addresses.joined(separator: ",")
    }

    static let nodes = TableDefinition(
        columns: [
            name, Column("Status"), Column("Roles"), age, Column("Version"), Column("Internal-IP", priority: 1),
            Column("External-IP", priority: 1), Column("OS-Image", priority: 1), Column("Kernel-Version", priority: 1),
            Column("Container-Runtime", priority: 1),
        ],
        cells: { object, now in
            let status = object["status"] ?? [:]
            let ready = (status["conditions"]?.arrayValue ?? []).first { $0["type"]?.stringValue == "Ready" }
            var state =
                switch ready?["status"]?.stringValue {
                case "True": "Ready"
                case nil: "Unknown"
                default: "NotReady"
                }
            if object["spec"]?["unschedulable"]?.boolValue == true { state += ",SchedulingDisabled" }
            let roles = (object["metadata"]?["labels"]?.objectValue ?? [:]).compactMap { label, value -> String? in
                let prefix = "node-role.kubernetes.io/"
                let role = label == "kubernetes.io/role" ? value.stringValue : nil
                return label.hasPrefix(prefix) ? String(label.dropFirst(prefix.count)) : role
            }.filter { !$0.isEmpty }
            func address(_ type: String) -> JSON {
                (status["addresses"]?.arrayValue ?? []).first { $0["type"]?.stringValue == type }?["address"]
                    ?? "<none>"
            }
            func info(_ field: String) -> JSON {
                let text = status["nodeInfo"]?[field]?.stringValue ?? ""
                return text.isEmpty ? "<unknown>" : .string(text)
            }
            let architecture = status["nodeInfo"]?["architecture"]?.stringValue.map { " (\($0))" } ?? ""
            return [
                CellText.name(object), .string(state),
                roles.isEmpty ? "<none>" : .string(Set(roles).sorted().joined(separator: ",")),
                CellText.age(object, now),
                status["nodeInfo"]?["kubeletVersion"] ?? "", address("InternalIP"), address("ExternalIP"),
                info("osImage"), .string((info("kernelVersion").stringValue ?? "") + architecture),
                info("containerRuntimeVersion"),
            ]
        })

    static let events = TableDefinition(
        columns: [
            Column("Last Seen"), Column("Type"), Column("Reason"), Column("Object"),
            Column("Subobject", priority: 1), Column("Source", priority: 1), Column("Message"),
            Column("First Seen", priority: 1), Column("Count", priority: 1), Column("Name", priority: 1),
        ],
        cells: { event, now in
            let series = event["series"]?["lastObservedTime"]?.stringValue
            let last = series ?? event["lastTimestamp"]?.stringValue ?? event["deprecatedLastTimestamp"]?.stringValue
            let first = event["firstTimestamp"]?.stringValue ?? event["deprecatedFirstTimestamp"]?.stringValue
            let time = event["eventTime"]?.stringValue
            let about = event["involvedObject"] ?? event["regarding"] ?? [:]
            let kind = about["kind"]?.stringValue?.lowercased() ?? ""
            func given(_ texts: JSON?...) -> String? { texts.compactMap { $0?.stringValue }.first { !$0.isEmpty } }
            let source = event["source"] ?? event["deprecatedSource"]
            let reporter = [
                given(source?["component"], event["reportingComponent"], event["reportingController"]),
                given(source?["host"], event["reportingInstance"]),
            ]
            let count = event["series"]?["count"] ?? event["count"] ?? event["deprecatedCount"] ?? 1
            return [
                .string(CellText.since(last ?? time, now)), event["type"] ?? "", event["reason"] ?? "",
                .string(kind.isEmpty ? "" : "\(kind)/\(about["name"]?.stringValue ?? "")"), about["fieldPath"] ?? "",
                .string(reporter.compactMap(\.self).joined(separator: ", ")), event["message"] ?? event["note"] ?? "",
                .string(CellText.since(first ?? time, now)),
                count, CellText.name(event),
            ]
        })
}
