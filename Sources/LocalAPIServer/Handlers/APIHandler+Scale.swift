import KubernetesModel
import StructuredData

extension APIHandler {
    /// The scale subresource: a view on an object as `autoscaling/v1` Scale.
    func scale(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        guard let paths = target.definition.scale else { throw target.notFound }
        guard let stored = store.object(at: try target.location()) else { throw target.notFound }
        if request.info.verb == "get" {
            let object = try target.definition.object(stored)
            if target.definition.isCustom, object.value(at: paths.specReplicas) == nil {
                throw KubernetesStatus.internalError("the spec replicas field \(paths.specReplicasText) does not exist")
            }
            return .json(ScaleView.scale(of: object, paths))
        }

        let isApply = Patch.isApply(request.contentType) && request.method == "PATCH"
        let options = try WriteOptions(request, isApply: isApply)
        let patch: Patch? =
            request.method == "PATCH"
            ? try Patch(request, type: ScaleView.type, isCustom: target.definition.isCustom) : nil
        let wantedScale = try replacement(request)
        let ownership: @Sendable (JSON) -> JSON = { object in
            // A Scale does not show a count of 0, so who sets that owns nothing.
            guard object.value(at: paths.specReplicas)?.intValue == 0 else { return object }
            var shown = object
            shown.set(nil, at: paths.specReplicas[...])
            return shown
        }
        let outcome = try await modify(target, options, subresource: "scale", ownership: ownership) { live in
            let scale = ScaleView.scale(of: live, paths)
            var wanted = scale
            if let wantedScale { wanted = wantedScale }
            if let patch { wanted = isApply ? scale.mergePatched(with: patch.document) : try patch.applied(to: scale) }
            let named = wanted["metadata"]?["name"]?.stringValue ?? ""
            if !named.isEmpty, named != target.name {
                throw KubernetesStatus.badRequest(
                    "the name of the object (\(named)) does not match the name on the URL (\(target.name ?? ""))")
            }
            var object = live
            if target.definition.isCustom, patch != nil, wanted["spec"]?["replicas"] == nil,
                live.value(at: paths.specReplicas) == nil
            {
                throw KubernetesStatus.badRequest("the spec replicas field \(paths.specReplicasText) cannot be empty")
            }
            let replicas = wanted["spec"]?["replicas"]?.intValue ?? 0
            if replicas < 0 {
                throw ScaleView.refused(replicas, object, paths, target.definition)
            }
            object.set(JSON(replicas), at: paths.specReplicas[...])
            if let version = wanted["metadata"]?["resourceVersion"] {
                object.set(version, at: ["metadata", "resourceVersion"])
            }
            return object
        }
        return .json(ScaleView.scale(of: outcome.object, paths))
    }
}

extension APIHandler {
    /// The Scale that a PUT brings.
    private func replacement(_ request: APIRequest) throws -> JSON? {
        guard request.method == "PUT" else { return nil }
        return try RequestBody.object(request, kind: "Scale", group: "autoscaling")
    }
}

/// Between objects and their Scale.
enum ScaleView {
    /// What is wrong with the counts of a custom resource that has a scale.
    static func validate(_ object: JSON, _ paths: ResourceDefinition.ScalePaths) -> [KubernetesStatus.Cause] {
        [paths.specReplicas, paths.statusReplicas].compactMap { path in
            guard let value = object.value(at: path) else { return nil }
            let place = "." + path.joined(separator: ".")
            guard let count = value.intValue else {
                return .invalid(place, value: value.text(), "the count of replicas must be an integer")
            }
            if count < 0 { return .invalid(place, value: "\(count)", "should be a non-negative integer") }
            guard count > Int32.max else { return nil }
            return .invalid(place, value: "\(count)", "should be less than or equal to \(Int32.max)")
        }
    }

    static let type = ResourceType(
        group: "autoscaling", version: "v1", kind: "Scale", plural: "scales", namespaced: true)

    static func scale(of object: JSON, _ paths: ResourceDefinition.ScalePaths) -> JSON {
        let metadata = object["metadata"] ?? [:]
        var shown: JSON = [:]
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            shown[field] = metadata[field]
        }
        var spec: JSON = [:]
        let replicas = object.value(at: paths.specReplicas)?.intValue ?? 0
        if replicas != 0 { spec["replicas"] = JSON(replicas) }
        var status: JSON = ["replicas": JSON(object.value(at: paths.statusReplicas)?.intValue ?? 0)]
        switch paths.selector.flatMap(object.value(at:)) {
        case .string(let text): status["selector"] = .string(text)
        case .some(let selector) where selector.objectValue != nil: status["selector"] = .string(text(of: selector))
        default: break
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": shown, "spec": spec, "status": status,
        ]
    }

    /// A selector in the syntax of queries: a LabelSelector, or plain labels as a replication controller has them.
    private static func text(of selector: JSON) -> String {
        let isPlain = selector.objectValue?.allSatisfy { $0.value.stringValue != nil } ?? false
        let parsed = try? (isPlain ? ["matchLabels": selector] : selector).decode(LabelSelector.self)
        return (try? parsed?.expression())?.description ?? ""
    }

    /// A negative count is wrong twice for a custom resource: by its schema, and by the subresource.
    static func refused(
        _ replicas: Int, _ object: JSON, _ paths: ResourceDefinition.ScalePaths, _ definition: ResourceDefinition
    ) -> KubernetesStatus {
        guard definition.isCustom else {
            return .invalid(
                group: type.group, kind: type.kind, object["metadata"]?["name"]?.stringValue ?? "",
                causes: [.invalid("spec.replicas", value: "\(replicas)", "must be greater than or equal to 0")])
        }
        var scaled = object
        scaled.set(JSON(replicas), at: paths.specReplicas[...])
        let path = paths.specReplicas.joined(separator: ".")
        let bySchema = definition.schema.validate(scaled, path: "")
        return .invalid(
            definition.type, object["metadata"]?["name"]?.stringValue ?? "",
            causes: bySchema + [
                .invalid(".\(path)", value: "\(replicas)", "should be a non-negative integer")
            ])
    }
}
