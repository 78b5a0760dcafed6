internal import KubernetesModel
private import StructuredData

/// An address and port.
struct SocketTarget: Sendable, Hashable, CustomStringConvertible {
    var address: String
    var port: Int

    var description: String { "\(address):\(port)" }
}

/// What stands behind one port of a Service.
struct ServiceBackend: Sendable, Hashable {
    /// In a fixed order.
    var targets: [SocketTarget]
    /// For how long a client keeps to the target that it was given; `nil`: every connection goes to the next one.
    var affinity: Duration?
}

/// Where Services listen, and which endpoints stand behind them. Pure.
///
/// A headless Service has no address to listen at. What nodes do with traffic from outside the cluster
/// (`externalTrafficPolicy`, node ports) is not acted on: all that arrives here is from inside.
enum ServiceTable {
    /// What Kubernetes takes where a Service does not say.
    private static let usualAffinitySeconds = 10_800

    /// By the Service's address and port. Only TCP, and only addresses in 127.0.0.0/8: others are not this machine's.
    /// - Parameter nodeName: whose endpoints alone stand behind a Service that wants traffic to stay on its node
    ///   (`internalTrafficPolicy: Local`).
    static func backends(
        services: [Service], slices: [EndpointSlice], nodeName: String
    ) -> [SocketTarget: ServiceBackend] {
        var slicesOf: [ObjectKey: [EndpointSlice]] = [:]
        for slice in slices where slice.addressType == "IPv4" {
            guard let name = slice.metadata.labels?["kubernetes.io/service-name"] else { continue }
            slicesOf[ObjectKey(namespace: slice.metadata.namespace ?? "", name: name), default: []].append(slice)
        }
        var table: [SocketTarget: ServiceBackend] = [:]
        for service in services {
            guard let address = service.spec.clusterIP, address.hasPrefix("127."),
                service.metadata.deletionTimestamp == nil
            else { continue }
            let only = service.spec.internalTrafficPolicy == "Local" ? nodeName : nil
            for port in service.spec.ports ?? [] where (port.protocol ?? "TCP") == "TCP" {
                table[SocketTarget(address: address, port: port.port)] = ServiceBackend(
                    targets: endpoints(of: port, in: slicesOf[service.key] ?? [], only: only),
                    affinity: affinity(of: service))
            }
        }
        return table
    }

    private static func affinity(of service: Service) -> Duration? {
        guard service.spec.sessionAffinity == "ClientIP" else { return nil }
        let seconds = service.spec.sessionAffinityConfig?["clientIP"]?["timeoutSeconds"]?.intValue
        return .seconds(seconds ?? usualAffinitySeconds)
    }

    /// The ready endpoints; where there are none, those that still serve while they end.
    private static func endpoints(
        of port: ServicePort, in slices: [EndpointSlice], only nodeName: String?
    ) -> [SocketTarget] {
        var ready: Set<SocketTarget> = []
        var serving: Set<SocketTarget> = []
        for slice in slices {
            guard let number = slice.ports?.first(where: { ($0.name ?? "") == (port.name ?? "") })?.port else {
                continue
            }
            for endpoint in slice.endpoints ?? [] where nodeName == nil || endpoint.nodeName == nodeName {
                guard let address = endpoint.addresses.first else { continue }
                let target = SocketTarget(address: address, port: number)
                if endpoint.conditions?.ready ?? true {
                    ready.insert(target)
                } else if endpoint.conditions?.serving == true, endpoint.conditions?.terminating == true {
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
