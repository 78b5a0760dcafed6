import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let resourceQuota = ResourceHooks(validate: { quota, context in
        let spec = quota["spec"] ?? [:]
        var causes: [KubernetesStatus.Cause] = []
        for (name, value) in spec["hard"]?.objectValue ?? [:] {
            guard let quantity = try? Quantity(parsing: value.stringValue ?? value.text()) else { continue }
            if quantity.isNegative {
                causes.append(
                    .invalid(
                        "spec.hard[\(name)]", value: value.text(), "must be greater than or equal to 0"))
            }
            let isCount = name.hasPrefix("count/") || QuotaUsage.counted.contains(name)
            if isCount, quantity.milliValue % 1000 != 0 {
                causes.append(.invalid("spec.hard[\(name)]", value: value.text(), "must be an integer"))
            }
        }
        causes += QuotaScopeRules.validate(spec)
        if let old = context.old, old["spec"]?["scopes"] != spec["scopes"] {
            causes.append(.invalid("spec.scopes", value: (spec["scopes"] ?? .null).text(), "field is immutable"))
        }
        return causes
    })

    static let priorityClass = ResourceHooks(validate: { object, context in
        var causes: [KubernetesStatus.Cause] = []
        let name = object["metadata"]?["name"]?.stringValue ?? ""
        let value = object["value"]?.intValue ?? 0
        if name.hasPrefix("system-"), !["system-node-critical", "system-cluster-critical"].contains(name) {
            causes.append(
                .forbidden(
                    "metadata.name",
                    "priority class names with 'system-' prefix are reserved for system use only. error: "
                        + "\(name) is not a known system priority class"))
        } else if !name.hasPrefix("system-"), value > 1_000_000_000 {
            causes.append(
                .forbidden(
                    "value", "maximum allowed value of a user defined priority is 1000000000"))
        }
        guard let old = context.old else { return causes }
        if (old["value"]?.intValue ?? 0) != value {
            causes.append(.forbidden("value", "may not be changed in an update."))
        }
        if old["preemptionPolicy"] != object["preemptionPolicy"] {
            causes.append(
                .invalid(
                    "preemptionPolicy", value: (object["preemptionPolicy"] ?? .null).text(), "field is immutable"))
        }
        return causes
    })
}
