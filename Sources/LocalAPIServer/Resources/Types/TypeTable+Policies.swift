extension TypeTable {
    /// Bounds on what namespaces use.
    static let policies = """
        package io.k8s.api.core.v1

        type ResourceQuota -- A ResourceQuota bounds what a namespace uses.
        metadata ObjectMeta #1
        spec ResourceQuotaSpec #2
        status ResourceQuotaStatus ={} #3

        type ResourceQuotaSpec
        hard map[quantity] #1
        scopes []string #2
        scopeSelector ScopeSelector #3*

        type ScopeSelector atomic
        matchExpressions []ScopedResourceSelectorRequirement #1

        type ScopedResourceSelectorRequirement
        scopeName! string #1*
        operator! string #2*
        values []string #3

        type ResourceQuotaStatus
        hard map[quantity] #1
        used map[quantity] #2
        """
}
