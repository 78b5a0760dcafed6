import KubernetesModel
import StructuredData

/// Which of the names that a CustomResourceDefinition asks for are its own, as against the others of its group.
///
/// Every name that is free is accepted, and one that another definition has is not; the definition is established once all
/// are accepted, and stays so.
struct NameAcceptance {
    /// What kinds, or resources, of the group are called by other definitions.
    private var resources: Set<String> = []
    private var kinds: Set<String> = []

    /// - Parameter others: the definitions with which it must share its group.
    init(besides others: [JSON]) {
        for other in others {
            let names = other["status"]?["acceptedNames"] ?? [:]
            resources.formUnion([names["plural"], names["singular"]].compactMap { $0?.stringValue })
            resources.formUnion(Self.texts(names["shortNames"]))
            kinds.formUnion([names["kind"], names["listKind"]].compactMap { $0?.stringValue })
        }
    }

    /// Writes the accepted names and the two conditions into a definition's status.
    /// - Parameter time: now, as conditions show it.
    func settle(_ crd: inout JSON, time: String) {
        let asked = crd["spec"]?["names"] ?? [:]
        var accepted = crd["status"]?["acceptedNames"] ?? [:]
        var refusal: (reason: String, message: String)?
        func accept(_ field: String, _ reason: String, among taken: Set<String>) {
            let names = Self.texts(asked[field])
            let conflicts = Set(names).subtracting(Self.texts(accepted[field])).intersection(taken)
            if conflicts.isEmpty {
                accepted[field] = asked[field]
            } else {
                let messages = names.filter(conflicts.contains).map { "\"\($0)\" is already in use" }
                refusal = (reason, messages.count == 1 ? messages[0] : "[\(messages.joined(separator: ", "))]")
            }
        }
        accept("plural", "PluralConflict", among: resources)
        accept("singular", "SingularConflict", among: resources)
        accept("shortNames", "ShortNamesConflict", among: resources)
        accept("kind", "KindConflict", among: kinds)
        accept("listKind", "ListKindConflict", among: kinds)
        accepted["categories"] = asked["categories"]
        crd.set(accepted, at: ["status", "acceptedNames"])

        let isEstablished = CustomResource.isTrue("Established", in: crd)
        Self.set(
            "NamesAccepted", refusal == nil, refusal?.reason ?? "NoConflicts",
            refusal?.message ?? "no conflicts found", in: &crd, time: time)
        if refusal == nil, !isEstablished {
            Self.set(
                "Established", true, "InitialNamesAccepted", "the initial names have been accepted", in: &crd,
                time: time)
        } else if !isEstablished {
            Self.set("Established", false, "NotAccepted", "not all names are accepted", in: &crd, time: time)
        }
    }

    /// Sets a condition; its time is that of the last change of its status.
    static func set(
        _ type: String, _ isTrue: Bool, _ reason: String, _ message: String, in crd: inout JSON, time: String
    ) {
        var conditions = crd["status"]?["conditions"]?.arrayValue ?? []
        let index = conditions.firstIndex { $0["type"]?.stringValue == type } ?? conditions.endIndex
        let old = conditions.indices.contains(index) ? conditions[index] : JSON?.none
        let status: JSON = isTrue ? "True" : "False"
        let condition: JSON = [
            "type": .string(type), "status": status,
            "lastTransitionTime": (old?["status"] == status ? old?["lastTransitionTime"] : JSON?.none) ?? .string(time),
            "reason": .string(reason), "message": .string(message),
        ]
        if old == nil { conditions.append(condition) } else { conditions[index] = condition }
        crd.set(.array(conditions), at: ["status", "conditions"])
    }

    private static func texts(_ names: JSON?) -> [String] {
        names?.arrayValue?.compactMap(\.stringValue) ?? names?.stringValue.map { [$0] } ?? []
    }
}
