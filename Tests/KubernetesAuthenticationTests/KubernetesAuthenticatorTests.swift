import FoundationEssentials
import HTTPTransport
import JWTKit
import KubernetesAuthentication
import KubernetesClient
import StructuredData
import Synchronization
import TaskGateway
import Testing

/// An API server that knows its keys and two users.
private final class FakeAPIServer: HTTPTransport {
    let jwks: String?
    let reviews = Mutex(0)

    init(jwks: String?) { self.jwks = jwks }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        throw HTTPTransportError(.badRequest, "nothing streams here")
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        func answer(_ status: Int, _ json: JSON) -> HTTPResponse {
            HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: json.serialized())
        }
        let bearer = request.headers["Authorization"] ?? ""
        if request.url.contains("/openid/v1/jwks") {
            guard let jwks else {
                return answer(403, ["kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403])
            }
            // As a real server does: it has no other form of them.
            guard request.headers["Accept"] == "application/jwk-set+json" else {
                return answer(406, ["kind": "Status", "status": "Failure", "reason": "NotAcceptable", "code": 406])
            }
            return HTTPResponse(status: 200, body: Array(jwks.utf8))
        }
        guard bearer == "Bearer alice" || bearer == "Bearer gateway" else {
            return answer(401, ["kind": "Status", "status": "Failure", "reason": "Unauthorized", "code": 401])
        }
        var body = try JSON.parse(request.body ?? [])
        if request.url.contains("selfsubjectreviews") {
            body["status"] = ["userInfo": ["username": "alice", "groups": ["traders"]]]
        } else if request.url.contains("selfsubjectaccessreviews") {
            reviews.withLock { $0 += 1 }
            let attributes = body["spec"]?["resourceAttributes"]
            body["status"] = [
                "allowed": .bool(
                    attributes?["namespace"] == "team" && attributes?["verb"] == "create"
                        && attributes?["resource"] == "swarmtasks" && attributes?["group"] == "das.brashlabs.io")
            ]
        } else if request.url.contains("tokenreviews") {
            body["status"] = [
                "authenticated": true, "audiences": ["das-gateway"],
                "user": [
                    "username": "system:serviceaccount:team:argus",
                    "extra": [
                        "authentication.kubernetes.io/pod-name": ["argus-1"],
                        "authentication.kubernetes.io/pod-uid": ["p-1"],
                    ],
                ],
            ]
        }
        return answer(201, body)
    }
}

@Suite struct KubernetesAuthenticatorTests {
    private struct Claims: JWTPayload {
        var iss = "https://kubernetes.default.svc"
        var sub: String
        var aud: [String]
        var exp: ExpirationClaim
        var kubernetes: [String: [String: String]]
        var namespace: String

        enum CodingKeys: String, CodingKey {
            case iss, sub, aud, exp
            case kubernetes = "kubernetes.io"
        }

        private struct Binding: Codable {
            var namespace: String
            var serviceaccount: [String: String]
            var pod: [String: String]?
        }

        init(
            sub: String, aud: [String], expires: ExpirationClaim, namespace: String,
            bindings: [String: [String: String]]
        ) {
            self.sub = sub
            self.aud = aud
            exp = expires
            self.namespace = namespace
            kubernetes = bindings
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            sub = try container.decode(String.self, forKey: .sub)
            aud = try container.decode([String].self, forKey: .aud)
            exp = try container.decode(ExpirationClaim.self, forKey: .exp)
            let binding = try container.decode(Binding.self, forKey: .kubernetes)
            namespace = binding.namespace
            kubernetes = ["serviceaccount": binding.serviceaccount]
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(iss, forKey: .iss)
            try container.encode(sub, forKey: .sub)
            try container.encode(aud, forKey: .aud)
            try container.encode(exp, forKey: .exp)
            try container.encode(
                Binding(
                    namespace: namespace, serviceaccount: kubernetes["serviceaccount"] ?? [:], pod: kubernetes["pod"]),
                forKey: .kubernetes)
        }

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    private let key = ES256PrivateKey()

    private func jwks() throws -> String {
        let parameters = try #require(key.parameters)
        func url(_ text: String) -> String {
            text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined().split(separator: "=").joined()
        }
        return
            #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"k1","x":"\#(url(parameters.x))","y":"\#(url(parameters.y))"}]}"#
    }

    private func token(
        audience: String = "das-gateway", subject: String = "system:serviceaccount:team:argus",
        validFor seconds: Double = 600,
        signedBy other: ES256PrivateKey? = nil
    ) async throws -> String {
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: other ?? key, kid: "k1")
        return try await keys.sign(
            Claims(
                sub: subject, aud: [audience], expires: .init(value: .now.addingTimeInterval(seconds)),
                namespace: "team",
                bindings: [
                    "serviceaccount": ["name": "argus", "uid": "s-1"], "pod": ["name": "argus-1", "uid": "p-1"],
                ]),
            kid: "k1")
    }

    private func authenticator(_ server: FakeAPIServer) -> KubernetesAuthenticator {
        @Sendable func client(_ bearer: String) -> KubernetesClient {
            KubernetesClient(
                ClientConfiguration(server: "https://cluster.example", authentication: .bearer(bearer)),
                transport: server)
        }
        return KubernetesAuthenticator(client: client("gateway"), clientFor: client)
    }

    private let agent = Identity.agent(serviceAccount: "argus", namespace: "team", podName: "argus-1", podUID: "p-1")

    @Test func `An agent's token is verified offline against the cluster's keys`() async throws {
        let authenticator = authenticator(FakeAPIServer(jwks: try jwks()))
        #expect(try await authenticator.authenticate(bearer: token()) == agent)
    }

    @Test func `A token for another audience, run out, forged or of another account is no agent's`() async throws {
        let authenticator = authenticator(FakeAPIServer(jwks: try jwks()))
        for wrong in [
            try await token(audience: "https://kubernetes.default.svc"), try await token(validFor: -60),
            try await token(signedBy: ES256PrivateKey()), try await token(subject: "system:serviceaccount:team:other"),
            "not.a.token",
        ] {
            #expect(try await authenticator.authenticate(bearer: wrong) == nil)
        }
    }

    @Test func `Where the keys cannot be read, the cluster is asked for a review`() async throws {
        let authenticator = authenticator(FakeAPIServer(jwks: nil))
        #expect(try await authenticator.authenticate(bearer: token()) == agent)
    }

    @Test func `Users are who the cluster says, and may what it says`() async throws {
        let server = FakeAPIServer(jwks: try jwks())
        let authenticator = authenticator(server)
        let alice = try #require(try await authenticator.authenticate(bearer: "alice"))
        #expect(alice == .user(name: "alice", groups: ["traders"]))
        #expect(try await authenticator.authenticate(bearer: "mallory") == nil)
        #expect(try await authenticator.authorize(alice, bearer: "alice", verb: "create", namespace: "team"))
        #expect(try await !authenticator.authorize(alice, bearer: "alice", verb: "update", namespace: "team"))
        #expect(try await !authenticator.authorize(alice, bearer: "alice", verb: "create", namespace: "other"))
        #expect(try await !authenticator.authorize(alice, bearer: "mallory", verb: "create", namespace: "team"))
        #expect(server.reviews.withLock { $0 } == 3)
    }
}
