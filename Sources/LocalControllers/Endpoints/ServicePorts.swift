import KubernetesModel

extension Service {
    /// Its ports as a pod behind it has them: a name is looked up among the ports of the pod's containers, and a port whose name
    /// the pod does not have is left out.
    func endpointPorts(of pod: Pod) -> [EndpointPort] {
        (spec.ports ?? []).compactMap { port in
            guard let number = Self.number(port, pod) else { return nil }
            return EndpointPort(
                name: port.name ?? "", protocol: port.protocol ?? "TCP", port: number, appProtocol: port.appProtocol)
        }
    }

    private static func number(_ port: ServicePort, _ pod: Pod) -> Int? {
        switch port.targetPort {
        case nil: return port.port
        case .int(let number): return number == 0 ? port.port : number
        case .string(let name):
            let sidecars = (pod.spec.initContainers ?? []).filter { $0.restartPolicy == "Always" }
            let found = (pod.spec.containers + sidecars).lazy.flatMap { $0.ports ?? [] }.first {
                $0.name == name && ($0.protocol ?? "TCP") == (port.protocol ?? "TCP")
            }
            return found?.containerPort
        }
    }

    /// The name by which a pod is told apart behind the Service, where it has asked for one.
    func endpointHostname(of pod: Pod) -> String? {
        pod.spec.subdomain != nil && pod.spec.subdomain == metadata.name ? pod.spec.hostname : nil
    }

    var isHeadless: Bool { spec.clusterIP == "None" }

    /// Whether controllers are to find its endpoints.
    var selectsPods: Bool {
        metadata.deletionTimestamp == nil && spec.selector?.isEmpty == false && spec.type != "ExternalName"
    }

    func selects(_ pod: Pod) -> Bool {
        guard let selector = spec.selector, !selector.isEmpty else { return false }
        return selector.allSatisfy { pod.metadata.labels?[$0.key] == $0.value }
    }
}

extension Pod {
    /// What endpoints say of which pod they are.
    var endpointReference: ObjectReference {
        ObjectReference(kind: "Pod", name: metadata.name, namespace: metadata.namespace, uid: metadata.uid)
    }
}
