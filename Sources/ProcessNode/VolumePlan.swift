internal import KubernetesModel

/// A file of a volume, as it should be.
struct VolumeFile: Sendable, Hashable {
    /// Below the volume's directory.
    var path: String
    var bytes: [UInt8]
    var mode: Int
}

/// A service-account token that a volume asks for.
struct TokenDemand: Sendable, Hashable {
    var audience: String?
    var expirationSeconds: Int
}

/// What a pod's volumes hold. Pure: the objects and tokens they are made of are parameters.
struct VolumePlan: Sendable {
    var pod: Pod
    var place: PodPlace
    var objects: ReferencedObjects
    var tokens: [TokenDemand: String]

    private static let defaultMode = 0o644
    private static let tokenMode = 0o600
    /// What the API server gives at least.
    static let shortestTokenSeconds = 600

    /// The config maps and secrets that `pod` refers to anywhere.
    static func references(of pod: Pod) -> (configMaps: Set<String>, secrets: Set<String>) {
        var maps: Set<String> = []
        var secrets: Set<String> = []
        for container in (pod.spec.initContainers ?? []) + pod.spec.containers {
            for source in container.envFrom ?? [] {
                if let name = source.configMapRef?.name { maps.insert(name) }
                if let name = source.secretRef?.name { secrets.insert(name) }
            }
            for variable in container.env ?? [] {
                if let name = variable.valueFrom?.configMapKeyRef?.name { maps.insert(name) }
                if let name = variable.valueFrom?.secretKeyRef?.name { secrets.insert(name) }
            }
        }
        for volume in pod.spec.volumes ?? [] {
            if let name = volume.configMap?.name { maps.insert(name) }
            if let name = volume.secret?.secretName { secrets.insert(name) }
            for source in volume.projected?.sources ?? [] {
                if let name = source.configMap?.name { maps.insert(name) }
                if let name = source.secret?.name { secrets.insert(name) }
            }
        }
        return (maps, secrets)
    }

    /// The tokens that the volumes of `pod` ask for.
    static func tokens(of pod: Pod) -> Set<TokenDemand> {
        var demands: Set<TokenDemand> = []
        for volume in pod.spec.volumes ?? [] {
            for source in volume.projected?.sources ?? [] {
                if let token = source.serviceAccountToken { demands.insert(demand(token)) }
            }
        }
        return demands
    }

    private static func demand(_ token: ServiceAccountTokenProjection) -> TokenDemand {
        TokenDemand(
            audience: token.audience.flatMap { $0.isEmpty ? nil : $0 },
            expirationSeconds: max(token.expirationSeconds ?? 3600, shortestTokenSeconds))
    }

    /// The files of `volume`; `nil` for a volume whose content is the container's own.
    /// - Throws: `ProcessNodeError` where something that is not optional is missing, or the kind of volume is not known.
    func files(of volume: Volume) throws -> [VolumeFile]? {
        if volume.emptyDir != nil || volume.hostPath != nil || volume.persistentVolumeClaim != nil { return nil }
        if let source = volume.configMap {
            return try configMap(source.name, source.items, source.optional, source.defaultMode)
        }
        if let source = volume.secret {
            return try secret(source.secretName ?? "", source.items, source.optional, source.defaultMode)
        }
        if let source = volume.downwardAPI { return try downward(source.items, source.defaultMode) }
        if let source = volume.projected {
            var files: [VolumeFile] = []
            for part in source.sources ?? [] {
                if let map = part.configMap {
                    files += try configMap(map.name, map.items, map.optional, source.defaultMode)
                }
                if let secret = part.secret {
                    files += try self.secret(secret.name, secret.items, secret.optional, source.defaultMode)
                }
                if let fields = part.downwardAPI { files += try downward(fields.items, source.defaultMode) }
                if let token = part.serviceAccountToken {
                    guard let text = tokens[Self.demand(token)] else {
                        throw ProcessNodeError(.containerConfiguration, "no token yet for volume \(volume.name)")
                    }
                    files.append(
                        VolumeFile(
                            path: try Self.checked(token.path), bytes: Array(text.utf8),
                            mode: source.defaultMode ?? Self.tokenMode))
                }
            }
            return files
        }
        throw ProcessNodeError(
            .containerConfiguration,
            "volume \(volume.name): this node knows emptyDir, hostPath, persistentVolumeClaim, configMap, secret, downwardAPI "
                + "and projected")
    }

    private func configMap(
        _ name: String, _ items: [KeyToPath]?, _ optional: Bool?, _ mode: Int?
    ) throws -> [VolumeFile] {
        guard let map = objects.configMaps[name] else {
            if optional == true { return [] }
            throw ProcessNodeError(.containerConfiguration, "configmap \"\(name)\" not found")
        }
        let keys = Array((map.data ?? [:]).keys) + Array((map.binaryData ?? [:]).keys)
        return try files("configmap \"\(name)\"", keys, items, optional, mode) { map.bytes($0) }
    }

    private func secret(
        _ name: String, _ items: [KeyToPath]?, _ optional: Bool?, _ mode: Int?
    ) throws -> [VolumeFile] {
        guard let secret = objects.secrets[name] else {
            if optional == true { return [] }
            throw ProcessNodeError(.containerConfiguration, "secret \"\(name)\" not found")
        }
        let keys = Array((secret.data ?? [:]).keys)
        return try files("secret \"\(name)\"", keys, items, optional, mode) { secret.bytes($0) }
    }

    private func files(
        _ source: String, _ keys: [String], _ items: [KeyToPath]?, _ optional: Bool?, _ mode: Int?,
        _ bytes: (String) -> [UInt8]?
    ) throws -> [VolumeFile] {
        let chosen = items ?? keys.sorted().map { KeyToPath(key: $0, path: $0) }
        return try chosen.compactMap { item in
            guard let bytes = bytes(item.key) else {
                if optional == true { return nil }
                throw ProcessNodeError(.containerConfiguration, "\(source) has no key \"\(item.key)\"")
            }
            return VolumeFile(
                path: try Self.checked(item.path), bytes: bytes, mode: item.mode ?? mode ?? Self.defaultMode)
        }
    }

    private func downward(_ items: [DownwardAPIVolumeFile]?, _ mode: Int?) throws -> [VolumeFile] {
        try (items ?? []).map { item in
            let text: String
            if let field = item.fieldRef {
                text = try ContainerEnvironment.field(field.fieldPath, of: pod, place: place)
            } else if let resource = item.resourceFieldRef {
                text = try ResourceField.value(resource, of: pod, container: nil, place: place)
            } else {
                throw ProcessNodeError(
                    .containerConfiguration, "downwardAPI \"\(item.path)\" must have a fieldRef or a resourceFieldRef")
            }
            return VolumeFile(
                path: try Self.checked(item.path), bytes: Array(text.utf8), mode: item.mode ?? mode ?? Self.defaultMode)
        }
    }

    /// The API server checks paths too; a node must not depend on it.
    private static func checked(_ path: String) throws -> String {
        guard !path.isEmpty, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            throw ProcessNodeError(.containerConfiguration, "the path \"\(path)\" leaves its volume")
        }
        return path
    }
}
