internal import KubernetesModel

/// An address and port.
struct SocketTarget: Sendable, Hashable, CustomStringConvertible {
    var address: String
    var port: Int

    var description: String { "\(address):\(port)" }
}

/// Where Services listen, and which endpoints stand behind them. Pure.
enum ServiceTable {
    /// By the Service's address and port: its endpoints in a fixed order. Only TCP, and only addresses in 127.0.0.0/8: others
    /// are not this machine's.
    static func targets(services: [Service], slices: [EndpointSlice]) -> [SocketTarget: [SocketTarget]] {
        var slicesOf: [ObjectKey: [EndpointSlice]] = [:]
        for slice in slices where slice.addressType == "IPv4" {
            guard let name = slice.metadata.labels?["kubernetes.io/service-name"] else { continue }
            slicesOf[ObjectKey(namespace: slice.metadata.namespace ?? "", name: name), default: []].append(slice)
        }
        var table: [SocketTarget: [SocketTarget]] = [:]
        for service in services {
            guard let address = service.spec.clusterIP, address.hasPrefix("127."),
                service.metadata.deletionTimestamp == nil
            else { continue }
            for port in service.spec.ports ?? [] where (port.protocol ?? "TCP") == "TCP" {
                table[SocketTarget(address: address, port: port.port)] = endpoints(
                    of: port, in: slicesOf[service.key] ?? [])
            }
        }
        return table
    }

    /// The ready endpoints; where there are none, those that still serve while they end.
    private static func endpoints(of port: ServicePort, in slices: [EndpointSlice]) -> [SocketTarget] {
        var ready: Set<SocketTarget> = []
        var serving: Set<SocketTarget> = []
        for slice in slices {
            guard let number = slice.ports?.first(where: { ($0.name ?? "") == (port.name ?? "") })?.port else {
                continue
            }
            for endpoint in slice.endpoints ?? [] {
                guard let address = endpoint.addresses.first else { continue }
                let target = SocketTarget(address: address, port: number)
                if endpoint.conditions?.ready ?? true {
                    ready.insert(target)
                } else if endpoint.conditions?.serving == true {
                    serving.insert(target)
                }
            }
        }
        return (ready.isEmpty ? serving : ready).sorted { ($0.address, $0.port) < ($1.address, $1.port) }
    }

    /// Every address that any slice still names: connections to others have nobody at their end.
    static func living(slices: [EndpointSlice]) -> Set<String> {
        Set(slices.flatMap { $0.endpoints ?? [] }.compactMap(\.addresses.first))
    }
}
