import JWTKit
package import KubernetesClient
import KubernetesModel
package import Logging
package import TaskGateway

/// Knows callers by what the cluster says of their tokens.
///
/// Agents show a projected service-account token for the gateway's audience, which is verified offline against the cluster's
/// signing keys (by a TokenReview where those cannot be read). Users show their own Kubernetes token: the cluster is asked who
/// they are, and for each verb whether they may, always with that token, so that the gateway needs no rights of its own.
package struct KubernetesAuthenticator: Authenticator {
    package static let audience = "das-gateway"
    private static let tasks = (group: "das.brashlabs.io", resource: "swarmtasks")

    private let client: KubernetesClient
    /// A client like `client` that shows another token.
    private let clientFor: @Sendable (_ bearer: String) -> KubernetesClient
    private let keys: SigningKeys
    private let logger: Logger

    package init(
        client: KubernetesClient,
        clientFor: @escaping @Sendable (_ bearer: String) -> KubernetesClient,
        logger: Logger = Logger(label: "das.gateway.authentication")
    ) {
        self.client = client
        self.clientFor = clientFor
        self.logger = logger
        keys = SigningKeys(client: client)
    }

    package func authenticate(bearer: String) async throws -> Identity? {
        if bearer.split(separator: ".", omittingEmptySubsequences: false).count == 3,
            let agent = try await agent(bearer: bearer)
        {
            return agent
        }
        return try await user(bearer: bearer)
    }

    package func authorize(
        _ identity: Identity, bearer: String, verb: String, namespace: String
    ) async throws -> Bool {
        do {
            return try await clientFor(bearer).mayI(
                ResourceAttributes(
                    namespace: namespace, verb: verb, group: Self.tasks.group, resource: Self.tasks.resource)
            ).allowed
        } catch let status as KubernetesStatus where status.isUnauthorized || status.isForbidden {
            return false
        }
    }

    private func agent(bearer: String) async throws -> Identity? {
        let claims: ServiceAccountClaims?
        do {
            claims = try await keys.verified(bearer)
        } catch {
            logger.info("the cluster's signing keys cannot be read; asking for a review instead: \(error)")
            return try await reviewedAgent(bearer: bearer)
        }
        guard let claims, claims.aud.value.contains(Self.audience), claims.isConsistent else { return nil }
        return .agent(
            serviceAccount: claims.kubernetes.serviceaccount.name, namespace: claims.kubernetes.namespace,
            podName: claims.kubernetes.pod?.name, podUID: claims.kubernetes.pod?.uid)
    }

    private func reviewedAgent(bearer: String) async throws -> Identity? {
        let status = try await client.reviewToken(bearer, audiences: [Self.audience])
        guard status.authenticated == true, status.audiences?.contains(Self.audience) == true, let user = status.user
        else { return nil }
        let parts = (user.username ?? "").split(separator: ":")
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
        return .agent(
            serviceAccount: String(parts[3]), namespace: String(parts[2]),
            podName: user.extra?["authentication.kubernetes.io/pod-name"]?.first,
            podUID: user.extra?["authentication.kubernetes.io/pod-uid"]?.first)
    }

    private func user(bearer: String) async throws -> Identity? {
        do {
            let user = try await clientFor(bearer).whoAmI()
            guard let name = user.username, name != "system:anonymous" else { return nil }
            return .user(name: name, groups: user.groups ?? [])
        } catch let status as KubernetesStatus where status.isUnauthorized || status.isForbidden {
            return nil
        }
    }
}
