import KubernetesModel
import StructuredData

/// Kinds that on other servers would have the server call somebody: it says at once that this one does not.
extension ResourceHooks {
    static let webhookConfiguration = ResourceHooks(
        writeWarning: "this server calls no admission webhooks: the configuration is kept and has no effect")

    static let apiService = ResourceHooks(
        validate: { service, _ in
            let name = service["metadata"]?["name"]?.stringValue ?? ""
            let spec = service["spec"]
            let expected = "\(spec?["version"]?.stringValue ?? "").\(spec?["group"]?.stringValue ?? "")"
            if name == expected { return [] }
            return [
                .invalid(
                    "metadata.name", value: "\"\(name)\"", "must be `spec.version+\".\"+spec.group`: \"\(expected)\"")
            ]
        },
        writeWarning: "this server aggregates no other API servers: the object is kept and has no effect")
}
