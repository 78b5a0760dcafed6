extension TypeTable {
    /// Bounds on what namespaces use.
    static let policies = """
        package io.k8s.api.core.v1

        type ResourceQuota like=Object
            A ResourceQuota bounds what the objects of a namespace use together; what would go beyond is refused.
        metadata ObjectMeta #1
        spec ResourceQuotaSpec #2
        status ResourceQuotaStatus ={} #3

        type ResourceQuotaSpec
            What a namespace may use.
        hard map[quantity] #1
            The most of each resource, such as pods, requests.cpu, limits.memory or count/jobs.batch.
        scopes []string #2
            Only what all these scopes take in is counted, such as BestEffort.
        scopeSelector ScopeSelector #3*
            Further scopes, with values.

        type ScopeSelector atomic
            Chooses what a quota counts; all its demands must hold.
        matchExpressions []ScopedResourceSelectorRequirement #1
            What is asked, scope by scope.

        type ScopedResourceSelectorRequirement
            What is asked of one scope.
        scopeName! string #1*
            The name of the scope, such as PriorityClass.
        operator! string #2*
            In, NotIn, Exists or DoesNotExist.
        values []string #3
            The values that In and NotIn compare with.

        type ResourceQuotaStatus
            What a quota bounds, and how much of it is used.
        hard map[quantity] #1
            The bounds that are in force.
        used map[quantity] #2
            How much of each is used.
        """
}
