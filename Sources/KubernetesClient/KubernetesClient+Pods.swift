internal import HTTPTransport
public import KubernetesModel
internal import StructuredData

extension KubernetesClient {
    private static let pods = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true)
    private static let serviceAccounts = ResourceType(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", namespaced: true)

    /// The bytes of a container's log, as they come; with `follow` until the container ends or the reader leaves.
    ///
    /// A reader that falls behind holds the server back, as TCP does.
    public func logs(
        pod: String, namespace: String? = nil, options: LogOptions = LogOptions()
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        guard !pod.isEmpty else { throw KubernetesClientError(.invalidRequest, "the pod's name is empty") }
        var call = APICall(
            .get, Self.pods.path(namespace: namespace ?? defaultNamespace, name: pod, subresource: "log"))
        call.query.add("container", options.container)
        if options.follow { call.query.add("follow", "true") }
        if options.previous { call.query.add("previous", "true") }
        call.query.add("tailLines", options.tailLines.map(String.init))
        call.query.add("sinceSeconds", options.sinceSeconds.map(String.init))
        if options.timestamps { call.query.add("timestamps", "true") }
        call.query.add("limitBytes", options.limitBytes.map(String.init))
        call.headers["Accept"] = "*/*"
        call.connection = .dedicated
        call.timeoutSeconds = nil
        return try await caller.open(call).body
    }

    /// A token of a service account, as pods get them.
    ///
    /// - Parameters:
    ///   - audiences: For whom the token is; none: the API server.
    ///   - expirationSeconds: At least 600; the server may choose another.
    ///   - boundTo: The object with whose end the token becomes invalid.
    public func createToken(
        serviceAccount: String,
        namespace: String? = nil,
        audiences: [String] = [],
        expirationSeconds: Int? = nil,
        boundTo: BoundObjectReference? = nil
    ) async throws -> TokenRequestStatus {
        guard !serviceAccount.isEmpty else {
            throw KubernetesClientError(.invalidRequest, "the service account's name is empty")
        }
        let request = TokenRequest(
            metadata: ObjectMeta(),
            spec: TokenRequestSpec(
                audiences: audiences, expirationSeconds: expirationSeconds, boundObjectRef: boundTo))
        let answer = try Self.typed(
            await create(
                Self.serviceAccounts, JSON(encoding: request), namespace: namespace, name: serviceAccount,
                subresource: "token"),
            TokenRequest.self)
        guard let status = answer.status else {
            throw KubernetesClientError(.decoding, "the server granted a token for \(serviceAccount) but sent none")
        }
        return status
    }

    /// Asks for a pod to go, within the limits of its PodDisruptionBudgets; 429 where they do not allow it now.
    ///
    /// Nothing is retried: whether to wait is the caller's to know.
    public func evict(pod: String, namespace: String? = nil, options: DeleteOptions = DeleteOptions()) async throws {
        guard !pod.isEmpty else { throw KubernetesClientError(.invalidRequest, "the pod's name is empty") }
        let namespace = namespace ?? defaultNamespace
        var call = APICall(.post, Self.pods.path(namespace: namespace, name: pod, subresource: "eviction"))
        let eviction: JSON = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": ["name": .string(pod), "namespace": .string(namespace)], "deleteOptions": options.json,
        ]
        call.setBody(eviction, contentType: "application/json")
        call.isRetried = false
        _ = try await json(call)
    }
}
