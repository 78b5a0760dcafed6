import KubernetesModel
import StructuredData

/// What the real server's admission plugins do.
extension APIHandler {
    /// Refuses what may not be created in its namespace, and fills in what follows from other objects.
    ///
    /// - Returns: warnings.
    /// - Throws: 403, 404.
    func admit(creationOf object: inout JSON, _ target: Target) throws(KubernetesStatus) -> [String] {
        guard target.type.namespaced, let namespace = target.namespace else { return [] }
        let name = object["metadata"]?["name"]?.stringValue ?? ""
        let home = store.object(at: ObjectLocation(resource: "/namespaces", namespace: "", name: namespace))
        guard let home else { throw .notFound(Self.namespaces, namespace) }
        if home.fields["status.phase"] == "Terminating" {
            throw .forbidden(
                target.type, name,
                message: "unable to create new content in namespace \(namespace) because it is being terminated",
                causes: [
                    KubernetesStatus.Cause(
                        reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated",
                        field: "metadata.namespace")
                ])
        }
        let security = PodSecurity(labels: home.labels)
        guard target.type.kind == "Pod", target.type.group.isEmpty else {
            let template = object["spec"]?["template"]?["spec"]
            guard let template, !target.definition.isCustom else { return [] }
            return security.warning(aboutPod: template).map { [$0] } ?? []
        }
        try requireServiceAccount(object, namespace: namespace, name: name, target.type)
        try setPriority(of: &object, name: name, target.type)
        let spec = object["spec"] ?? [:]
        if let refusal = security.refusal(ofPod: spec) { throw .forbidden(target.type, name, message: refusal) }
        return security.warning(aboutPod: spec).map { [$0] } ?? []
    }

    /// The address of a Service that is being created; `nil` for other kinds.
    func claimAddress(of object: inout JSON, _ target: Target) throws(KubernetesStatus) -> ServiceAddresses.Claim? {
        guard target.definition.storageName == "/services" else { return nil }
        return try serviceAddresses.claim(for: &object) {
            store.objects(of: "/services").objects.compactMap { $0.fields["spec.clusterIP"] }
        }
    }

    private func requireServiceAccount(
        _ pod: JSON, namespace: String, name: String, _ type: ResourceType
    ) throws(KubernetesStatus) {
        let account = pod["spec"]?["serviceAccountName"]?.stringValue ?? "default"
        let location = ObjectLocation(resource: "/serviceaccounts", namespace: namespace, name: account)
        if store.object(at: location) == nil {
            throw .forbidden(
                type, name,
                message:
                    "error looking up service account \(namespace)/\(account): serviceaccount \"\(account)\" not found")
        }
    }

    private static let priorityClasses = "scheduling.k8s.io/priorityclasses"

    /// A pod has the priority of its class; one without has the default class, if there is one.
    private func setPriority(of pod: inout JSON, name: String, _ type: ResourceType) throws(KubernetesStatus) {
        guard pod["spec"]?.objectValue != nil else { return }
        let wanted = pod["spec"]?["priorityClassName"]?.stringValue ?? ""
        var chosen: JSON?
        if wanted.isEmpty {
            // Of several default classes the lowest counts, as on the real server.
            chosen = store.objects(of: Self.priorityClasses).objects.compactMap(unreadable.read)
                .filter { $0["globalDefault"]?.boolValue == true }
                .min { ($0["value"]?.intValue ?? 0) < ($1["value"]?.intValue ?? 0) }
        } else {
            let location = ObjectLocation(resource: Self.priorityClasses, namespace: "", name: wanted)
            guard let stored = store.object(at: location) else {
                throw .forbidden(type, name, message: "no PriorityClass with name \(wanted) was found")
            }
            chosen = unreadable.read(stored)
            if chosen == nil { throw .internalError("PriorityClass \(wanted) cannot be read") }
        }
        let priority = chosen?["value"]?.intValue ?? 0
        if let given = pod["spec"]?["priority"]?.intValue, given != priority {
            throw .forbidden(
                type, name,
                message:
                    "the integer value of priority (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(priority) from the given PriorityClass name")
        }
        guard let chosen else { return }
        pod.set(chosen["metadata"]?["name"], at: ["spec", "priorityClassName"])
        pod.set(JSON(priority), at: ["spec", "priority"])
        if pod["spec"]?["preemptionPolicy"] == nil, let policy = chosen["preemptionPolicy"] {
            pod.set(policy, at: ["spec", "preemptionPolicy"])
        }
    }
}
