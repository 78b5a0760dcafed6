import KubernetesModel
import StructuredData

/// What one object counts for in the resource quotas of its namespace.
struct QuotaUsage: Sendable {
    /// By the names that quotas use, such as `requests.cpu` or `count/jobs.batch`.
    var amounts: [String: Quantity]
    /// What a scope asks of a pod; `nil` for other objects.
    private var pod: Pod?
    /// The classes of attributes that the volume of a claim has, or is to have; `nil` for other objects.
    private var volumeClasses: Set<String>?

    private struct Pod: Sendable {
        var scopes: PodScopes
        var containers: [JSON]
    }

    private struct PodScopes: Sendable, Hashable {
        var isTerminating: Bool
        var isBestEffort: Bool
        var priorityClass: String
        var reachesOtherNamespaces: Bool
    }

    /// - Parameter resource: where the kind's objects are stored (`group/plural`).
    init(_ object: JSON, resource: String) {
        let parts = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (group, plural) = (parts[0], parts.count > 1 ? parts[1] : "")
        amounts = ["count/\(plural)\(group.isEmpty ? "" : ".\(group)")": Quantity(1)]
        switch resource {
        case "/pods": addPod(object)
        case "/services": addService(object["spec"] ?? [:])
        case "/persistentvolumeclaims":
            addClaim(object["spec"] ?? [:])
            volumeClasses = Self.volumeClasses(of: object)
        case "/configmaps", "/secrets", "/resourcequotas", "/replicationcontrollers": amounts[plural] = Quantity(1)
        default: break
        }
    }

    private static func quantity(_ json: JSON?) -> Quantity? {
        guard let json else { return nil }
        return try? Quantity(parsing: json.stringValue ?? json.text())
    }

    private mutating func add(_ name: String, _ quantity: Quantity?) {
        guard let quantity else { return }
        amounts[name] = (amounts[name] ?? Quantity(0)) + quantity
    }

    /// What is needed beyond what was used before.
    func beyond(_ before: QuotaUsage?) -> [String: Quantity] {
        var more: [String: Quantity] = [:]
        for (name, amount) in amounts {
            let needed = amount - (before?.amounts[name] ?? Quantity(0))
            if needed > Quantity(0) { more[name] = needed }
        }
        return more
    }

    /// Whether every scope takes both in, or neither.
    func hasScopes(of other: QuotaUsage) -> Bool {
        pod?.scopes == other.pod?.scopes && volumeClasses == other.volumeClasses
    }

    private static func volumeClasses(of claim: JSON) -> Set<String> {
        let names = [
            claim["spec"]?["volumeAttributesClassName"], claim["status"]?["currentVolumeAttributesClassName"],
            claim["status"]?["modifyVolumeStatus"]?["targetVolumeAttributesClassName"],
        ]
        return Set(names.compactMap { $0?.stringValue }.filter { !$0.isEmpty })
    }

    private static let storageClassInfix = ".storageclass.storage.k8s.io/"

    private mutating func addClaim(_ spec: JSON) {
        let storage = Self.quantity(spec["resources"]?["requests"]?["storage"])
        var prefixes = [""]
        if let name = spec["storageClassName"]?.stringValue, !name.isEmpty {
            prefixes.append(name + Self.storageClassInfix)
        }
        for prefix in prefixes {
            amounts["\(prefix)persistentvolumeclaims"] = Quantity(1)
            add("\(prefix)requests.storage", storage)
        }
    }

    private mutating func addService(_ spec: JSON) {
        amounts["services"] = Quantity(1)
        let type = spec["type"]?.stringValue ?? "ClusterIP"
        if type == "LoadBalancer" { amounts["services.loadbalancers"] = Quantity(1) }
        let hasNodePorts =
            type == "NodePort" || (type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"]?.boolValue != false)
        if hasNodePorts { amounts["services.nodeports"] = Quantity(Int64(spec["ports"]?.arrayValue?.count ?? 0)) }
    }

    // MARK: Pods

    private mutating func addPod(_ object: JSON) {
        let spec = object["spec"] ?? [:]
        pod = Pod(
            scopes: PodScopes(
                isTerminating: spec["activeDeadlineSeconds"] != nil,
                isBestEffort: PodRules.qualityOfService(spec) == "BestEffort",
                priorityClass: spec["priorityClassName"]?.stringValue ?? "",
                reachesOtherNamespaces: Self.reachesOtherNamespaces(spec["affinity"])),
            containers: (spec["containers"]?.arrayValue ?? []) + (spec["initContainers"]?.arrayValue ?? []))
        // A pod that is over uses nothing any more.
        if ["Succeeded", "Failed"].contains(object["status"]?["phase"]?.stringValue ?? "") { return }
        amounts["pods"] = Quantity(1)
        for (name, quantity) in Self.sum(spec, "requests") {
            add("requests.\(name)", quantity)
            if Self.computeNames.contains(name) { amounts[name] = quantity }
        }
        for (name, quantity) in Self.sum(spec, "limits") where Self.computeNames.contains(name) {
            add("limits.\(name)", quantity)
        }
    }

    /// Whether where a pod runs depends on pods of namespaces that it names.
    private static func reachesOtherNamespaces(_ affinity: JSON?) -> Bool {
        ["podAffinity", "podAntiAffinity"].contains { member in
            let required =
                affinity?[member]?["requiredDuringSchedulingIgnoredDuringExecution"]?.arrayValue ?? []
            let preferred =
                affinity?[member]?["preferredDuringSchedulingIgnoredDuringExecution"]?.arrayValue ?? []
            return (required + preferred.compactMap { $0["podAffinityTerm"] }).contains { term in
                term["namespaces"]?.arrayValue?.isEmpty == false || term["namespaceSelector"] != nil
            }
        }
    }

    private static let computeNames: Set<String> = ["cpu", "memory", "ephemeral-storage"]

    /// What containers use together, or the largest container that runs before them.
    private static func sum(_ spec: JSON, _ member: String) -> [String: Quantity] {
        var total: [String: Quantity] = [:]
        func amounts(_ container: JSON) -> [(String, Quantity)] {
            (container["resources"]?[member]?.objectValue ?? [:]).compactMap { name, value in
                quantity(value).map { (name, $0) }
            }
        }
        let early = spec["initContainers"]?.arrayValue ?? []
        let beside = early.filter { $0["restartPolicy"]?.stringValue == "Always" }
        for container in (spec["containers"]?.arrayValue ?? []) + beside {
            for (name, quantity) in amounts(container) { total[name] = (total[name] ?? Quantity(0)) + quantity }
        }
        for container in early {
            for (name, quantity) in amounts(container) { total[name] = max(total[name] ?? Quantity(0), quantity) }
        }
        for (name, value) in spec["overhead"]?.objectValue ?? [:] {
            if let quantity = quantity(value) { total[name] = (total[name] ?? Quantity(0)) + quantity }
        }
        return total
    }

    /// The computing resources that a quota bounds and containers of the pod do not name, with those containers.
    func missing(_ bounded: [String]) -> [(resource: String, containers: [String])] {
        guard let pod, amounts["pods"] != nil else { return [] }
        return bounded.sorted().compactMap { name in
            let member = name.hasPrefix("limits.") ? "limits" : "requests"
            let resource =
                name.hasPrefix("limits.") || name.hasPrefix("requests.")
                ? String(name.drop { $0 != "." }.dropFirst()) : name
            guard Self.computeNames.contains(resource), resource != "ephemeral-storage" else { return nil }
            let without = pod.containers.filter { $0["resources"]?[member]?[resource] == nil }
            if without.isEmpty { return nil }
            return (name, without.map { $0["name"]?.stringValue ?? "" })
        }
    }

    /// Whether a quota's scopes take the object in.
    func isInScope(of quota: JSON) -> Bool {
        var requirements = (quota["scopes"]?.arrayValue ?? []).compactMap(\.stringValue).map {
            JSON(["scopeName": $0, "operator": "Exists"])
        }
        requirements += quota["scopeSelector"]?["matchExpressions"]?.arrayValue ?? []
        return requirements.allSatisfy(meets)
    }

    private func meets(_ requirement: JSON) -> Bool {
        let values = (requirement["values"]?.arrayValue ?? []).compactMap(\.stringValue)
        let scope = requirement["scopeName"]?.stringValue ?? ""
        let relation = requirement["operator"]?.stringValue ?? ""
        if let volumeClasses, scope == "VolumeAttributesClass" {
            return Self.matches(volumeClasses, relation, values)
        }
        guard let pod = pod?.scopes else { return false }
        switch scope {
        case "Terminating": return pod.isTerminating
        case "NotTerminating": return !pod.isTerminating
        case "BestEffort": return pod.isBestEffort
        case "NotBestEffort": return !pod.isBestEffort
        case "CrossNamespacePodAffinity": return pod.reachesOtherNamespaces
        case "PriorityClass":
            return Self.matches(pod.priorityClass.isEmpty ? [] : [pod.priorityClass], relation, values)
        default: return false
        }
    }

    private static func matches(_ names: Set<String>, _ relation: String, _ values: [String]) -> Bool {
        switch relation {
        case "In": !names.isDisjoint(with: values)
        case "NotIn": names.isDisjoint(with: values)
        case "DoesNotExist": names.isEmpty
        default: !names.isEmpty
        }
    }

    /// What is counted, besides `count/…`.
    static let counted: Set<String> = [
        "configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "resourcequotas", "secrets",
        "services", "services.loadbalancers", "services.nodeports",
    ]

    /// Where the objects stand that a quota's entry counts.
    static func resource(of name: String) -> String {
        if name.hasPrefix("count/") {
            let counted = name.dropFirst("count/".count)
            let plural = counted.prefix { $0 != "." }
            return "\(counted.dropFirst(plural.count + 1))/\(plural)"
        }
        if name.contains(storageClassInfix) { return "/persistentvolumeclaims" }
        switch name {
        case "services", "services.loadbalancers", "services.nodeports": return "/services"
        case "persistentvolumeclaims", "requests.storage": return "/persistentvolumeclaims"
        case "configmaps", "secrets", "resourcequotas", "replicationcontrollers": return "/\(name)"
        default: return "/pods"
        }
    }
}
