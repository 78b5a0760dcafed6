import KubernetesModel
import StructuredData

/// Finds out who makes a request, by its bearer token.
final class Authenticator: Sendable {
    private let users: [String: UserInfo]
    private let tokens: ServiceAccountTokens
    private let audience: String
    private let store: ObjectStore
    private let now: @Sendable () -> Double

    init(
        tokens: [StaticToken], serviceAccounts: ServiceAccountTokens, audience: String, store: ObjectStore,
        now: @escaping @Sendable () -> Double
    ) {
        var users: [String: UserInfo] = [:]
        for token in tokens {
            users[token.token] = UserInfo(
                name: token.user, uid: token.uid, groups: token.groups + ["system:authenticated"])
        }
        self.users = users
        self.tokens = serviceAccounts
        self.audience = audience
        self.store = store
        self.now = now
    }

    /// Paths that anyone may read.
    private static let open: Set<String> = ["/healthz", "/livez", "/readyz", "/version"]

    /// - Throws: 401 where the token is missing or not good.
    func authenticate(_ authorization: String?, path: String) async throws(KubernetesStatus) -> UserInfo {
        guard let token = authorization.flatMap(Self.bearer) else {
            if Self.open.contains(path) || path.hasPrefix("/livez/") || path.hasPrefix("/readyz/") { return .anonymous }
            throw .unauthorized()
        }
        switch review(token, audiences: [audience]) {
        case .success(let identity): return identity.user
        case .failure: throw .unauthorized()
        }
    }

    struct Identity: Sendable {
        var user: UserInfo
        /// Those of the asked audiences that the token is for.
        var audiences: [String]
    }

    struct Refusal: Error {
        var message: String
    }

    /// Checks a token for any of `audiences`.
    func review(_ token: String, audiences: [String]) -> Result<Identity, Refusal> {
        if let user = users[token] {
            // A static token is for the API itself and nobody else.
            return audiences.contains(audience)
                ? .success(Identity(user: user, audiences: [audience]))
                : .failure(Refusal(message: "the token is not for the audiences \(audiences)"))
        }
        guard let claims = tokens.verify(token) else { return .failure(Refusal(message: "invalid bearer token")) }
        let matching = claims.audiences.filter(audiences.contains)
        if matching.isEmpty {
            return .failure(
                Refusal(
                    message:
                        "[invalid bearer token, token audiences \(JSON(claims.audiences).text()) is invalid for the target "
                        + "audiences \(JSON(audiences).text())]"))
        }
        if Double(claims.expiresAt) <= now() {
            return .failure(Refusal(message: "[invalid bearer token, service account token has expired]"))
        }
        if let problem = boundObjectProblem(claims) { return .failure(Refusal(message: problem)) }
        return .success(Identity(user: user(claims), audiences: matching))
    }

    /// A token dies with the account and the pod that it is bound to.
    private func boundObjectProblem(_ claims: ServiceAccountTokens.Claims) -> String? {
        let account = store.object(
            at: ObjectLocation(
                resource: "/serviceaccounts", namespace: claims.namespace, name: claims.serviceAccount.name))
        guard account?.uid == claims.serviceAccount.uid else {
            return "[invalid bearer token, service account token has been invalidated]"
        }
        if let pod = claims.pod {
            let stored = store.object(
                at: ObjectLocation(resource: "/pods", namespace: claims.namespace, name: pod.name))
            if stored?.uid != pod.uid { return "[invalid bearer token, service account token has been invalidated]" }
        }
        return nil
    }

    private func user(_ claims: ServiceAccountTokens.Claims) -> UserInfo {
        var user = UserInfo(
            name: claims.subject, uid: claims.serviceAccount.uid,
            groups: [
                "system:serviceaccounts", "system:serviceaccounts:\(claims.namespace)", "system:authenticated",
            ])
        user.extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(claims.id)"]
        if let pod = claims.pod {
            user.extra["authentication.kubernetes.io/pod-name"] = [pod.name]
            user.extra["authentication.kubernetes.io/pod-uid"] = [pod.uid]
        }
        if let node = claims.node {
            user.extra["authentication.kubernetes.io/node-name"] = [node.name]
            user.extra["authentication.kubernetes.io/node-uid"] = [node.uid]
        }
        return user
    }

    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}
