package import KubernetesModel

/// How many agents of a swarm the quotas of its namespace have room for. Pure.
///
/// What cannot be known here is left to the API server, whose refusal the swarm tells: a request that a LimitRange fills in, an
/// object count of another kind, a scope that is not known.
package enum SwarmQuota {
    /// How many agents there may be, those that stand included; `nil`: no quota bounds them.
    /// - Parameters:
    ///   - pod: an agent's, as its Deployment has it.
    ///   - standing: the swarm's pods that the quotas count as used.
    package static func allowance(_ quotas: [ResourceQuota], pod: PodSpec, standing: Int) -> Int? {
        let needs = needs(of: pod)
        return quotas.filter { isInScope(pod, of: $0.spec) }.flatMap { quota in
            (quota.status?.hard ?? [:]).compactMap { name, hard -> Int? in
                guard let need = needs[name], need > 0, let used = quota.status?.used?[name] else { return nil }
                let free = (hard - used).milliValue
                return max(standing, 0) + Int(max(free, 0) / need)
            }
        }.min()
    }

    /// What one pod uses of what quotas bound, in thousandths.
    private static func needs(of pod: PodSpec) -> [String: Int64] {
        var needs: [String: Int64] = ["pods": 1000, "count/pods": 1000]
        for (name, amount) in pod.milliSums(\.requests) {
            needs["requests.\(name)"] = amount
            if ["cpu", "memory", "ephemeral-storage"].contains(name) { needs[name] = amount }
        }
        for (name, amount) in pod.milliSums(\.limits) { needs["limits.\(name)"] = amount }
        return needs
    }

    private static func isInScope(_ pod: PodSpec, of spec: ResourceQuotaSpec?) -> Bool {
        let named = (spec?.scopes ?? []).map { ScopeRequirement(scopeName: $0, operator: "Exists") }
        return (named + (spec?.scopeSelector?.matchExpressions ?? [])).allSatisfy { requirement in
            switch requirement.scopeName {
            case "Terminating": pod.activeDeadlineSeconds != nil
            case "NotTerminating": pod.activeDeadlineSeconds == nil
            case "BestEffort": isBestEffort(pod)
            case "NotBestEffort": !isBestEffort(pod)
            case "PriorityClass": fits(pod.priorityClassName, requirement)
            default: false
            }
        }
    }

    private static func isBestEffort(_ pod: PodSpec) -> Bool {
        (pod.containers + (pod.initContainers ?? [])).allSatisfy { container in
            let named = [container.resources?.requests, container.resources?.limits].compactMap(\.self).flatMap(\.keys)
            return !named.contains("cpu") && !named.contains("memory")
        }
    }

    private static func fits(_ priorityClass: String?, _ requirement: ScopeRequirement) -> Bool {
        let name = priorityClass ?? ""
        let values = requirement.values ?? []
        return switch requirement.operator {
        case "In": values.contains(name)
        case "NotIn": !values.contains(name)
        case "DoesNotExist": name.isEmpty
        default: !name.isEmpty
        }
    }
}
