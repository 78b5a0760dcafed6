internal import KubernetesModel

/// The config maps and secrets that a pod refers to, as read from the server; an absent one is `nil`.
struct ReferencedObjects: Sendable {
    var configMaps: [String: ConfigMap] = [:]
    var secrets: [String: Secret] = [:]
}

/// What a container finds in its environment. Pure.
struct ContainerEnvironment: Sendable {
    var pod: Pod
    var container: Container
    var objects: ReferencedObjects
    var place: PodPlace
    /// What stands there before the container's own: as an image's environment would.
    var base: [String: String]

    /// The variables, with references resolved and `$(NAME)` expanded.
    /// - Throws: `ProcessNodeError` where something that is not optional is missing.
    func resolve() throws -> [String: String] {
        var variables = base
        for source in container.envFrom ?? [] {
            for (name, value) in try values(of: source) { variables[(source.prefix ?? "") + name] = value }
        }
        for variable in container.env ?? [] {
            if let source = variable.valueFrom {
                if let value = try value(of: source, for: variable.name) { variables[variable.name] = value }
            } else {
                variables[variable.name] = Self.expand(variable.value ?? "", variables)
            }
        }
        return variables
    }

    /// Replaces `$(NAME)` by the variable's value; of an unknown variable the text stays, and `$$(NAME)` gives `$(NAME)`.
    static func expand(_ text: String, _ variables: [String: String]) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            if after.first == "$" {
                result += "$"
                rest = after.dropFirst()
            } else if after.first == "(", let end = after.firstIndex(of: ")") {
                let name = String(after[after.index(after: after.startIndex)..<end])
                result += variables[name] ?? "$(\(name))"
                rest = after[after.index(after: end)...]
            } else {
                result += "$"
                rest = after
            }
        }
        return result + rest
    }

    /// The value of a field of the pod, as `fieldRef` and the downward API name it.
    /// - Throws: `ProcessNodeError` where the field is not one of those that pods can see.
    static func field(_ path: String, of pod: Pod, place: PodPlace) throws -> String {
        let metadata = pod.metadata
        switch path {
        case "metadata.name": return metadata.name ?? ""
        case "metadata.namespace": return metadata.namespace ?? ""
        case "metadata.uid": return metadata.uid ?? ""
        case "metadata.labels": return Self.lines(metadata.labels)
        case "metadata.annotations": return Self.lines(metadata.annotations)
        case "spec.nodeName": return pod.spec.nodeName ?? ""
        case "spec.serviceAccountName": return pod.spec.serviceAccountName ?? "default"
        case "status.podIP", "status.podIPs": return place.podIP
        case "status.hostIP", "status.hostIPs": return place.hostIP
        default:
            if let key = Self.subscripted(path, "metadata.labels") { return metadata.labels?[key] ?? "" }
            if let key = Self.subscripted(path, "metadata.annotations") { return metadata.annotations?[key] ?? "" }
            throw ProcessNodeError(
                .containerConfiguration, "fieldRef.fieldPath \"\(path)\" is not a field that pods can see")
        }
    }

    private static func subscripted(_ path: String, _ field: String) -> String? {
        guard path.hasPrefix(field + "['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(field.count + 2).dropLast(2))
    }

    /// As the downward API writes maps: `key="value"` a line.
    private static func lines(_ map: [String: String]?) -> String {
        (map ?? [:]).sorted { $0.key < $1.key }.map { key, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(key)=\"\(escaped)\""
        }.joined(separator: "\n")
    }

    private func value(of source: EnvVarSource, for name: String) throws -> String? {
        if let field = source.fieldRef { return try Self.field(field.fieldPath, of: pod, place: place) }
        if let resource = source.resourceFieldRef {
            return try ResourceField.value(resource, of: pod, container: container.name, place: place)
        }
        if let key = source.configMapKeyRef {
            if let value = objects.configMaps[key.name]?.data?[key.key] { return value }
            if key.optional == true { return nil }
            throw missing("config map", key.name, key.key, objects.configMaps[key.name] != nil)
        }
        if let key = source.secretKeyRef {
            if let bytes = objects.secrets[key.name]?.bytes(key.key) { return String(decoding: bytes, as: UTF8.self) }
            if key.optional == true { return nil }
            throw missing("secret", key.name, key.key, objects.secrets[key.name] != nil)
        }
        throw ProcessNodeError(
            .containerConfiguration,
            "env \(name) of container \(container.name): this node knows fieldRef, resourceFieldRef, configMapKeyRef and "
                + "secretKeyRef only"
        )
    }

    private func values(of source: EnvFromSource) throws -> [String: String] {
        if let reference = source.configMapRef {
            if let map = objects.configMaps[reference.name] { return map.data ?? [:] }
            if reference.optional == true { return [:] }
            throw missing("config map", reference.name, nil, false)
        }
        if let reference = source.secretRef {
            if let secret = objects.secrets[reference.name] {
                var values: [String: String] = [:]
                for key in (secret.data ?? [:]).keys {
                    values[key] = secret.bytes(key).map { String(decoding: $0, as: UTF8.self) }
                }
                return values
            }
            if reference.optional == true { return [:] }
            throw missing("secret", reference.name, nil, false)
        }
        return [:]
    }

    private func missing(_ kind: String, _ name: String, _ key: String?, _ exists: Bool) -> ProcessNodeError {
        let message =
            if let key, exists {
                "couldn't find key \(key) in \(kind) \(pod.metadata.namespace ?? "")/\(name)"
            } else {
                "\(kind) \"\(name)\" not found"
            }
        return ProcessNodeError(.containerConfiguration, message)
    }
}
