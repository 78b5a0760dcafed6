import Crypto
import FoundationEssentials
import StructuredData

/// Signs and checks the tokens of service accounts (JWT, RFC 7519, with ES256, RFC 7518), as Kubernetes forms them.
struct ServiceAccountTokens: Sendable {
    /// What a token says.
    struct Claims: Sendable, Hashable {
        struct Bound: Sendable, Hashable {
            var name: String
            var uid: String
        }

        var id: String
        var issuer: String
        var audiences: [String]
        /// Seconds since 1970.
        var issuedAt: Int64
        var expiresAt: Int64
        var namespace: String
        var serviceAccount: Bound
        var pod: Bound?
        var node: Bound?

        var subject: String { "system:serviceaccount:\(namespace):\(serviceAccount.name)" }
    }

    let issuer: String
    private let key: P256.Signing.PrivateKey
    let keyID: String

    init(issuer: String, key: P256.Signing.PrivateKey) {
        self.issuer = issuer
        self.key = key
        keyID = Self.base64(Data(SHA256.hash(data: key.publicKey.derRepresentation)))
    }

    /// - Throws: `LocalAPIServerError` where `pem` holds no P-256 key.
    init(issuer: String, pem: String) throws(LocalAPIServerError) {
        do {
            self.init(issuer: issuer, key: try P256.Signing.PrivateKey(pemRepresentation: pem))
        } catch {
            throw LocalAPIServerError(
                .badConfiguration, "the service-account signing key is no P-256 private key in PEM form: \(error)")
        }
    }

    func sign(_ claims: Claims) throws -> String {
        let header: JSON = ["alg": "ES256", "kid": .string(keyID)]
        var kubernetes: JSON = ["namespace": .string(claims.namespace)]
        kubernetes["serviceaccount"] = Self.json(claims.serviceAccount)
        if let pod = claims.pod { kubernetes["pod"] = Self.json(pod) }
        if let node = claims.node { kubernetes["node"] = Self.json(node) }
        let payload: JSON = [
            "aud": JSON(claims.audiences), "exp": JSON(claims.expiresAt), "iat": JSON(claims.issuedAt),
            "iss": .string(claims.issuer), "jti": .string(claims.id), "kubernetes.io": kubernetes,
            "nbf": JSON(claims.issuedAt), "sub": .string(claims.subject),
        ]
        let signed = "\(Self.base64(Data(header.serialized()))).\(Self.base64(Data(payload.serialized())))"
        let signature = try key.signature(for: Data(signed.utf8)).rawRepresentation
        return "\(signed).\(Self.base64(signature))"
    }

    /// The claims of a token that this server signed; `nil` for any other. Neither expiry nor audience is looked at.
    func verify(_ token: String) -> Claims? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), header["alg"]?.stringValue == "ES256",
            let signature = Self.data(parts[2]),
            let ecdsa = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            key.publicKey.isValidSignature(ecdsa, for: Data("\(parts[0]).\(parts[1])".utf8)),
            let payload = Self.json(parts[1])
        else { return nil }
        let kubernetes = payload["kubernetes.io"]
        guard payload["iss"]?.stringValue == issuer, let namespace = kubernetes?["namespace"]?.stringValue,
            let account = Self.bound(kubernetes?["serviceaccount"]), let expiry = payload["exp"]?.intValue
        else { return nil }
        return Claims(
            id: payload["jti"]?.stringValue ?? "", issuer: issuer,
            audiences: (payload["aud"]?.arrayValue ?? []).compactMap(\.stringValue),
            issuedAt: Int64(payload["iat"]?.intValue ?? 0), expiresAt: Int64(expiry), namespace: namespace,
            serviceAccount: account, pod: Self.bound(kubernetes?["pod"]), node: Self.bound(kubernetes?["node"]))
    }

    /// The public key as `/openid/v1/jwks` shows it (RFC 7517).
    var keySet: JSON {
        let raw = key.publicKey.rawRepresentation
        return [
            "keys": [
                [
                    "use": "sig", "kty": "EC", "kid": .string(keyID), "crv": "P-256", "alg": "ES256",
                    "x": .string(Self.base64(raw.prefix(32))), "y": .string(Self.base64(raw.suffix(32))),
                ]
            ]
        ]
    }

    private static func json(_ bound: Claims.Bound) -> JSON {
        ["name": .string(bound.name), "uid": .string(bound.uid)]
    }

    private static func bound(_ json: JSON?) -> Claims.Bound? {
        guard let name = json?["name"]?.stringValue, let uid = json?["uid"]?.stringValue else { return nil }
        return Claims.Bound(name: name, uid: uid)
    }

    private static func json(_ part: Substring) -> JSON? {
        data(part).flatMap { try? JSON.parse([UInt8]($0)) }
    }

    /// Base64url without padding (RFC 4648, section 5).
    static func base64(_ data: Data) -> String {
        var text = ""
        for character in data.base64EncodedString() {
            switch character {
            case "+": text.append("-")
            case "/": text.append("_")
            case "=": break
            default: text.append(character)
            }
        }
        return text
    }

    static func data(_ text: Substring) -> Data? {
        var standard = ""
        for character in text {
            switch character {
            case "-": standard.append("+")
            case "_": standard.append("/")
            default: standard.append(character)
            }
        }
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4))
    }
}
