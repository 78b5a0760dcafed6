import CommonExpression
import KubernetesModel
import StructuredData

/// Turns CustomResourceDefinitions into what the server serves.
enum CustomResource {
    /// The definitions of the served versions, the storage version first; none while the CRD is not accepted or is being
    /// deleted.
    /// - Parameter version: the version of the CRD as stored.
    static func definitions(from crd: JSON, at version: Int64) -> [ResourceDefinition] {
        guard let spec = crd["spec"], let group = spec["group"]?.stringValue,
            let names = crd["status"]?["acceptedNames"], let plural = names["plural"]?.stringValue, !plural.isEmpty,
            let kind = names["kind"]?.stringValue, crd["metadata"]?["deletionTimestamp"] == nil,
            isTrue("NamesAccepted", in: crd)
        else { return [] }
        let versions = (spec["versions"]?.arrayValue ?? []).sorted { left, _ in left["storage"]?.boolValue == true }
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
            definition?.storageVersion = versions.first?["name"]?.stringValue ?? versionName
            return definition
        }
    }

    private static func definition(_ version: JSON, type: ResourceType, names: JSON) -> ResourceDefinition? {
        let openAPI = version["schema"]?["openAPIV3Schema"] ?? ["type": "object"]
        guard let schema = try? Schema(openAPI: openAPI, path: "") else { return nil }
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
            selectableFields: (version["selectableFields"]?.arrayValue ?? []).map {
                path($0["jsonPath"]).joined(separator: ".")
            },
            schema: schema.withObjectFields(),
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
    /// The schema with the fields that every object has.
    func withObjectFields() -> Schema {
        var properties = properties
        properties["apiVersion"] = Schema(kind: .string)
        properties["kind"] = Schema(kind: .string)
        properties["metadata"] = BuiltInResources.objectMeta
        return Schema(
            kind: .object, description: description, properties: properties,
            additionalProperties: additionalProperties, required: required, defaultValue: defaultValue,
            constraints: constraints, preservesUnknownFields: preservesUnknownFields, isAtomic: isAtomic, rules: rules)
    }
}
