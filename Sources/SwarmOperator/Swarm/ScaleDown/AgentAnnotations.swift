import StructuredData

/// The annotations that the autoscaler keeps on agents' pods.
enum AgentAnnotations {
    static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"
    /// A victim's: lower than what anybody else's pod may have.
    static let victimCost = "-2147483648"

    /// What keeps cluster-autoscaler and Karpenter from ending a pod to save its node.
    static let protection = [
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
        "karpenter.sh/do-not-disrupt": "true",
    ]

    static func isMarked(_ annotations: [String: String]?) -> Bool { annotations?[deletionCost] == victimCost }

    static func isProtected(_ annotations: [String: String]?) -> Bool {
        protection.allSatisfy { annotations?[$0.key] == $0.value }
    }

    static func mark(_ isMarked: Bool) -> JSON { [deletionCost: isMarked ? .string(victimCost) : .null] }

    static func protect(_ isProtected: Bool) -> JSON {
        var annotations: JSON = [:]
        for (name, value) in protection { annotations[name] = isProtected ? .string(value) : .null }
        return annotations
    }
}
