extension TypeTable {
    /// The core group, without pods.
    static let core = """
        package io.k8s.api.core.v1

        type Namespace like=Object
            A Namespace is a scope for names: objects in it are listed, permitted, bounded and deleted together.
        metadata ObjectMeta #1
        spec NamespaceSpec ={} #2
        status NamespaceStatus ={} #3

        type NamespaceSpec
            What a namespace should be.
        finalizers []string #1
            Who must let go before an emptied namespace is removed.

        type NamespaceStatus
            What is known of a namespace.
        phase string =Active #1
            Active, or Terminating while its content is being deleted.
        conditions []NamespaceCondition key=type #2
            Why a deletion of the namespace has not ended yet.

        type NamespaceCondition like=Condition
            One thing that stands in the way of a namespace's deletion.
        type! string #1*
        status! string #2*
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ConfigMap like=Object
            A ConfigMap holds configuration that pods read as files or environment variables.
        metadata ObjectMeta #1
        immutable bool #4*
            Whether the data may never change again; once true, the ConfigMap can only be deleted.
        data map[string] #2
            The configuration, as text by key.
        binaryData map[bytes] #3
            Configuration that is not UTF-8 text, in base64, by key. No key may also stand in data.

        type Secret like=Object
            A Secret holds passwords, keys and the like, which not everybody may read.
        metadata ObjectMeta #1
        immutable bool #5*
            Whether the data may never change again; once true, the Secret can only be deleted.
        data map[bytes] #2
            The secret values, in base64, by key.
        stringData map[string] #4
            Values as plain text; the server moves them into data, and never gives them back from here.
        type string =Opaque #3
            What kind of secret it is, such as kubernetes.io/tls; it never changes.

        type ServiceAccount like=Object
            A ServiceAccount is who the processes of a pod are to the API.
        metadata ObjectMeta #1
        secrets []ObjectReference key=name #2
            Secrets that pods of this account may use; kept, and not enforced.
        imagePullSecrets []LocalObjectReference #3
            Credentials for image registries, given to pods of this account; a node of processes pulls no images.
        automountServiceAccountToken bool #4*
            Whether pods get a token of the account mounted, unless they say otherwise themselves.

        type Service like=Object
            A Service gives a changing set of pods one lasting address.
        metadata ObjectMeta #1
        spec ServiceSpec #2
        status ServiceStatus ={"loadBalancer":{}} #3

        type ServiceSpec
            What a Service offers, and which pods stand behind it.
        ports []ServicePort key=port,protocol unique #1
            The ports that the Service listens at.
        selector map[string] atomic #2
            The labels of the pods that serve; without any, somebody else writes the endpoints.
        clusterIP string #3
            The address of the Service, given by the server; None for a headless one, which has no address.
        clusterIPs []string #18
            The same address as a list.
        type string =ClusterIP enum=ClusterIP|NodePort|LoadBalancer|ExternalName #4
            How the Service is reached. Only the address inside the cluster is served; node ports and load balancers are
            not set up.
        externalIPs []string #5
            Further addresses that the Service should be reached at; kept, and not acted on.
        sessionAffinity string =None #7
            ClientIP keeps a client's connections with one pod; None spreads them.
        loadBalancerIP string #8
            The address that a load balancer should get; kept, and not acted on.
        loadBalancerSourceRanges []string #9
            Whom a load balancer should let in; kept, and not acted on.
        externalName string #10
            The DNS name that a Service of type ExternalName stands for; there is no DNS here that would give it out.
        externalTrafficPolicy string #11
            How traffic from outside is passed on; kept, and not acted on.
        healthCheckNodePort int32 #12
            Where load balancers ask for a node's health; kept, and not acted on.
        publishNotReadyAddresses bool #13
            Whether pods that are not ready count as endpoints too.
        sessionAffinityConfig SessionAffinityConfig #14*
            How ClientIP affinity works.
        ipFamilies []string #19
            The families of the Service's addresses; all addresses here are IPv4.
        ipFamilyPolicy string #17*
            Whether the Service wants one family of addresses or two; only one is given.
        allocateLoadBalancerNodePorts bool #20*
            Whether a load balancer's Service should get node ports; quotas count them, and none are opened.
        loadBalancerClass string #21*
            Which kind of load balancer should serve; kept, and not acted on.
        internalTrafficPolicy string #22*
            Cluster sends connections to any endpoint, Local only to those on the client's own node.
        trafficDistribution string #23*
            Which endpoints are preferred, such as those close by; kept, and not acted on.

        type SessionAffinityConfig
            How a Service keeps clients with one pod.
        clientIP ClientIPConfig #1*
            How affinity by the client's address works.

        type ClientIPConfig
            For how long clients are known by their address.
        timeoutSeconds int32 #1*
            For how many seconds after its last connection a client stays with its pod; three hours if not given.

        type ServicePort
            A port of a Service.
        name string #1
            The name of the port; needed where there are several.
        protocol string =TCP enum=TCP|UDP|SCTP #2
            The protocol of the port; the node passes on TCP only.
        appProtocol string #6*
            The protocol spoken above it, as a hint for others; kept, and not acted on.
        port! int32 #3*
            The port that the Service listens at.
        targetPort intstr #4
            The port of the pods, as a number or by its name in the containers; the same as port if not given.
        nodePort int32 #5
            The port on every node for Services from outside; kept, and not opened.

        type ServiceStatus
            What is known of a Service.
        loadBalancer LoadBalancerStatus #1
            Where its load balancer is reached, if something has set one up.
        conditions []Condition key=type #2
            What is known of the Service, one by one.

        type LoadBalancerStatus
            Where a load balancer is reached.
        ingress []LoadBalancerIngress #1
            The places where it is reached.

        type LoadBalancerIngress
            One place where a load balancer is reached.
        ip string #1
            Its address.
        hostname string #2
            Its host name.
        ipMode string #3*
            VIP where the packets arrive with this address as their destination, Proxy where they do not.
        ports []PortStatus #4
            What is known of its ports.

        type PortStatus
            What is known of a load balancer's port.
        port! int32 #1*
            The number of the port.
        protocol! string #2*
            TCP, UDP or SCTP.
        error string #3*
            What is wrong with the port, in one word.

        type Endpoints like=Object
            Endpoints list the addresses behind a Service in one object; EndpointSlices have taken their place.
        metadata ObjectMeta #1
        subsets []EndpointSubset #2
            Groups of addresses that have the same ports.

        type EndpointSubset
            Addresses that have the same ports.
        addresses []EndpointAddress #1
            Those that are ready.
        notReadyAddresses []EndpointAddress #2
            Those that are not ready, or about to end.
        ports []CoreEndpointPort #3
            The ports of all these addresses.

        type EndpointAddress atomic
            One address behind a Service.
        ip! string #1*
            The IP address.
        hostname string #3
            The host name of the pod.
        nodeName string #4*
            The node of the pod.
        targetRef ObjectReference #2*
            The pod that has the address.

        type CoreEndpointPort as=EndpointPort atomic
            A port of the addresses behind a Service.
        name string #1
            The name of the Service's port that leads here.
        port! int32 #2*
            The number of the port.
        protocol string =TCP #3
            TCP, UDP or SCTP.
        appProtocol string #4*
            The protocol spoken above it, as the Service's port names it.
        """
}
