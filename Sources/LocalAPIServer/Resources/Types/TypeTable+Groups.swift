extension TypeTable {
    /// The smaller groups.
    static let groups = """
        package io.k8s.api.policy.v1

        type PodDisruptionBudget like=Object
            A PodDisruptionBudget bounds how many pods of a workload may be evicted at once.
        metadata ObjectMeta #1
        spec PodDisruptionBudgetSpec #2
        status PodDisruptionBudgetStatus ={"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0} #3

        type PodDisruptionBudgetSpec
            How many pods of which kind must stay.
        minAvailable intstr #1*
            How many pods must stay healthy, as a number or a percentage.
        selector LabelSelector #2*
            Which pods it protects; an empty selector means all of the namespace.
        maxUnavailable intstr #3*
            How many pods may be missing, as a number or a percentage; instead of minAvailable.
        unhealthyPodEvictionPolicy string #4*
            When pods that are not ready may be evicted: IfHealthyBudget or AlwaysAllow.

        type PodDisruptionBudgetStatus
            What is known of a PodDisruptionBudget.
        observedGeneration int64 #1
            The generation of the object that the status is about.
        disruptedPods map[time] #2
            Pods whose eviction was allowed and that have not gone yet, with the time.
        disruptionsAllowed int32 #3*
            How many pods may be evicted now.
        currentHealthy int32 #4*
            How many pods are healthy.
        desiredHealthy int32 #5*
            How many pods must be healthy.
        expectedPods int32 #6*
            How many pods the budget is about.
        conditions []Condition key=type #7
            Whether a pod may be evicted now.

        package io.k8s.api.networking.v1

        type NetworkPolicy like=Object
            A NetworkPolicy says whom pods may talk to. It is kept for clusters whose network enforces it; this one does
            not.
        metadata ObjectMeta #1
        spec NetworkPolicySpec #2

        type NetworkPolicySpec
            Whom pods may talk to; kept, and not enforced.
        podSelector LabelSelector #1
            Which pods of the namespace it is about; an empty selector means all.
        ingress []NetworkPolicyIngressRule #2
            Who may connect to these pods; where Ingress is among the types and nothing is given, nobody.
        egress []NetworkPolicyEgressRule #3
            Whom these pods may connect to; where Egress is among the types and nothing is given, nobody.
        policyTypes []string #4
            Which directions it is about: Ingress, Egress or both; the server fills it in.

        type NetworkPolicyIngressRule
            Connections to pods that are allowed.
        ports []NetworkPolicyPort #1
            To which ports; all if not given.
        from []NetworkPolicyPeer #2
            From whom; anybody if not given.

        type NetworkPolicyEgressRule
            Connections from pods that are allowed.
        ports []NetworkPolicyPort #1
            To which ports; all if not given.
        to []NetworkPolicyPeer #2
            To whom; anybody if not given.

        type NetworkPolicyPort
            A port, or a range of them, that may be connected to.
        protocol string =TCP #1*
            TCP, UDP or SCTP.
        port intstr #2*
            The port, as a number or by its name; all if not given.
        endPort int32 #3*
            The last port of a range that begins with port.

        type NetworkPolicyPeer
            Who is at the other end of a connection.
        podSelector LabelSelector #1*
            Which pods; those of the policy's own namespace unless namespaceSelector is given.
        namespaceSelector LabelSelector #2*
            The namespaces of the pods; all of their pods unless podSelector is given.
        ipBlock IPBlock #3*
            Which addresses, instead of pods.

        type IPBlock
            A block of addresses.
        cidr! string #1*
            The block, such as 10.0.0.0/8.
        except []string #2
            Blocks within it that are not meant.

        package io.k8s.api.coordination.v1

        type Lease like=Object
            A Lease tells who holds something, and for how long. Nodes renew one to show that they live.
        metadata ObjectMeta #1
        spec LeaseSpec #2

        type LeaseSpec
            Who holds a Lease, and for how long.
        holderIdentity string #1*
            Who holds it.
        leaseDurationSeconds int32 #2*
            How many seconds after the last renewal others may take it.
        acquireTime microtime #3*
            When the holder took it.
        renewTime microtime #4*
            When the holder last renewed it.
        leaseTransitions int32 #5*
            How often it has passed from one holder to another.
        strategy string #6*
            How leaders are chosen by a coordinator; kept, and not acted on.
        preferredHolder string #7*
            Who should take it next; kept, and not acted on.

        package io.k8s.api.scheduling.v1

        type PriorityClass like=Object
            A PriorityClass gives a priority to the pods that name it.
        metadata ObjectMeta #1
        value int32 #2*
            The priority; pods of a higher one are scheduled first.
        globalDefault bool #3
            Whether pods that name no class get this one.
        description string #4
            What the class is for.
        preemptionPolicy string =PreemptLowerPriority #5*
            Whether pods of lower priority may be evicted for those of this class: PreemptLowerPriority or Never.
        """
}
