import FoundationEssentials
import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let configMap = ResourceHooks(validate: { object, context in
        ImmutableData.validate(object, context) + ImmutableData.validateKeys(object)
    })

    static let secret = ResourceHooks(
        applyDefaults: { secret in
            guard let texts = secret["stringData"]?.objectValue else { return }
            for (key, value) in texts {
                let encoded = Data((value.stringValue ?? "").utf8).base64EncodedString()
                secret["data", default: [:]][key] = .string(encoded)
            }
            secret["stringData"] = nil
        },
        validate: { object, context in
            var causes = ImmutableData.validate(object, context) + ImmutableData.validateKeys(object)
            if let old = context.old, old["type"] != object["type"] {
                causes.append(
                    .invalid("type", value: (object["type"] ?? .null).text(), "field is immutable"))
            }
            return causes
        })

    static let namespace = ResourceHooks(
        applyDefaults: { namespace in
            let name = namespace["metadata"]?["name"] ?? ""
            namespace.set(name, at: ["metadata", "labels", "kubernetes.io/metadata.name"])
        },
        prepareForCreate: { namespace in
            namespace["spec"] = ["finalizers": ["kubernetes"]]
            namespace["status"] = ["phase": "Active"]
        },
        validate: { namespace, _ in PodSecurity.validate(labels: namespace["metadata"]?["labels"]) })

    static let node = ResourceHooks(keepsStatusOnCreate: true)

    static let service = ResourceHooks(
        applyDefaults: { service in ServiceRules.applyDefaults(to: &service) },
        prepareForUpdate: { service, live in ServiceRules.keepAddresses(of: live, in: &service) },
        prepareForCreate: { service in service["status"] = ["loadBalancer": [:]] },
        validate: { service, context in ServiceRules.validate(service, context) })

    static let podDisruptionBudget = ResourceHooks(validate: { budget, _ in
        guard budget["spec"]?["minAvailable"] != nil, budget["spec"]?["maxUnavailable"] != nil else { return [] }
        return [
            .invalid(
                "spec", value: (budget["spec"] ?? [:]).text(),
                "minAvailable and maxUnavailable cannot be both set")
        ]
    })

    static let networkPolicy = ResourceHooks(applyDefaults: { policy in
        guard policy["spec"]?.objectValue != nil, policy["spec"]?["policyTypes"] == nil else { return }
        let types: [String] = policy["spec"]?["egress"] == nil ? ["Ingress"] : ["Ingress", "Egress"]
        policy.set(JSON(types), at: ["spec", "policyTypes"])
    })

    static let roleBinding = ResourceHooks(
        applyDefaults: { binding in
            let group: JSON = "rbac.authorization.k8s.io"
            if binding["roleRef"]?.objectValue != nil, binding["roleRef"]?["apiGroup"]?.stringValue ?? "" == "" {
                binding.set(group, at: ["roleRef", "apiGroup"])
            }
            guard var subjects = binding["subjects"]?.arrayValue else { return }
            for index in subjects.indices where subjects[index]["apiGroup"] == nil {
                let kind = subjects[index]["kind"]?.stringValue
                if kind == "User" || kind == "Group" { subjects[index]["apiGroup"] = group }
            }
            binding["subjects"] = .array(subjects)
        },
        validate: { binding, context in
            guard let old = context.old, old["roleRef"] != binding["roleRef"] else { return [] }
            return [
                .invalid("roleRef", value: (binding["roleRef"] ?? .null).text(), "cannot change roleRef")
            ]
        })
}

/// ConfigMaps and Secrets.
enum ImmutableData {
    static func validate(_ object: JSON, _ context: ResourceHooks.Context) -> [KubernetesStatus.Cause] {
        guard let old = context.old, old["immutable"]?.boolValue == true else { return [] }
        var causes: [KubernetesStatus.Cause] = []
        for field in ["data", "binaryData"] where old[field] != object[field] {
            causes.append(.forbidden(field, "field is immutable when `immutable` is set"))
        }
        if object["immutable"]?.boolValue != true {
            causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
        }
        return causes
    }

    static let limitBytes = 1 << 20

    static func validateKeys(_ object: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        var bytes = 0
        for field in ["data", "binaryData"] {
            for (key, value) in object[field]?.objectValue ?? [:] {
                bytes += value.stringValue?.utf8.count ?? 0
                let isKey =
                    !key.isEmpty && key.utf8.count <= 253 && key != "." && !key.hasPrefix("..")
                    && key.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                            UInt8(ascii: "."):
                            true
                        default: false
                        }
                    }
                if isKey { continue }
                causes.append(
                    .invalid(
                        "\(field)[\(key)]", value: JSON.string(key).text(),
                        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
                            + " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"))
            }
        }
        if bytes > limitBytes { causes.append(.tooLong("", maximumBytes: limitBytes)) }
        return causes
    }
}

/// Services. Their addresses are chosen by `ServiceAddresses`; nodes proxy them.
enum ServiceRules {
    static func applyDefaults(to service: inout JSON) {
        guard var spec = service["spec"], spec.objectValue != nil else { return }
        let type = spec["type"]?.stringValue ?? "ClusterIP"
        if var ports = spec["ports"]?.arrayValue {
            for index in ports.indices where ports[index]["targetPort"] == nil {
                ports[index]["targetPort"] = ports[index]["port"]
            }
            spec["ports"] = .array(ports)
        }
        if type != "ExternalName" {
            if spec["clusterIPs"] == nil, let address = spec["clusterIP"] { spec["clusterIPs"] = [address] }
            if spec["ipFamilies"] == nil { spec["ipFamilies"] = ["IPv4"] }
            if spec["ipFamilyPolicy"] == nil { spec["ipFamilyPolicy"] = "SingleStack" }
            if spec["internalTrafficPolicy"] == nil { spec["internalTrafficPolicy"] = "Cluster" }
        }
        if type == "NodePort" || type == "LoadBalancer", spec["externalTrafficPolicy"] == nil {
            spec["externalTrafficPolicy"] = "Cluster"
        }
        service["spec"] = spec
    }

    /// What a client does not say about addresses stays as it was.
    static func keepAddresses(of live: JSON, in service: inout JSON) {
        guard service["spec"]?.objectValue != nil, service["spec"]?["type"]?.stringValue != "ExternalName" else {
            return
        }
        for field in ["clusterIP", "clusterIPs"] {
            let value = service["spec"]?[field]
            guard value == nil || value == "" || value == [], let before = live["spec"]?[field] else { continue }
            service.set(before, at: ["spec", field])
        }
    }

    static func validate(_ service: JSON, _ context: ResourceHooks.Context) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let spec = service["spec"] ?? [:]
        let ports = spec["ports"]?.arrayValue ?? []
        let isHeadless = spec["clusterIP"]?.stringValue == "None"
        if ports.isEmpty, !isHeadless, spec["type"]?.stringValue != "ExternalName" {
            causes.append(.required("spec.ports"))
        }
        for (index, port) in ports.enumerated() {
            if ports.count > 1, port["name"]?.stringValue ?? "" == "" {
                causes.append(.required("spec.ports[\(index)].name"))
            }
            if let number = port["port"]?.intValue, !(1...65535).contains(number) {
                causes.append(
                    .invalid(
                        "spec.ports[\(index)].port", value: "\(number)", "must be between 1 and 65535, inclusive"))
            }
        }
        if let old = context.old?["spec"]?["clusterIP"], old != spec["clusterIP"],
            spec["type"]?.stringValue != "ExternalName"
        {
            causes.append(
                .invalid(
                    "spec.clusterIPs[0]", value: JSON.array([spec["clusterIP"] ?? .null]).text(), "field is immutable"))
        }
        return causes
    }
}
