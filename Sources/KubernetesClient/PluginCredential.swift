internal import HTTPTransport
internal import KubernetesModel
internal import StructuredData

/// What one run of a credential plugin gave.
struct PluginCredential: Sendable, Hashable {
    var credentials: Credentials
    /// Seconds since 1970; `nil`: good until the server refuses it.
    var expiresAt: Double?

    /// Reads the `ExecCredential` that the plugin wrote.
    init(parsing output: [UInt8], of plugin: CredentialPlugin) throws(KubernetesClientError) {
        func error(_ reason: String) -> KubernetesClientError {
            KubernetesClientError(.credentials, "the credential plugin \"\(plugin.command)\" \(reason)")
        }
        let json: JSON
        do {
            json = try JSON.parse(output)
        } catch let problem {
            // What it wrote stays out of the message: it may be a secret.
            throw error("wrote something that is not JSON: \(problem)")
        }
        guard json["kind"]?.stringValue == "ExecCredential" else {
            throw error("wrote an object of the kind \"\(json["kind"]?.stringValue ?? "")\", not ExecCredential")
        }
        guard json["apiVersion"]?.stringValue == plugin.apiVersion.rawValue else {
            throw error(
                "wrote the apiVersion \"\(json["apiVersion"]?.stringValue ?? "")\", but the kubeconfig says "
                    + plugin.apiVersion.rawValue)
        }
        let status = json["status"]
        func text(_ member: String) -> String? {
            status?[member]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        credentials = Credentials()
        credentials.authorization = text("token").map { "Bearer \($0)" }
        switch (text("clientCertificateData"), text("clientKeyData")) {
        case (let certificate?, let key?):
            guard certificate.contains("-----BEGIN "), key.contains("-----BEGIN ") else {
                throw error("wrote a clientCertificateData or clientKeyData that is not PEM")
            }
            credentials.identity = ClientIdentity(
                certificate: .inline(Array(certificate.utf8)), key: .inline(Array(key.utf8)))
        case (nil, nil): break
        default: throw error("wrote only one of clientCertificateData and clientKeyData")
        }
        guard credentials != Credentials() else {
            throw error("wrote neither a token nor a client certificate with its key")
        }
        if let text = text("expirationTimestamp") {
            guard let microseconds = Timestamp.microseconds(text) else {
                throw error("wrote the expirationTimestamp \"\(text)\", which is no RFC 3339 time")
            }
            expiresAt = Double(microseconds) / 1e6
        }
    }
}
