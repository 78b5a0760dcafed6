public import KubernetesModel

/// The API server's version.
public struct ServerVersion: Codable, Sendable, Hashable {
    public var major: String
    public var minor: String
    /// Such as `v1.36.0`.
    public var gitVersion: String
    public var platform: String?

    public init(major: String, minor: String, gitVersion: String, platform: String? = nil) {
        self.major = major
        self.minor = minor
        self.gitVersion = gitVersion
        self.platform = platform
    }
}

/// A resource that the server serves, as discovery describes it.
public struct DiscoveredResource: Sendable, Hashable {
    public var resource: ResourceType
    public var singular: String
    public var shortNames: [String]
    public var categories: [String]
    public var verbs: [String]
    /// Such as `status`, `scale`.
    public var subresources: [String]

    public init(
        resource: ResourceType,
        singular: String = "",
        shortNames: [String] = [],
        categories: [String] = [],
        verbs: [String] = [],
        subresources: [String] = []
    ) {
        self.resource = resource
        self.singular = singular
        self.shortNames = shortNames
        self.categories = categories
        self.verbs = verbs
        self.subresources = subresources
    }

    /// Whether `name` means this resource on a command line: its plural, singular, kind or a short name, alone or followed by
    /// its group (`deployments.apps`).
    public func answers(to name: String) -> Bool {
        let name = name.lowercased()
        let names = [resource.plural, singular, resource.kind.lowercased()] + shortNames
        return names.contains { $0 == name || (!resource.group.isEmpty && "\($0).\(resource.group)" == name) }
    }
}
