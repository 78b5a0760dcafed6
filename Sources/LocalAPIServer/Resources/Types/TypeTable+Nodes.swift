extension TypeTable {
    /// Nodes.
    static let nodes = """
        package io.k8s.api.core.v1

        type Node like=Object
            A Node is a machine that pods run on, or, if it is simulated, one that pretends to be.
        metadata ObjectMeta #1
        spec NodeSpec ={} #2
        status NodeStatus ={} #3

        type NodeSpec
            What a node should be.
        podCIDR string #1
            The block that the node's pods have their addresses from; kept, and not acted on.
        podCIDRs []string set #7
            The same block as a list, one for each family of addresses.
        providerID string #3
            What the machine's provider calls it.
        unschedulable bool #4
            Whether no new pods may come, as after kubectl cordon.
        taints []Taint #5
            What keeps pods away that do not tolerate it.
        configSource NodeConfigSource #6*
            Where a kubelet once took its configuration from; no longer in use.
        externalID string #2
            What the machine was called elsewhere; no longer in use.

        type Taint
            Keeps pods away from a node, unless they tolerate it.
        key! string #1*
            The name of the taint.
        value string #2
            Its value.
        effect! string #3*
            NoSchedule keeps new pods away, PreferNoSchedule does so if there is room elsewhere, NoExecute also evicts
            those that run.
        timeAdded time #4*
            Since when it holds; tolerations that run out are counted from here.

        type NodeStatus
            What is known of a node. The node itself writes it.
        capacity map[quantity] #1
            All that the machine has, by resource.
        allocatable map[quantity] #2
            What of it pods may have; the scheduler adds up their requests against it.
        phase string #3
            No longer filled in.
        conditions []NodeCondition key=type #4
            Whether the node is ready, and short of memory, disk or processes.
        addresses []NodeAddress key=type #5
            Where the node is reached.
        daemonEndpoints NodeDaemonEndpoints ={"kubeletEndpoint":{"Port":0}} #6
            The ports that the node's own services listen at.
        nodeInfo NodeSystemInfo #7
            What machine and system it is.
        images []ContainerImage #8
            The images that the node can run; on a node of processes, those that it knows an executable for.
        volumesInUse []string #9
            The attached volumes that pods use; a node of processes attaches none.
        volumesAttached []AttachedVolume #10
            The volumes that are attached; a node of processes attaches none.
        config NodeConfigStatus #11*
            Which configuration a kubelet uses; no longer in use.
        runtimeHandlers []NodeRuntimeHandler #12
            The container runtimes of the node; a node of processes has none.
        features NodeFeatures #13*
            What the container runtime can do; not filled in by a node of processes.
        declaredFeatures []string #14
            Names of features that the node says it has; kept, and not acted on.

        type NodeCondition like=Condition
            One thing that is known about a node.
        type! string #1*
            What the condition is about: Ready, MemoryPressure, DiskPressure or PIDPressure.
        status! string #2*
        lastHeartbeatTime time #3
            When it was last confirmed.
        lastTransitionTime time #4
        reason string #5
        message string #6

        type NodeAddress
            An address of a node.
        type! string #1*
            What kind of address it is, such as InternalIP or Hostname.
        address! string #2*
            The address.

        type NodeDaemonEndpoints
            The ports that a node's own services listen at.
        kubeletEndpoint DaemonEndpoint #1
            Where the API server asks for logs and figures.

        type DaemonEndpoint
            A port of a node's own service.
        Port! int32 #1*
            The number of the port.

        type NodeSystemInfo
            What machine and system a node is.
        machineID string #1*
            The identifier of the installed system.
        systemUUID string #2*
            The identifier of the hardware; a node of processes gives that of the system.
        bootID string #3*
            The identifier of this start of the machine.
        kernelVersion string #4*
            The version of its kernel.
        osImage string #5*
            The name of its operating system.
        containerRuntimeVersion string #6*
            What runs its containers, and which version of it.
        kubeletVersion string #7*
            The version of Kubernetes whose node it behaves like.
        kubeProxyVersion string #8*
            No longer filled in.
        operatingSystem string #9*
            The family of its operating system.
        architecture string #10*
            The architecture of its processors.
        swap NodeSwapStatus #11*
            How much swap it has.

        type ContainerImage
            An image that a node can run.
        names []string #1
            What the image is called.
        sizeBytes int64 #2
            Its size in bytes; 0 for an executable of the machine.

        type NodeConfigSource
            A place that holds a kubelet's configuration.
        configMap ConfigMapNodeConfigSource #2*
            The ConfigMap that held it.

        type ConfigMapNodeConfigSource
            A ConfigMap that held a kubelet's configuration; no longer in use.
        namespace! string #1*
            The namespace of the ConfigMap.
        name! string #2*
            The name of the ConfigMap.
        uid string #3
            The UID of the ConfigMap.
        resourceVersion string #4
            The version of the ConfigMap.
        kubeletConfigKey! string #5*
            The key that the configuration stood at.

        type AttachedVolume
            A volume that is attached to a node.
        name! string #1*
            The name of the volume.
        devicePath! string #2*
            The device that it appears as.

        type NodeConfigStatus
            The configurations that a kubelet knows.
        assigned NodeConfigSource #1*
            The configuration that it should use.
        active NodeConfigSource #2*
            The configuration that it uses.
        lastKnownGood NodeConfigSource #3*
            The configuration that it falls back to.
        error string #4
            What is wrong with the assigned configuration.

        type NodeRuntimeHandler
            A container runtime of a node.
        name string #1*
            The name of the handler; empty for the usual one.
        features NodeRuntimeHandlerFeatures #2*
            What it can do.

        type NodeRuntimeHandlerFeatures
            What a container runtime can do.
        recursiveReadOnlyMounts bool #1*
            Whether it can make mounts within a mount read-only too.
        userNamespaces bool #2*
            Whether it can give containers user namespaces of their own.

        type NodeFeatures
            What the software of a node can do.
        supplementalGroupsPolicy bool #1*
            Whether supplementalGroupsPolicy is acted on.

        type NodeSwapStatus
            How much swap a node has.
        capacity int64 #1*
            The size of its swap, in bytes.
        """
}
