internal import KubernetesClient
internal import KubernetesModel
internal import StructuredData

/// What pods need of the API server while they run. A protocol, so that tests need no server.
protocol NodeAPI: Sendable {
    /// The config map, or `nil` where there is none.
    func configMap(_ name: String, namespace: String) async throws -> ConfigMap?
    func secret(_ name: String, namespace: String) async throws -> Secret?
    func token(
        serviceAccount: String, audience: String?, expirationSeconds: Int, for pod: Pod
    ) async throws -> TokenRequestStatus
    /// Writes the status of exactly this pod.
    /// - Throws: `PodGone` where it does not exist any more.
    func write(_ status: PodStatus, of pod: Pod) async throws
    /// Deletes exactly this pod at once; it is no error if it is gone already.
    func delete(_ pod: Pod) async throws
}

/// The pod, or the one of its UID, does not exist any more.
struct PodGone: Error {}

struct KubernetesNodeAPI: NodeAPI {
    let client: KubernetesClient

    func configMap(_ name: String, namespace: String) async throws -> ConfigMap? {
        try await absentIfNotFound { try await client.get(ConfigMap.self, name, namespace: namespace) }
    }

    func secret(_ name: String, namespace: String) async throws -> Secret? {
        try await absentIfNotFound { try await client.get(Secret.self, name, namespace: namespace) }
    }

    func token(
        serviceAccount: String, audience: String?, expirationSeconds: Int, for pod: Pod
    ) async throws -> TokenRequestStatus {
        try await client.createToken(
            serviceAccount: serviceAccount, namespace: pod.metadata.namespace, audiences: audience.map { [$0] } ?? [],
            expirationSeconds: expirationSeconds,
            boundTo: BoundObjectReference(
                kind: "Pod", apiVersion: "v1", name: pod.metadata.name, uid: pod.metadata.uid))
    }

    func write(_ status: PodStatus, of pod: Pod) async throws {
        guard let uid = pod.metadata.uid, let name = pod.metadata.name else { throw PodGone() }
        // The UID makes it a conflict where another pod has taken the name.
        let patch: JSON = ["metadata": ["uid": .string(uid)], "status": try PodStatusPatch.members(status)]
        do {
            _ = try await client.patch(
                Pod.resource, name, namespace: pod.metadata.namespace, patch: .strategic(patch), subresource: "status")
        } catch let status as KubernetesStatus where status.isNotFound || status.isConflict {
            throw PodGone()
        }
    }

    func delete(_ pod: Pod) async throws {
        guard let uid = pod.metadata.uid, let name = pod.metadata.name else { return }
        do {
            try await client.delete(
                Pod.self, name, namespace: pod.metadata.namespace,
                options: DeleteOptions(uid: uid, gracePeriodSeconds: 0))
        } catch let status as KubernetesStatus where status.isNotFound || status.isConflict {
            // Gone already, or another pod by now.
        }
    }

    private func absentIfNotFound<Object>(_ read: () async throws -> Object) async throws -> Object? {
        do {
            return try await read()
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
    }
}
