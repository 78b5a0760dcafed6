import HTTPTypes
import KubernetesModel

/// Whom a request asks to act for, by its `Impersonate-` headers, and what its caller must be allowed for that: the verb
/// `impersonate` on the user or service account, on each group, on the UID and on each value of each extra.
struct Impersonation: Sendable, Hashable {
    var user: UserInfo
    /// In the order in which they are checked.
    var demands: [AccessRequest] = []

    private static let extraPrefix = "impersonate-extra-"
    private static let accountPrefix = "system:serviceaccount:"
    private static let authenticated = "system:authenticated"
    private static let unauthenticated = "system:unauthenticated"

    /// - Returns: `nil` where the request asks to act for nobody.
    /// - Throws: 500, as a real server does, where groups, a UID or extras are named without a user.
    init?(_ headers: HTTPFields) throws(KubernetesStatus) {
        let groups = Self.values(headers, "impersonate-group")
        let uid = Self.values(headers, "impersonate-uid").first ?? ""
        let extras = headers.filter { $0.name.canonicalName.hasPrefix(Self.extraPrefix) }
        guard let name = Self.values(headers, "impersonate-user").first, !name.isEmpty else {
            if groups.isEmpty, uid.isEmpty, extras.isEmpty { return nil }
            throw .internalError("Impersonate-Group, -Uid and -Extra headers need an Impersonate-User beside them")
        }
        user = UserInfo(name: name, uid: uid, groups: groups)
        if let account = Self.account(name) {
            demand("serviceaccounts", namespace: account.namespace, name: account.name)
            if groups.isEmpty {
                user.groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"]
            }
        } else {
            demand("users", name: name)
        }
        for group in groups { demand("groups", name: group) }
        for extra in extras {
            let key = Self.unescaped(extra.name.canonicalName.dropFirst(Self.extraPrefix.count))
            user.extra[key, default: []].append(extra.value)
            demand("userextras", group: "authentication.k8s.io", subresource: key, name: extra.value)
        }
        if !uid.isEmpty { demand("uids", group: "authentication.k8s.io", name: uid) }
        addCommonGroup()
    }

    /// Everybody is in the group of those who are known, or in that of those who are not.
    private mutating func addCommonGroup() {
        if user.name == UserInfo.anonymous.name {
            if !user.groups.contains(Self.unauthenticated) { user.groups.append(Self.unauthenticated) }
        } else if !user.groups.contains(Self.authenticated), !user.groups.contains(Self.unauthenticated) {
            user.groups.append(Self.authenticated)
        }
    }

    private mutating func demand(
        _ resource: String, group: String = "", subresource: String = "", namespace: String = "", name: String
    ) {
        demands.append(
            AccessRequest(
                verb: "impersonate", group: group, resource: resource, subresource: subresource, namespace: namespace,
                name: name))
    }

    private static func values(_ headers: HTTPFields, _ name: String) -> [String] {
        headers.filter { $0.name.canonicalName == name }.map(\.value)
    }

    /// `system:serviceaccount:<namespace>:<name>`.
    private static func account(_ user: String) -> (namespace: String, name: String)? {
        guard user.hasPrefix(accountPrefix) else { return nil }
        let parts = user.dropFirst(accountPrefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts.contains(where: \.isEmpty) else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    /// Percent signs resolved; as it is where they are no escapes.
    private static func unescaped(_ key: Substring) -> String {
        let escapes = key.split(separator: "%", omittingEmptySubsequences: false).dropFirst()
        guard escapes.allSatisfy({ $0.count >= 2 && $0.prefix(2).allSatisfy(\.isHexDigit) }) else { return String(key) }
        return Query.decode(key, plusIsSpace: false)
    }
}

extension Authorizer {
    /// - Throws: 403 where the caller may not act for whom `demand` names.
    func require(_ caller: UserInfo, _ demand: AccessRequest) throws(KubernetesStatus) {
        if allows(caller, demand) { return }
        let resource = demand.subresource.isEmpty ? demand.resource : "\(demand.resource)/\(demand.subresource)"
        let scope = demand.namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(demand.namespace)\""
        throw .forbidden(
            ResourceType(group: demand.group, version: "v1", kind: "", plural: demand.resource, namespaced: false),
            demand.name,
            message: "User \"\(caller.name)\" cannot \(demand.verb) resource \"\(resource)\" in API group "
                + "\"\(demand.group)\" \(scope)")
    }
}
