import HTTPTransport
import JWTKit
import KubernetesClient
import Synchronization

/// The keys that the cluster signs service-account tokens with, fetched from `/openid/v1/jwks` and fetched again when a token
/// names one that is not known, at most once every `leastPause`.
final class SigningKeys: Sendable {
    private static let leastPause = Duration.seconds(10)

    private struct State {
        var keys: JWTKeyCollection?
        var fetched: ContinuousClock.Instant?
    }

    private let client: KubernetesClient
    private let state = Mutex(State())

    init(client: KubernetesClient) { self.client = client }

    /// The claims of `token`; `nil` where it is not signed by the cluster or has run out.
    /// - Throws: where the keys cannot be had.
    func verified(_ token: String) async throws -> ServiceAccountClaims? {
        if let keys = state.withLock({ $0.keys }) {
            if let claims = try? await keys.verify(token, as: ServiceAccountClaims.self) { return claims }
            // A key that came with a rotation? Only the token's own fault otherwise.
            let recent = state.withLock { $0.fetched.map { $0.duration(to: .now) < Self.leastPause } ?? false }
            if recent { return nil }
        }
        let keys = try await fetch()
        return try? await keys.verify(token, as: ServiceAccountClaims.self)
    }

    private func fetch() async throws -> JWTKeyCollection {
        // In no other form does a real server give them.
        let response = try await client.raw(.get, "/openid/v1/jwks", headers: ["Accept": "application/jwk-set+json"])
        let keys = JWTKeyCollection()
        try await keys.add(jwksJSON: String(decoding: response.body, as: UTF8.self))
        state.withLock { state in
            state.keys = keys
            state.fetched = .now
        }
        return keys
    }
}
