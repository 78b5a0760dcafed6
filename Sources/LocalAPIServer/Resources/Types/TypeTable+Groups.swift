extension TypeTable {
    /// The smaller groups, and CustomResourceDefinitions.
    static let groups = """
        type PodDisruptionBudget
        metadata ObjectMeta #1
        spec PodDisruptionBudgetSpec #2
        status PodDisruptionBudgetStatus ={"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0} #3

        type PodDisruptionBudgetSpec
        minAvailable intstr #1*
        selector LabelSelector #2*
        maxUnavailable intstr #3*
        unhealthyPodEvictionPolicy string #4*

        type PodDisruptionBudgetStatus
        observedGeneration int64 #1
        disruptedPods map[time] #2
        disruptionsAllowed int32 #3*
        currentHealthy int32 #4*
        desiredHealthy int32 #5*
        expectedPods int32 #6*
        conditions []Condition key=type #7

        type NetworkPolicy
        metadata ObjectMeta #1
        spec NetworkPolicySpec #2

        type NetworkPolicySpec
        podSelector LabelSelector #1
        ingress []NetworkPolicyIngressRule #2
        egress []NetworkPolicyEgressRule #3
        policyTypes []string #4

        type NetworkPolicyIngressRule
        ports []NetworkPolicyPort #1
        from []NetworkPolicyPeer #2

        type NetworkPolicyEgressRule
        ports []NetworkPolicyPort #1
        to []NetworkPolicyPeer #2

        type NetworkPolicyPort
        protocol string =TCP #1*
        port intstr #2*
        endPort int32 #3*

        type NetworkPolicyPeer
        podSelector LabelSelector #1*
        namespaceSelector LabelSelector #2*
        ipBlock IPBlock #3*

        type IPBlock
        cidr! string #1*
        except []string #2

        type Lease
        metadata ObjectMeta #1
        spec LeaseSpec #2

        type LeaseSpec
        holderIdentity string #1*
        leaseDurationSeconds int32 #2*
        acquireTime microtime #3*
        renewTime microtime #4*
        leaseTransitions int32 #5*
        strategy string #6*
        preferredHolder string #7*

        type PolicyRule
        verbs! []string #1
        apiGroups []string #2
        resources []string #3
        resourceNames []string #4
        nonResourceURLs []string #5

        type Role
        metadata ObjectMeta #1
        rules []PolicyRule #2

        type ClusterRole
        metadata ObjectMeta #1
        rules []PolicyRule #2
        aggregationRule AggregationRule #3*

        type AggregationRule
        clusterRoleSelectors []LabelSelector #1

        type RoleRef atomic
        apiGroup! string #1*
        kind! string #2*
        name! string #3*

        type Subject atomic
        kind! string #1*
        apiGroup string #2
        name! string #3*
        namespace string #4

        type RoleBinding
        metadata ObjectMeta #1
        subjects []Subject #2
        roleRef! RoleRef #3

        type PersistentVolumeClaim
        metadata ObjectMeta #1
        spec PersistentVolumeClaimSpec #2
        status PersistentVolumeClaimStatus ={"phase":"Pending"} #3

        type PersistentVolumeClaimSpec
        accessModes []string atomic #1
        selector LabelSelector #4*
        resources VolumeResourceRequirements #2
        volumeName string #3
        storageClassName string #5*
        volumeMode string =Filesystem enum=Block|Filesystem #6*
        dataSource TypedLocalObjectReference #7*
        dataSourceRef TypedObjectReference #8*
        volumeAttributesClassName string #9*

        type VolumeResourceRequirements
        limits map[quantity] #1
        requests map[quantity] #2

        type PersistentVolumeClaimStatus
        phase string #1
        accessModes []string atomic #2
        capacity map[quantity] #3
        conditions []PersistentVolumeClaimCondition key=type #4
        allocatedResources map[quantity] #5
        allocatedResourceStatuses map[string] #7
        currentVolumeAttributesClassName string #8*
        modifyVolumeStatus any

        type PersistentVolumeClaimCondition
        type! string #1*
        status! string #2*
        lastProbeTime time #3
        lastTransitionTime time #4
        reason string #5
        message string #6

        type TypedObjectReference atomic
        apiGroup string #1*
        kind! string #2*
        name! string #3*
        namespace string #4*

        type PriorityClass
        metadata ObjectMeta #1
        value int32 #2*
        globalDefault bool #3
        description string #4
        preemptionPolicy string =PreemptLowerPriority #5*

        type EndpointSlice
        metadata ObjectMeta #1
        addressType! string #4*
        endpoints []Endpoint #2
        ports []EndpointPort #3

        type Endpoint
        addresses []string set #1
        conditions EndpointConditions #2
        hostname string #3*
        targetRef ObjectReference #4*
        deprecatedTopology map[string] #5
        nodeName string #6*
        zone string #7*
        hints any

        type EndpointConditions
        ready bool #1*
        serving bool #2*
        terminating bool #3*

        type EndpointPort
        name string #1*
        protocol string =TCP #2*
        port int32 #3*
        appProtocol string #4*

        type CustomResourceDefinition
        metadata ObjectMeta #1
        spec! CustomResourceDefinitionSpec #2
        status CustomResourceDefinitionStatus #3

        type CustomResourceDefinitionSpec
        group! string #1*
        names! CustomResourceDefinitionNames #3
        scope! string enum=Cluster|Namespaced #4*
        versions! []CustomResourceDefinitionVersion #7
        conversion CustomResourceConversion ={} #9*
        preserveUnknownFields bool #10

        type CustomResourceDefinitionNames
        plural! string #1*
        singular string #2
        shortNames []string #3
        kind! string #4*
        listKind string #5
        categories []string #6

        type CustomResourceDefinitionVersion
        name! string #1*
        served bool #2*
        storage bool #3*
        deprecated bool #7
        deprecationWarning string #8*
        schema CustomResourceValidation #4*
        subresources CustomResourceSubresources #5*
        additionalPrinterColumns []CustomResourceColumnDefinition #6
        selectableFields []SelectableField #9

        type CustomResourceValidation
        openAPIV3Schema any

        type CustomResourceSubresources
        status any
        scale CustomResourceSubresourceScale #2*

        type CustomResourceSubresourceScale
        specReplicasPath! string #1*
        statusReplicasPath! string #2*
        labelSelectorPath string #3*

        type CustomResourceColumnDefinition
        name! string #1*
        type! string #2*
        format string #3
        description string #4
        priority int32 #5
        jsonPath! string #6*

        type SelectableField
        jsonPath! string #1*

        type CustomResourceConversion
        strategy string =None #1*
        webhook any

        type CustomResourceDefinitionCondition
        type string ="" #1*
        status string ="" #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        observedGeneration int64 #6

        type CustomResourceDefinitionStatus
        conditions []CustomResourceDefinitionCondition key=type #1
        acceptedNames CustomResourceDefinitionNames #2
        storedVersions []string #3
        observedGeneration int64 #4
        """
}
