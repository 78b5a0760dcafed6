extension TypeTable {
    /// How workloads grow.
    static let autoscaling = """
        package io.k8s.api.autoscaling.v2

        type HorizontalPodAutoscaler like=Object
            A HorizontalPodAutoscaler says how a workload grows and shrinks with its load. It is kept for clusters that
            act on it; this one does not.
        metadata ObjectMeta #1
        spec HorizontalPodAutoscalerSpec ={} #2
        status HorizontalPodAutoscalerStatus ={"desiredReplicas":0} #3

        type HorizontalPodAutoscalerSpec
            How a workload should grow and shrink; kept, and not acted on.
        scaleTargetRef! CrossVersionObjectReference #1
            The workload.
        minReplicas int32 =1 min=1 #2*
            The least replicas that it may have.
        maxReplicas! int32 min=1 #3*
            The most replicas that it may have.
        metrics []MetricSpec #4
            What the number of replicas follows; the largest that any of them asks for counts.
        behavior HorizontalPodAutoscalerBehavior #5*
            How fast it may grow and shrink.

        type CrossVersionObjectReference like=BoundObjectReference
            Points to an object of the same namespace.
        kind! string #1*
            The kind of the object.
        name! string #2*
        apiVersion string #3

        type MetricSpec
            A figure that the number of replicas follows, and what it should be.
        type! string #1*
            Which of the others is given: Object, Pods, Resource, ContainerResource or External.
        object ObjectMetricSource #2*
            A figure of another object.
        pods PodsMetricSource #3*
            A figure of each pod.
        resource ResourceMetricSource #4*
            What the pods use of a resource.
        containerResource ContainerResourceMetricSource #7*
            What one container of each pod uses of a resource.
        external ExternalMetricSource #5*
            A figure from outside the cluster.

        type ObjectMetricSource
            A figure of an object that the number of replicas follows.
        describedObject! CrossVersionObjectReference #1
            The object.
        target! MetricTarget #2
            What the figure should be.
        metric! MetricIdentifier #3
            The figure.

        type PodsMetricSource
            A figure of each pod that the number of replicas follows.
        metric! MetricIdentifier #1
            The figure.
        target! MetricTarget #2
            What the figure should be on average.

        type ResourceMetricSource
            A resource that the number of replicas follows.
        name! string #1*
            The name of the resource, such as cpu.
        target! MetricTarget #2
            What the pods should use of it.

        type ContainerResourceMetricSource like=ResourceMetricSource
            A resource of one container that the number of replicas follows.
        name! string #1*
        target! MetricTarget #2
            What the container should use of it.
        container! string #3*
            The name of the container.

        type ExternalMetricSource
            A figure from outside the cluster that the number of replicas follows.
        metric! MetricIdentifier #1
            The figure.
        target! MetricTarget #2
            What the figure should be.

        type MetricTarget
            What a figure should be.
        type! string #1*
            Which of the others is given: Utilization, Value or AverageValue.
        value quantity #2*
            The value itself.
        averageValue quantity #3*
            The value for each pod.
        averageUtilization int32 #4*
            The share of what the pods request, in percent.

        type MetricIdentifier
            A figure, by name.
        name! string #1*
            The name of the figure.
        selector LabelSelector #2*
            Which series of the figure are meant, by labels.

        type HorizontalPodAutoscalerBehavior
            How fast a workload may grow and shrink.
        scaleUp HPAScalingRules #1*
            How fast it may grow.
        scaleDown HPAScalingRules #2*
            How fast it may shrink.

        type HPAScalingRules
            How fast a workload may change in one direction.
        stabilizationWindowSeconds int32 #3*
            Over how many seconds the most cautious recommendation counts.
        selectPolicy string =Max #1*
            Which of the policies counts: Max, Min, or Disabled for no change at all.
        policies []HPAScalingPolicy #2
            How much may change in how long.
        tolerance quantity #4*
            By what share a figure may be off before anything changes.

        type HPAScalingPolicy
            A bound on the change within a time.
        type! string #1*
            Pods for a number of pods, Percent for a share of them.
        value! int32 #2*
            How many, or how many percent.
        periodSeconds! int32 #3*
            In how many seconds.

        type HorizontalPodAutoscalerStatus
            What is known of a HorizontalPodAutoscaler; nothing fills it in here.
        observedGeneration int64 #1*
            The generation of the object that the status is about.
        lastScaleTime time #2*
            When the number of replicas was last changed.
        currentReplicas int32 #3
            How many replicas there are.
        desiredReplicas int32 #4*
            How many replicas there should be.
        currentMetrics []MetricStatus #5
            What the figures are now.
        conditions []HorizontalPodAutoscalerCondition key=type #6
            Whether it can act, one by one.

        type HorizontalPodAutoscalerCondition like=Condition
            One thing that is known about a HorizontalPodAutoscaler.
        type! string #1*
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        observedGeneration int64 #6

        type MetricStatus like=MetricSpec
            What a figure is now.
        type! string #1*
        object ObjectMetricStatus #2*
        pods PodsMetricStatus #3*
        resource ResourceMetricStatus #4*
        containerResource ContainerResourceMetricStatus #7*
        external ExternalMetricStatus #5*

        type ObjectMetricStatus like=ObjectMetricSource
            What a figure of an object is now.
        metric! MetricIdentifier #1
        current! MetricValueStatus #2
            What the figure is.
        describedObject! CrossVersionObjectReference #3

        type MetricValueStatus like=MetricTarget
            What a figure is.
        value quantity #1*
        averageValue quantity #2*
        averageUtilization int32 #3*

        type PodsMetricStatus
            What a figure of the pods is now.
        metric! MetricIdentifier #1
            The figure.
        current! MetricValueStatus #2
            What the figure is on average.

        type ResourceMetricStatus
            How much the pods use of a resource.
        name! string #1*
            The name of the resource, such as cpu.
        current! MetricValueStatus #2
            How much they use.

        type ContainerResourceMetricStatus
            What one container of the pods uses of a resource.
        name! string #1*
            The name of the resource, such as cpu.
        current! MetricValueStatus #2
            How much the container uses.
        container! string #3*
            The name of the container.

        type ExternalMetricStatus
            What a figure from outside the cluster is now.
        metric! MetricIdentifier #1
            The figure.
        current! MetricValueStatus #2
            What the figure is.

        package io.k8s.api.autoscaling.v1

        type HorizontalPodAutoscalerV1 as=HorizontalPodAutoscaler like=HorizontalPodAutoscaler
            A HorizontalPodAutoscaler says how a workload grows and shrinks with its load. It is kept for clusters that
            act on it; this one does not.
        metadata ObjectMeta #1
        spec HorizontalPodAutoscalerSpecV1 ={} #2
        status HorizontalPodAutoscalerStatusV1 #3

        type HorizontalPodAutoscalerSpecV1 as=HorizontalPodAutoscalerSpec like=HorizontalPodAutoscalerSpec
            How a workload should grow and shrink; kept, and not acted on.
        scaleTargetRef! CrossVersionObjectReference #1
        minReplicas int32 =1 min=1 #2*
        maxReplicas! int32 min=1 #3*
        targetCPUUtilizationPercentage int32 #4*
            The share of the requested CPU that the pods should use on average.

        type HorizontalPodAutoscalerStatusV1 as=HorizontalPodAutoscalerStatus like=HorizontalPodAutoscalerStatus
            What is known of a HorizontalPodAutoscaler; nothing fills it in here.
        observedGeneration int64 #1*
        lastScaleTime time #2*
        currentReplicas int32 #3*
        desiredReplicas int32 #4*
        currentCPUUtilizationPercentage int32 #5*
            The share of the requested CPU that the pods use on average.
        """
}
