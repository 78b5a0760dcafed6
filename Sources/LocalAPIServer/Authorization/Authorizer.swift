import KubernetesModel
import StructuredData
import Synchronization

/// Role-based access control over the stored roles and bindings. Members of `system:masters` may do everything.
final class Authorizer: Sendable {
    private struct Policy {
        /// The versions of the four resources that it was made from.
        var versions: [Int64] = []
        var roles: [ObjectLocation: [RoleRule]] = [:]
        var bindings: [RoleBindingRules] = []
    }

    private static let group = "rbac.authorization.k8s.io"
    private static let roles = "\(group)/roles"
    private static let clusterRoles = "\(group)/clusterroles"
    private static let bindings = ["\(group)/rolebindings", "\(group)/clusterrolebindings"]

    private let store: ObjectStore
    private let unreadable: UnreadableObjects
    private let policy = Mutex(Policy())

    init(store: ObjectStore, unreadable: UnreadableObjects) {
        self.store = store
        self.unreadable = unreadable
    }

    func allows(_ user: UserInfo, _ request: AccessRequest) -> Bool {
        if user.groups.contains("system:masters") { return true }
        let policy = current()
        return policy.bindings.contains { binding in
            guard binding.namespace.isEmpty || binding.namespace == request.namespace, binding.names(user) else {
                return false
            }
            let isCluster = binding.roleKind == "ClusterRole"
            let role = ObjectLocation(
                resource: isCluster ? Self.clusterRoles : Self.roles, namespace: isCluster ? "" : binding.namespace,
                name: binding.roleName)
            return (policy.roles[role] ?? []).contains { $0.allows(request) }
        }
    }

    /// What a user may do in a namespace, as SelfSubjectRulesReview shows it.
    func rules(for user: UserInfo, namespace: String) -> (resources: [JSON], paths: [JSON]) {
        let policy = current()
        var rules: [RoleRule] = policy.bindings.filter {
            ($0.namespace.isEmpty || $0.namespace == namespace) && $0.names(user)
        }.flatMap { binding in
            let isCluster = binding.roleKind == "ClusterRole"
            let role = ObjectLocation(
                resource: isCluster ? Self.clusterRoles : Self.roles, namespace: isCluster ? "" : binding.namespace,
                name: binding.roleName)
            return policy.roles[role] ?? []
        }
        rules.append(
            RoleRule([
                "verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
                "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
            ]))
        rules.append(
            RoleRule([
                "verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"],
            ]))
        rules.append(
            RoleRule([
                "verbs": ["get"],
                "nonResourceURLs": [
                    "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                    "/version",
                ],
            ]))
        return (
            rules.filter { !$0.resources.isEmpty }.map(\.json), rules.filter { !$0.paths.isEmpty }.map(\.json)
        )
    }

    /// - Throws: 403 where the user may not do what the request asks.
    func require(_ user: UserInfo, _ info: RequestInfo, path: String) throws(KubernetesStatus) {
        let request: AccessRequest
        if info.isResource {
            request = AccessRequest(
                verb: info.verb, group: info.group, resource: info.resource, subresource: info.subresource ?? "",
                namespace: info.namespace ?? "", name: info.name ?? info.selectedName ?? "")
        } else {
            request = AccessRequest(verb: info.verb, path: path)
        }
        if Self.isForEveryone(request, user) || allows(user, request) { return }
        guard info.isResource else {
            throw KubernetesStatus(
                reason: .forbidden, code: 403,
                message: "forbidden: User \"\(user.name)\" cannot \(info.verb) path \"\(path)\"",
                details: .init())
        }
        let resource = info.subresource.map { "\(info.resource)/\($0)" } ?? info.resource
        let scope = info.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        throw .forbidden(
            ResourceType(
                group: info.group, version: info.version, kind: "", plural: info.resource, namespaced: false),
            info.name,
            message:
                "User \"\(user.name)\" cannot \(info.verb) resource \"\(resource)\" in API group \"\(info.group)\" \(scope)"
        )
    }

    /// What the real server's bootstrap roles allow: discovery and questions about oneself to those who are known, health to
    /// all.
    private static func isForEveryone(_ request: AccessRequest, _ user: UserInfo) -> Bool {
        let isKnown = user.groups.contains("system:authenticated")
        guard let path = request.path else {
            return isKnown && request.verb == "create"
                && ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"].contains(
                    request.resource)
        }
        guard request.verb == "get" || request.verb == "head" else { return false }
        if ["/healthz", "/livez", "/readyz", "/version"].contains(where: { path == $0 || path.hasPrefix("\($0)/") }) {
            return true
        }
        return isKnown
            && ["/api", "/apis", "/openapi", "/.well-known", "/openid"].contains {
                path == $0 || path.hasPrefix("\($0)/")
            }
    }

    private func current() -> Policy {
        let versions = ([Self.roles, Self.clusterRoles] + Self.bindings).map(store.version(of:))
        if let policy = policy.withLock({ $0.versions == versions ? $0 : nil }) { return policy }
        var made = Policy(versions: versions)
        for resource in [Self.roles, Self.clusterRoles] {
            for stored in store.objects(of: resource).objects {
                guard let rules = unreadable.read(stored)?["rules"]?.arrayValue else { continue }
                made.roles[stored.location] = rules.map(RoleRule.init)
            }
        }
        for resource in Self.bindings {
            for stored in store.objects(of: resource).objects {
                guard let object = unreadable.read(stored) else { continue }
                made.bindings.append(RoleBindingRules(object, namespace: stored.location.namespace))
            }
        }
        policy.withLock { $0 = made }
        return made
    }
}
