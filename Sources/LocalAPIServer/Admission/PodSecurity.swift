import KubernetesModel
import StructuredData

/// The pod security standards, as a namespace's labels ask for them.
struct PodSecurity: Sendable {
    enum Level: String, Sendable, CaseIterable {
        case privileged, baseline, restricted
    }

    static let labelPrefix = "pod-security.kubernetes.io/"

    /// What a pod must fulfil to be taken.
    var enforced: Level
    /// What a pod, or a workload's template, is warned about.
    var warned: Level
    private var enforcedVersion: String
    private var warnedVersion: String

    /// - Parameter labels: the namespace's.
    init(labels: [String: String]) {
        func level(_ mode: String) -> Level {
            labels[Self.labelPrefix + mode].flatMap(Level.init) ?? .privileged
        }
        func version(_ mode: String) -> String { labels["\(Self.labelPrefix)\(mode)-version"] ?? "latest" }
        enforced = level("enforce")
        warned = level("warn")
        enforcedVersion = version("enforce")
        warnedVersion = version("warn")
    }

    /// What is wrong with a namespace's labels.
    static func validate(labels: JSON?) -> [KubernetesStatus.Cause] {
        ["enforce", "audit", "warn"].compactMap { mode in
            guard let value = labels?[labelPrefix + mode]?.stringValue, Level(rawValue: value) == nil else {
                return nil
            }
            return .invalid(
                "metadata.labels[\(labelPrefix)\(mode)]", value: JSON.string(value).text(),
                "must be one of \(Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// Why a pod is refused.
    func refusal(ofPod spec: JSON) -> String? {
        let violations = Self.violations(of: spec, level: enforced)
        if violations.isEmpty { return nil }
        return "violates PodSecurity \"\(enforced):\(enforcedVersion)\": \(violations.joined(separator: ", "))"
    }

    /// What there is to warn about.
    func warning(aboutPod spec: JSON) -> String? {
        let violations = Self.violations(of: spec, level: warned)
        if violations.isEmpty { return nil }
        return "would violate PodSecurity \"\(warned):\(warnedVersion)\": \(violations.joined(separator: ", "))"
    }

    /// What a pod's spec does that a level forbids, in the real server's words and order.
    static func violations(of spec: JSON, level: Level) -> [String] {
        let pod = PodSecurityChecks(spec)
        switch level {
        case .privileged: return []
        case .baseline:
            return [
                pod.addedCapabilities, pod.hostNamespaces, pod.hostPathVolumes, pod.hostPorts, pod.privileged,
                pod.procMount, pod.linuxOptions, pod.unconfinedSeccomp, pod.sysctls, pod.hostProcess,
            ].compactMap(\.self)
        case .restricted:
            return [
                pod.hostNamespaces, pod.hostPorts, pod.privileged, pod.procMount, pod.linuxOptions, pod.sysctls,
                pod.hostProcess, pod.privilegeEscalation, pod.unrestrictedCapabilities, pod.volumeTypes,
                pod.runsAsRoot, pod.rootUser, pod.missingSeccomp,
            ].compactMap(\.self)
        }
    }
}
