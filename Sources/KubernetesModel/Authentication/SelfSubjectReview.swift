/// Asks who the asking user is.
public struct SelfSubjectReview: KubernetesResource {
    public static let resource = ResourceType(
        group: "authentication.k8s.io", version: "v1", kind: "SelfSubjectReview", plural: "selfsubjectreviews",
        namespaced: false)

    public private(set) var apiVersion = APIVersionField<SelfSubjectReview>()
    public private(set) var kind = KindField<SelfSubjectReview>()
    public var metadata: ObjectMeta
    public var status: SelfSubjectReviewStatus?

    public init(metadata: ObjectMeta, status: SelfSubjectReviewStatus? = nil) {
        self.metadata = metadata
        self.status = status
    }
}

public struct SelfSubjectReviewStatus: Codable, Sendable, Hashable {
    public var userInfo: UserInfo?

    public init(userInfo: UserInfo? = nil) {
        self.userInfo = userInfo
    }
}
