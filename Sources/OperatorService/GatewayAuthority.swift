import CertificateStore
import Foundation
import KubernetesClient
import KubernetesModel

/// The authority of gateways that run in several replicas: one Secret that all of them sign by, so that an agent that trusts one
/// trusts each.
struct GatewayAuthority: Sendable {
    static let name = "das-gateway-authority"

    private static let certificateKey = "tls.crt"
    private static let privateKey = "tls.key"

    let client: KubernetesClient
    let namespace: String

    /// Reads the authority, or makes it; of several that make it at once, one wins and the others take what it has made.
    /// - Throws: `OperatorServiceError` where the Secret holds something else; what the API server answers.
    func open(now: Date) async throws -> CertificateAuthority {
        if let found = try await find() { return found }
        let made = try CertificateAuthority.make(now: now)
        do {
            _ = try await client.create(
                Secret(
                    metadata: ObjectMeta(
                        name: Self.name, namespace: namespace,
                        labels: ["app.kubernetes.io/part-of": "dynamic-agent-swarms"]),
                    type: "kubernetes.io/tls",
                    data: [
                        Self.certificateKey: Data(made.certificatePEM.utf8).base64EncodedString(),
                        Self.privateKey: Data(made.keyPEM.utf8).base64EncodedString(),
                    ]))
            return made
        } catch let status as KubernetesStatus where status.isAlreadyExists {
            if let found = try await find() { return found }
            throw status
        }
    }

    private func find() async throws -> CertificateAuthority? {
        let secret: Secret
        do {
            secret = try await client.get(Secret.self, Self.name, namespace: namespace)
        } catch let status as KubernetesStatus where status.isNotFound {
            return nil
        }
        func text(_ key: String) -> String? {
            secret.data?[key].flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
        }
        do {
            if let certificate = text(Self.certificateKey), let key = text(Self.privateKey) {
                return try CertificateAuthority(certificatePEM: certificate, keyPEM: key)
            }
        } catch {
            throw OperatorServiceError(.failed, "\(trouble): \(error)")
        }
        throw OperatorServiceError(.failed, trouble)
    }

    private var trouble: String {
        "Secret \(namespace)/\(Self.name) does not hold an authority in \(Self.certificateKey) and \(Self.privateKey); "
            + "delete it to have a new one made"
    }
}
