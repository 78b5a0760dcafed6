internal import FoundationEssentials
internal import HTTPTransport

typealias TLSMaterial = TLSConfiguration.Material

extension ClientConfiguration {
    /// Finds the configuration as kubectl does: the file at `path`, else those that `KUBECONFIG` lists, merged, else
    /// `~/.kube/config`, else, in a pod, the pod's service account.
    ///
    /// The files of `KUBECONFIG` are merged as kubectl does it: the first to have a cluster, a user, a context or a current context
    /// wins, files that do not exist are passed over, and relative paths start from the folder of the file they stand in. Where the
    /// cluster has no `proxy-url`, the environment decides (`ProxyRules`).
    ///
    /// - Parameters:
    ///   - path: A kubeconfig that must exist.
    ///   - context: The context to use instead of the current one.
    ///   - environment: Where `KUBECONFIG`, `HOME`, the pod's and the proxies' variables are looked up, and what a credential plugin
    ///     finds in its own.
    public static func load(
        path: String? = nil, context: String? = nil, environment: [String: String]
    ) throws(KubernetesClientError) -> ClientConfiguration {
        if let path {
            return try kubeconfig([path], mustExist: true).configuration(context: context, environment: environment)
        }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            let paths = list.split(separator: ":").map(String.init)
            guard paths.contains(where: FileManager.default.fileExists(atPath:)) else {
                throw KubernetesClientError(.configuration, "no file exists of those that KUBECONFIG names: \(list)")
            }
            return try kubeconfig(paths, mustExist: false).configuration(context: context, environment: environment)
        }
        let home = environment["HOME"].map { "\($0)/.kube/config" }
        if let home, FileManager.default.fileExists(atPath: home) {
            return try kubeconfig([home], mustExist: true).configuration(context: context, environment: environment)
        }
        if context == nil, environment["KUBERNETES_SERVICE_HOST"] != nil {
            return try inCluster(environment: environment)
        }
        throw KubernetesClientError(
            .configuration,
            "no kubeconfig: name one with --kubeconfig or KUBECONFIG, or put it at \(home ?? "~/.kube/config")")
    }

    /// The configuration of a pod: its service account's token, which is read again as it rotates, and the cluster's authority.
    ///
    /// - Parameter folder: Where the kubelet mounts them.
    public static func inCluster(
        environment: [String: String],
        folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(KubernetesClientError) -> ClientConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw KubernetesClientError(
                .configuration, "not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
        }
        for name in ["token", "ca.crt"] where !FileManager.default.isReadableFile(atPath: "\(folder)/\(name)") {
            throw KubernetesClientError(
                .configuration,
                "the pod has no readable \(folder)/\(name); does it set automountServiceAccountToken: false?")
        }
        var configuration = ClientConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            tls: TLSConfiguration(authorities: .file("\(folder)/ca.crt")),
            proxy: try proxyRules(environment),
            authentication: .tokenFile("\(folder)/token"))
        if let namespace = try? text(at: "\(folder)/namespace").split(whereSeparator: \.isWhitespace).first {
            configuration.defaultNamespace = String(namespace)
        }
        return configuration
    }

    static func proxyRules(_ environment: [String: String]) throws(KubernetesClientError) -> ProxyRules {
        do {
            return try ProxyRules(environment: environment)
        } catch {
            throw KubernetesClientError(.configuration, error.message)
        }
    }

    private static func kubeconfig(
        _ paths: [String], mustExist: Bool
    ) throws(KubernetesClientError) -> Kubeconfig {
        var merged = Kubeconfig()
        for path in paths where mustExist || FileManager.default.fileExists(atPath: path) {
            let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
            let folder = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
            merged.merge(try Kubeconfig(parsing: try text(at: absolute), file: path, folder: folder))
        }
        return merged
    }

    static func text(at path: String) throws(KubernetesClientError) -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch {
            throw KubernetesClientError(.configuration, "the file \(path) cannot be read: \(error)")
        }
    }
}
