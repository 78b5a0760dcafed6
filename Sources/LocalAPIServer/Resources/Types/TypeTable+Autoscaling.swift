extension TypeTable {
    /// How workloads grow.
    static let autoscaling = """
        package io.k8s.api.autoscaling.v2

        type HorizontalPodAutoscaler -- It says how a workload grows and shrinks.
        metadata ObjectMeta #1
        spec HorizontalPodAutoscalerSpec ={} #2
        status HorizontalPodAutoscalerStatus ={"desiredReplicas":0} #3

        type HorizontalPodAutoscalerSpec
        scaleTargetRef! CrossVersionObjectReference #1
        minReplicas int32 =1 min=1 #2*
        maxReplicas! int32 min=1 #3*
        metrics []MetricSpec #4
        behavior HorizontalPodAutoscalerBehavior #5*

        type CrossVersionObjectReference
        kind! string #1*
        name! string #2*
        apiVersion string #3

        type MetricSpec
        type! string #1*
        object ObjectMetricSource #2*
        pods PodsMetricSource #3*
        resource ResourceMetricSource #4*
        containerResource ContainerResourceMetricSource #7*
        external ExternalMetricSource #5*

        type ObjectMetricSource
        describedObject! CrossVersionObjectReference #1
        target! MetricTarget #2
        metric! MetricIdentifier #3

        type PodsMetricSource
        metric! MetricIdentifier #1
        target! MetricTarget #2

        type ResourceMetricSource
        name! string #1*
        target! MetricTarget #2

        type ContainerResourceMetricSource
        name! string #1*
        target! MetricTarget #2
        container! string #3*

        type ExternalMetricSource
        metric! MetricIdentifier #1
        target! MetricTarget #2

        type MetricTarget
        type! string #1*
        value quantity #2*
        averageValue quantity #3*
        averageUtilization int32 #4*

        type MetricIdentifier
        name! string #1*
        selector LabelSelector #2*

        type HorizontalPodAutoscalerBehavior
        scaleUp HPAScalingRules #1*
        scaleDown HPAScalingRules #2*

        type HPAScalingRules
        stabilizationWindowSeconds int32 #3*
        selectPolicy string =Max #1*
        policies []HPAScalingPolicy #2
        tolerance quantity #4*

        type HPAScalingPolicy
        type! string #1*
        value! int32 #2*
        periodSeconds! int32 #3*

        type HorizontalPodAutoscalerStatus
        observedGeneration int64 #1*
        lastScaleTime time #2*
        currentReplicas int32 #3
        desiredReplicas int32 #4*
        currentMetrics []MetricStatus #5
        conditions []HorizontalPodAutoscalerCondition key=type #6

        type HorizontalPodAutoscalerCondition
        type! string #1*
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        observedGeneration int64 #6

        type MetricStatus
        type! string #1*
        object ObjectMetricStatus #2*
        pods PodsMetricStatus #3*
        resource ResourceMetricStatus #4*
        containerResource ContainerResourceMetricStatus #7*
        external ExternalMetricStatus #5*

        type ObjectMetricStatus
        metric! MetricIdentifier #1
        current! MetricValueStatus #2
        describedObject! CrossVersionObjectReference #3

        type MetricValueStatus
        value quantity #1*
        averageValue quantity #2*
        averageUtilization int32 #3*

        type PodsMetricStatus
        metric! MetricIdentifier #1
        current! MetricValueStatus #2

        type ResourceMetricStatus
        name! string #1*
        current! MetricValueStatus #2

        type ContainerResourceMetricStatus
        name! string #1*
        current! MetricValueStatus #2
        container! string #3*

        type ExternalMetricStatus
        metric! MetricIdentifier #1
        current! MetricValueStatus #2

        package io.k8s.api.autoscaling.v1

        type HorizontalPodAutoscalerV1 as=HorizontalPodAutoscaler -- It says how a workload grows and shrinks.
        metadata ObjectMeta #1
        spec HorizontalPodAutoscalerSpecV1 ={} #2
        status HorizontalPodAutoscalerStatusV1 #3

        type HorizontalPodAutoscalerSpecV1 as=HorizontalPodAutoscalerSpec
        scaleTargetRef! CrossVersionObjectReference #1
        minReplicas int32 =1 min=1 #2*
        maxReplicas! int32 min=1 #3*
        targetCPUUtilizationPercentage int32 #4*

        type HorizontalPodAutoscalerStatusV1 as=HorizontalPodAutoscalerStatus
        observedGeneration int64 #1*
        lastScaleTime time #2*
        currentReplicas int32 #3*
        desiredReplicas int32 #4*
        currentCPUUtilizationPercentage int32 #5*
        """
}
