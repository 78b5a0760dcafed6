import KubernetesModel
import StructuredData

/// The options of a deletion, from its body and query.
struct DeletionOptions: Sendable {
    enum Propagation: String, Sendable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    var graceSeconds: Int?
    var propagation: Propagation?
    var uid: String?
    var resourceVersion: String?
    var isDryRun: Bool

    /// - Throws: 400, 415, 422.
    init(_ request: APIRequest) throws(KubernetesStatus) {
        isDryRun = try WriteOptions(request).isDryRun
        let body = request.body.isEmpty ? [:] : try RequestBody.object(request, kind: "DeleteOptions", group: "")
        try Self.checkTypes(body)
        graceSeconds = request.query["gracePeriodSeconds"].flatMap(Int.init) ?? body["gracePeriodSeconds"]?.intValue
        uid = body["preconditions"]?["uid"]?.stringValue
        resourceVersion = body["preconditions"]?["resourceVersion"]?.stringValue
        let dryRun = (body["dryRun"]?.arrayValue ?? []).compactMap(\.stringValue)
        if dryRun.contains(where: { $0 != "All" }) {
            throw Self.invalid(.notSupported("dryRun", value: JSON(dryRun).text(), supported: ["All"]))
        }
        if dryRun.contains("All") { isDryRun = true }
        if let name = request.query["propagationPolicy"] ?? body["propagationPolicy"]?.stringValue, !name.isEmpty {
            guard let policy = Propagation(rawValue: name) else {
                throw Self.invalid(
                    .notSupported(
                        "propagationPolicy", value: JSON.string(name).text(),
                        supported: ["Foreground", "Background", "Orphan"]))
            }
            propagation = policy
        }
        if let orphan = body["orphanDependents"]?.boolValue ?? request.query["orphanDependents"].map({ $0 == "true" }) {
            if let propagation {
                throw Self.invalid(
                    .invalid(
                        "propagationPolicy", value: JSON.string(propagation.rawValue).text(),
                        "orphanDependents and deletionPropagation cannot be both set"))
            }
            propagation = orphan ? .orphan : .background
        }
    }

    private static func invalid(_ cause: KubernetesStatus.Cause) -> KubernetesStatus {
        .invalid(group: "meta.k8s.io", kind: "DeleteOptions", "", causes: [cause])
    }

    private static func checkTypes(_ body: JSON) throws(KubernetesStatus) {
        for (field, value) in body.objectValue ?? [:] where !value.isNull {
            let isGood =
                switch field {
                case "gracePeriodSeconds": value.intValue != nil
                case "orphanDependents": value.boolValue != nil
                case "propagationPolicy": value.stringValue != nil
                case "preconditions": value.objectValue != nil
                case "dryRun": value.arrayValue != nil
                default: true
                }
            if isGood { continue }
            throw .badRequest("DeleteOptions cannot be read: \(field) has the wrong type: \(value.text())")
        }
    }
}

/// The rules of deletion, on objects in stored form.
enum Deletion {
    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    /// What deleting an object does first.
    enum Step: Sendable {
        case remove
        /// It stays, marked as being deleted, until its finalizers are gone and its grace period is over.
        case mark(JSON)
        /// It is being deleted already, and nothing changes.
        case nothing
    }

    /// - Parameter now: seconds since 1970.
    static func step(
        _ object: JSON, definition: ResourceDefinition, options: DeletionOptions, now: Int64
    ) -> Step {
        var object = object
        let wasDeleting = object["metadata"]?["deletionTimestamp"] != nil
        var finalizers = (object["metadata"]?["finalizers"]?.arrayValue ?? []).compactMap(\.stringValue)
        switch options.propagation {
        case .foreground:
            finalizers.removeAll { $0 == orphanFinalizer }
            if !finalizers.contains(foregroundFinalizer) { finalizers.append(foregroundFinalizer) }
        case .orphan:
            finalizers.removeAll { $0 == foregroundFinalizer }
            if !finalizers.contains(orphanFinalizer) { finalizers.append(orphanFinalizer) }
        case .background: finalizers.removeAll { $0 == orphanFinalizer || $0 == foregroundFinalizer }
        case nil:
            // One that somebody has asked for before holds.
            if definition.hooks.orphansByDefault, !finalizers.contains(foregroundFinalizer),
                !finalizers.contains(orphanFinalizer)
            {
                finalizers.append(orphanFinalizer)
            }
        }
        let grace = graceSeconds(object, definition: definition, options: options)
        let keepsNamespace = isNamespace(definition) && object["spec"]?["finalizers"]?.arrayValue?.isEmpty == false
        let keepsDefinition = !wasDeleting && definition.storageName == ResourceRegistry.customResourceDefinitions
        if keepsDefinition { finalizers.append(CustomResourceKeeper.finalizer) }
        if finalizers.isEmpty, grace == 0, !keepsNamespace, !keepsDefinition { return .remove }

        let before = object
        object.set(finalizers.isEmpty ? JSON?.none : JSON(finalizers), at: ["metadata", "finalizers"])
        if !wasDeleting {
            object.set(.string(Timestamp.text(seconds: now + Int64(grace))), at: ["metadata", "deletionTimestamp"])
            if !keepsNamespace, !keepsDefinition {
                object.set(JSON(grace), at: ["metadata", "deletionGracePeriodSeconds"])
            }
            if let generation = object["metadata"]?["generation"]?.intValue, generation > 0 {
                object.set(JSON(generation + 1), at: ["metadata", "generation"])
            }
            if keepsNamespace { object.set("Terminating", at: ["status", "phase"]) }
            if keepsDefinition {
                NameAcceptance.set(
                    "Terminating", true, "InstanceDeletionInProgress", "CustomResource deletion is in progress",
                    in: &object, time: Timestamp.text(seconds: now))
            }
        } else if let current = object["metadata"]?["deletionGracePeriodSeconds"]?.intValue, grace < current {
            // A later deletion may only shorten the wait.
            object.set(.string(Timestamp.text(seconds: now + Int64(grace))), at: ["metadata", "deletionTimestamp"])
            object.set(JSON(grace), at: ["metadata", "deletionGracePeriodSeconds"])
        }
        return object == before ? .nothing : .mark(object)
    }

    /// Only running pods are given time.
    private static func graceSeconds(
        _ object: JSON, definition: ResourceDefinition, options: DeletionOptions
    ) -> Int {
        guard definition.type.kind == "Pod", definition.type.group.isEmpty else { return 0 }
        let isOver = ["Succeeded", "Failed"].contains(object["status"]?["phase"]?.stringValue ?? "")
        let isScheduled = object["spec"]?["nodeName"]?.stringValue?.isEmpty == false
        if isOver || !isScheduled { return 0 }
        let seconds = options.graceSeconds ?? object["spec"]?["terminationGracePeriodSeconds"]?.intValue ?? 30
        // Less than nothing means at once, but not without asking the node.
        return seconds < 0 ? 1 : seconds
    }

    /// Whether nothing keeps an object that is being deleted.
    static func isOver(_ object: JSON, definition: ResourceDefinition) -> Bool {
        let metadata = object["metadata"]
        guard metadata?["deletionTimestamp"] != nil, metadata?["finalizers"]?.arrayValue ?? [] == [] else {
            return false
        }
        if definition.storageName == ResourceRegistry.customResourceDefinitions { return true }
        if isNamespace(definition) { return object["spec"]?["finalizers"]?.arrayValue ?? [] == [] }
        return (metadata?["deletionGracePeriodSeconds"]?.intValue ?? 0) == 0
    }

    private static func isNamespace(_ definition: ResourceDefinition) -> Bool {
        definition.type.kind == "Namespace" && definition.type.group.isEmpty
    }
}
