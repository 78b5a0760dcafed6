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
        prepareForUpdate: { crd, _ in noteStoredVersion(of: &crd) },
        prepareForCreate: { crd in
            crd["status"] = ["conditions": [], "acceptedNames": ["plural": "", "kind": ""], "storedVersions": []]
            noteStoredVersion(of: &crd)
        },
        validate: { crd, context in CustomResourceDefinitionRules.validate(crd, old: context.old) },
        warnings: { crd in
            let schemas = (crd["spec"]?["versions"]?.arrayValue ?? []).compactMap { $0["schema"]?["openAPIV3Schema"] }
            return Set(schemas).flatMap(unknownFormats).map { "unrecognized format \"\($0)\"" }
        })

    /// The formats in a schema that nothing is checked for.
    private static func unknownFormats(_ schema: JSON) -> [String] {
        var formats: [String] = []
        let type = schema["type"]?.stringValue ?? ""
        if let format = schema["format"]?.stringValue, !format.isEmpty, !SchemaFormat.isKnown(format, type: type) {
            formats.append(format)
        }
        for (_, child) in schema["properties"]?.objectValue ?? [:] { formats += unknownFormats(child) }
        for key in ["items", "additionalProperties", "not"] {
            if let child = schema[key], child.objectValue != nil { formats += unknownFormats(child) }
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for child in schema[key]?.arrayValue ?? [] { formats += unknownFormats(child) }
        }
        return formats
    }

    /// Objects are stored in this version from now on; they stay in those before until somebody writes them anew.
    private static func noteStoredVersion(of crd: inout JSON) {
        var stored = crd["status"]?["storedVersions"]?.arrayValue ?? []
        for version in crd["spec"]?["versions"]?.arrayValue ?? [] where version["storage"]?.boolValue == true {
            if let name = version["name"], !stored.contains(name) { stored.append(name) }
        }
        guard !stored.isEmpty else { return }
        crd.set(.array(stored), at: ["status", "storedVersions"])
    }
}
