extension TypeTable {
    /// The core group, without pods.
    static let core = """
        package io.k8s.api.core.v1

        type Namespace -- A Namespace is a scope for names.
        metadata ObjectMeta #1
        spec NamespaceSpec ={} #2
        status NamespaceStatus ={} #3

        type NamespaceSpec
        finalizers []string #1

        type NamespaceStatus
        phase string =Active #1
        conditions []NamespaceCondition key=type #2

        type NamespaceCondition
        type! string #1*
        status! string #2*
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ConfigMap -- A ConfigMap holds configuration for pods to use.
        metadata ObjectMeta #1
        immutable bool #4*
        data map[string] #2
        binaryData map[bytes] #3

        type Secret -- A Secret holds data that not everybody may read.
        metadata ObjectMeta #1
        immutable bool #5*
        data map[bytes] #2
        stringData map[string] #4
        type string =Opaque #3

        type ServiceAccount -- A ServiceAccount is who the processes of pods are to the cluster.
        metadata ObjectMeta #1
        secrets []ObjectReference key=name #2
        imagePullSecrets []LocalObjectReference #3
        automountServiceAccountToken bool #4*

        type Service -- A Service gives a set of pods one address.
        metadata ObjectMeta #1
        spec ServiceSpec #2
        status ServiceStatus ={"loadBalancer":{}} #3

        type ServiceSpec
        ports []ServicePort key=port,protocol unique #1
        selector map[string] atomic #2
        clusterIP string #3
        clusterIPs []string #18
        type string =ClusterIP enum=ClusterIP|NodePort|LoadBalancer|ExternalName #4
        externalIPs []string #5
        sessionAffinity string =None #7
        loadBalancerIP string #8
        loadBalancerSourceRanges []string #9
        externalName string #10
        externalTrafficPolicy string #11
        healthCheckNodePort int32 #12
        publishNotReadyAddresses bool #13
        sessionAffinityConfig SessionAffinityConfig #14*
        ipFamilies []string #19
        ipFamilyPolicy string #17*
        allocateLoadBalancerNodePorts bool #20*
        loadBalancerClass string #21*
        internalTrafficPolicy string #22*
        trafficDistribution string #23*

        type SessionAffinityConfig
        clientIP ClientIPConfig #1*

        type ClientIPConfig
        timeoutSeconds int32 #1*

        type ServicePort
        name string #1
        protocol string =TCP enum=TCP|UDP|SCTP #2
        appProtocol string #6*
        port! int32 #3*
        targetPort intstr #4
        nodePort int32 #5

        type ServiceStatus
        loadBalancer LoadBalancerStatus #1
        conditions []Condition key=type #2

        type LoadBalancerStatus
        ingress []LoadBalancerIngress #1

        type LoadBalancerIngress
        ip string #1
        hostname string #2
        ipMode string #3*
        ports []PortStatus #4

        type PortStatus
        port! int32 #1*
        protocol! string #2*
        error string #3*

        type Endpoints -- Endpoints are the addresses behind a Service. EndpointSlices have come after them.
        metadata ObjectMeta #1
        subsets []EndpointSubset #2

        type EndpointSubset
        addresses []EndpointAddress #1
        notReadyAddresses []EndpointAddress #2
        ports []CoreEndpointPort #3

        type EndpointAddress atomic
        ip! string #1*
        hostname string #3
        nodeName string #4*
        targetRef ObjectReference #2*

        type CoreEndpointPort as=EndpointPort atomic
        name string #1
        port! int32 #2*
        protocol string =TCP #3
        appProtocol string #4*

        type Node -- A Node is a machine that pods run on.
        metadata ObjectMeta #1
        spec NodeSpec ={} #2
        status NodeStatus ={} #3

        type NodeSpec
        podCIDR string #1
        podCIDRs []string set #7
        providerID string #3
        unschedulable bool #4
        taints []Taint #5
        configSource NodeConfigSource #6*
        externalID string #2

        type Taint
        key! string #1*
        value string #2
        effect! string #3*
        timeAdded time #4*

        type NodeStatus
        capacity map[quantity] #1
        allocatable map[quantity] #2
        phase string #3
        conditions []NodeCondition key=type #4
        addresses []NodeAddress key=type #5
        daemonEndpoints NodeDaemonEndpoints ={"kubeletEndpoint":{"Port":0}} #6
        nodeInfo NodeSystemInfo #7
        images []ContainerImage #8
        volumesInUse []string #9
        volumesAttached []AttachedVolume #10
        config NodeConfigStatus #11*
        runtimeHandlers []NodeRuntimeHandler #12
        features NodeFeatures #13*
        declaredFeatures []string #14

        type NodeCondition
        type! string #1*
        status! string #2*
        lastHeartbeatTime time #3
        lastTransitionTime time #4
        reason string #5
        message string #6

        type NodeAddress
        type! string #1*
        address! string #2*

        type NodeDaemonEndpoints
        kubeletEndpoint DaemonEndpoint #1

        type DaemonEndpoint
        Port! int32 #1*

        type NodeSystemInfo
        machineID string #1*
        systemUUID string #2*
        bootID string #3*
        kernelVersion string #4*
        osImage string #5*
        containerRuntimeVersion string #6*
        kubeletVersion string #7*
        kubeProxyVersion string #8*
        operatingSystem string #9*
        architecture string #10*
        swap NodeSwapStatus #11*

        type ContainerImage
        names []string #1
        sizeBytes int64 #2

        type NodeConfigSource
        configMap ConfigMapNodeConfigSource #2*

        type ConfigMapNodeConfigSource
        namespace! string #1*
        name! string #2*
        uid string #3
        resourceVersion string #4
        kubeletConfigKey! string #5*

        type AttachedVolume
        name! string #1*
        devicePath! string #2*

        type NodeConfigStatus
        assigned NodeConfigSource #1*
        active NodeConfigSource #2*
        lastKnownGood NodeConfigSource #3*
        error string #4

        type NodeRuntimeHandler
        name string #1*
        features NodeRuntimeHandlerFeatures #2*

        type NodeRuntimeHandlerFeatures
        recursiveReadOnlyMounts bool #1*
        userNamespaces bool #2*

        type NodeFeatures
        supplementalGroupsPolicy bool #1*

        type NodeSwapStatus
        capacity int64 #1*

        type CoreEvent as=Event -- An Event tells what happened to an object.
        metadata ObjectMeta #1
        involvedObject ObjectReference #2
        reason string #3
        message string #4
        source EventSource #5
        firstTimestamp time #6
        lastTimestamp time #7
        count int32 #8
        type string #9
        eventTime microtime #10
        series CoreEventSeries #11*
        action string #12
        related ObjectReference #13*
        reportingComponent string #14*
        reportingInstance string #15*

        type EventSource
        component string #1
        host string #2

        type CoreEventSeries as=EventSeries
        count int32 #1
        lastObservedTime microtime #2

        package io.k8s.api.events.v1

        type Event -- An Event tells what happened to an object.
        metadata ObjectMeta #1
        eventTime microtime #2
        series EventSeries #3*
        reportingController string #4
        reportingInstance string #5
        action string #6
        reason string #7
        regarding ObjectReference #8
        related ObjectReference #9*
        note string #10
        type string #11
        deprecatedSource EventSource #12
        deprecatedFirstTimestamp time #13
        deprecatedLastTimestamp time #14
        deprecatedCount int32 #15

        type EventSeries
        count! int32 #1*
        lastObservedTime! microtime #2
        """
}
