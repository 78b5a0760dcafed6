import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let pod = ResourceHooks(
        applyDefaults: { pod in
            PodRules.applyDefaults(toSpec: &pod["spec", default: [:]])
            PodRules.applyAdmissionDefaults(toSpec: &pod["spec", default: [:]])
        },
        prepareForCreate: { pod in
            pod["status"] = ["phase": "Pending", "qosClass": .string(PodRules.qualityOfService(pod["spec"] ?? [:]))]
            if let gates = pod["spec"]?["schedulingGates"]?.arrayValue, !gates.isEmpty {
                pod.set(.array([PodRules.gatedCondition]), at: ["status", "conditions"])
            }
        },
        validate: { pod, context in
            var causes = PodRules.validate(spec: pod["spec"] ?? [:], path: "spec")
            if let old = context.old {
                causes += PodRules.validateUpdate(from: old["spec"] ?? [:], to: pod["spec"] ?? [:])
            }
            return causes
        })
}

/// What holds for every pod spec, in pods and in the templates of workloads.
enum PodRules {
    /// What a pod says whose scheduling gates keep the scheduler from it.
    static let gatedCondition: JSON = [
        "type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
    ]

    /// Defaults that depend on other fields.
    static func applyDefaults(toSpec spec: inout JSON) {
        for list in ["containers", "initContainers"] {
            guard var containers = spec[list]?.arrayValue else { continue }
            for index in containers.indices where containers[index].objectValue != nil {
                if containers[index]["imagePullPolicy"] == nil {
                    containers[index]["imagePullPolicy"] = .string(
                        pullPolicy(containers[index]["image"]?.stringValue ?? ""))
                }
                applyRequestDefaults(to: &containers[index])
            }
            spec[list] = .array(containers)
        }
        if let name = spec["serviceAccountName"], spec["serviceAccount"] == nil { spec["serviceAccount"] = name }
        if let name = spec["serviceAccount"], spec["serviceAccountName"] == nil { spec["serviceAccountName"] = name }
        applyVolumeDefaults(to: &spec)
    }

    /// A request that is not named is the limit.
    private static func applyRequestDefaults(to container: inout JSON) {
        guard let limits = container["resources"]?["limits"]?.objectValue else { return }
        for (name, limit) in limits where container["resources"]?["requests"]?[name] == nil {
            container.set(limit, at: ["resources", "requests", name])
        }
    }

    /// A volume without a source is an empty directory.
    private static func applyVolumeDefaults(to spec: inout JSON) {
        guard var volumes = spec["volumes"]?.arrayValue else { return }
        for index in volumes.indices where volumes[index].objectValue?.count == 1 {
            volumes[index]["emptyDir"] = [:]
        }
        spec["volumes"] = .array(volumes)
    }

    /// What admission adds to pods, and not to templates.
    static func applyAdmissionDefaults(toSpec spec: inout JSON) {
        if spec["serviceAccountName"]?.stringValue ?? "" == "" {
            spec["serviceAccountName"] = "default"
            spec["serviceAccount"] = "default"
        }
        if spec["enableServiceLinks"] == nil { spec["enableServiceLinks"] = true }
        if spec["priority"] == nil { spec["priority"] = 0 }
        if spec["preemptionPolicy"] == nil { spec["preemptionPolicy"] = "PreemptLowerPriority" }
        var tolerations = spec["tolerations"]?.arrayValue ?? []
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isTolerated = tolerations.contains { toleration in
                let tolerated = toleration["key"]?.stringValue ?? ""
                let effect = toleration["effect"]?.stringValue ?? ""
                return (tolerated == key || tolerated.isEmpty) && (effect == "NoExecute" || effect.isEmpty)
            }
            if isTolerated { continue }
            tolerations.append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        spec["tolerations"] = .array(tolerations)
    }

    private static func pullPolicy(_ image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let last = image.split(separator: "/").last ?? ""
        let tag = last.split(separator: ":", maxSplits: 1).dropFirst().first
        return tag == nil || tag == "latest" ? "Always" : "IfNotPresent"
    }

    static func qualityOfService(_ spec: JSON) -> String {
        var hasAny = false
        var isGuaranteed = true
        for container in (spec["containers"]?.arrayValue ?? []) + (spec["initContainers"]?.arrayValue ?? []) {
            let limits = container["resources"]?["limits"]
            let requests = container["resources"]?["requests"]
            if limits?.objectValue?.isEmpty == false || requests?.objectValue?.isEmpty == false { hasAny = true }
            for name in ["cpu", "memory"] {
                let limit = limits?[name]
                if limit == nil || (requests?[name] ?? limit) != limit { isGuaranteed = false }
            }
        }
        if !hasAny { return "BestEffort" }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }

    static func validate(spec: JSON, path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let containers = spec["containers"]?.arrayValue ?? []
        if spec["containers"] != nil, containers.isEmpty { causes.append(.required("\(path).containers")) }
        let volumes = Set((spec["volumes"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        for list in ["initContainers", "containers"] {
            for (index, container) in (spec[list]?.arrayValue ?? []).enumerated() {
                causes += validate(container: container, volumes: volumes, path: "\(path).\(list)[\(index)]")
            }
        }
        if let grace = spec["terminationGracePeriodSeconds"]?.intValue, grace < 0 {
            causes.append(
                .invalid(
                    "\(path).terminationGracePeriodSeconds", value: "\(grace)", "must be greater than or equal to 0"))
        }
        return causes
    }

    private static func validate(container: JSON, volumes: Set<String>, path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        if let name = container["name"]?.stringValue {
            if name.isEmpty {
                causes.append(.required("\(path).name"))
            } else if !LabelSyntax.isDNSLabel(name) {
                causes.append(.invalid("\(path).name", value: "\"\(name)\"", NameValidation.labelMessage))
            }
        }
        if container["image"]?.stringValue ?? "" == "" { causes.append(.required("\(path).image")) }
        for (index, mount) in (container["volumeMounts"]?.arrayValue ?? []).enumerated() {
            if let name = mount["name"]?.stringValue, !volumes.contains(name) {
                causes.append(.notFound("\(path).volumeMounts[\(index)].name", value: "\"\(name)\""))
            }
        }
        for (name, limit) in container["resources"]?["limits"]?.objectValue ?? [:] {
            guard let request = container["resources"]?["requests"]?[name],
                let most = try? Quantity(parsing: limit.stringValue ?? ""),
                let wanted = try? Quantity(parsing: request.stringValue ?? ""), wanted > most
            else { continue }
            causes.append(
                .invalid(
                    "\(path).resources.requests", value: request.text(),
                    "must be less than or equal to \(name) limit of \(most)"))
        }
        var portNames: Set<String> = []
        for (index, port) in (container["ports"]?.arrayValue ?? []).enumerated() {
            if let name = port["name"]?.stringValue, !name.isEmpty, !portNames.insert(name).inserted {
                causes.append(.duplicate("\(path).ports[\(index)].name", value: "\"\(name)\""))
            }
            if let number = port["containerPort"]?.intValue, !(1...65535).contains(number) {
                causes.append(
                    .invalid(
                        "\(path).ports[\(index)].containerPort", value: "\(number)",
                        "must be between 1 and 65535, inclusive"))
            }
        }
        return causes
    }

    /// Most of a pod's spec never changes.
    static func validateUpdate(from old: JSON, to new: JSON) -> [KubernetesStatus.Cause] {
        var mutable = new
        for field in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"] {
            mutable[field] = old[field]
        }
        for list in ["containers", "initContainers"] {
            guard var containers = mutable[list]?.arrayValue else { continue }
            let before = old[list]?.arrayValue ?? []
            for index in containers.indices where index < before.count {
                containers[index]["image"] = before[index]["image"]
            }
            mutable[list] = .array(containers)
        }
        if mutable == old { return [] }
        return [
            .forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,"
                    + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                    + "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                    + "previously negative)")
        ]
    }
}
