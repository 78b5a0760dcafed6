extension TypeTable {
    /// What is known of pods.
    static let podStatus = """
        package io.k8s.api.core.v1

        type PodStatus -- What is known of a pod.
        observedGeneration int64 #17
        phase string #1
        conditions []PodCondition key=type #2
        message string #3
        reason string #4
        nominatedNodeName string #11
        hostIP string #5
        hostIPs []HostIP #16
        podIP string #6
        podIPs []PodIP key=ip #12
        startTime time #7*
        initContainerStatuses []ContainerStatus #10
        containerStatuses []ContainerStatus #8
        ephemeralContainerStatuses []ContainerStatus #13
        qosClass string #9
        resize string #14
        resourceClaimStatuses []PodResourceClaimStatus key=name unique #15
        extendedResourceClaimStatus PodExtendedResourceClaimStatus #18*
        allocatedResources map[quantity] #19
        resources ResourceRequirements #20*
        nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus #21


        type HostIP
        ip! string #1*

        type PodIP
        ip! string #1*

        type PodCondition
        type! string #1*
        observedGeneration int64 #7
        status! string #2*
        lastProbeTime time #3
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ContainerStatus
        name! string #1*
        state ContainerState #2
        lastState ContainerState #3
        ready bool #4*
        restartCount int32 #5*
        image string #6*
        imageID string #7*
        containerID string #8
        started bool #9*
        allocatedResources map[quantity] #10
        resources ResourceRequirements #11*
        volumeMounts []VolumeMountStatus key=mountPath #12
        user ContainerUser #13*
        allocatedResourcesStatus []ResourceStatus key=name #14
        stopSignal string #15*

        type ContainerState
        waiting ContainerStateWaiting #1*
        running ContainerStateRunning #2*
        terminated ContainerStateTerminated #3*

        type ContainerStateWaiting
        reason string #1
        message string #2

        type ContainerStateRunning
        startedAt time #1

        type ContainerStateTerminated
        exitCode int32 #1*
        signal int32 #2
        reason string #3
        message string #4
        startedAt time #5
        finishedAt time #6
        containerID string #7

        type PodResourceClaimStatus
        name! string #1*
        resourceClaimName string #2*

        type PodExtendedResourceClaimStatus
        requestMappings! []ContainerExtendedResourceRequest #1
        resourceClaimName! string #2*

        type ContainerExtendedResourceRequest
        containerName! string #1*
        resourceName! string #2*
        requestName! string #3*

        type NodeAllocatableResourceClaimStatus
        resourceClaimName! string #1*
        containers []string set #2
        resources! map[quantity] #3

        type VolumeMountStatus
        name! string #1*
        mountPath! string #2*
        readOnly bool #3
        recursiveReadOnly string #4*
        volumeStatus VolumeStatus #5*

        type VolumeStatus
        image ImageVolumeStatus #1*

        type ImageVolumeStatus
        imageRef string #1

        type ContainerUser
        linux LinuxContainerUser #1*

        type LinuxContainerUser
        uid! int64 #1*
        gid! int64 #2*
        supplementalGroups []int64 #3

        type ResourceStatus
        name! string #1*
        resources []ResourceHealth key=resourceID #2

        type ResourceHealth
        resourceID! string #1*
        health string #2
        message string #6*
        """
}
