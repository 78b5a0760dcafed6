import CertificateStore
import Crypto
import LocalAPIServer
import StructuredData

/// The bearer tokens of one local cluster, made once and kept in its data directory.
package struct ClusterCredentials: Sendable {
    /// The user's own token, as the kubeconfig carries it.
    package let administrator: String
    let controllers: String
    let node: String
    package let operatorToken: String
    /// What the API server shows to nodes when it asks for logs.
    let kubelet: String

    static func open(in directory: DataDirectory) throws -> ClusterCredentials {
        func token(_ name: String) throws -> String {
            if let kept = try directory.read("pki/\(name).token") {
                return kept.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            }
            let made = SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
                bytes.map { byte in
                    let digits = String(byte, radix: 16)
                    return digits.count == 1 ? "0\(digits)" : digits
                }.joined()
            }
            try directory.write(made + "\n", to: "pki/\(name).token", secret: true)
            return made
        }
        return ClusterCredentials(
            administrator: try token("administrator"), controllers: try token("controllers"), node: try token("node"),
            operatorToken: try token("operator"), kubelet: try token("kubelet"))
    }

    /// How the API server knows them.
    func staticTokens(nodeName: String) -> [StaticToken] {
        let all = ["system:masters"]
        return [
            StaticToken(token: administrator, user: "admin", uid: "admin", groups: all),
            StaticToken(
                token: controllers, user: "system:kube-controller-manager", uid: "controllers", groups: all),
            StaticToken(
                token: node, user: "system:node:\(nodeName)", uid: "node", groups: ["system:nodes"] + all),
            StaticToken(token: operatorToken, user: "das-operator", uid: "operator", groups: all),
        ]
    }
}

/// A kubeconfig for one user of one cluster.
enum Kubeconfig {
    static func text(server: String, authoritiesPEM: String, token: String) -> String {
        let name = "das"
        return YAML.serialize([
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                [
                    "name": .string(name),
                    "cluster": [
                        "server": .string(server),
                        "certificate-authority-data": .string(Base64.encode(authoritiesPEM)),
                    ],
                ]
            ],
            "users": [["name": .string(name), "user": ["token": .string(token)]]],
            "contexts": [
                [
                    "name": .string(name),
                    "context": ["cluster": .string(name), "user": .string(name), "namespace": "default"],
                ]
            ],
            "current-context": .string(name),
        ])
    }
}
