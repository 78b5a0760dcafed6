import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let endpointSlice = ResourceHooks(validate: { slice, context in
        var causes = EndpointSliceRules.validate(slice)
        if let old = context.old, old["addressType"] != slice["addressType"] {
            causes.append(WorkloadRules.immutable("addressType", slice["addressType"]))
        }
        return causes
    })
}

/// What a slice of a service's endpoints may hold.
enum EndpointSliceRules {
    private static let addressTypes = ["FQDN", "IPv4", "IPv6"]
    private static let protocols = ["SCTP", "TCP", "UDP"]
    private static let endpointLimit = 1000
    private static let addressLimit = 100
    private static let portLimit = 20_000

    static func validate(_ slice: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let type = slice["addressType"]?.stringValue ?? ""
        if !addressTypes.contains(type) {
            causes.append(
                type.isEmpty
                    ? .required("addressType")
                    : .notSupported("addressType", value: "\"\(type)\"", supported: addressTypes))
        }
        let endpoints = slice["endpoints"]?.arrayValue ?? []
        if endpoints.count > endpointLimit {
            causes.append(.tooMany("endpoints", count: endpoints.count, maximum: endpointLimit))
        }
        for (index, endpoint) in endpoints.enumerated() {
            let addresses = endpoint["addresses"]?.arrayValue ?? []
            let place = "endpoints[\(index)].addresses"
            if addresses.isEmpty { causes.append(.required(place, "must contain at least 1 address")) }
            if addresses.count > addressLimit {
                causes.append(.tooMany(place, count: addresses.count, maximum: addressLimit))
            }
            for (number, address) in addresses.enumerated() {
                guard let problem = problem(with: address.stringValue ?? "", type) else { continue }
                causes.append(.invalid("\(place)[\(number)]", value: address.text(), problem))
            }
        }
        return causes + validatePorts(slice["ports"]?.arrayValue ?? [])
    }

    private static func problem(with address: String, _ type: String) -> String? {
        switch type {
        case "IPv4": SchemaFormat.isIPv4(address) ? nil : "must be a valid IPv4 address"
        case "IPv6": address.contains(":") && !address.contains("%") ? nil : "must be a valid IPv6 address"
        case "FQDN": LabelSyntax.isSubdomain(address) ? nil : NameValidation.subdomainMessage
        default: nil
        }
    }

    private static func validatePorts(_ ports: [JSON]) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        if ports.count > portLimit { causes.append(.tooMany("ports", count: ports.count, maximum: portLimit)) }
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let name = port["name"]?.stringValue ?? ""
            if !names.insert(name).inserted { causes.append(.duplicate("ports[\(index)].name", value: "\"\(name)\"")) }
            let transport = port["protocol"]?.stringValue ?? "TCP"
            if !protocols.contains(transport) {
                causes.append(
                    .notSupported("ports[\(index)].protocol", value: "\"\(transport)\"", supported: protocols))
            }
            if let number = port["port"]?.intValue, !(1...65535).contains(number) {
                causes.append(
                    .invalid("ports[\(index)].port", value: "\(number)", "must be between 1 and 65535, inclusive"))
            }
        }
        return causes
    }
}
