import KubernetesModel
package import StructuredData

/// Checks objects of custom kinds as the server would on their creation, without a server.
package struct ManifestValidator: Sendable {
    private let definitions: [ResourceDefinition]
    private let groups: Set<String>

    /// - Parameter definitions: CustomResourceDefinitions that a server would accept.
    package init(definitions: [JSON]) {
        groups = Set(definitions.compactMap { $0["spec"]?["group"]?.stringValue })
        self.definitions = definitions.flatMap { definition in
            var accepted = definition
            accepted["status"] = [
                "acceptedNames": definition["spec"]?["names"] ?? [:],
                "conditions": [["type": "NamesAccepted", "status": "True"]],
            ]
            return CustomResource.definitions(from: accepted, at: 0)
        }
    }

    /// What is wrong with an object, each with the field that it is about; `nil`: it is of none of the groups of the definitions.
    package func problems(of object: JSON) -> [String]? {
        guard object.objectValue != nil else { return ["this is no object: it needs apiVersion, kind and metadata"] }
        let version = object["apiVersion"]?.stringValue ?? ""
        let kind = object["kind"]?.stringValue ?? ""
        guard !version.isEmpty, !kind.isEmpty else { return ["apiVersion and kind are required"] }
        guard groups.contains(version.split(separator: "/").first.map(String.init) ?? "") else { return nil }
        guard let definition = definitions.first(where: { $0.type.kind == kind && $0.type.apiVersion == version })
        else {
            let known = definitions.map { "\($0.type.apiVersion) \($0.type.kind)" }.sorted().joined(separator: ", ")
            return ["there is no kind \(kind) in \(version); there are \(known)"]
        }
        do {
            let decoded = try ObjectDecoder(definition: definition, validation: .strict).decode(
                RequestBody(tree: object))
            let preparation = ObjectPreparation(
                definition: definition, type: definition.type, now: Timestamp.text(seconds: 0))
            let namespace = object["metadata"]?["namespace"]?.stringValue ?? "default"
            var prepared = preparation.forCreate(decoded.object, namespace: namespace, uid: "")
            if object["metadata"]?["name"] == nil, let start = object["metadata"]?["generateName"]?.stringValue {
                prepared.set(.string(start + "00000"), at: ["metadata", "name"])
            }
            try preparation.validate(prepared, live: nil, subresource: nil)
            return []
        } catch {
            let causes = error.details?.causes ?? []
            guard !causes.isEmpty else { return [error.message] }
            return causes.map { cause in [cause.field, cause.message].compactMap { $0 }.joined(separator: ": ") }
        }
    }
}
