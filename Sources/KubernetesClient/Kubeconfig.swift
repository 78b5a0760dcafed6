internal import FoundationEssentials
internal import HTTPTransport
internal import StructuredData

/// The entries of one kubeconfig, or of several merged.
struct Kubeconfig: Sendable {
    /// What a cluster, user or context says, and the folder that its relative paths start from.
    struct Entry: Sendable {
        var content: JSON
        var folder: String

        func text(_ member: String) -> String? {
            content[member]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }

        func path(_ member: String) -> String? {
            text(member).map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
        }
    }

    var currentContext: String?
    var clusters: [String: Entry] = [:]
    var users: [String: Entry] = [:]
    var contexts: [String: Entry] = [:]

    init() {}

    /// - Parameter folder: Where the relative paths in `text` start from.
    init(parsing text: String, file: String, folder: String) throws(KubernetesClientError) {
        let documents: [JSON]
        do {
            documents = try YAML.parse(text, file: file)
        } catch {
            throw KubernetesClientError(.configuration, "the kubeconfig cannot be read as YAML: \(error)")
        }
        guard let document = documents.first, !document.isNull else { return }
        guard documents.count == 1, document.objectValue != nil else {
            throw KubernetesClientError(.configuration, "\(file) is no kubeconfig: it must hold one YAML mapping")
        }
        currentContext = document["current-context"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        clusters = try Self.entries(document, "clusters", "cluster", file, folder)
        users = try Self.entries(document, "users", "user", file, folder)
        contexts = try Self.entries(document, "contexts", "context", file, folder)
    }

    /// Takes over what `other` says and this does not: the first file to say something wins.
    mutating func merge(_ other: Kubeconfig) {
        currentContext = currentContext ?? other.currentContext
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts.merge(other.contexts) { first, _ in first }
    }

    private static func entries(
        _ document: JSON, _ list: String, _ member: String, _ file: String, _ folder: String
    ) throws(KubernetesClientError) -> [String: Entry] {
        guard let elements = document[list], !elements.isNull else { return [:] }
        guard let elements = elements.arrayValue else {
            throw KubernetesClientError(.configuration, "\(file): \(list) must be a list")
        }
        var entries: [String: Entry] = [:]
        for (position, element) in elements.enumerated() {
            guard let name = element["name"]?.stringValue, !name.isEmpty else {
                throw KubernetesClientError(.configuration, "\(file): \(list)[\(position)] has no name")
            }
            if entries[name] == nil { entries[name] = Entry(content: element[member] ?? [:], folder: folder) }
        }
        return entries
    }
}

extension Kubeconfig {
    /// The configuration that `context`, or else the current context, describes.
    func configuration(
        context name: String?, environment: [String: String]
    ) throws(KubernetesClientError) -> ClientConfiguration {
        guard let name = name ?? currentContext else {
            throw Self.error(
                "the kubeconfig has no current-context; set one with `kubectl config use-context`, or name one of: "
                    + Self.list(contexts))
        }
        guard let context = contexts[name] else {
            throw Self.error("the kubeconfig has no context \"\(name)\"; it has: \(Self.list(contexts))")
        }
        guard let clusterName = context.text("cluster") else {
            throw Self.error("the context \"\(name)\" names no cluster")
        }
        guard let cluster = clusters[clusterName] else {
            throw Self.error(
                "the context \"\(name)\" names the cluster \"\(clusterName)\", which the kubeconfig does not have; it has: "
                    + Self.list(clusters))
        }
        let userName = context.text("user")
        if let userName, users[userName] == nil {
            throw Self.error(
                "the context \"\(name)\" names the user \"\(userName)\", which the kubeconfig does not have; it has: "
                    + Self.list(users))
        }
        var configuration = ClientConfiguration(server: try Self.server(cluster, clusterName))
        configuration.defaultNamespace = context.text("namespace") ?? "default"
        configuration.proxy = try Self.proxy(cluster, clusterName, environment)
        try Self.addSecurity(of: cluster, clusterName, to: &configuration)
        if let userName, let user = users[userName] {
            try Self.addCredentials(of: user, userName, to: &configuration)
            try Self.addImpersonation(of: user, userName, to: &configuration)
            // As in client-go: what the file itself holds wins over what a plugin would give.
            if configuration.authentication == .none, let exec = user.content["exec"], !exec.isNull {
                configuration.authentication = .plugin(
                    try Self.plugin(user, userName, cluster: cluster, configuration, environment))
            }
        }
        return configuration
    }

    private static func server(_ cluster: Entry, _ name: String) throws(KubernetesClientError) -> String {
        guard var server = cluster.text("server") else { throw error("the cluster \"\(name)\" has no server") }
        guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw error("the server \"\(server)\" of the cluster \"\(name)\" must start with https:// or http://")
        }
        while server.hasSuffix("/") { server.removeLast() }
        return server
    }

    private static func proxy(
        _ cluster: Entry, _ name: String, _ environment: [String: String]
    ) throws(KubernetesClientError) -> ProxyRules {
        guard let url = cluster.text("proxy-url") else { return try ClientConfiguration.proxyRules(environment) }
        do {
            return try ProxyRules(always: url)
        } catch {
            throw Self.error("proxy-url of the cluster \"\(name)\": \(error.message)")
        }
    }

    private static func addSecurity(
        of cluster: Entry, _ name: String, to configuration: inout ClientConfiguration
    ) throws(KubernetesClientError) {
        let owner = "the cluster \"\(name)\""
        configuration.tls.authorities = try material(cluster, "certificate-authority", owner)
        configuration.tls.serverName = cluster.text("tls-server-name")
        switch cluster.content["insecure-skip-tls-verify"] {
        case nil, .null, .bool(false): break
        case .bool(true):
            guard configuration.tls.authorities == nil else {
                throw error(
                    "\(owner) has both insecure-skip-tls-verify and a certificate-authority; leave one of them out")
            }
            configuration.tls.verifyServer = false
        // Anything but a clear yes must not switch verification off.
        default: throw error("insecure-skip-tls-verify of \(owner) must be true or false")
        }
    }

    private static func addCredentials(
        of user: Entry, _ name: String, to configuration: inout ClientConfiguration
    ) throws(KubernetesClientError) {
        let owner = "the user \"\(name)\""
        if let provider = user.content["auth-provider"], !provider.isNull {
            throw error(
                "\(owner) gets its credentials from an auth-provider, which Kubernetes has given up; use a plugin (exec), a "
                    + "token, a tokenFile or a client certificate, or a service account's token")
        }
        switch (try material(user, "client-certificate", owner), try material(user, "client-key", owner)) {
        case (let certificate?, let key?):
            configuration.tls.identity = ClientIdentity(certificate: certificate, key: key)
        case (nil, nil): break
        default: throw error("\(owner) needs both client-certificate and client-key, or neither")
        }
        // As in client-go: the file wins over the token, the token over name and password.
        if let path = user.path("tokenFile") {
            configuration.authentication = .tokenFile(path)
        } else if let token = user.text("token") {
            configuration.authentication = .bearer(token)
        } else if let username = user.text("username") {
            configuration.authentication = .basic(username: username, password: user.text("password") ?? "")
        }
    }

    private static func addImpersonation(
        of user: Entry, _ name: String, to configuration: inout ClientConfiguration
    ) throws(KubernetesClientError) {
        let uid = user.text("as-uid")
        let groups = user.content["as-groups"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let extra = user.content["as-user-extra"]?.objectValue ?? [:]
        guard let impersonated = user.text("as") else {
            guard uid == nil, groups.isEmpty, extra.isEmpty else {
                throw error("the user \"\(name)\" impersonates a uid, groups or extra, but no user; add `as`")
            }
            return
        }
        configuration.impersonation = ClientConfiguration.Impersonation(
            user: impersonated, uid: uid, groups: groups,
            extra: extra.reduce(into: [:]) { extra, member in
                extra[member.key] = member.value.arrayValue?.compactMap(\.stringValue) ?? []
            })
    }

    /// What `member-data` holds, or the file that `member` names.
    private static func material(
        _ entry: Entry, _ member: String, _ owner: String
    ) throws(KubernetesClientError) -> TLSMaterial? {
        if let text = entry.text("\(member)-data") {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw error("\(member)-data of \(owner) is not base64")
            }
            return .inline(Array(data))
        }
        guard let path = entry.path(member) else { return nil }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw error("\(member) of \(owner): the file \(path) cannot be read")
        }
        return .file(path)
    }

    private static func list(_ entries: [String: Entry]) -> String {
        entries.isEmpty ? "none" : entries.keys.sorted().joined(separator: ", ")
    }

    static func error(_ message: String) -> KubernetesClientError {
        KubernetesClientError(.configuration, message)
    }
}
