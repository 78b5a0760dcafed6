extension TypeTable {
    /// Kinds that the cluster keeps for programs that bring what acts on them: ingress, runtimes, storage,
    /// certificates.
    static let infrastructure = """
        package io.k8s.api.networking.v1

        type Ingress like=Object
            An Ingress says how requests from outside reach Services. Programs that serve Ingresses act on it; the
            cluster brings none.
        metadata ObjectMeta #1
        spec IngressSpec #2
        status IngressStatus ={"loadBalancer":{}} #3

        type IngressSpec
            How requests from outside reach Services.
        ingressClassName string #4*
            The IngressClass, and so the program, that serves it.
        defaultBackend IngressBackend #1*
            Where requests go that no rule takes.
        tls []IngressTLS #2
            The hosts that are served over TLS, and their certificates.
        rules []IngressRule #3
            Where requests go, by host and path.

        type IngressTLS
            Hosts that are served over TLS.
        hosts []string #1
            The hosts.
        secretName string #2
            The Secret that holds their certificate and key.

        type IngressRule
            Where the requests for one host go.
        host string #1
            The host, perhaps with *. before it; all if not given.
        http HTTPIngressRuleValue #2.1*
            Where its requests go, by path.

        type HTTPIngressRuleValue
            Where requests go, by path.
        paths! []HTTPIngressPath #1
            The paths, and what stands behind them.

        type HTTPIngressPath
            A path, and what stands behind it.
        path string #1
            The path, which begins with a slash.
        pathType! string enum=Exact|ImplementationSpecific|Prefix #3*
            How it is compared: Exact, Prefix or ImplementationSpecific.
        backend! IngressBackend #2
            What stands behind it.

        type IngressBackend
            Where requests go: to a Service, or to another object.
        service IngressServiceBackend #4*
            A Service of the namespace.
        resource TypedLocalObjectReference #3*
            Another object of the namespace.

        type IngressServiceBackend
            A Service that requests go to.
        name! string #1*
            The name of the Service.
        port ServiceBackendPort #2
            The port of the Service.

        type ServiceBackendPort
            A port of a Service, by its name or its number.
        name string #1
            The name of the port.
        number int32 #2
            The number of the port.

        type IngressStatus
            What is known of an Ingress.
        loadBalancer IngressLoadBalancerStatus #1
            Where it is reached.

        type IngressLoadBalancerStatus like=LoadBalancerStatus
            Where an Ingress is reached.
        ingress []IngressLoadBalancerIngress #1

        type IngressLoadBalancerIngress like=LoadBalancerIngress
            One place where an Ingress is reached.
        ip string #1
        hostname string #2
        ports []IngressPortStatus #4

        type IngressPortStatus like=PortStatus
            What is known of a port of an Ingress.
        port! int32 #1*
        protocol! string #2*
        error string #3*

        type IngressClass like=Object
            An IngressClass names a program that serves Ingresses.
        metadata ObjectMeta #1
        spec IngressClassSpec #2

        type IngressClassSpec
            Which program serves the Ingresses of a class.
        controller string #1
            The name of the program, such as example.com/controller; it never changes.
        parameters IngressClassParametersReference #2*
            An object with settings for the program.

        type IngressClassParametersReference like=TypedLocalObjectReference
            Points to an object with settings.
        apiGroup string #1*
        kind! string #2*
        name! string #3*
        scope string =Cluster #4*
            Cluster or Namespace.
        namespace string #5*
            The namespace of the object, where scope is Namespace.

        package io.k8s.api.node.v1

        type RuntimeClass like=Object
            A RuntimeClass names a way to run containers; kept, and not acted on, since a node of processes knows one
            way.
        metadata ObjectMeta #1
        handler! string #2*
            What the nodes call it.
        overhead Overhead #3*
            What a pod needs besides its containers.
        scheduling Scheduling #4*
            Which nodes know it.

        type Overhead
            Amounts that are added to what the containers need.
        podFixed map[quantity] #1
            How much, by resource.

        type Scheduling
            Which nodes know a RuntimeClass.
        nodeSelector map[string] #1
            The labels that they have.
        tolerations []Toleration #2
            The taints that its pods put up with.

        package io.k8s.api.storage.v1

        type CSINode like=Object
            A CSINode tells of the storage drivers on a node; a node of processes has none.
        metadata ObjectMeta #1
        spec! CSINodeSpec #2

        type CSINodeSpec
            The storage drivers on a node.
        drivers []CSINodeDriver key=name unique #1
            Each of the drivers.

        type CSINodeDriver
            A storage driver on a node.
        name! string #1*
            The name of the driver.
        nodeID! string #2*
            What the driver calls the node.
        topologyKeys []string #3
            The labels of nodes that say where the driver's volumes can be reached.
        allocatable VolumeNodeResources #4*
            How many volumes the node can have.

        type VolumeNodeResources
            How many volumes a node can have of one driver.
        count int32 #1*
            The number of volumes; not bounded if not given.

        type StorageClass like=Object
            A StorageClass names a kind of storage. It is kept for programs that make volumes; the cluster brings none.
        metadata ObjectMeta #1
        provisioner! string #2*
            The program that makes the volumes.
        parameters map[string] #3
            Words for that program.
        reclaimPolicy string =Delete #4*
            What becomes of a volume that nobody claims any more: Delete or Retain.
        mountOptions []string #5
            Options for mounting the volumes.
        allowVolumeExpansion bool #6*
            Whether claims may grow.
        volumeBindingMode string =Immediate enum=Immediate|WaitForFirstConsumer #7*
            Whether a volume is made at once (Immediate) or for the first pod (WaitForFirstConsumer).
        allowedTopologies []TopologySelectorTerm #8
            Where volumes may be made.

        package io.k8s.api.core.v1

        type TopologySelectorTerm
            Demands on where something is, all of which must hold.
        matchLabelExpressions []TopologySelectorLabelRequirement #1
            What is asked of the labels of nodes.

        type TopologySelectorLabelRequirement
            What is asked of one label of nodes.
        key! string #1*
            The name of the label.
        values! []string #2
            The values that it may have.

        package io.k8s.api.certificates.v1

        type CertificateSigningRequest like=Object
            A CertificateSigningRequest asks for a certificate. It is kept for programs that sign; the cluster brings
            none.
        metadata ObjectMeta #1
        spec! CertificateSigningRequestSpec #2
        status CertificateSigningRequestStatus ={} #3

        type CertificateSigningRequestSpec
            What certificate is asked for, and by whom.
        request! bytes #1
            The request, in PEM, in base64.
        signerName! string #7*
            Who is to sign it, such as example.com/signer.
        expirationSeconds int32 #8*
            For how many seconds the certificate should be valid.
        usages []string #5
            What the key is to be used for, such as client auth.
        username string #2
            The user who asks.
        uid string #3
            The UID of the user who asks.
        groups []string #4
            The groups of the user who asks.
        extra map[[]string] #6
            Further attributes of the user who asks.

        type CertificateSigningRequestStatus
            What has become of a request for a certificate.
        conditions []CertificateSigningRequestCondition key=type #1
            Whether the request was approved, denied or has failed.
        certificate bytes #2
            The certificate, in PEM, in base64, once it is signed.

        type CertificateSigningRequestCondition like=Condition
            One thing that is known about a request for a certificate.
        type! string #1*
            What the condition is about: Approved, Denied or Failed.
        status! string #6*
        reason string #2
        message string #3
        lastUpdateTime time #4
            When anything in the condition last changed.
        lastTransitionTime time #5

        package io.k8s.api.core.v1

        type TypedLocalObjectReference atomic
            Points to an object of any kind in the same namespace.
        apiGroup string #1*
            The group of the kind; none for the core group.
        kind! string #2*
            The kind of the object.
        name! string #3*
            The name of the object.
        """
}
