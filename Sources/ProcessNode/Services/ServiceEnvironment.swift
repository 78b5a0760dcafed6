internal import KubernetesModel

/// The variables by which pods find Services: there is no DNS here. Pure.
///
/// For each Service of the pod's namespace that has an address: `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT` (the first port),
/// `NAME_SERVICE_PORT_PORTNAME`, and the older `NAME_PORT…` of container links. Only Services that exist when a container
/// starts are named.
enum ServiceEnvironment {
    static func variables(_ services: [Service]) -> [String: String] {
        var variables: [String: String] = [:]
        for service in services {
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

    private static func url(_ address: String, _ port: ServicePort) -> String {
        "\((port.protocol ?? "TCP").lowercased())://\(address):\(port.port)"
    }

    private static func word(_ name: String) -> String { name.uppercased().replacing("-", with: "_") }
}
