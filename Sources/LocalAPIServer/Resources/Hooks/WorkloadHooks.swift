import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let deployment = ResourceHooks(
        applyDefaults: { deployment in
            WorkloadRules.applyTemplateDefaults(to: &deployment)
            guard deployment["spec"]?["strategy"]?["type"]?.stringValue == "RollingUpdate" else { return }
            for field in ["maxUnavailable", "maxSurge"]
            where deployment["spec"]?["strategy"]?["rollingUpdate"]?[field] == nil {
                deployment.set("25%", at: ["spec", "strategy", "rollingUpdate", field])
            }
        },
        validate: { deployment, context in
            var causes = WorkloadRules.validate(deployment, context)
            let strategy = deployment["spec"]?["strategy"]
            if strategy?["type"]?.stringValue == "Recreate", strategy?["rollingUpdate"] != nil {
                causes.append(
                    .forbidden(
                        "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"))
            }
            return causes + RollingUpdateRules.validate(deployment["spec"] ?? [:])
        })

    static let replicaSet = ResourceHooks(
        applyDefaults: { set in
            WorkloadRules.applyTemplateDefaults(to: &set)
        },
        validate: { set, context in WorkloadRules.validate(set, context) })

    static let replicationController = ResourceHooks(
        applyDefaults: { controller in
            WorkloadRules.applyTemplateDefaults(to: &controller)
            guard let labels = controller["spec"]?["template"]?["metadata"]?["labels"],
                labels.objectValue?.isEmpty == false
            else { return }
            for path in [["spec", "selector"], ["metadata", "labels"]]
            where controller.value(at: path)?.objectValue?.isEmpty != false {
                controller.set(labels, at: path[...])
            }
        },
        validate: { controller, _ in
            let spec = controller["spec"] ?? [:]
            var causes: [KubernetesStatus.Cause] = []
            if spec["selector"]?.objectValue?.isEmpty != false { causes.append(.required("spec.selector")) }
            guard let template = spec["template"], template.objectValue != nil else {
                return causes + [.required("spec.template")]
            }
            let labels = template["metadata"]?["labels"]
            let isChosen = (spec["selector"]?.objectValue ?? [:]).allSatisfy { labels?[$0.key] == $0.value }
            if !isChosen {
                causes.append(
                    .invalid(
                        "spec.template.metadata.labels", value: (labels ?? .null).text(.sortedKeys),
                        "`selector` does not match template `labels`"))
            }
            return causes + WorkloadRules.validateTemplate(template, restartPolicies: ["Always"])
        },
        orphansByDefault: true)

    static let podTemplate = ResourceHooks(
        applyDefaults: { object in
            guard var spec = object["template"]?["spec"], spec.objectValue != nil else { return }
            PodRules.applyDefaults(toSpec: &spec)
            object.set(spec, at: ["template", "spec"])
        },
        validate: { object, _ in
            PodRules.validate(spec: object["template"]?["spec"] ?? [:], path: "template.spec")
        })
}

/// What workloads have in common.
enum WorkloadRules {
    static func applyTemplateDefaults(to object: inout JSON) {
        guard object["spec"]?["template"]?["spec"]?.objectValue != nil else { return }
        var spec = object["spec"]?["template"]?["spec"] ?? [:]
        PodRules.applyDefaults(toSpec: &spec)
        object.set(spec, at: ["spec", "template", "spec"])
    }

    static func validate(_ object: JSON, _ context: ResourceHooks.Context) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let spec = object["spec"] ?? [:]
        let labels = spec["template"]?["metadata"]?["labels"]
        if let selector = spec["selector"], selector.objectValue != nil {
            if selector.objectValue?.isEmpty == true {
                causes.append(.invalid("spec.selector", value: "{}", "empty selector is invalid for deployment"))
            } else if spec["template"]?.objectValue != nil, !matches(selector, labels) {
                causes.append(
                    .invalid(
                        "spec.template.metadata.labels", value: (labels ?? .null).text(.sortedKeys),
                        "`selector` does not match template `labels`"))
            }
        }
        if let old = context.old, old["spec"]?["selector"] != spec["selector"] {
            causes.append(immutable("spec.selector", spec["selector"]))
        }
        if let template = spec["template"] { causes += validateTemplate(template, restartPolicies: ["Always"]) }
        return causes
    }

    /// - Parameter restartPolicies: those that the workload can do with.
    static func validateTemplate(
        _ template: JSON, path: String = "spec.template", restartPolicies: [String]
    ) -> [KubernetesStatus.Cause] {
        guard let spec = template["spec"] else { return [] }
        var causes = PodRules.validate(spec: spec, path: "\(path).spec")
        if let policy = spec["restartPolicy"]?.stringValue, !restartPolicies.contains(policy) {
            causes.append(
                .notSupported("\(path).spec.restartPolicy", value: "\"\(policy)\"", supported: restartPolicies))
        }
        if spec["activeDeadlineSeconds"] != nil, restartPolicies == ["Always"] {
            causes.append(
                .forbidden("\(path).spec.activeDeadlineSeconds", "activeDeadlineSeconds in template is not supported"))
        }
        return causes
    }

    static func immutable(_ field: String, _ value: JSON?) -> KubernetesStatus.Cause {
        .invalid(field, value: (value ?? .null).text(.sortedKeys), "field is immutable")
    }

    static func matches(_ selector: JSON, _ labels: JSON?) -> Bool {
        guard let selector = try? selector.decode(LabelSelector.self) else { return false }
        return selector.matches(StoredObject.labels(of: ["metadata": ["labels": labels ?? [:]]]))
    }
}
