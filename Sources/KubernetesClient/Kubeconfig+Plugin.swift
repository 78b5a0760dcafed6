internal import FoundationEssentials
internal import HTTPTransport
internal import StructuredData

// The `exec` of a user.
extension Kubeconfig {
    /// The name under which a cluster keeps what is for plugins alone.
    private static let pluginExtension = "client.authentication.k8s.io/exec"

    static func plugin(
        _ user: Entry, _ name: String, cluster: Entry, _ configuration: ClientConfiguration,
        _ environment: [String: String]
    ) throws(KubernetesClientError) -> CredentialPlugin {
        let owner = "exec of the user \"\(name)\""
        let exec = Entry(content: user.content["exec"] ?? [:], folder: user.folder)
        guard let command = exec.text("command") else { throw error("\(owner) has no command") }
        guard let version = exec.text("apiVersion").flatMap(CredentialPlugin.APIVersion.init) else {
            throw error(
                "\(owner) has the apiVersion \"\(exec.text("apiVersion") ?? "")\"; it must be "
                    + "client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1")
        }
        var plugin = CredentialPlugin(
            apiVersion: version,
            // A name is looked for in PATH; anything with a slash is a path like all others of the file.
            command: command.contains("/") ? exec.path("command") ?? command : command,
            arguments: try texts(exec, "args", owner), environment: environment,
            interactiveMode: try interactiveMode(exec, version, owner), installHint: exec.text("installHint"))
        for (position, variable) in try list(exec, "env", owner).enumerated() {
            guard let name = variable["name"]?.stringValue, !name.isEmpty, !name.contains("="),
                let value = variable["value"]?.stringValue
            else { throw error("env[\(position)] of \(owner) needs a name and a value, both texts") }
            plugin.environment[name] = value
        }
        switch exec.content["provideClusterInfo"] {
        case nil, .null, .bool(false): break
        case .bool(true): plugin.cluster = try clusterInfo(cluster, configuration)
        default: throw error("provideClusterInfo of \(owner) must be true or false")
        }
        return plugin
    }

    /// v1 wants it to be said; v1beta1 has a default.
    private static func interactiveMode(
        _ exec: Entry, _ version: CredentialPlugin.APIVersion, _ owner: String
    ) throws(KubernetesClientError) -> CredentialPlugin.InteractiveMode {
        guard let text = exec.text("interactiveMode") else {
            guard version == .v1 else { return .ifAvailable }
            throw error("\(owner) needs an interactiveMode: Never, IfAvailable or Always")
        }
        guard let mode = CredentialPlugin.InteractiveMode(rawValue: text) else {
            throw error("\(owner) has the interactiveMode \"\(text)\"; it must be Never, IfAvailable or Always")
        }
        return mode
    }

    /// The cluster as plugins are told of it: with the authority itself in place of its file.
    private static func clusterInfo(
        _ cluster: Entry, _ configuration: ClientConfiguration
    ) throws(KubernetesClientError) -> JSON {
        var info: JSON = ["server": .string(configuration.server)]
        info["tls-server-name"] = configuration.tls.serverName.map(JSON.string)
        if !configuration.tls.verifyServer { info["insecure-skip-tls-verify"] = true }
        switch configuration.tls.authorities {
        case .inline(let bytes): info["certificate-authority-data"] = .string(Data(bytes).base64EncodedString())
        case .file(let path):
            let text = try ClientConfiguration.text(at: path)
            info["certificate-authority-data"] = .string(Data(text.utf8).base64EncodedString())
        case nil: break
        }
        info["proxy-url"] = cluster.text("proxy-url").map(JSON.string)
        for element in cluster.content["extensions"]?.arrayValue ?? []
        where element["name"]?.stringValue == pluginExtension {
            info["config"] = element["extension"]
        }
        return info
    }

    private static func list(
        _ entry: Entry, _ member: String, _ owner: String
    ) throws(KubernetesClientError) -> [JSON] {
        guard let value = entry.content[member], !value.isNull else { return [] }
        guard let elements = value.arrayValue else { throw error("\(member) of \(owner) must be a list") }
        return elements
    }

    private static func texts(
        _ entry: Entry, _ member: String, _ owner: String
    ) throws(KubernetesClientError) -> [String] {
        var texts: [String] = []
        for (position, element) in try list(entry, member, owner).enumerated() {
            guard let text = element.stringValue else {
                throw error("\(member)[\(position)] of \(owner) must be a text; put it in quotes")
            }
            texts.append(text)
        }
        return texts
    }
}
