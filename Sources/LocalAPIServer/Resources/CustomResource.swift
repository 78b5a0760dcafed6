import CommonExpression
import KubernetesModel
import StructuredData

/// Turns CustomResourceDefinitions into what the server serves.
enum CustomResource {
    /// The definitions of the served versions, the storage version first; none before the CRD's names are accepted. One that is
    /// being deleted is served until its objects are gone, since their owners may have to let them go.
    /// - Parameter version: the version of the CRD as stored.
    static func definitions(from crd: JSON, at version: Int64) -> [ResourceDefinition] {
        guard let spec = crd["spec"], let group = spec["group"]?.stringValue,
            let names = crd["status"]?["acceptedNames"], let plural = names["plural"]?.stringValue, !plural.isEmpty,
            let kind = names["kind"]?.stringValue, !kind.isEmpty,
            isTrue("NamesAccepted", in: crd) || isTrue("Established", in: crd)
        else { return [] }
        let versions = (spec["versions"]?.arrayValue ?? []).sorted { left, _ in left["storage"]?.boolValue == true }
        let isOneSchema = versions.allSatisfy { openAPI(of: $0) == openAPI(of: versions.first ?? [:]) }
        let stored = isOneSchema ? nil : schema(of: versions.first ?? [:])?.withObjectFields()
        let fields = Set(versions.flatMap(selectableFields))
        let identity = identity(crd)
        return versions.compactMap { entry in
            guard entry["served"]?.boolValue == true, let versionName = entry["name"]?.stringValue else {
                return nil
            }
            var definition = definition(
                entry,
                type: ResourceType(
                    group: group, version: versionName, kind: kind, plural: plural,
                    namespaced: spec["scope"]?.stringValue != "Cluster"),
                names: names)
            definition?.definedAt = version
            definition?.identity = identity
            definition?.isTerminating = crd["metadata"]?["deletionTimestamp"] != nil
            definition?.deprecation = deprecation(of: entry, among: versions, group: group, kind: kind)
            definition?.storageVersion = versions.first?["name"]?.stringValue ?? versionName
            definition?.storageSchema = stored
            definition?.allSelectableFields = fields
            return definition
        }
    }

    /// Tells one definition of a kind from another: the same, in one process, as long as what it says of the kind is the same, whatever
    /// else is written to it.
    static func identity(_ crd: JSON) -> Int {
        var hasher = Hasher()
        hasher.combine(crd["metadata"]?["uid"])
        hasher.combine(crd["spec"])
        hasher.combine(crd["status"]?["acceptedNames"])
        return hasher.finalize()
    }

    private static func schema(of version: JSON) -> Schema? {
        // A definition with a schema that cannot be read has been refused.
        try? Schema(openAPI: openAPI(of: version), path: "")
    }

    private static func openAPI(of version: JSON) -> JSON {
        version["schema"]?["openAPIV3Schema"] ?? ["type": "object"]
    }

    /// What whoever uses a version is told: where there is a better one, its name.
    private static func deprecation(of version: JSON, among all: [JSON], group: String, kind: String) -> String? {
        guard version["deprecated"]?.boolValue == true, let name = version["name"]?.stringValue else { return nil }
        if let warning = version["deprecationWarning"]?.stringValue { return warning }
        let better = all.filter { $0["served"]?.boolValue == true && $0["deprecated"]?.boolValue != true }
            .compactMap { $0["name"]?.stringValue }
            .filter { VersionPriority.precedes($0, name) }
            .min(by: VersionPriority.precedes)
        return "\(group)/\(name) \(kind) is deprecated" + (better.map { "; use \(group)/\($0) \(kind)" } ?? "")
    }

    private static func selectableFields(of version: JSON) -> [String] {
        (version["selectableFields"]?.arrayValue ?? []).map { path($0["jsonPath"]).joined(separator: ".") }
    }

    private static func definition(_ version: JSON, type: ResourceType, names: JSON) -> ResourceDefinition? {
        let openAPI = openAPI(of: version)
        guard let schema = schema(of: version) else { return nil }
        var subresources: [ResourceDefinition.Subresource] = []
        if version["subresources"]?["status"] != nil { subresources.append(.status(type.kind)) }
        var scale: ResourceDefinition.ScalePaths?
        if let paths = version["subresources"]?["scale"], paths.objectValue != nil {
            subresources.append(.scale)
            scale = ResourceDefinition.ScalePaths(
                specReplicas: path(paths["specReplicasPath"]), statusReplicas: path(paths["statusReplicasPath"]),
                selector: paths["labelSelectorPath"].map { path($0) })
        }
        return ResourceDefinition(
            type: type,
            listKind: names["listKind"]?.stringValue ?? "\(type.kind)List",
            singular: names["singular"]?.stringValue ?? type.kind.lowercased(),
            shortNames: strings(names["shortNames"]),
            categories: strings(names["categories"]),
            storageName: "\(type.group)/\(type.plural)",
            verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
            subresources: subresources,
            selectableFields: selectableFields(of: version),
            schema: schema.withObjectFields(),
            schemaName: (type.group.split(separator: ".").reversed() + [type.version[...], type.kind[...]])
                .joined(separator: "."),
            rules: RuleSet.make(openAPI),
            mergeSchema: MergeSchema(openAPIV3Schema: openAPI),
            isCustom: true,
            tracksGeneration: true,
            nameRule: .subdomain,
            scale: scale,
            hooks: ResourceHooks(),
            table: .custom(version["additionalPrinterColumns"]?.arrayValue ?? []),
            storageVersion: type.version)
    }

    static func isTrue(_ condition: String, in object: JSON) -> Bool {
        (object["status"]?["conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == condition && $0["status"]?.stringValue == "True"
        }
    }

    private static func strings(_ json: JSON?) -> [String] { (json?.arrayValue ?? []).compactMap(\.stringValue) }

    /// The members that a simple JSON path such as `.spec.replicas` names.
    private static func path(_ json: JSON?) -> [String] {
        (json?.stringValue ?? "").split(separator: ".").map(String.init)
    }
}

extension Schema {
    /// The fields that say which kind an object is of.
    static let typeFields = [
        "apiVersion": Schema(
            kind: .string,
            description: "APIVersion defines the group, and the version of its schema, in which this object is written."
        ),
        "kind": Schema(kind: .string, description: "Kind says what this object is. It does not change."),
    ]

    /// The fields that every object has.
    static let objectFields = typeFields.merging([
        "metadata": Schema(
            kind: .object, name: BuiltInResources.objectMeta.name,
            description: "Standard object's metadata: its name, its labels, and what the server notes about it.",
            properties: BuiltInResources.objectMeta.properties)
    ]) { $1 }

    /// The schema with the fields that every object has.
    func withObjectFields() -> Schema {
        var properties = properties
        properties.merge(Self.objectFields) { $1 }
        return Schema(
            kind: .object, name: name, title: title, description: description, properties: properties,
            additionalProperties: additionalProperties, required: required, defaultValue: defaultValue,
            constraints: constraints, preservesUnknownFields: preservesUnknownFields, isAtomic: isAtomic, rules: rules)
    }
}
