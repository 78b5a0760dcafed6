import KubernetesModel

/// What a path and a method ask for, in the API's words.
struct RequestInfo: Sendable, Hashable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the lower-case method for paths that
    /// are no resource.
    var verb: String
    var isResource: Bool
    var group = ""
    var version = ""
    var namespace: String?
    var resource = ""
    var name: String?
    var subresource: String?
    /// What follows the subresource.
    var rest: [String] = []
    /// The one object that a collection is narrowed to by its field selector: a role may name it.
    var selectedName: String?

    /// Whether the answer may go on as long as the client likes.
    var isLongRunning: Bool { verb == "watch" || subresource == "log" }

    /// Whether no more than one object is read, checked and written, so that it takes little time. A definition is no such object: a
    /// kind is made of it.
    var concernsOneObject: Bool {
        isResource && resource != "customresourcedefinitions"
            && ["get", "create", "update", "patch", "delete"].contains(verb)
            && [nil, "status", "scale", "binding"].contains(subresource)
    }

    /// Reads a path.
    ///
    /// - Parameters:
    ///   - segments: the decoded parts of the path.
    ///   - isWatch: whether the query asks to watch.
    ///   - fieldSelector: the query's.
    init(method: String, segments: [String], isWatch: Bool, fieldSelector: String? = nil) {
        isResource = false
        verb = method.lowercased()
        var parts = segments[...]
        switch parts.popFirst() {
        case "api" where parts.count >= 2: version = parts.removeFirst()
        case "apis" where parts.count >= 3:
            group = parts.removeFirst()
            version = parts.removeFirst()
        default: return
        }
        isResource = true
        var isWatch = isWatch
        if parts.first == "watch", parts.count > 1 {
            isWatch = true
            parts.removeFirst()
        }
        readResource(parts)
        readVerb(method, isWatch: isWatch)
        if name == nil, let fieldSelector, ["list", "watch", "deletecollection"].contains(verb) {
            // One that cannot be read is refused later, and names nothing here.
            selectedName = (try? FieldSelector.parse(fieldSelector))?.value(of: "metadata.name")
        }
    }

    private mutating func readResource(_ segments: ArraySlice<String>) {
        var parts = segments
        if parts.first == "namespaces", parts.count > 1 {
            namespace = parts[parts.startIndex + 1]
            let below = parts.dropFirst(2)
            // A namespace's own parts are not resources in it.
            if let first = below.first, !["status", "finalize"].contains(first) || below.count > 1 { parts = below }
        }
        resource = parts.popFirst() ?? ""
        name = parts.popFirst()
        subresource = parts.popFirst()
        rest = Array(parts)
        if resource == "namespaces", group.isEmpty { namespace = nil }
    }

    private mutating func readVerb(_ method: String, isWatch: Bool) {
        switch method {
        case "POST": verb = "create"
        case "PUT": verb = "update"
        case "PATCH": verb = "patch"
        case "DELETE": verb = name == nil ? "deletecollection" : "delete"
        case "GET", "HEAD": verb = isWatch ? "watch" : name == nil ? "list" : "get"
        default: break
        }
    }
}
