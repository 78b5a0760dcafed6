import KubernetesModel
import StructuredData

/// What a failed pod means for its job, as `spec.podFailurePolicy` says. Pure.
///
/// Of its rules the first that matches decides; a pod that none matches counts against the limits, as it does without a policy.
struct PodFailurePolicy: Sendable {
    enum Verdict: Sendable, Hashable {
        /// It counts as one more failure.
        case counts
        /// It is replaced, and counts as nothing.
        case ignored
        /// Its index has failed for good.
        case failsIndex
        /// The job has failed; why, for people.
        case failsJob(String)

        /// Whether it is counted among the job's failures.
        var isCounted: Bool { self != .ignored }
    }

    private let rules: [JSON]

    init(_ policy: JSON?) { rules = policy?["rules"]?.arrayValue ?? [] }

    func verdict(on pod: Pod) -> Verdict {
        for (index, rule) in rules.enumerated() {
            guard let match = Self.match(rule, pod) else { continue }
            switch rule["action"]?.stringValue {
            case "Ignore": return .ignored
            case "FailIndex": return .failsIndex
            case "FailJob": return .failsJob("\(match) matching FailJob rule at index \(index)")
            default: return .counts
            }
        }
        return .counts
    }

    /// What about the pod a rule is meant for; `nil`: nothing.
    private static func match(_ rule: JSON, _ pod: Pod) -> String? {
        if let requirement = rule["onExitCodes"] {
            return exit(requirement, pod).map { container, code in
                "Container \(container) for pod \(pod.key) failed with exit code \(code)"
            }
        }
        for pattern in rule["onPodConditions"]?.arrayValue ?? [] {
            let status = pattern["status"]?.stringValue ?? "True"
            let condition = pod.status?.conditions?.first { $0.type == pattern["type"]?.stringValue }
            if let condition, condition.status == status { return "Pod \(pod.key) has condition \(condition.type)" }
        }
        return nil
    }

    private static func exit(_ requirement: JSON, _ pod: Pod) -> (container: String, code: Int)? {
        let values = (requirement["values"]?.arrayValue ?? []).compactMap(\.intValue)
        let name = requirement["containerName"]?.stringValue
        for status in (pod.status?.containerStatuses ?? []) + (pod.status?.initContainerStatuses ?? []) {
            guard let code = status.state?.terminated?.exitCode, code != 0, name ?? status.name == status.name else {
                continue
            }
            let isListed = values.contains(code)
            switch requirement["operator"]?.stringValue {
            case "In" where isListed, "NotIn" where !isListed: return (status.name, code)
            default: continue
            }
        }
        return nil
    }
}
