extension TypeTable {
    /// Kinds that the cluster keeps for programs that bring what acts on them: ingress, runtimes, storage, certificates.
    static let infrastructure = """
        package io.k8s.api.networking.v1

        type Ingress -- An Ingress says how requests from outside reach Services.
        metadata ObjectMeta #1
        spec IngressSpec #2
        status IngressStatus ={"loadBalancer":{}} #3

        type IngressSpec
        ingressClassName string #4*
        defaultBackend IngressBackend #1*
        tls []IngressTLS #2
        rules []IngressRule #3

        type IngressTLS
        hosts []string #1
        secretName string #2

        type IngressRule
        host string #1
        http HTTPIngressRuleValue #2.1*

        type HTTPIngressRuleValue
        paths! []HTTPIngressPath #1

        type HTTPIngressPath
        path string #1
        pathType! string enum=Exact|ImplementationSpecific|Prefix #3*
        backend! IngressBackend #2

        type IngressBackend
        service IngressServiceBackend #4*
        resource TypedLocalObjectReference #3*

        type IngressServiceBackend
        name! string #1*
        port ServiceBackendPort #2

        type ServiceBackendPort
        name string #1
        number int32 #2

        type IngressStatus
        loadBalancer IngressLoadBalancerStatus #1

        type IngressLoadBalancerStatus
        ingress []IngressLoadBalancerIngress #1

        type IngressLoadBalancerIngress
        ip string #1
        hostname string #2
        ports []IngressPortStatus #4

        type IngressPortStatus
        port! int32 #1*
        protocol! string #2*
        error string #3*

        type IngressClass -- An IngressClass names what serves Ingresses.
        metadata ObjectMeta #1
        spec IngressClassSpec #2

        type IngressClassSpec
        controller string #1
        parameters IngressClassParametersReference #2*

        type IngressClassParametersReference
        apiGroup string #1*
        kind! string #2*
        name! string #3*
        scope string =Cluster #4*
        namespace string #5*

        package io.k8s.api.node.v1

        type RuntimeClass -- A RuntimeClass names a way to run containers.
        metadata ObjectMeta #1
        handler! string #2*
        overhead Overhead #3*
        scheduling Scheduling #4*

        type Overhead
        podFixed map[quantity] #1

        type Scheduling
        nodeSelector map[string] #1
        tolerations []Toleration #2

        package io.k8s.api.storage.v1

        type CSINode -- A CSINode tells of the storage drivers on a node.
        metadata ObjectMeta #1
        spec! CSINodeSpec #2

        type CSINodeSpec
        drivers []CSINodeDriver key=name unique #1

        type CSINodeDriver
        name! string #1*
        nodeID! string #2*
        topologyKeys []string #3
        allocatable VolumeNodeResources #4*

        type VolumeNodeResources
        count int32 #1*

        type StorageClass -- A StorageClass names a kind of storage.
        metadata ObjectMeta #1
        provisioner! string #2*
        parameters map[string] #3
        reclaimPolicy string =Delete #4*
        mountOptions []string #5
        allowVolumeExpansion bool #6*
        volumeBindingMode string =Immediate enum=Immediate|WaitForFirstConsumer #7*
        allowedTopologies []TopologySelectorTerm #8

        package io.k8s.api.core.v1

        type TopologySelectorTerm
        matchLabelExpressions []TopologySelectorLabelRequirement #1

        type TopologySelectorLabelRequirement
        key! string #1*
        values! []string #2

        package io.k8s.api.certificates.v1

        type CertificateSigningRequest -- A CertificateSigningRequest asks for a certificate.
        metadata ObjectMeta #1
        spec! CertificateSigningRequestSpec #2
        status CertificateSigningRequestStatus ={} #3

        type CertificateSigningRequestSpec
        request! bytes #1
        signerName! string #7*
        expirationSeconds int32 #8*
        usages []string #5
        username string #2
        uid string #3
        groups []string #4
        extra map[[]string] #6

        type CertificateSigningRequestStatus
        conditions []CertificateSigningRequestCondition key=type #1
        certificate bytes #2

        type CertificateSigningRequestCondition
        type! string #1*
        status! string #6*
        reason string #2
        message string #3
        lastUpdateTime time #4
        lastTransitionTime time #5

        package io.k8s.api.core.v1

        type TypedLocalObjectReference atomic
        apiGroup string #1*
        kind! string #2*
        name! string #3*
        """
}
