extension TypeTable {
    /// Bounds on what namespaces use, and on how workloads grow.
    static let policies = """
        type ResourceQuota
        metadata ObjectMeta
        spec ResourceQuotaSpec
        status ResourceQuotaStatus ={}

        type ResourceQuotaSpec
        hard map[quantity]
        scopes []string
        scopeSelector ScopeSelector

        type ScopeSelector atomic
        matchExpressions []ScopedResourceSelectorRequirement

        type ScopedResourceSelectorRequirement
        scopeName! string
        operator! string
        values []string

        type ResourceQuotaStatus
        hard map[quantity]
        used map[quantity]

        type HorizontalPodAutoscaler
        metadata ObjectMeta
        spec HorizontalPodAutoscalerSpec ={}
        status HorizontalPodAutoscalerStatus ={"desiredReplicas":0}

        type HorizontalPodAutoscalerSpec
        scaleTargetRef! CrossVersionObjectReference
        minReplicas int32 =1 min=1
        maxReplicas! int32 min=1
        metrics []MetricSpec
        behavior HorizontalPodAutoscalerBehavior

        type CrossVersionObjectReference
        kind! string
        name! string
        apiVersion string

        type MetricSpec
        type! string
        object any
        pods any
        resource any
        containerResource any
        external any

        type HorizontalPodAutoscalerBehavior
        scaleUp HPAScalingRules
        scaleDown HPAScalingRules

        type HPAScalingRules
        stabilizationWindowSeconds int32
        selectPolicy string =Max
        policies []HPAScalingPolicy
        tolerance quantity

        type HPAScalingPolicy
        type! string
        value! int32
        periodSeconds! int32

        type HorizontalPodAutoscalerStatus
        observedGeneration int64
        lastScaleTime time
        currentReplicas int32
        desiredReplicas int32
        currentMetrics []any
        conditions []Condition key=type
        """
}
