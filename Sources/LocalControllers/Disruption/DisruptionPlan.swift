import KubernetesModel

/// What a disruption budget's status must say, from the pods that it selects.
struct DisruptionPlan: Sendable, Hashable {
    /// A pod that an eviction has taken from the budget and that is still there after this long was not evicted after all.
    static let evictionSeconds: Int64 = 120

    var status: PodDisruptionBudgetStatus
    /// When an eviction that has not been seen through stops counting, in seconds from now.
    var lookAgainAfterSeconds: Int64?

    /// - Parameters:
    ///   - pods: those that the budget's selector takes.
    ///   - wanted: how many of them their controllers want.
    ///   - now: seconds since 1970.
    init(_ budget: PodDisruptionBudget, pods: [Pod], wanted: Int, now: Int64) {
        let pods = pods.filter { !$0.hasEnded }
        var disrupted: [String: String] = [:]
        for (name, time) in budget.status?.disruptedPods ?? [:] {
            guard let pod = pods.first(where: { $0.metadata.name == name }), pod.metadata.deletionTimestamp == nil,
                let began = Timestamp.seconds(time)
            else { continue }
            let rest = began + Self.evictionSeconds - now
            guard rest > 0 else { continue }
            disrupted[name] = time
            lookAgainAfterSeconds = min(lookAgainAfterSeconds ?? rest, rest)
        }
        let healthy = pods.count {
            $0.isReady && $0.metadata.deletionTimestamp == nil && disrupted[$0.metadata.name ?? ""] == nil
        }
        let (expected, desired) = Self.bounds(budget.spec, pods: pods.count, wanted: wanted)
        let allowed = expected > 0 ? max(0, healthy - desired) : 0
        status = PodDisruptionBudgetStatus(
            observedGeneration: budget.metadata.generation, disruptedPods: disrupted.isEmpty ? nil : disrupted,
            disruptionsAllowed: allowed, currentHealthy: healthy, desiredHealthy: desired, expectedPods: expected,
            conditions: [Self.condition(budget, isAllowed: allowed > 0, now: now)])
    }

    private static func bounds(
        _ spec: PodDisruptionBudgetSpec, pods: Int, wanted: Int
    ) -> (expected: Int, desired: Int) {
        if let most = spec.maxUnavailable {
            return (wanted, max(0, wanted - (most.scaled(of: wanted, roundUp: true) ?? 0)))
        }
        guard let least = spec.minAvailable else { return (pods, 0) }
        if let count = least.intValue { return (pods, count) }
        return (wanted, least.scaled(of: wanted, roundUp: true) ?? wanted)
    }

    private static func condition(_ budget: PodDisruptionBudget, isAllowed: Bool, now: Int64) -> Condition {
        let status = isAllowed ? "True" : "False"
        let before = budget.status?.conditions?.first { $0.type == "DisruptionAllowed" }
        let time = before?.status == status ? before?.lastTransitionTime : nil
        return Condition(
            type: "DisruptionAllowed", status: status, observedGeneration: budget.metadata.generation,
            lastTransitionTime: time ?? Timestamp.text(seconds: now),
            reason: isAllowed ? "SufficientPods" : "InsufficientPods", message: "")
    }
}
