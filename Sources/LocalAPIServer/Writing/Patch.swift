import KubernetesModel
import StructuredData

/// The body of a PATCH.
struct Patch: Sendable {
    private enum Kind: Sendable {
        case json(JSONPatch)
        case merge
        case strategic(ResourceType)
        case apply
    }

    private var kind: Kind
    /// The body as a tree.
    var document: JSON

    static func isApply(_ contentType: String) -> Bool { contentType.hasPrefix("application/apply-patch+") }

    /// - Throws: 415 for what the kind does not take, 400 for a body that is no patch.
    init(_ request: APIRequest, type: ResourceType, isCustom: Bool) throws(KubernetesStatus) {
        do {
            switch request.contentType {
            case "application/json-patch+json":
                document = try JSON.parse(request.body)
                kind = .json(try JSONPatch(document))
            case "application/merge-patch+json":
                document = try JSON.parse(request.body)
                kind = .merge
            case "application/strategic-merge-patch+json" where !isCustom:
                document = try JSON.parse(request.body)
                kind = .strategic(type)
            case "application/apply-patch+yaml", "application/apply-patch+json":
                document = try ObjectDecoder.parseYAML(request.body)
                kind = .apply
            default:
                var accepted = ["application/json-patch+json", "application/merge-patch+json"]
                if !isCustom { accepted.append("application/strategic-merge-patch+json") }
                throw KubernetesStatus.unsupportedMediaType(accepted: accepted + ["application/apply-patch+yaml"])
            }
        } catch let status as KubernetesStatus {
            throw status
        } catch {
            throw .badRequest("error decoding patch: \(error)")
        }
    }

    /// The patched object.
    /// - Throws: 422 where a JSON patch does not fit the object; what strategic merge refuses.
    func applied(to object: JSON) throws(KubernetesStatus) -> JSON {
        switch kind {
        case .json(let patch):
            do {
                return try patch.applied(to: object)
            } catch {
                throw KubernetesStatus(
                    reason: .invalid, code: 422,
                    message: "the server rejected our request due to an error in our request", details: .init())
            }
        case .merge: return object.mergePatched(with: document)
        case .strategic(let type): return try StrategicMergePatch.apply(document, to: object, resource: type)
        case .apply: return object
        }
    }
}
