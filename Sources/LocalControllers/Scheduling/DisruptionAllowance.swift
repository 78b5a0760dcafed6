import KubernetesModel

/// What disruption budgets still allow, as preemption counts it. Pure.
enum DisruptionAllowance {
    /// The uids of those whose end would break a budget, if they ended in this order. As for Kubernetes' scheduler, a budget whose
    /// selector is empty covers nothing here, and a pod whose eviction is booked on a budget already costs it nothing more.
    static func broken(by pods: [PlacedPod], budgets: [PodDisruptionBudget]) -> Set<String> {
        var left = budgets.map { $0.status?.disruptionsAllowed ?? 0 }
        var broken: Set<String> = []
        for pod in pods {
            for (index, budget) in budgets.enumerated() where covers(budget, pod) {
                left[index] -= 1
                if left[index] < 0 { broken.insert(pod.uid) }
            }
        }
        return broken
    }

    private static func covers(_ budget: PodDisruptionBudget, _ pod: PlacedPod) -> Bool {
        guard budget.metadata.namespace == pod.key.namespace, let selector = budget.spec.selector,
            selector.matchLabels?.isEmpty == false || selector.matchExpressions?.isEmpty == false
        else { return false }
        return selector.matches(pod.labels) && budget.status?.disruptedPods?[pod.key.name] == nil
    }
}
