import KubernetesModel
import StructuredData

extension TableDefinition {
    static let ingresses = TableDefinition(
        columns: [name, Column("Class"), Column("Hosts"), Column("Address"), Column("Ports"), age],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let hosts = (spec["rules"]?.arrayValue ?? []).compactMap { $0["host"]?.stringValue }.filter { !$0.isEmpty }
            let addresses = (object["status"]?["loadBalancer"]?["ingress"]?.arrayValue ?? []).compactMap {
                $0["ip"]?.stringValue ?? $0["hostname"]?.stringValue
            }
            return [
                CellText.name(object), spec["ingressClassName"] ?? "<none>",
                hosts.isEmpty ? "*" : .string(hosts.joined(separator: ",")),
                .string(addresses.joined(separator: ",")),
                spec["tls"]?.arrayValue ?? [] == [] ? "80" : "80, 443", CellText.age(object, now),
            ]
        })

    static let ingressClasses = TableDefinition(
        columns: [name, Column("Controller"), Column("Parameters"), age],
        cells: { object, now in
            let parameters = object["spec"]?["parameters"]
            let group = parameters?["apiGroup"]?.stringValue.map { ".\($0)" } ?? ""
            let text = parameters.map {
                "\($0["kind"]?.stringValue ?? "")\(group)/\($0["name"]?.stringValue ?? "")"
            }
            return [
                CellText.name(object), object["spec"]?["controller"] ?? "", .string(text ?? "<none>"),
                CellText.age(object, now),
            ]
        })

    static let runtimeClasses = TableDefinition(
        columns: [name, Column("Handler"), age],
        cells: { object, now in [CellText.name(object), object["handler"] ?? "", CellText.age(object, now)] })

    static let csiNodes = TableDefinition(
        columns: [name, Column("Drivers", type: "integer"), age],
        cells: { object, now in
            [
                CellText.name(object), JSON(object["spec"]?["drivers"]?.arrayValue?.count ?? 0),
                CellText.age(object, now),
            ]
        })

    static let storageClasses = TableDefinition(
        columns: [
            name, Column("Provisioner"), Column("ReclaimPolicy"), Column("VolumeBindingMode"),
            Column("AllowVolumeExpansion"), age,
        ],
        cells: { object, now in
            let isDefault =
                object["metadata"]?["annotations"]?["storageclass.kubernetes.io/is-default-class"]?.stringValue
                == "true"
            let name = object["metadata"]?["name"]?.stringValue ?? ""
            return [
                .string(isDefault ? "\(name) (default)" : name), object["provisioner"] ?? "",
                object["reclaimPolicy"] ?? "", object["volumeBindingMode"] ?? "",
                object["allowVolumeExpansion"] ?? false, CellText.age(object, now),
            ]
        })

    static let certificateSigningRequests = TableDefinition(
        columns: [
            name, age, Column("SignerName"), Column("Requestor"), Column("RequestedDuration"), Column("Condition"),
        ],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let conditions = (object["status"]?["conditions"]?.arrayValue ?? []).compactMap { $0["type"]?.stringValue }
            let isIssued = object["status"]?["certificate"]?.stringValue?.isEmpty == false
            let state = (conditions.isEmpty ? ["Pending"] : conditions) + (isIssued ? ["Issued"] : [])
            return [
                CellText.name(object), CellText.age(object, now), spec["signerName"] ?? "", spec["username"] ?? "",
                .string(spec["expirationSeconds"]?.intValue.map { CellText.duration(Int64($0)) } ?? "<none>"),
                .string(state.joined(separator: ",")),
            ]
        })

    static let webhookConfigurations = TableDefinition(
        columns: [name, Column("Webhooks", type: "integer"), age],
        cells: { object, now in
            [CellText.name(object), JSON(object["webhooks"]?.arrayValue?.count ?? 0), CellText.age(object, now)]
        })

    static let apiServices = TableDefinition(
        columns: [name, Column("Service"), Column("Available"), age],
        cells: { object, now in
            let service = object["spec"]?["service"]
            let text = service.map { "\($0["namespace"]?.stringValue ?? "")/\($0["name"]?.stringValue ?? "")" }
            let available = (object["status"]?["conditions"]?.arrayValue ?? []).first {
                $0["type"]?.stringValue == "Available"
            }
            return [
                CellText.name(object), .string(text ?? "Local"), available?["status"] ?? "Unknown",
                CellText.age(object, now),
            ]
        })
}
