import CommonExpression
import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let customResourceDefinition = ResourceHooks(
        applyDefaults: { crd in
            guard var names = crd["spec"]?["names"], let kind = names["kind"]?.stringValue else { return }
            if names["singular"] == nil { names["singular"] = .string(kind.lowercased()) }
            if names["listKind"] == nil { names["listKind"] = .string("\(kind)List") }
            crd.set(names, at: ["spec", "names"])
        },
        prepareForCreate: { crd in
            let stored = (crd["spec"]?["versions"]?.arrayValue ?? []).filter { $0["storage"]?.boolValue == true }
            crd["status"] = [
                "conditions": [], "acceptedNames": ["plural": "", "kind": ""],
                "storedVersions": .array(stored.compactMap { $0["name"] }),
            ]
        },
        validate: { crd, context in CustomResourceDefinitionRules.validate(crd, old: context.old) })
}

/// What a CustomResourceDefinition must fulfil before its kind is served.
enum CustomResourceDefinitionRules {
    static func validate(_ crd: JSON, old: JSON?) -> [KubernetesStatus.Cause] {
        let spec = crd["spec"] ?? [:]
        var causes: [KubernetesStatus.Cause] = []
        let name = crd["metadata"]?["name"]?.stringValue ?? ""
        let plural = spec["names"]?["plural"]?.stringValue ?? ""
        let group = spec["group"]?.stringValue ?? ""
        if name != "\(plural).\(group)" {
            causes.append(
                .invalid("metadata.name", value: JSON.string(name).text(), "must be spec.names.plural+\".\"+spec.group")
            )
        }
        if !group.contains(".") {
            causes.append(
                .invalid("spec.group", value: JSON.string(group).text(), "should be a domain with at least one dot"))
        }
        causes += validateVersions(spec, old: old?["spec"])
        causes += SchemaFeatureRules.validate(spec)
        causes += SelectableFieldRules.validate(spec)
        if let old = old?["spec"] {
            for (field, path) in [
                ("spec.group", ["group"]), ("spec.scope", ["scope"]), ("spec.names.plural", ["names", "plural"]),
                ("spec.names.kind", ["names", "kind"]),
            ] where old.value(at: path) != spec.value(at: path) {
                causes.append(WorkloadRules.immutable(field, spec.value(at: path)))
            }
        }
        return causes
    }

    private static func validateVersions(_ spec: JSON, old: JSON?) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let versions = spec["versions"]?.arrayValue ?? []
        if versions.count(where: { $0["storage"]?.boolValue == true }) != 1 {
            causes.append(
                .invalid(
                    "spec.versions", value: JSON.array(versions).text(),
                    "must have exactly one version marked as storage version"))
        }
        // The form before version 1 of the object had one schema; where one is enough, it is reported there.
        let isShared = Set(versions.map { $0["schema"] }).count == 1
        for (index, version) in versions.enumerated() {
            let path = "spec.versions[\(index)].schema.openAPIV3Schema"
            guard let schema = version["schema"]?["openAPIV3Schema"], schema.objectValue != nil else {
                causes.append(.required(path))
                continue
            }
            let type = schema["type"]?.stringValue ?? ""
            if type.isEmpty {
                let place = isShared ? "spec.validation.openAPIV3Schema" : path
                causes.append(.required("\(place).type", "must not be empty at the root"))
                continue
            }
            if type != "object" {
                causes.append(.invalid("\(path).type", value: "\"\(type)\"", "must be object at the root"))
                continue
            }
            do {
                _ = try Schema(openAPI: schema, path: path)
            } catch {
                causes.append(error.cause)
                continue
            }
            let structure = validateStructure(schema, path: path)
            causes += structure
            if structure.isEmpty, !isShared || index == 0 {
                causes += validateRules(
                    schema, of: version, old, path: isShared ? "spec.validation.openAPIV3Schema" : path)
            }
        }
        return causes
    }

    /// Rules are looked at when they are new: what was let in stays in.
    private static func validateRules(
        _ schema: JSON, of version: JSON, _ old: JSON?, path: String
    ) -> [KubernetesStatus.Cause] {
        let before = old?["versions"]?.arrayValue?.first { $0["name"] == version["name"] }
        guard before?["schema"]?["openAPIV3Schema"] != schema else { return [] }
        return RuleAdmission(schema, path: path).problems.map(KubernetesStatus.Cause.init)
    }

    /// A structural schema says the type of everything that it names.
    private static func validateStructure(_ schema: JSON, path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        func check(_ child: JSON, _ place: String, _ what: String) {
            if child["type"]?.stringValue ?? "" == "", child["x-kubernetes-int-or-string"]?.boolValue != true,
                child["x-kubernetes-preserve-unknown-fields"]?.boolValue != true
            {
                causes.append(.required("\(place).type", "must not be empty for specified \(what)"))
            }
            causes += validateStructure(child, path: place)
        }
        for (name, child) in schema["properties"]?.objectValue ?? [:] {
            check(child, "\(path).properties[\(name)]", "object fields")
        }
        if let items = schema["items"], items.objectValue != nil { check(items, "\(path).items", "array items") }
        if let additional = schema["additionalProperties"], additional.objectValue != nil {
            check(additional, "\(path).additionalProperties", "object fields")
        }
        return causes
    }
}
