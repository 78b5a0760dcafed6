import KubernetesModel
import StructuredData

/// Which scopes a resource quota may have, and which of its entries they are for.
enum QuotaScopeRules {
    private static let pods: Set = ["pods"]
    private static let compute: Set = [
        "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory",
    ]
    private static let claims: Set = ["persistentvolumeclaims", "requests.storage"]

    /// The entries that a scope is for.
    private static let entries: [String: Set<String>] = [
        "BestEffort": pods, "NotBestEffort": pods.union(compute), "Terminating": pods.union(compute),
        "NotTerminating": pods.union(compute), "PriorityClass": pods.union(compute),
        "CrossNamespacePodAffinity": pods.union(compute), "VolumeAttributesClass": claims,
    ]

    /// The entries that no scope tells apart, besides `count/…` and what names its own resource.
    private static let standard =
        pods.union(compute).union(claims).union(QuotaUsage.counted)
        .union(["ephemeral-storage", "limits.ephemeral-storage", "requests.ephemeral-storage"])

    private static let opposites = [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]]
    /// Those that are about what values an object names; the others only are, or are not.
    private static let valued: Set = ["PriorityClass", "VolumeAttributesClass"]

    /// - Parameter spec: of a ResourceQuota.
    static func validate(_ spec: JSON) -> [KubernetesStatus.Cause] {
        let scopes = (spec["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)
        let field = "spec.scopes"
        let shown = (spec["scopes"] ?? .null).text()
        var causes = problems(scopes, spec).map { KubernetesStatus.Cause.invalid(field, value: shown, $0) }
        let requirements = spec["scopeSelector"]?["matchExpressions"]?.arrayValue ?? []
        let place = "spec.scopeSelector.matchExpressions"
        let all = JSON.array(requirements).text()
        for requirement in requirements { causes += validate(requirement, place) }
        let names = requirements.compactMap { $0["scopeName"]?.stringValue }
        causes += problems(names, spec).map { .invalid("\(place).scopeName", value: all, $0) }
        return causes
    }

    private static func problems(_ scopes: [String], _ spec: JSON) -> [String] {
        var problems: [String] = []
        for scope in scopes {
            guard let known = entries[scope] else {
                problems.append("unsupported scope")
                continue
            }
            for (entry, _) in spec["hard"]?.objectValue ?? [:] where standard.contains(entry) && !known.contains(entry)
            {
                problems.append("unsupported scope applied to resource")
            }
        }
        for pair in opposites where pair.allSatisfy(scopes.contains) { problems.append("conflicting scopes") }
        return problems
    }

    private static func validate(_ requirement: JSON, _ place: String) -> [KubernetesStatus.Cause] {
        let scope = requirement["scopeName"]?.stringValue ?? ""
        let relation = requirement["operator"]?.stringValue ?? ""
        let values = requirement["values"]?.arrayValue ?? []
        let shown = JSON.string(relation).text()
        if entries[scope] != nil, !valued.contains(scope), relation != "Exists" {
            return [
                .invalid(
                    "\(place).operator", value: shown,
                    "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
                        + "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
                        + "ResourceQuotaScopeCrossNamespacePodAffinity")
            ]
        }
        switch relation {
        case "In", "NotIn":
            guard values.isEmpty else { return [] }
            return [
                .required(
                    "\(place).values",
                    "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
            ]
        case "Exists", "DoesNotExist":
            guard !values.isEmpty else { return [] }
            return [
                .invalid(
                    "\(place).values", value: JSON.array(values).text(),
                    "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")
            ]
        default: return [.invalid("\(place).operator", value: shown, "not a valid selector operator")]
        }
    }
}
