import JWTKit

/// The claims of a service account's token, as an API server writes them.
struct ServiceAccountClaims: JWTPayload {
    struct Kubernetes: Codable, Sendable {
        struct Reference: Codable, Sendable {
            var name: String
            var uid: String
        }

        var namespace: String
        var serviceaccount: Reference
        var pod: Reference?
    }

    var exp: ExpirationClaim
    var nbf: NotBeforeClaim?
    var aud: AudienceClaim
    var sub: SubjectClaim
    var kubernetes: Kubernetes

    enum CodingKeys: String, CodingKey {
        case exp, nbf, aud, sub
        case kubernetes = "kubernetes.io"
    }

    func verify(using algorithm: some JWTAlgorithm) throws {
        try exp.verifyNotExpired()
        try nbf?.verifyNotBefore()
    }

    /// `sub` and the structured claims must name the same account.
    var isConsistent: Bool {
        sub.value == "system:serviceaccount:\(kubernetes.namespace):\(kubernetes.serviceaccount.name)"
    }
}
