import KubernetesModel

/// Which endpoint slices a Service should have, from its pods. Pure.
///
/// Endpoints with the same ports stand in one slice, up to `sliceLimit`. An endpoint stays in the slice where it is, so that a
/// change of one pod changes one slice.
struct EndpointPlan {
    static let sliceLimit = 100
    static let serviceLabel = "kubernetes.io/service-name"
    static let managerLabel = "endpointslice.kubernetes.io/managed-by"
    static let manager = "endpointslice-controller.k8s.io"
    static let headlessLabel = "service.kubernetes.io/headless"

    /// Slices without a name are to be created, the others have changed.
    var writes: [EndpointSlice] = []
    var removals: [EndpointSlice] = []

    private let service: Service

    /// - Parameters:
    ///   - pods: those that the Service's selector takes.
    ///   - slices: those of the Service that this controller manages.
    init(_ service: Service, pods: [Pod], slices: [EndpointSlice]) {
        self.service = service
        var wanted: [[EndpointPort]: [Endpoint]] = [:]
        for pod in pods.sorted(by: { $0.key < $1.key }) {
            guard let endpoint = endpoint(pod) else { continue }
            wanted[service.endpointPorts(of: pod), default: []].append(endpoint)
        }
        // A Service without endpoints has one empty slice, by which watchers tell it from one not yet seen.
        if wanted.isEmpty { wanted[[]] = [] }
        var present = slices.sorted { $0.key < $1.key }
        for (ports, endpoints) in wanted.sorted(by: { Self.text($0.key) < Self.text($1.key) }) {
            let own = present.filter { ($0.ports ?? []) == ports && $0.addressType == "IPv4" }
            present.removeAll { slice in own.contains { $0.key == slice.key } }
            fill(own, with: endpoints, ports)
        }
        removals += present
    }

    private mutating func fill(_ slices: [EndpointSlice], with endpoints: [Endpoint], _ ports: [EndpointPort]) {
        var rest = Dictionary(endpoints.map { ($0.identity, $0) }, uniquingKeysWith: { $1 })
        var contents = slices.map { slice in
            (slice.endpoints ?? []).compactMap { rest.removeValue(forKey: $0.identity) }
        }
        var new = endpoints.filter { rest[$0.identity] != nil }[...]
        for index in contents.indices {
            let room = Self.sliceLimit - contents[index].count
            contents[index] += new.prefix(max(room, 0))
            new = new.dropFirst(max(room, 0))
        }
        for (slice, content) in zip(slices, contents) {
            if content.isEmpty, !endpoints.isEmpty {
                removals.append(slice)
                continue
            }
            let changed = self.slice(slice.metadata, content, ports)
            if changed != slice { writes.append(changed) }
        }
        while !new.isEmpty || (endpoints.isEmpty && slices.isEmpty && writes.isEmpty) {
            var metadata = ObjectMeta(namespace: service.metadata.namespace)
            metadata.generateName = "\(service.metadata.name ?? "")-"
            writes.append(slice(metadata, Array(new.prefix(Self.sliceLimit)), ports))
            new = new.dropFirst(Self.sliceLimit)
        }
    }

    private func slice(_ metadata: ObjectMeta, _ endpoints: [Endpoint], _ ports: [EndpointPort]) -> EndpointSlice {
        var metadata = metadata
        var labels = service.metadata.labels ?? [:]
        labels[Self.serviceLabel] = service.metadata.name ?? ""
        labels[Self.managerLabel] = Self.manager
        if service.isHeadless { labels[Self.headlessLabel] = "" }
        metadata.labels = labels
        metadata.ownerReferences = [service.ownerReference()].compactMap { $0 }
        return EndpointSlice(metadata: metadata, addressType: "IPv4", endpoints: endpoints, ports: ports)
    }

    private func endpoint(_ pod: Pod) -> Endpoint? {
        guard !pod.hasEnded, let address = pod.status?.podIP, !address.isEmpty else { return nil }
        let isTerminating = pod.metadata.deletionTimestamp != nil
        return Endpoint(
            addresses: [address],
            conditions: EndpointConditions(
                ready: service.spec.publishNotReadyAddresses == true || (pod.isReady && !isTerminating),
                serving: pod.isReady, terminating: isTerminating),
            hostname: service.endpointHostname(of: pod), targetRef: pod.endpointReference, nodeName: pod.spec.nodeName)
    }

    private static func text(_ ports: [EndpointPort]) -> String {
        ports.map { "\($0.name ?? "")/\($0.port ?? 0)/\($0.protocol ?? "")" }.joined(separator: ",")
    }
}

extension Endpoint {
    /// What makes it the same endpoint in another state.
    fileprivate var identity: String { "\(targetRef?.uid ?? "")/\(addresses.first ?? "")" }
}

extension Pod {
    /// What a Service's endpoints depend on.
    struct EndpointState: Hashable {
        var address: String?
        var isReady: Bool
        var isTerminating: Bool
        var hasEnded: Bool
        var labels: [String: String]?
    }

    var endpointState: EndpointState {
        EndpointState(
            address: status?.podIP, isReady: isReady, isTerminating: metadata.deletionTimestamp != nil,
            hasEnded: hasEnded, labels: metadata.labels)
    }
}
