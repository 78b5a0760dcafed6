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
            return causes
        })

    static let replicaSet = ResourceHooks(
        applyDefaults: { set in
            WorkloadRules.applyTemplateDefaults(to: &set)
        },
        validate: { set, context in WorkloadRules.validate(set, context) })

    static let job = ResourceHooks(
        applyDefaults: { job in WorkloadRules.applyTemplateDefaults(to: &job) },
        prepareForCreate: { job in WorkloadRules.generateJobSelector(&job) },
        validate: { job, context in
            let spec = job["spec"] ?? [:]
            var causes = PodRules.validate(spec: spec["template"]?["spec"] ?? [:], path: "spec.template.spec")
            let policy = spec["template"]?["spec"]?["restartPolicy"]?.stringValue ?? ""
            if !["OnFailure", "Never"].contains(policy) {
                causes.append(
                    .notSupported(
                        "spec.template.spec.restartPolicy", value: "\"\(policy)\"", supported: ["OnFailure", "Never"]))
            }
            if let old = context.old {
                for field in ["selector", "template", "completionMode"] where old["spec"]?[field] != spec[field] {
                    causes.append(WorkloadRules.immutable("spec.\(field)", spec[field]))
                }
            }
            return causes
        })
}

/// What Deployments, ReplicaSets and Jobs have in common.
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
        if let template = spec["template"]?["spec"] {
            causes += PodRules.validate(spec: template, path: "spec.template.spec")
            if let policy = template["restartPolicy"]?.stringValue, policy != "Always" {
                causes.append(
                    .notSupported(
                        "spec.template.spec.restartPolicy", value: "\"\(policy)\"", supported: ["Always"]))
            }
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

    /// A Job selects its own pods by its uid, unless the client took that on.
    static func generateJobSelector(_ job: inout JSON) {
        guard job["spec"]?["manualSelector"]?.boolValue != true, job["spec"]?["selector"] == nil else { return }
        let uid = job["metadata"]?["uid"] ?? ""
        let name = job["metadata"]?["name"] ?? ""
        job.set(["matchLabels": ["batch.kubernetes.io/controller-uid": uid]], at: ["spec", "selector"])
        for (label, value) in [
            ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name),
            ("controller-uid", uid), ("job-name", name),
        ] {
            job.set(value, at: ["spec", "template", "metadata", "labels", label])
        }
    }
}
