extension TypeTable {
    /// Workloads, and the smaller groups.
    static let workloads = """
        type Deployment
        metadata ObjectMeta
        spec! DeploymentSpec
        status DeploymentStatus ={}

        type DeploymentSpec
        replicas int32 =1 min=0
        selector! LabelSelector
        template! PodTemplateSpec
        strategy DeploymentStrategy ={}
        minReadySeconds int32 min=0
        revisionHistoryLimit int32 =10 min=0
        paused bool
        progressDeadlineSeconds int32 =600 min=0

        type DeploymentStrategy
        type string =RollingUpdate enum=Recreate|RollingUpdate
        rollingUpdate RollingUpdate

        type RollingUpdate
        maxUnavailable intstr
        maxSurge intstr

        type DeploymentStatus
        observedGeneration int64
        replicas int32
        updatedReplicas int32
        readyReplicas int32
        availableReplicas int32
        unavailableReplicas int32
        terminatingReplicas int32
        conditions []DeploymentCondition key=type
        collisionCount int32

        type DeploymentCondition
        type! string
        status! string
        lastUpdateTime time
        lastTransitionTime time
        reason string
        message string

        type ReplicaSet
        metadata ObjectMeta
        spec ReplicaSetSpec
        status ReplicaSetStatus ={"replicas":0}

        type ReplicaSetSpec
        replicas int32 =1 min=0
        minReadySeconds int32
        selector! LabelSelector
        template PodTemplateSpec

        type ReplicaSetStatus
        replicas int32
        fullyLabeledReplicas int32
        readyReplicas int32
        availableReplicas int32
        terminatingReplicas int32
        observedGeneration int64
        conditions []Condition key=type

        type Job
        metadata ObjectMeta
        spec JobSpec
        status JobStatus ={}

        type JobSpec
        parallelism int32 =1 min=0
        completions int32 =1 min=0
        activeDeadlineSeconds int64
        podFailurePolicy any
        successPolicy any
        backoffLimit int32 =6 min=0
        backoffLimitPerIndex int32
        maxFailedIndexes int32
        selector LabelSelector
        manualSelector bool
        template! PodTemplateSpec
        ttlSecondsAfterFinished int32
        completionMode string =NonIndexed
        suspend bool =false
        podReplacementPolicy string =TerminatingOrFailed
        managedBy string

        type JobStatus
        conditions []JobCondition
        startTime time
        completionTime time
        active int32
        succeeded int32
        failed int32
        terminating int32
        completedIndexes string
        failedIndexes string
        uncountedTerminatedPods UncountedTerminatedPods
        ready int32

        type JobCondition
        type! string
        status! string
        lastProbeTime time
        lastTransitionTime time
        reason string
        message string

        type UncountedTerminatedPods
        succeeded []string set
        failed []string set

        type Scale
        metadata ObjectMeta
        spec ScaleSpec
        status ScaleStatus

        type ScaleSpec
        replicas int32

        type ScaleStatus
        replicas int32
        selector string

        type PodDisruptionBudget
        metadata ObjectMeta
        spec PodDisruptionBudgetSpec
        status PodDisruptionBudgetStatus ={"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}

        type PodDisruptionBudgetSpec
        minAvailable intstr
        selector LabelSelector
        maxUnavailable intstr
        unhealthyPodEvictionPolicy string

        type PodDisruptionBudgetStatus
        observedGeneration int64
        disruptedPods map[time]
        disruptionsAllowed int32
        currentHealthy int32
        desiredHealthy int32
        expectedPods int32
        conditions []Condition key=type

        type NetworkPolicy
        metadata ObjectMeta
        spec NetworkPolicySpec

        type NetworkPolicySpec
        podSelector LabelSelector
        ingress []NetworkPolicyIngressRule
        egress []NetworkPolicyEgressRule
        policyTypes []string

        type NetworkPolicyIngressRule
        ports []NetworkPolicyPort
        from []NetworkPolicyPeer

        type NetworkPolicyEgressRule
        ports []NetworkPolicyPort
        to []NetworkPolicyPeer

        type NetworkPolicyPort
        protocol string =TCP
        port intstr
        endPort int32

        type NetworkPolicyPeer
        podSelector LabelSelector
        namespaceSelector LabelSelector
        ipBlock IPBlock

        type IPBlock
        cidr! string
        except []string

        type Lease
        metadata ObjectMeta
        spec LeaseSpec

        type LeaseSpec
        holderIdentity string
        leaseDurationSeconds int32
        acquireTime microtime
        renewTime microtime
        leaseTransitions int32
        strategy string
        preferredHolder string

        type PolicyRule
        verbs! []string
        apiGroups []string
        resources []string
        resourceNames []string
        nonResourceURLs []string

        type Role
        metadata ObjectMeta
        rules []PolicyRule

        type ClusterRole
        metadata ObjectMeta
        rules []PolicyRule
        aggregationRule any

        type RoleRef atomic
        apiGroup! string
        kind! string
        name! string

        type Subject atomic
        kind! string
        apiGroup string
        name! string
        namespace string

        type RoleBinding
        metadata ObjectMeta
        subjects []Subject
        roleRef! RoleRef

        type PersistentVolumeClaim
        metadata ObjectMeta
        spec PersistentVolumeClaimSpec
        status PersistentVolumeClaimStatus ={"phase":"Pending"}

        type PersistentVolumeClaimSpec
        accessModes []string atomic
        selector any
        resources VolumeResourceRequirements
        volumeName string
        storageClassName string
        volumeMode string =Filesystem enum=Block|Filesystem
        dataSource any
        dataSourceRef any
        volumeAttributesClassName string

        type VolumeResourceRequirements
        limits map[quantity]
        requests map[quantity]

        type PersistentVolumeClaimStatus
        phase string
        accessModes []string atomic
        capacity map[quantity]
        conditions any
        allocatedResources map[quantity]
        allocatedResourceStatuses map[string]
        currentVolumeAttributesClassName string
        modifyVolumeStatus any

        type PriorityClass
        metadata ObjectMeta
        value int32
        globalDefault bool
        description string
        preemptionPolicy string =PreemptLowerPriority

        type EndpointSlice
        metadata ObjectMeta
        addressType! string
        endpoints []Endpoint
        ports []EndpointPort

        type Endpoint
        addresses []string set
        conditions EndpointConditions
        hostname string
        targetRef ObjectReference
        deprecatedTopology map[string]
        nodeName string
        zone string
        hints any

        type EndpointConditions
        ready bool
        serving bool
        terminating bool

        type EndpointPort
        name string
        protocol string =TCP
        port int32
        appProtocol string

        type CustomResourceDefinition
        metadata ObjectMeta
        spec! CustomResourceDefinitionSpec
        status CustomResourceDefinitionStatus

        type CustomResourceDefinitionSpec
        group! string
        names! CustomResourceDefinitionNames
        scope! string enum=Cluster|Namespaced
        versions! []CustomResourceDefinitionVersion
        conversion CustomResourceConversion ={}
        preserveUnknownFields bool

        type CustomResourceDefinitionNames
        plural! string
        singular string
        shortNames []string
        kind! string
        listKind string
        categories []string

        type CustomResourceDefinitionVersion
        name! string
        served bool
        storage bool
        deprecated bool
        deprecationWarning string
        schema CustomResourceValidation
        subresources CustomResourceSubresources
        additionalPrinterColumns []CustomResourceColumnDefinition
        selectableFields []SelectableField

        type CustomResourceValidation
        openAPIV3Schema any

        type CustomResourceSubresources
        status any
        scale CustomResourceSubresourceScale

        type CustomResourceSubresourceScale
        specReplicasPath! string
        statusReplicasPath! string
        labelSelectorPath string

        type CustomResourceColumnDefinition
        name! string
        type! string
        format string
        description string
        priority int32
        jsonPath! string

        type SelectableField
        jsonPath! string

        type CustomResourceConversion
        strategy string =None
        webhook any

        type CustomResourceDefinitionStatus
        conditions []Condition key=type
        acceptedNames CustomResourceDefinitionNames
        storedVersions []string
        observedGeneration int64
        """
}
