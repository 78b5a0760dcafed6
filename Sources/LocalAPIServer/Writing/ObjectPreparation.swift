import CommonExpression
import KubernetesModel
import StructuredData

/// Makes what a client sends into what is stored: pure functions, in stored form.
struct ObjectPreparation: Sendable {
    var definition: ResourceDefinition
    /// As which kind and version the client wrote.
    var type: ResourceType
    /// RFC 3339.
    var now: String

    // MARK: Create

    /// - Parameter uid: the new object's.
    func forCreate(_ object: JSON, namespace: String?, uid: String) -> JSON {
        var object = object
        var metadata = object["metadata"] ?? [:]
        for field in ["resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"] {
            metadata[field] = nil
        }
        metadata["uid"] = .string(uid)
        metadata["creationTimestamp"] = .string(now)
        metadata["namespace"] = nil
        if definition.type.namespaced { metadata["namespace"] = .string(namespace ?? "") }
        if definition.tracksGeneration { metadata["generation"] = 1 }
        object["metadata"] = metadata
        if definition.hasStatus, !definition.hooks.keepsStatusOnCreate { object["status"] = nil }
        applyDefaults(to: &object)
        definition.hooks.prepareForCreate(&object)
        return object
    }

    func applyDefaults(to object: inout JSON) {
        definition.schema.applyDefaults(to: &object)
        definition.hooks.applyDefaults(&object)
    }

    // MARK: Update

    /// The object with what this path may not change put back.
    func forUpdate(_ object: JSON, live: JSON, subresource: String?) -> JSON {
        var new = object
        switch subresource {
        case "status":
            new = live
            new["status"] = object["status"]
            let fixed = definition.metadataOutsideStatus
            for (field, value) in object["metadata"]?.objectValue ?? [:] where !fixed.contains(field) {
                new.set(value, at: ["metadata", field])
            }
            for field in ["labels", "annotations", "ownerReferences", "finalizers"]
            where !fixed.contains(field) && object["metadata"]?[field] == nil {
                new.set(nil, at: ["metadata", field])
            }
        case "finalize":
            new = live
            new.set(object["spec"]?["finalizers"], at: ["spec", "finalizers"])
        default:
            if definition.hasStatus { new["status"] = live["status"] }
            if definition.type.kind == "Namespace", definition.type.group.isEmpty { new["spec"] = live["spec"] }
        }
        var metadata = new["metadata"] ?? [:]
        for field in [
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "name",
            "namespace", "resourceVersion",
        ] {
            metadata[field] = live["metadata"]?[field]
        }
        metadata["selfLink"] = nil
        for field in ["labels", "annotations", "finalizers", "ownerReferences"] where metadata[field]?.isNull == true {
            metadata[field] = nil
        }
        new["metadata"] = metadata
        definition.hooks.prepareForUpdate(&new, live)
        applyDefaults(to: &new)
        if definition.tracksGeneration, isNewGeneration(new, live) {
            let generation = live["metadata"]?["generation"]?.intValue ?? 0
            new.set(JSON(generation + 1), at: ["metadata", "generation"])
        }
        return new
    }

    /// Whether more than metadata and status differs.
    private func isNewGeneration(_ new: JSON, _ live: JSON) -> Bool {
        func specification(_ object: JSON) -> JSON {
            var object = object
            for field in ["metadata", "apiVersion", "kind"] { object[field] = nil }
            if definition.hasStatus { object["status"] = nil }
            return object
        }
        return specification(new) != specification(live)
    }

    // MARK: Validation

    /// - Throws: 422 with every cause.
    func validate(_ object: JSON, live: JSON?, subresource: String?) throws(KubernetesStatus) {
        var causes = NameValidation.validate(object, rule: definition.nameRule)
        if let live { causes += validateFinalizers(object, live) }
        causes += validateSchema(object, live)
        if subresource != "status" {
            causes += definition.hooks.validate(object, .init(type: type, old: live))
        }
        if definition.isCustom, let paths = definition.scale { causes += ScaleView.validate(object, paths) }
        if let rules = definition.rules {
            if Self.blocksRules(causes) {
                causes.append(
                    .invalid(
                        "<nil>", value: "null",
                        "some validation rules were not checked because the object was invalid; correct the existing errors "
                            + "to complete validation"))
            } else {
                causes += RuleValidator.validate(object, replacing: live, by: rules).map(KubernetesStatus.Cause.init)
            }
        }
        guard !causes.isEmpty else { return }
        throw .invalid(definition.type, object["metadata"]?["name"]?.stringValue ?? "", causes: causes)
    }

    /// A custom resource whose lists named things twice already, as a definition may have allowed once, may go on so.
    private func validateSchema(_ object: JSON, _ live: JSON?) -> [KubernetesStatus.Cause] {
        let schema = definition.schema
        guard let live, definition.isCustom else { return schema.validate(object, path: "") }
        let causes = schema.validate(object, replacing: live, path: "")
        let repeats = { (cause: KubernetesStatus.Cause) in cause.reason == "FieldValueDuplicate" }
        guard causes.contains(where: repeats), schema.validate(live, path: "").contains(where: repeats) else {
            return causes
        }
        return causes.filter { !repeats($0) }
    }

    /// Errors after which a rule could meet values that it is not written for.
    private static func blocksRules(_ causes: [KubernetesStatus.Cause]) -> Bool {
        let blocking: Set = [
            "FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany",
            "FieldValueTypeInvalid",
        ]
        return causes.contains { blocking.contains($0.reason ?? "") }
    }

    private func validateFinalizers(_ object: JSON, _ live: JSON) -> [KubernetesStatus.Cause] {
        guard live["metadata"]?["deletionTimestamp"] != nil else { return [] }
        let before = Set((live["metadata"]?["finalizers"]?.arrayValue ?? []).compactMap(\.stringValue))
        let added = (object["metadata"]?["finalizers"]?.arrayValue ?? []).compactMap(\.stringValue)
            .filter { !before.contains($0) }
        guard !added.isEmpty else { return [] }
        let cause = KubernetesStatus.Cause.forbidden(
            "metadata.finalizers",
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                + added.map { JSON.string($0).text() }.joined(separator: ", ") + "}")
        // The real server checks a custom resource's metadata twice, and says so twice.
        return definition.isCustom ? [cause, cause] : [cause]
    }
}
