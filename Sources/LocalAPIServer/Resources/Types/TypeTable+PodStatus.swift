extension TypeTable {
    /// What is known of pods.
    static let podStatus = """
        package io.k8s.api.core.v1

        type PodStatus
            What is known of a pod. Its node writes it.
        observedGeneration int64 #17
            The generation of the pod that the status is about.
        phase string #1
            Where the pod is in its life: Pending, Running, Succeeded, Failed or Unknown.
        conditions []PodCondition key=type #2
            Whether the pod is scheduled, initialized and ready, one by one.
        message string #3
            Why the pod is as it is, for people.
        reason string #4
            Why the pod is as it is, in one word, such as Evicted.
        nominatedNodeName string #11
            The node on which pods of lower priority are being evicted for this one.
        hostIP string #5
            The address of the pod's node.
        hostIPs []HostIP #16
            The addresses of the pod's node.
        podIP string #6
            The address of the pod.
        podIPs []PodIP key=ip #12
            The addresses of the pod; there is one.
        startTime time #7*
            When the node took the pod on.
        initContainerStatuses []ContainerStatus #10
            What is known of each init container.
        containerStatuses []ContainerStatus #8
            What is known of each container.
        ephemeralContainerStatuses []ContainerStatus #13
            What is known of each container that was added later; the node of processes runs none.
        qosClass string #9
            Guaranteed, Burstable or BestEffort, as the requests and limits of the containers make it.
        resize string #14
            Whether a change of resources is under way; not filled in here.
        resourceClaimStatuses []PodResourceClaimStatus key=name unique #15
            Which claims were made for the pod; not filled in here.
        extendedResourceClaimStatus PodExtendedResourceClaimStatus #18*
            The claim made for extended resources; not filled in here.
        allocatedResources map[quantity] #19
            What the node has set aside for the pod; not filled in here.
        resources ResourceRequirements #20*
            The requests and limits of the pod as a whole that the node goes by; not filled in here.
        nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus #21
            What the pod's claims take of the node's resources; not filled in here.

        type HostIP
            An address of a node.
        ip! string #1*
            The address.

        type PodIP
            An address of a pod.
        ip! string #1*
            The address.

        type PodCondition like=Condition
            One thing that is known about a pod.
        type! string #1*
            What the condition is about, such as PodScheduled, Initialized, ContainersReady or Ready.
        observedGeneration int64 #7
            The generation of the pod that was looked at.
        status! string #2*
        lastProbeTime time #3
            When it was last checked.
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ContainerStatus
            What is known of a container.
        name! string #1*
            The name of the container.
        state ContainerState #2
            What it does now.
        lastState ContainerState #3
            How it ended the time before.
        ready bool #4*
            Whether it can serve, as its readiness probe says.
        restartCount int32 #5*
            How often it has been started again.
        image string #6*
            The image that it runs.
        imageID string #7*
            What that image is exactly; a node of processes repeats its name.
        containerID string #8
            The identifier of this run, with the runtime before it.
        started bool #9*
            Whether it has started, as its startup probe says.
        allocatedResources map[quantity] #10
            What the node has set aside for it.
        resources ResourceRequirements #11*
            The requests and limits that it runs with.
        volumeMounts []VolumeMountStatus key=mountPath #12
            What is known of its mounts; not filled in here.
        user ContainerUser #13*
            The user that its first process runs as; not filled in here.
        allocatedResourcesStatus []ResourceStatus key=name #14
            How its devices are; not filled in here.
        stopSignal string #15*
            The signal that asks it to end; not filled in here.

        type ContainerState
            What a container does; exactly one of these.
        waiting ContainerStateWaiting #1*
            It has not started yet, or waits before it starts again.
        running ContainerStateRunning #2*
            It runs.
        terminated ContainerStateTerminated #3*
            It has ended.

        type ContainerStateWaiting
            A container that waits.
        reason string #1
            What it waits for, in one word, such as CrashLoopBackOff.
        message string #2
            What it waits for, for people.

        type ContainerStateRunning
            A container that runs.
        startedAt time #1
            When it was started.

        type ContainerStateTerminated like=ContainerStateRunning
            A container that has ended.
        exitCode int32 #1*
            The code that it ended with; 128 more than the signal where one ended it.
        signal int32 #2
            The signal that ended it.
        reason string #3
            How it ended, in one word, such as Completed or Error.
        message string #4
            How it ended, for people.
        startedAt time #5
        finishedAt time #6
            When it ended.
        containerID string #7
            The identifier of that run.

        type PodResourceClaimStatus
            A claim that was made for a pod.
        name! string #1*
            What the pod calls the claim.
        resourceClaimName string #2*
            The name of the ResourceClaim.

        type PodExtendedResourceClaimStatus
            A claim that was made for a pod's extended resources.
        requestMappings! []ContainerExtendedResourceRequest #1
            Which request of the claim stands for which resource.
        resourceClaimName! string #2*
            The name of the ResourceClaim.

        type ContainerExtendedResourceRequest
            Which request of a claim stands for an extended resource.
        containerName! string #1*
            The container that asks for the resource.
        resourceName! string #2*
            The resource.
        requestName! string #3*
            The request of the claim.

        type NodeAllocatableResourceClaimStatus
            What a claim takes of a node's resources.
        resourceClaimName! string #1*
            The name of the ResourceClaim.
        containers []string set #2
            The containers that use it.
        resources! map[quantity] #3
            How much it takes, by resource.

        type VolumeMountStatus
            What is known of a mount.
        name! string #1*
            The name of the volume.
        mountPath! string #2*
            The path at which it is mounted.
        readOnly bool #3
            Whether it is mounted for reading only.
        recursiveReadOnly string #4*
            Whether mounts within it are read-only as well.
        volumeStatus VolumeStatus #5*
            What is known of the volume.

        type VolumeStatus
            What is known of a volume that is mounted.
        image ImageVolumeStatus #1*
            What is known of the image, for a volume that is one.

        type ImageVolumeStatus
            What is known of an image that is mounted as a volume.
        imageRef string #1
            What the image is exactly.

        type ContainerUser
            The user that a container's first process runs as.
        linux LinuxContainerUser #1*
            The user on Linux.

        type LinuxContainerUser
            A user on Linux.
        uid! int64 #1*
            The user.
        gid! int64 #2*
            The group.
        supplementalGroups []int64 #3
            Further groups.

        type ResourceStatus
            How the devices of a container are.
        name! string #1*
            The resource that they are.
        resources []ResourceHealth key=resourceID #2
            Each of them.

        type ResourceHealth
            How a device is.
        resourceID! string #1*
            The identifier of the device.
        health string #2
            Healthy, Unhealthy or Unknown.
        message string #6*
            What is wrong with it, for people.
        """
}
