import KubernetesModel
import StructuredData

extension APIHandler {
    private static let tokenSeconds = 600...(1 << 32)
    private static let defaultTokenSeconds = 3600

    /// `serviceaccounts/token`: a token for a service account, bound to a pod if asked.
    func requestToken(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let location = try target.location()
        guard let account = store.object(at: location) else { throw target.notFound }
        let body = try RequestBody.object(request, kind: "TokenRequest", group: "authentication.k8s.io")
        let spec = body["spec"] ?? [:]
        let seconds = spec["expirationSeconds"]?.intValue ?? Self.defaultTokenSeconds
        guard Self.tokenSeconds.contains(seconds) else {
            throw KubernetesStatus.invalid(
                group: "authentication.k8s.io", kind: "TokenRequest", "",
                causes: [
                    .invalid(
                        "spec.expirationSeconds", value: "\(seconds)", "may not specify a duration less than 10 minutes"
                    )
                ])
        }
        var audiences = (spec["audiences"]?.arrayValue ?? []).compactMap(\.stringValue)
        if audiences.isEmpty { audiences = [configuration.audience] }
        let time = Int64(now())
        var claims = ServiceAccountTokens.Claims(
            id: Self.newUID(), issuer: tokens.issuer, audiences: audiences, issuedAt: time,
            expiresAt: time + Int64(seconds), namespace: location.namespace,
            serviceAccount: .init(name: location.name, uid: account.uid))
        try bind(&claims, to: spec["boundObjectRef"], namespace: location.namespace)

        let object = try account.object()
        return .json(
            [
                "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
                "metadata": [
                    "name": .string(location.name), "namespace": .string(location.namespace),
                    "uid": .string(account.uid),
                    "creationTimestamp": object["metadata"]?["creationTimestamp"] ?? .null,
                ],
                "spec": [
                    "audiences": JSON(audiences), "expirationSeconds": JSON(seconds),
                    "boundObjectRef": spec["boundObjectRef"] ?? .null,
                ],
                "status": [
                    "token": .string(try tokens.sign(claims)),
                    "expirationTimestamp": .string(Timestamp.text(seconds: claims.expiresAt)),
                ],
            ], status: 201)
    }

    private func bind(
        _ claims: inout ServiceAccountTokens.Claims, to reference: JSON?, namespace: String
    ) throws {
        guard let reference, let kind = reference["kind"]?.stringValue else { return }
        guard kind == "Pod" else {
            throw KubernetesStatus.badRequest("cannot bind token to object of kind \(kind): only Pod is supported")
        }
        let name = reference["name"]?.stringValue ?? ""
        let pods = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true)
        guard
            let pod = store.object(at: ObjectLocation(resource: "/pods", namespace: namespace, name: name))
        else { throw KubernetesStatus.notFound(pods, name) }
        let uid = reference["uid"]?.stringValue ?? ""
        if !uid.isEmpty, uid != pod.uid {
            throw KubernetesStatus.conflict(
                pods, name,
                message:
                    "the UID in the bound object reference (\(uid)) does not match the UID in record. The object might "
                    + "have been deleted and then recreated")
        }
        claims.pod = .init(name: name, uid: pod.uid)
        if let nodeName = pod.fields["spec.nodeName"], !nodeName.isEmpty,
            let node = store.object(at: ObjectLocation(resource: "/nodes", namespace: "", name: nodeName))
        {
            claims.node = .init(name: nodeName, uid: node.uid)
        }
    }
}
