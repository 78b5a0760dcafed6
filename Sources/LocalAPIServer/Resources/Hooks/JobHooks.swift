import KubernetesModel
import StructuredData

extension ResourceHooks {
    static let job = ResourceHooks(
        applyDefaults: { job in
            WorkloadRules.applyTemplateDefaults(to: &job)
            guard job["spec"]?.objectValue != nil else { return }
            JobRules.applyDefaults(toSpec: &job["spec", default: [:]])
            let labels = job["spec"]?["template"]?["metadata"]?["labels"]
            if let labels, job["metadata"]?["labels"]?.objectValue?.isEmpty != false,
                labels.objectValue?.isEmpty == false
            {
                job.set(labels, at: ["metadata", "labels"])
            }
        },
        prepareForCreate: { job in JobRules.generateSelector(&job) },
        derivedFields: { ["status.successful": String($0["status"]?["succeeded"]?.intValue ?? 0)] },
        validate: { job, context in
            var causes = JobRules.validate(spec: job["spec"] ?? [:], path: "spec", isTemplate: false)
            if let old = context.old { causes += JobRules.validateUpdate(from: old, to: job) }
            return causes
        },
        orphansByDefault: true,
        orphanWarning:
            "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set "
            + "propagationPolicy=Orphan to suppress this warning")

    /// The names of a CronJob's jobs are longer than its own.
    private static let cronJobNameLimit = 52

    static let cronJob = ResourceHooks(
        applyDefaults: { cronJob in
            guard var spec = cronJob["spec"]?["jobTemplate"]?["spec"], spec.objectValue != nil else { return }
            if var pod = spec["template"]?["spec"], pod.objectValue != nil {
                PodRules.applyDefaults(toSpec: &pod)
                spec.set(pod, at: ["template", "spec"])
            }
            JobRules.applyDefaults(toSpec: &spec)
            cronJob.set(spec, at: ["spec", "jobTemplate", "spec"])
        },
        validate: { cronJob, _ in
            var causes: [KubernetesStatus.Cause] = []
            let spec = cronJob["spec"] ?? [:]
            let name = cronJob["metadata"]?["name"]?.stringValue ?? ""
            if name.utf8.count > cronJobNameLimit {
                causes.append(
                    .invalid(
                        "metadata.name", value: "\"\(name)\"", "must be no more than \(cronJobNameLimit) characters"))
            }
            let schedule = spec["schedule"]?.stringValue ?? ""
            if schedule.isEmpty {
                causes.append(.required("spec.schedule"))
            } else {
                do throws(CronSchedule.Malformed) {
                    _ = try CronSchedule(schedule)
                } catch {
                    causes.append(.invalid("spec.schedule", value: "\"\(schedule)\"", error.message))
                }
            }
            if let seconds = spec["startingDeadlineSeconds"]?.intValue, seconds < 0 {
                causes.append(JobRules.negative("spec.startingDeadlineSeconds", seconds))
            }
            return causes
                + JobRules.validate(
                    spec: spec["jobTemplate"]?["spec"] ?? [:], path: "spec.jobTemplate.spec", isTemplate: true)
        })
}

/// Jobs, and the templates of CronJobs.
enum JobRules {
    private static let unlimitedRetries = Int(Int32.max)
    private static let ordinaryRetries = 6
    /// More pods than that at once make the list of finished indexes too large.
    private static let indexedParallelismLimit = 100_000

    static func applyDefaults(toSpec spec: inout JSON) {
        // One that names how many pods work at once, and not how many must succeed, is done when its pods say so.
        if spec["completions"] == nil, spec["parallelism"] == nil { spec["completions"] = 1 }
        if spec["parallelism"] == nil { spec["parallelism"] = 1 }
        if spec["backoffLimit"] == nil {
            spec["backoffLimit"] = JSON(spec["backoffLimitPerIndex"] == nil ? ordinaryRetries : unlimitedRetries)
        }
        if spec["podReplacementPolicy"] == nil {
            spec["podReplacementPolicy"] = spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed"
        }
    }

    /// A Job selects its own pods by its uid, unless the client took that on.
    static func generateSelector(_ job: inout JSON) {
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

    static func negative(_ field: String, _ value: Int) -> KubernetesStatus.Cause {
        .invalid(field, value: "\(value)", "must be greater than or equal to 0")
    }

    /// - Parameter isTemplate: whether the selector is still to be made.
    static func validate(spec: JSON, path: String, isTemplate: Bool) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        for field in ["activeDeadlineSeconds", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"] {
            if let value = spec[field]?.intValue, value < 0 { causes.append(negative("\(path).\(field)", value)) }
        }
        causes += validateIndexes(spec, path: path)
        let template = spec["template"] ?? [:]
        causes += PodRules.validate(spec: template["spec"] ?? [:], path: "\(path).template.spec")
        let policy = template["spec"]?["restartPolicy"]?.stringValue ?? ""
        if policy == "Always" {
            causes.append(
                .required("\(path).template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""))
        } else if !["OnFailure", "Never"].contains(policy) {
            causes.append(
                .notSupported(
                    "\(path).template.spec.restartPolicy", value: "\"\(policy)\"", supported: ["OnFailure", "Never"]))
        }
        if spec["podFailurePolicy"] != nil, policy != "Never" {
            causes.append(
                .invalid(
                    "\(path).template.spec.restartPolicy", value: "\"\(policy)\"",
                    "only \"Never\" is supported when podFailurePolicy is specified"))
        }
        if isTemplate {
            if let selector = spec["selector"] {
                causes.append(
                    .invalid("\(path).selector", value: selector.text(.sortedKeys), "`selector` will be auto-generated")
                )
            }
        } else if let selector = spec["selector"],
            !WorkloadRules.matches(selector, template["metadata"]?["labels"])
        {
            causes.append(
                .invalid(
                    "\(path).template.metadata.labels",
                    value: (template["metadata"]?["labels"] ?? .null).text(.sortedKeys),
                    "`selector` does not match template `labels`"))
        }
        return causes
    }

    /// What holds for Jobs whose pods have numbers, and what only such may ask for.
    private static func validateIndexes(_ spec: JSON, path: String) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let mode = spec["completionMode"]?.stringValue ?? "NonIndexed"
        guard mode == "Indexed" else {
            if mode != "NonIndexed" {
                causes.append(
                    .notSupported(
                        "\(path).completionMode", value: "\"\(mode)\"", supported: ["Indexed", "NonIndexed"]))
            }
            for field in ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"] {
                guard let value = spec[field] else { continue }
                causes.append(.invalid("\(path).\(field)", value: value.text(), "requires indexed completion mode"))
            }
            return causes
        }
        if spec["completions"] == nil {
            causes.append(.required("\(path).completions", "when completion mode is Indexed"))
        }
        if let parallelism = spec["parallelism"]?.intValue, parallelism > indexedParallelismLimit {
            causes.append(
                .invalid(
                    "\(path).parallelism", value: "\(parallelism)",
                    "must be less than or equal to \(indexedParallelismLimit) when completion mode is Indexed"))
        }
        if let most = spec["maxFailedIndexes"]?.intValue, let completions = spec["completions"]?.intValue,
            most > completions
        {
            causes.append(
                .invalid("\(path).maxFailedIndexes", value: "\(most)", "must be less than or equal to completions"))
        }
        return causes
    }

    /// The pods of a Job stay as they began; a suspended one that has not begun may still be placed elsewhere.
    static func validateUpdate(from old: JSON, to new: JSON) -> [KubernetesStatus.Cause] {
        let (before, after) = (old["spec"] ?? [:], new["spec"] ?? [:])
        var fields = [
            "selector", "template", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy",
            "successPolicy",
        ]
        let isElastic =
            after["completionMode"]?.stringValue == "Indexed" && after["completions"] == after["parallelism"]
            && after["completions"] != nil
        if !isElastic { fields.append("completions") }
        var causes: [KubernetesStatus.Cause] = []
        for field in fields where before[field] != after[field] {
            if field == "template", mayBePlacedAnew(old), placed(before) == placed(after) { continue }
            causes.append(WorkloadRules.immutable("spec.\(field)", after[field]))
        }
        return causes
    }

    private static func mayBePlacedAnew(_ job: JSON) -> Bool {
        job["spec"]?["suspend"]?.boolValue == true && job["status"]?["startTime"] == nil
    }

    /// The template without what decides on which nodes its pods run.
    private static func placed(_ spec: JSON) -> JSON {
        var template = spec["template"] ?? [:]
        for field in ["nodeSelector", "tolerations", "affinity", "schedulingGates"] {
            template.set(nil, at: ["spec", field])
        }
        for field in ["labels", "annotations"] { template.set(nil, at: ["metadata", field]) }
        return template
    }
}
