extension TypeTable {
    /// The core group, without pods.
    static let core = """
        type Namespace
        metadata ObjectMeta
        spec NamespaceSpec ={}
        status NamespaceStatus ={}

        type NamespaceSpec
        finalizers []string

        type NamespaceStatus
        phase string =Active
        conditions []NamespaceCondition key=type

        type NamespaceCondition
        type! string
        status! string
        lastTransitionTime time
        reason string
        message string

        type ConfigMap
        metadata ObjectMeta
        immutable bool
        data map[string]
        binaryData map[bytes]

        type Secret
        metadata ObjectMeta
        immutable bool
        data map[bytes]
        stringData map[string]
        type string =Opaque

        type ServiceAccount
        metadata ObjectMeta
        secrets []ObjectReference key=name
        imagePullSecrets []LocalObjectReference
        automountServiceAccountToken bool

        type Service
        metadata ObjectMeta
        spec ServiceSpec
        status ServiceStatus ={"loadBalancer":{}}

        type ServiceSpec
        ports []ServicePort key=port,protocol
        selector map[string] atomic
        clusterIP string
        clusterIPs []string
        type string =ClusterIP enum=ClusterIP|NodePort|LoadBalancer|ExternalName
        externalIPs []string
        sessionAffinity string =None
        loadBalancerIP string
        loadBalancerSourceRanges []string
        externalName string
        externalTrafficPolicy string
        healthCheckNodePort int32
        publishNotReadyAddresses bool
        sessionAffinityConfig any
        ipFamilies []string
        ipFamilyPolicy string
        allocateLoadBalancerNodePorts bool
        loadBalancerClass string
        internalTrafficPolicy string
        trafficDistribution string

        type ServicePort
        name string
        protocol string =TCP enum=TCP|UDP|SCTP
        appProtocol string
        port! int32
        targetPort intstr
        nodePort int32

        type ServiceStatus
        loadBalancer LoadBalancerStatus
        conditions []Condition key=type

        type LoadBalancerStatus
        ingress []LoadBalancerIngress

        type LoadBalancerIngress
        ip string
        hostname string
        ipMode string
        ports []any

        type Node
        metadata ObjectMeta
        spec NodeSpec ={}
        status NodeStatus ={}

        type NodeSpec
        podCIDR string
        podCIDRs []string set
        providerID string
        unschedulable bool
        taints []Taint
        configSource any
        externalID string

        type Taint
        key! string
        value string
        effect! string
        timeAdded time

        type NodeStatus
        capacity map[quantity]
        allocatable map[quantity]
        phase string
        conditions []NodeCondition key=type
        addresses []NodeAddress key=type
        daemonEndpoints NodeDaemonEndpoints ={"kubeletEndpoint":{"Port":0}}
        nodeInfo NodeSystemInfo
        images []ContainerImage
        volumesInUse []string
        volumesAttached []any
        config any
        runtimeHandlers []any
        features any

        type NodeCondition
        type! string
        status! string
        lastHeartbeatTime time
        lastTransitionTime time
        reason string
        message string

        type NodeAddress
        type! string
        address! string

        type NodeDaemonEndpoints
        kubeletEndpoint DaemonEndpoint

        type DaemonEndpoint
        Port! int32

        type NodeSystemInfo
        machineID string
        systemUUID string
        bootID string
        kernelVersion string
        osImage string
        containerRuntimeVersion string
        kubeletVersion string
        kubeProxyVersion string
        operatingSystem string
        architecture string
        swap any

        type ContainerImage
        names []string
        sizeBytes int64

        type CoreEvent
        metadata ObjectMeta
        involvedObject ObjectReference
        reason string
        message string
        source EventSource
        firstTimestamp time
        lastTimestamp time
        count int32
        type string
        eventTime microtime
        series CoreEventSeries
        action string
        related ObjectReference
        reportingComponent string
        reportingInstance string

        type EventSource
        component string
        host string

        type CoreEventSeries
        count int32
        lastObservedTime microtime

        type Event
        metadata ObjectMeta
        eventTime microtime
        series EventSeries
        reportingController string
        reportingInstance string
        action string
        reason string
        regarding ObjectReference
        related ObjectReference
        note string
        type string
        deprecatedSource EventSource
        deprecatedFirstTimestamp time
        deprecatedLastTimestamp time
        deprecatedCount int32

        type EventSeries
        count! int32
        lastObservedTime! microtime
        """
}
