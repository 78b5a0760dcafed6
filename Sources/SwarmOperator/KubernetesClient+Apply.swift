import KubernetesClient
import KubernetesModel
import StructuredData

extension KubernetesClient {
    /// Applies a body that holds exactly the fields its manager stands for; a typed object would add what it encodes.
    func apply<R: KubernetesResource>(
        _ type: R.Type, _ body: JSON, manager: String, subresource: String? = nil
    ) async throws -> R {
        try await patch(
            type, body["metadata"]?["name"]?.stringValue ?? "", namespace: body["metadata"]?["namespace"]?.stringValue,
            patch: .apply(body, fieldManager: manager, force: true), subresource: subresource)
    }

    /// Applies a status; `false` where the object is gone, or has been made anew, meanwhile.
    func applyStatus<R: KubernetesResource>(of type: R.Type, _ body: JSON, manager: String) async throws -> R? {
        do {
            return try await apply(type, body, manager: manager, subresource: "status")
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }
}
