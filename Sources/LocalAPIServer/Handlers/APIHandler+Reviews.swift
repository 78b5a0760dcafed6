import KubernetesModel
import StructuredData

extension APIHandler {
    /// A kind that is a question: created, answered, never stored.
    struct ReviewKind: Sendable {
        var group: String
        var plural: String
        var kind: String
        var isNamespaced = false

        /// What OpenAPI documents call it.
        var schemaName: String { BuiltInResources.name(kind) }
    }

    static let reviewKinds = [
        ReviewKind(group: "authentication.k8s.io", plural: "tokenreviews", kind: "TokenReview"),
        ReviewKind(group: "authentication.k8s.io", plural: "selfsubjectreviews", kind: "SelfSubjectReview"),
        ReviewKind(
            group: "authorization.k8s.io", plural: "localsubjectaccessreviews", kind: "LocalSubjectAccessReview",
            isNamespaced: true),
        ReviewKind(group: "authorization.k8s.io", plural: "subjectaccessreviews", kind: "SubjectAccessReview"),
        ReviewKind(
            group: "authorization.k8s.io", plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview"),
        ReviewKind(group: "authorization.k8s.io", plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview"),
    ]

    static func reviews(in group: String) -> [ReviewKind] { reviewKinds.filter { $0.group == group } }

    /// - Returns: `nil` where the request is for something else.
    func reviews(_ request: APIRequest) throws -> APIResponse? {
        let info = request.info
        guard info.version == "v1", info.subresource == nil,
            let review = Self.reviewKinds.first(where: { $0.group == info.group && $0.plural == info.resource })
        else { return nil }
        guard review.isNamespaced || info.namespace == nil else {
            return .text("404 page not found\n", status: 404)
        }
        let type = ResourceType(
            group: review.group, version: "v1", kind: review.kind, plural: review.plural,
            namespaced: review.isNamespaced)
        guard info.verb == "create", !review.isNamespaced || info.namespace != nil else {
            throw KubernetesStatus.methodNotAllowed(type, verb: info.verb)
        }
        // They are no resources, and so have no tables.
        _ = try Accepted.choose(request.header("Accept")) { _ in false }
        let body = try RequestBody.object(request, kind: review.kind, group: review.group)
        let spec = body["spec"] ?? [:]
        var answer: JSON = [
            "kind": .string(review.kind), "apiVersion": .string(type.apiVersion), "metadata": [:],
        ]
        if review.kind != "SelfSubjectReview" { answer["spec"] = spec }
        switch review.kind {
        case "TokenReview":
            guard spec["token"]?.stringValue ?? "" != "" else {
                throw KubernetesStatus.badRequest("token is required for TokenReview in authentication")
            }
            answer["status"] = reviewToken(spec)
        case "SelfSubjectReview": answer["status"] = ["userInfo": request.user.json]
        case "SelfSubjectAccessReview":
            try Self.check(spec, review.kind)
            answer["status"] = reviewAccess(request.user, spec)
        case "LocalSubjectAccessReview", "SubjectAccessReview":
            if review.isNamespaced { try Self.check(spec, isIn: info.namespace ?? "", body) }
            try Self.check(spec, review.kind)
            let user = UserInfo(
                name: spec["user"]?.stringValue ?? "", uid: spec["uid"]?.stringValue ?? "",
                groups: (spec["groups"]?.arrayValue ?? []).compactMap(\.stringValue))
            answer["status"] = reviewAccess(user, spec)
        default:
            guard let namespace = spec["namespace"]?.stringValue, !namespace.isEmpty else {
                throw KubernetesStatus.badRequest("no namespace on request")
            }
            let (resources, paths) = authorizer.rules(for: request.user, namespace: namespace)
            answer["status"] = [
                "resourceRules": .array(resources), "nonResourceRules": .array(paths), "incomplete": false,
            ]
        }
        return .json(answer, status: 201)
    }

    /// What is asked about one namespace is asked in it.
    private static func check(_ spec: JSON, isIn namespace: String, _ review: JSON) throws(KubernetesStatus) {
        if let other = review["metadata"]?["namespace"]?.stringValue, !other.isEmpty, other != namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        var causes: [KubernetesStatus.Cause] = []
        if spec["nonResourceAttributes"] != nil {
            causes.append(
                .forbidden("spec.nonResourceAttributes", "disallowed on this kind of request"))
        } else if let attributes = spec["resourceAttributes"], attributes["namespace"]?.stringValue ?? "" != namespace {
            causes.append(
                .invalid(
                    "spec.resourceAttributes.namespace", value: (attributes["namespace"] ?? "").text(),
                    "must match metadata.namespace"))
        }
        if causes.isEmpty { return }
        throw .invalid(group: "authorization.k8s.io", kind: "LocalSubjectAccessReview", "", causes: causes)
    }

    private static func check(_ spec: JSON, _ kind: String) throws(KubernetesStatus) {
        var causes: [KubernetesStatus.Cause] = []
        let resource = spec["resourceAttributes"]
        let path = spec["nonResourceAttributes"]
        if resource != nil, path != nil {
            causes.append(
                .invalid(
                    "spec.nonResourceAttributes", value: path?.text() ?? "",
                    "cannot be specified in combination with resourceAttributes"))
        } else if resource == nil, path == nil {
            causes.append(
                .invalid(
                    "spec.resourceAttributes", value: "null",
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        if kind != "SelfSubjectAccessReview", spec["user"]?.stringValue ?? "" == "",
            spec["groups"]?.arrayValue?.isEmpty != false
        {
            causes.append(.invalid("spec.user", value: "\"\"", "at least one of user or group must be specified"))
        }
        if causes.isEmpty { return }
        throw .invalid(group: "authorization.k8s.io", kind: kind, "", causes: causes)
    }

    private func reviewToken(_ spec: JSON) -> JSON {
        var audiences = (spec["audiences"]?.arrayValue ?? []).compactMap(\.stringValue)
        let asks = !audiences.isEmpty
        if !asks { audiences = [configuration.audience] }
        switch authenticator.review(spec["token"]?.stringValue ?? "", audiences: audiences) {
        case .success(let identity):
            var status: JSON = ["authenticated": true, "user": identity.user.json]
            status["audiences"] = JSON(identity.audiences)
            return status
        case .failure(let refusal): return ["user": [:], "error": .string(refusal.message)]
        }
    }

    private func reviewAccess(_ user: UserInfo, _ spec: JSON) -> JSON {
        let request: AccessRequest
        if let path = spec["nonResourceAttributes"] {
            request = AccessRequest(
                verb: path["verb"]?.stringValue ?? "", path: path["path"]?.stringValue ?? "")
        } else {
            let attributes = spec["resourceAttributes"] ?? [:]
            func text(_ key: String) -> String { attributes[key]?.stringValue ?? "" }
            request = AccessRequest(
                verb: text("verb"), group: text("group"), resource: text("resource"),
                subresource: text("subresource"), namespace: text("namespace"), name: text("name"))
        }
        return ["allowed": .bool(authorizer.allows(user, request))]
    }
}
