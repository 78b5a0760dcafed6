extension TypeTable {
    /// Pods and what they are made of.
    static let pods = """
        package io.k8s.api.core.v1

        type PodSpec
            What a pod should be: its containers, where they may run, and what they share.
        volumes []Volume key=name unique #1
            Data that the containers of the pod may mount.
        initContainers []Container key=name unique #20
            Containers that run one after the other before the others start; with restartPolicy Always they keep running
            beside them.
        containers! []Container key=name unique #2
            The programs of the pod, at least one.
        ephemeralContainers []EphemeralContainer key=name unique #34
            Containers added to a running pod to look into it; the node of processes does not start them.
        restartPolicy string =Always enum=Always|OnFailure|Never #3
            Whether a container that has ended is started again: Always, OnFailure or Never.
        terminationGracePeriodSeconds int64 =30 #4*
            How many seconds the containers get to end by themselves before they are killed.
        activeDeadlineSeconds int64 #5*
            For how many seconds the pod may run; after that it is stopped and has failed.
        dnsPolicy string =ClusterFirst #6
            How host names are looked up. Processes use the machine's own ways; kept, and not acted on.
        nodeSelector map[string] atomic #7
            Labels that the pod's node must have.
        serviceAccountName string #8
            The service account that the pod's processes are to the API.
        serviceAccount string #9
            The older name of serviceAccountName, kept the same.
        automountServiceAccountToken bool #21*
            Whether a token of the service account is mounted; goes before what the account says.
        nodeName string #10
            The node of the pod; the scheduler fills it in unless it is given.
        hostNetwork bool #11
            Whether the pod has the node's own address rather than one of its own.
        hostPID bool #12
            Whether the containers see the machine's processes; those of a node of processes always do.
        hostIPC bool #13
            Whether the containers share the machine's IPC; those of a node of processes always do.
        hostUsers bool #37*
            Whether the users in containers are the machine's; on a node of processes they always are.
        shareProcessNamespace bool #27*
            Whether the containers see each other's processes; those of a node of processes always do.
        securityContext PodSecurityContext ={} #14*
            What the containers may do, for the pod as a whole.
        imagePullSecrets []LocalObjectReference key=name #15
            Credentials for image registries; a node of processes pulls no images.
        hostname string #16
            The pod's host name in the environment variable HOSTNAME; its own name if not given.
        hostnameOverride string #41*
            A host name that stands in for every other; kept, and not acted on.
        subdomain string #17
            The domain under a headless Service that the pod should be found at; there is no DNS that would know it.
        affinity Affinity #18*
            On which nodes, and near which pods, the pod must or should run.
        schedulerName string =default-scheduler #19
            The scheduler that chooses the node; ours takes pods of default-scheduler.
        tolerations []Toleration #22
            The taints that the pod puts up with.
        hostAliases []HostAlias key=ip #23
            Lines that should stand in /etc/hosts; processes share the machine's file, so they have no effect.
        priorityClassName string #24
            The PriorityClass that gives the pod its priority.
        priority int32 #25*
            The priority, filled in from the class; the scheduler takes higher ones first and may evict lower ones for
            them.
        dnsConfig PodDNSConfig #26*
            Further settings of how names are looked up; kept, and not acted on.
        readinessGates []PodReadinessGate #28
            Conditions that others set and that must be True before the pod counts as ready.
        runtimeClassName string #29*
            The RuntimeClass to run the containers with; kept, and not acted on.
        enableServiceLinks bool #30*
            Whether the Services of the namespace stand in the containers' environment.
        preemptionPolicy string #31*
            Whether pods of lower priority may be evicted for this one: PreemptLowerPriority or Never.
        overhead map[quantity] #32
            What the pod needs besides its containers, by resource; counted by the scheduler.
        topologySpreadConstraints []TopologySpreadConstraint key=topologyKey,whenUnsatisfiable unique #33
            How evenly pods like this one are to be spread over groups of nodes.
        setHostnameAsFQDN bool #35*
            Whether the host name is the full domain name; kept, and not acted on.
        os PodOS #36*
            The operating system that the pod is for.
        schedulingGates []PodSchedulingGate key=name unique #38
            As long as there are any, the scheduler leaves the pod alone.
        resourceClaims []PodResourceClaim key=name unique #39
            Devices that the pod asks for by claims; kept, and not acted on.
        resources ResourceRequirements #40*
            What the containers need together; kept, while the scheduler adds up what each of them asks for.
        schedulingGroup PodSchedulingGroup #43*
            The group of pods that are to be scheduled together; kept, and not acted on.

        type PodOS
            The operating system that a pod is for.
        name! string #1*
            Which system it is: linux or windows; nodes here run Linux.

        type PodSchedulingGate
            Something that the scheduler waits for before it looks at a pod.
        name! string #1*
            The name of the gate; whoever is responsible for it takes it out.

        type PodReadinessGate
            A condition without which a pod is not ready.
        conditionType! string #1*
            The type of the condition in the pod's status.

        type PodDNSConfig
            Settings of how a pod looks up names; kept, and not acted on.
        nameservers []string #1
            The addresses of name servers.
        searches []string #2
            Domains in which short names are looked for.
        options []PodDNSConfigOption #3
            Options of the resolver.

        type PodDNSConfigOption
            An option of the resolver.
        name string #1
            The name of the option.
        value string #2*
            Its value, where it takes one.

        type HostAlias
            A line that should stand in a pod's /etc/hosts.
        ip! string #1*
            The address.
        hostnames []string #2
            The names that it should be known by.

        type Toleration
            Taints that a pod puts up with.
        key string #1
            The name of the taint; empty, with the operator Exists, tolerates all.
        operator string #2
            Equal compares the value too; Exists does not.
        value string #3
            The value that the taint must have.
        effect string #4
            The effect that is tolerated; every one if not given.
        tolerationSeconds int64 #5*
            For how long after the taint appears a NoExecute taint is tolerated; for ever if not given.

        type TopologySpreadConstraint
            How evenly pods are to be spread over groups of nodes.
        maxSkew! int32 #1*
            By how many pods the fullest group may be ahead of the emptiest.
        topologyKey! string #2*
            The label of nodes by whose value they are grouped.
        whenUnsatisfiable! string #3*
            DoNotSchedule keeps the pod waiting, ScheduleAnyway only prefers what is more even.
        labelSelector LabelSelector #4*
            Which pods of the namespace are counted.
        minDomains int32 #5*
            How many groups there should be at least; while there are fewer, the emptiest counts as having none.
        nodeAffinityPolicy string #6*
            Whether only nodes that the pod's own affinity allows are looked at: Honor or Ignore.
        nodeTaintsPolicy string #7*
            Whether nodes with taints that the pod does not tolerate are left out: Honor or Ignore.
        matchLabelKeys []string #8
            Labels whose values are taken from the pod itself to choose which pods are counted.

        type PodTemplateSpec
            What the pods that are made from a template look like.
        metadata ObjectMeta #1
            The labels and annotations of the pods.
        spec PodSpec #2
            What the pods should be.

        type PodResourceClaim
            A claim to devices that a pod makes; kept, and not acted on.
        name! string #1*
            What the containers of the pod call it.
        resourceClaimName string #3*
            The ResourceClaim of the namespace that it is.
        resourceClaimTemplateName string #4*
            The template that a ResourceClaim is made from for this pod.

        type PodSchedulingGroup
            Names a group of pods.
        podGroupName string #1*
            The name of the group.

        type Pod like=Object
            A Pod is a group of containers that run together on one node.
        metadata ObjectMeta #1
        spec PodSpec #2
            What the pod should be.
        status PodStatus #3
        """
}
