extension TypeTable {
    /// The smaller groups.
    static let groups = """
        package io.k8s.api.policy.v1

        type PodDisruptionBudget -- A PodDisruptionBudget bounds how many pods may be evicted at once.
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

        package io.k8s.api.networking.v1

        type NetworkPolicy -- A NetworkPolicy says whom pods may talk to.
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

        package io.k8s.api.coordination.v1

        type Lease -- A Lease tells who holds something, and until when.
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

        package io.k8s.api.rbac.v1

        type PolicyRule
        verbs! []string #1
        apiGroups []string #2
        resources []string #3
        resourceNames []string #4
        nonResourceURLs []string #5

        type Role -- A Role is a set of permissions in a namespace.
        metadata ObjectMeta #1
        rules []PolicyRule #2

        type ClusterRole -- A ClusterRole is a set of permissions for any namespace, and outside of them.
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

        type RoleBinding -- A binding gives the permissions of a role to users, groups and service accounts.
        metadata ObjectMeta #1
        subjects []Subject #2
        roleRef! RoleRef #3

        package io.k8s.api.core.v1

        type PersistentVolumeClaim -- A PersistentVolumeClaim asks for storage that outlives pods.
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
        modifyVolumeStatus ModifyVolumeStatus #9*

        type PersistentVolumeClaimCondition
        type! string #1*
        status! string #2*
        lastProbeTime time #3
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ModifyVolumeStatus
        targetVolumeAttributesClassName string #1
        status! string #2*

        type TypedObjectReference atomic
        apiGroup string #1*
        kind! string #2*
        name! string #3*
        namespace string #4*

        package io.k8s.api.scheduling.v1

        type PriorityClass -- A PriorityClass names a priority of pods.
        metadata ObjectMeta #1
        value int32 #2*
        globalDefault bool #3
        description string #4
        preemptionPolicy string =PreemptLowerPriority #5*

        package io.k8s.api.discovery.v1

        type EndpointSlice -- An EndpointSlice holds some of the addresses behind a Service.
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
        hints EndpointHints #8*

        type EndpointHints
        forZones []ForZone #1
        forNodes []ForNode #2

        type ForZone
        name! string #1*

        type ForNode
        name! string #1*

        type EndpointConditions
        ready bool #1*
        serving bool #2*
        terminating bool #3*

        type EndpointPort
        name string #1*
        protocol string =TCP #2*
        port int32 #3*
        appProtocol string #4*
        """
}
