/// Asks whether the asking user may do something.
public struct SelfSubjectAccessReview: KubernetesResource {
    public static let resource = ResourceType(
        group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview",
        plural: "selfsubjectaccessreviews", namespaced: false)

    public private(set) var apiVersion = APIVersionField<SelfSubjectAccessReview>()
    public private(set) var kind = KindField<SelfSubjectAccessReview>()
    public var metadata: ObjectMeta
    public var spec: SelfSubjectAccessReviewSpec
    public var status: SubjectAccessReviewStatus?

    public init(metadata: ObjectMeta, spec: SelfSubjectAccessReviewSpec, status: SubjectAccessReviewStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct SelfSubjectAccessReviewSpec: Codable, Sendable, Hashable {
    public var resourceAttributes: ResourceAttributes?
    public var nonResourceAttributes: NonResourceAttributes?

    public init(resourceAttributes: ResourceAttributes? = nil, nonResourceAttributes: NonResourceAttributes? = nil) {
        self.resourceAttributes = resourceAttributes
        self.nonResourceAttributes = nonResourceAttributes
    }
}

/// Asks whether a user may do something.
public struct SubjectAccessReview: KubernetesResource {
    public static let resource = ResourceType(
        group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview", plural: "subjectaccessreviews",
        namespaced: false)

    public private(set) var apiVersion = APIVersionField<SubjectAccessReview>()
    public private(set) var kind = KindField<SubjectAccessReview>()
    public var metadata: ObjectMeta
    public var spec: SubjectAccessReviewSpec
    public var status: SubjectAccessReviewStatus?

    public init(metadata: ObjectMeta, spec: SubjectAccessReviewSpec, status: SubjectAccessReviewStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct SubjectAccessReviewSpec: Codable, Sendable, Hashable {
    public var resourceAttributes: ResourceAttributes?
    public var nonResourceAttributes: NonResourceAttributes?
    public var user: String?
    public var groups: [String]?
    public var uid: String?
    public var extra: [String: [String]]?

    public init(
        resourceAttributes: ResourceAttributes? = nil,
        nonResourceAttributes: NonResourceAttributes? = nil,
        user: String? = nil,
        groups: [String]? = nil,
        uid: String? = nil,
        extra: [String: [String]]? = nil
    ) {
        self.resourceAttributes = resourceAttributes
        self.nonResourceAttributes = nonResourceAttributes
        self.user = user
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }
}

public struct ResourceAttributes: Codable, Sendable, Hashable {
    public var namespace: String?
    public var verb: String?
    public var group: String?
    public var version: String?
    public var resource: String?
    public var subresource: String?
    public var name: String?

    public init(
        namespace: String? = nil,
        verb: String? = nil,
        group: String? = nil,
        version: String? = nil,
        resource: String? = nil,
        subresource: String? = nil,
        name: String? = nil
    ) {
        self.namespace = namespace
        self.verb = verb
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.name = name
    }
}

public struct NonResourceAttributes: Codable, Sendable, Hashable {
    public var path: String?
    public var verb: String?

    public init(path: String? = nil, verb: String? = nil) {
        self.path = path
        self.verb = verb
    }
}

public struct SubjectAccessReviewStatus: Codable, Sendable, Hashable {
    public var allowed: Bool
    public var denied: Bool?
    public var reason: String?
    public var evaluationError: String?

    public init(allowed: Bool, denied: Bool? = nil, reason: String? = nil, evaluationError: String? = nil) {
        self.allowed = allowed
        self.denied = denied
        self.reason = reason
        self.evaluationError = evaluationError
    }
}
