import CommonExpression
import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let endpoints = ResourceHooks(validate: { object, _ in EndpointsRules.validate(object) })
}

/// What the older kind of a service's endpoints may hold.
enum EndpointsRules {
    private static let protocols = ["SCTP", "TCP", "UDP"]
    private static let addressMessage = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"

    static func validate(_ object: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        for (index, subset) in (object["subsets"]?.arrayValue ?? []).enumerated() {
            let place = "subsets[\(index)]"
            let ready = subset["addresses"]?.arrayValue ?? []
            let others = subset["notReadyAddresses"]?.arrayValue ?? []
            if ready.isEmpty, others.isEmpty {
                causes.append(.required(place, "must specify `addresses` or `notReadyAddresses`"))
            }
            causes += validate(addresses: ready, "\(place).addresses")
            causes += validate(addresses: others, "\(place).notReadyAddresses")
            causes += validate(ports: subset["ports"]?.arrayValue ?? [], "\(place).ports")
        }
        return causes
    }

    private static func validate(addresses: [JSON], _ place: String) -> [KubernetesStatus.Cause] {
        addresses.enumerated().flatMap { index, address -> [KubernetesStatus.Cause] in
            let text = address["ip"]?.stringValue ?? ""
            let field = "\(place)[\(index)].ip"
            // Pods of a local cluster have addresses on this machine, which a real server would refuse here.
            guard IPAddress(text) == nil else { return [] }
            return [.invalid(field, value: JSON.string(text).text(), addressMessage)]
        }
    }

    private static func validate(ports: [JSON], _ place: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        for (index, port) in ports.enumerated() {
            let field = "\(place)[\(index)]"
            let name = port["name"]?.stringValue ?? ""
            if name.isEmpty, ports.count > 1 { causes.append(.required("\(field).name")) }
            if !name.isEmpty, !LabelSyntax.isDNSLabel(name) {
                causes.append(.invalid("\(field).name", value: JSON.string(name).text(), NameValidation.labelMessage))
            }
            let number = port["port"]?.intValue ?? 0
            if !(1...65535).contains(number) {
                causes.append(.invalid("\(field).port", value: "\(number)", "must be between 1 and 65535, inclusive"))
            }
            let transport = port["protocol"]?.stringValue ?? "TCP"
            if !protocols.contains(transport) {
                causes.append(
                    .notSupported("\(field).protocol", value: JSON.string(transport).text(), supported: protocols))
            }
        }
        return causes
    }
}
