import KubernetesModel
import StructuredData

extension TableDefinition {
    static let ingresses = TableDefinition(
        columns: [name, Column("Class"), Column("Hosts"), Column("Address"), Column("Ports"), age],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let hosts = (spec["rules"]?.arrayValue ?? []).compactMap { $0["host"]?.stringValue }.filter { !$0.isEmpty }
            return [
                CellText.name(object), spec["ingressClassName"] ?? "<none>",
                CellText.list(hosts, orNone: "*"), .string(CellText.loadBalancer(object["status"])),
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
                nameAndDefault(object, "ingressclass"), object["spec"]?["controller"] ?? "", .string(text ?? "<none>"),
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
            [
                nameAndDefault(object, "storageclass"), object["provisioner"] ?? "", object["reclaimPolicy"] ?? "",
                object["volumeBindingMode"] ?? "", object["allowVolumeExpansion"] ?? false, CellText.age(object, now),
            ]
        })

    /// The name of a class, and whether it is the one that is taken where none is named.
    private static func nameAndDefault(_ object: JSON, _ kind: String) -> JSON {
        let isDefault = object["metadata"]?["annotations"]?["\(kind).kubernetes.io/is-default-class"] == "true"
        guard isDefault, let name = CellText.name(object).stringValue else { return CellText.name(object) }
        return .string("\(name) (default)")
    }

    static let persistentVolumeClaims = TableDefinition(
        columns: [
            name, Column("Status"), Column("Volume"), Column("Capacity"), Column("Access Modes"),
            Column("StorageClass"), Column("VolumeAttributesClass"), age, Column("VolumeMode", priority: 1),
        ],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let status = object["status"] ?? [:]
            let isBeingDeleted = object["metadata"]?["deletionTimestamp"] != nil
            let isBound = spec["volumeName"]?.stringValue?.isEmpty == false
            let given = Set((status["accessModes"]?.arrayValue ?? []).compactMap(\.stringValue))
            let modes = accessModes.filter { given.contains($0.name) }.map(\.short).joined(separator: ",")
            return [
                CellText.name(object), isBeingDeleted ? "Terminating" : status["phase"] ?? "",
                spec["volumeName"] ?? "", isBound ? status["capacity"]?["storage"] ?? "0" : "",
                isBound ? .string(modes) : "", spec["storageClassName"] ?? "",
                spec["volumeAttributesClassName"] ?? "<unset>", CellText.age(object, now),
                spec["volumeMode"] ?? "<unset>",
            ]
        })

    private static let accessModes: [(name: String, short: String)] = [
        ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ]

    static let certificateSigningRequests = TableDefinition(
        columns: [
            name, age, Column("SignerName"), Column("Requestor"), Column("RequestedDuration"), Column("Condition"),
        ],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let conditions = (object["status"]?["conditions"]?.arrayValue ?? []).compactMap { $0["type"]?.stringValue }
            var state = [["Denied", "Approved"].first(where: conditions.contains) ?? "Pending"]
            if conditions.contains("Failed") { state.append("Failed") }
            if object["status"]?["certificate"]?.stringValue?.isEmpty == false { state.append("Issued") }
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
