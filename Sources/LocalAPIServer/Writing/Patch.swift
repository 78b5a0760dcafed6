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

    /// As many operations as the real server takes in one JSON patch.
    static let operationLimit = 10_000

    private var kind: Kind
    let body: RequestBody

    static func isApply(_ contentType: String) -> Bool { contentType.hasPrefix("application/apply-patch+") }

    /// The body as a tree.
    var document: JSON { body.tree }

    /// What the patch itself says twice.
    var duplicates: [String] {
        if case .json = kind { return body.duplicateFields.map { "json patch \($0)" } }
        return body.duplicateFields
    }

    /// - Throws: 415 for what the kind does not take, 413 for too many operations, 400 for a body that is no patch.
    init(_ request: APIRequest, type: ResourceType, isCustom: Bool) throws(KubernetesStatus) {
        do {
            switch request.contentType {
            case "application/json-patch+json":
                body = try RequestBody.json(request.body)
                let count = body.tree.arrayValue?.count ?? 0
                guard count <= Self.operationLimit else {
                    throw KubernetesStatus.requestEntityTooLarge(
                        "The allowed maximum operations in a JSON patch is \(Self.operationLimit), got \(count)")
                }
                kind = .json(try JSONPatch(body.tree))
            case "application/merge-patch+json":
                body = try RequestBody.json(request.body)
                kind = .merge
            case "application/strategic-merge-patch+json" where !isCustom:
                body = try RequestBody.json(request.body)
                kind = .strategic(type)
            case "application/apply-patch+yaml", "application/apply-patch+json":
                body = try RequestBody.yaml(request.body)
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
