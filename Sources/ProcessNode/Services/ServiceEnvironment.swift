internal import KubernetesModel

/// The variables by which pods find Services: there is no DNS here. Pure.
///
/// For each Service of the pod's namespace that has an address: `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT` (the first port),
/// `NAME_SERVICE_PORT_PORTNAME`, and the older `NAME_PORT…` of container links; and for every pod, also where links are switched
/// off, those of the API server. Only Services that exist when a container starts are named.
enum ServiceEnvironment {
    /// The name of the API server's Service, in the namespace `default`.
    static let apiServerKey = ObjectKey(namespace: "default", name: "kubernetes")

    /// - Parameters:
    ///   - apiServer: as `apiServer(_:at:)` gives it.
    ///   - links: the Services of the pod's namespace.
    static func variables(apiServer: Service?, links: [Service]) -> [String: String] {
        var variables: [String: String] = [:]
        for service in [apiServer].compactMap({ $0 }) + links.filter({ $0.key != apiServerKey }) {
            guard let address = service.spec.clusterIP, !address.isEmpty, address != "None",
                let ports = service.spec.ports, let first = ports.first
            else { continue }
            let name = word(service.metadata.name ?? "")
            variables["\(name)_SERVICE_HOST"] = address
            variables["\(name)_SERVICE_PORT"] = String(first.port)
            variables["\(name)_PORT"] = url(address, first)
            for port in ports {
                if let portName = port.name, !portName.isEmpty {
                    variables["\(name)_SERVICE_PORT_\(word(portName))"] = String(port.port)
                }
                let prefix = "\(name)_PORT_\(port.port)_\((port.protocol ?? "TCP").uppercased())"
                variables[prefix] = url(address, port)
                variables["\(prefix)_PROTO"] = (port.protocol ?? "TCP").lowercased()
                variables["\(prefix)_PORT"] = String(port.port)
                variables["\(prefix)_ADDR"] = address
            }
        }
        return variables
    }

    /// The API server's Service as pods are told of it: at the address by which the node itself reaches the server. The Service's
    /// own is of no use to a process: its port 443 is for root to listen at, or its network is not this machine's.
    /// - Parameters:
    ///   - service: as it is on the server.
    ///   - url: the node's own way to the server; one through a proxy that adds a path cannot be told.
    static func apiServer(_ service: Service?, at url: String) -> Service? {
        guard let (host, port) = hostAndPort(url) else { return service }
        return Service(
            metadata: ObjectMeta(name: apiServerKey.name, namespace: apiServerKey.namespace),
            spec: ServiceSpec(ports: [ServicePort(name: "https", port: port)], clusterIP: host))
    }

    private static func hostAndPort(_ url: String) -> (host: String, port: Int)? {
        guard url.hasPrefix("https://") else { return nil }
        var rest = url.dropFirst("https://".count)
        while rest.last == "/" { rest.removeLast() }
        guard !rest.isEmpty, !rest.contains("/") else { return nil }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let port = rest[rest.index(after: end)...]
            let host = String(rest[rest.index(after: rest.startIndex)..<end])
            if port.isEmpty { return (host, 443) }
            return Int(port.dropFirst()).map { (host, $0) }
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 { return (String(rest), 443) }
        return parts.count == 2 ? Int(parts[1]).map { (String(parts[0]), $0) } : nil
    }

    private static func url(_ address: String, _ port: ServicePort) -> String {
        let host = address.contains(":") ? "[\(address)]" : address
        return "\((port.protocol ?? "TCP").lowercased())://\(host):\(port.port)"
    }

    private static func word(_ name: String) -> String { name.uppercased().replacing("-", with: "_") }
}
