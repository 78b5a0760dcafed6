import KubernetesModel

/// What a Service's Endpoints should say, from its pods. Pure.
enum EndpointsPlan {
    /// More addresses than that make the object too large; those that are ready come first.
    static let addressLimit = 1000
    static let managerLabel = "endpoints.kubernetes.io/managed-by"
    static let manager = "endpoint-controller"
    private static let capacityAnnotation = "endpoints.kubernetes.io/over-capacity"

    /// - Parameters:
    ///   - pods: those that the Service's selector takes.
    ///   - present: what there is; its name and version stay.
    static func endpoints(_ service: Service, pods: [Pod], present: Endpoints?) -> Endpoints {
        let all = service.spec.publishNotReadyAddresses == true
        var ready: [[EndpointPort]: [EndpointAddress]] = [:]
        var unready: [[EndpointPort]: [EndpointAddress]] = [:]
        var count = 0
        let living = pods.filter { pod in
            !pod.hasEnded && pod.status?.podIP?.isEmpty == false && (all || pod.metadata.deletionTimestamp == nil)
        }
        let sorted = living.sorted { left, right in
            let isFirst = (all || left.isReady, all || right.isReady)
            return isFirst.0 == isFirst.1 ? left.key < right.key : isFirst.0
        }
        for pod in sorted {
            let ports = service.endpointPorts(of: pod).map { port in
                // An empty name is none here.
                EndpointPort(
                    name: port.name.flatMap { $0.isEmpty ? nil : $0 }, protocol: port.protocol, port: port.port,
                    appProtocol: port.appProtocol)
            }
            if ports.isEmpty, !service.isHeadless || service.spec.ports?.isEmpty == false { continue }
            guard count < addressLimit else { break }
            count += 1
            let address = EndpointAddress(
                ip: pod.status?.podIP ?? "", hostname: service.endpointHostname(of: pod),
                nodeName: pod.spec.nodeName, targetRef: pod.endpointReference)
            if all || pod.isReady {
                ready[ports, default: []].append(address)
            } else {
                unready[ports, default: []].append(address)
            }
        }
        let subsets = Set(ready.keys).union(unready.keys).map { ports in
            EndpointSubset(
                addresses: ready[ports]?.sorted { $0.ip < $1.ip },
                notReadyAddresses: unready[ports]?.sorted { $0.ip < $1.ip },
                ports: ports.isEmpty ? nil : ports)
        }.sorted { text($0) < text($1) }
        return Endpoints(
            metadata: metadata(service, present, isTruncated: sorted.count > addressLimit),
            subsets: subsets.isEmpty ? nil : subsets)
    }

    private static func metadata(_ service: Service, _ present: Endpoints?, isTruncated: Bool) -> ObjectMeta {
        var metadata =
            present?.metadata ?? ObjectMeta(name: service.metadata.name, namespace: service.metadata.namespace)
        var labels = service.metadata.labels ?? [:]
        labels[managerLabel] = manager
        if service.isHeadless { labels[EndpointPlan.headlessLabel] = "" }
        metadata.labels = labels
        if isTruncated {
            metadata.annotations = (metadata.annotations ?? [:]).merging([capacityAnnotation: "truncated"]) { $1 }
        } else if metadata.annotations?[capacityAnnotation] != nil {
            metadata.annotations?[capacityAnnotation] = nil
        }
        return metadata
    }

    private static func text(_ subset: EndpointSubset) -> String {
        (subset.ports ?? []).map { "\($0.port ?? 0)/\($0.name ?? "")/\($0.protocol ?? "")" }.joined(separator: ",")
    }
}
