public import KubernetesModel

// Questions about users. The server stores none of them.
extension KubernetesClient {
    /// Who the server takes this client for.
    public func whoAmI() async throws -> UserInfo {
        let review = try await create(SelfSubjectReview(metadata: ObjectMeta()))
        return try Self.answer(review.status?.userInfo, of: SelfSubjectReview.resource)
    }

    /// Whether this client may do something to objects.
    public func mayI(_ attributes: ResourceAttributes) async throws -> SubjectAccessReviewStatus {
        try await mayI(SelfSubjectAccessReviewSpec(resourceAttributes: attributes))
    }

    /// Whether this client may use a path such as `/metrics`.
    public func mayI(_ attributes: NonResourceAttributes) async throws -> SubjectAccessReviewStatus {
        try await mayI(SelfSubjectAccessReviewSpec(nonResourceAttributes: attributes))
    }

    private func mayI(_ spec: SelfSubjectAccessReviewSpec) async throws -> SubjectAccessReviewStatus {
        let review = try await create(SelfSubjectAccessReview(metadata: ObjectMeta(), spec: spec))
        return try Self.answer(review.status, of: SelfSubjectAccessReview.resource)
    }

    /// Whether a user may do something.
    public func reviewAccess(_ spec: SubjectAccessReviewSpec) async throws -> SubjectAccessReviewStatus {
        let review = try await create(SubjectAccessReview(metadata: ObjectMeta(), spec: spec))
        return try Self.answer(review.status, of: SubjectAccessReview.resource)
    }

    /// Whose token it is.
    ///
    /// - Parameter audiences: For whom the token must be; none: for the API server. `status.audiences` says which of them it is for.
    public func reviewToken(_ token: String, audiences: [String] = []) async throws -> TokenReviewStatus {
        let spec = TokenReviewSpec(token: token, audiences: audiences.isEmpty ? nil : audiences)
        let review = try await create(TokenReview(metadata: ObjectMeta(), spec: spec))
        return try Self.answer(review.status, of: TokenReview.resource)
    }

    private static func answer<Status>(_ status: Status?, of resource: ResourceType) throws -> Status {
        guard let status else {
            throw KubernetesClientError(.decoding, "the server's \(resource.kind) has no status")
        }
        return status
    }
}
