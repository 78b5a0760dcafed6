import StructuredData

/// One rule of a Role or ClusterRole.
struct RoleRule: Sendable, Hashable {
    var verbs: [String]
    var groups: [String]
    var resources: [String]
    var names: [String]
    var paths: [String]

    init(_ json: JSON) {
        func texts(_ key: String) -> [String] { (json[key]?.arrayValue ?? []).compactMap(\.stringValue) }
        verbs = texts("verbs")
        groups = texts("apiGroups")
        resources = texts("resources")
        names = texts("resourceNames")
        paths = texts("nonResourceURLs")
    }

    /// As rules reviews show it.
    var json: JSON {
        if !paths.isEmpty { return ["verbs": JSON(verbs), "nonResourceURLs": JSON(paths)] }
        var json: JSON = ["verbs": JSON(verbs), "apiGroups": JSON(groups), "resources": JSON(resources)]
        if !names.isEmpty { json["resourceNames"] = JSON(names) }
        return json
    }

    func allows(_ request: AccessRequest) -> Bool {
        guard Self.contains(verbs, request.verb) else { return false }
        if let path = request.path {
            return paths.contains { $0 == "*" || $0 == path || ($0.last == "*" && path.hasPrefix($0.dropLast())) }
        }
        guard Self.contains(groups, request.group) else { return false }
        let full = request.subresource.isEmpty ? request.resource : "\(request.resource)/\(request.subresource)"
        guard
            resources.contains(where: {
                $0 == "*" || $0 == full || (!request.subresource.isEmpty && $0 == "*/\(request.subresource)")
            })
        else { return false }
        return names.isEmpty || names.contains(request.name)
    }

    private static func contains(_ list: [String], _ value: String) -> Bool {
        list.contains("*") || list.contains(value)
    }
}

/// What somebody wants to do.
struct AccessRequest: Sendable, Hashable {
    var verb: String
    var group = ""
    var resource = ""
    var subresource = ""
    /// "": all namespaces, or a resource that has none.
    var namespace = ""
    var name = ""
    /// For paths that are no resource.
    var path: String?
}

/// A RoleBinding or ClusterRoleBinding.
struct RoleBindingRules: Sendable {
    var roleKind: String
    var roleName: String
    /// "": a ClusterRoleBinding.
    var namespace: String
    var users: Set<String> = []
    var groups: Set<String> = []

    init(_ json: JSON, namespace: String) {
        self.namespace = namespace
        roleKind = json["roleRef"]?["kind"]?.stringValue ?? ""
        roleName = json["roleRef"]?["name"]?.stringValue ?? ""
        for subject in json["subjects"]?.arrayValue ?? [] {
            let name = subject["name"]?.stringValue ?? ""
            switch subject["kind"]?.stringValue {
            case "User": users.insert(name)
            case "Group": groups.insert(name)
            case "ServiceAccount":
                let home = subject["namespace"]?.stringValue ?? namespace
                users.insert("system:serviceaccount:\(home):\(name)")
            default: break
            }
        }
    }

    func names(_ user: UserInfo) -> Bool {
        users.contains(user.name) || user.groups.contains { groups.contains($0) }
    }
}
