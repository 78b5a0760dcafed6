/// What a list asks for. Empty options ask for the newest state of everything.
public struct ListOptions: Sendable, Hashable {
    /// How `resourceVersion` binds a list.
    public enum VersionMatch: String, Sendable, Hashable {
        case exact = "Exact"
        case notOlderThan = "NotOlderThan"
    }

    /// As in the API's query: `app=web,tier!=front`.
    public var labelSelector: String?
    /// As in the API's query: `metadata.name=web`.
    public var fieldSelector: String?
    /// `nil`: the newest state, read through to the store; `"0"`: whatever the server has cached, however old.
    public var resourceVersion: String?
    public var versionMatch: VersionMatch?
    /// Objects per page; the pages are followed. 0 asks for everything at once.
    public var pageSize: Int

    public init(
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        resourceVersion: String? = nil,
        versionMatch: VersionMatch? = nil,
        pageSize: Int = 500
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.versionMatch = versionMatch
        self.pageSize = pageSize
    }
}
