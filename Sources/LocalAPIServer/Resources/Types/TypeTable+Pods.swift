extension TypeTable {
    /// Pods and what they are made of.
    static let pods = """
        type PodSpec
        volumes []Volume key=name
        initContainers []Container key=name
        containers! []Container key=name
        ephemeralContainers []EphemeralContainer key=name
        restartPolicy string =Always enum=Always|OnFailure|Never
        terminationGracePeriodSeconds int64 =30
        activeDeadlineSeconds int64
        dnsPolicy string =ClusterFirst
        nodeSelector map[string] atomic
        serviceAccountName string
        serviceAccount string
        automountServiceAccountToken bool
        nodeName string
        hostNetwork bool
        hostPID bool
        hostIPC bool
        hostUsers bool
        shareProcessNamespace bool
        securityContext PodSecurityContext ={}
        imagePullSecrets []LocalObjectReference key=name
        hostname string
        hostnameOverride string
        subdomain string
        affinity any
        schedulerName string =default-scheduler
        tolerations []Toleration
        hostAliases []HostAlias key=ip
        priorityClassName string
        priority int32
        dnsConfig PodDNSConfig
        readinessGates []PodReadinessGate
        runtimeClassName string
        enableServiceLinks bool
        preemptionPolicy string
        overhead map[quantity]
        topologySpreadConstraints []TopologySpreadConstraint key=topologyKey,whenUnsatisfiable
        setHostnameAsFQDN bool
        os PodOS
        schedulingGates []PodSchedulingGate key=name
        resourceClaims []any
        resources ResourceRequirements

        type PodOS
        name! string

        type PodSchedulingGate
        name! string

        type PodReadinessGate
        conditionType! string

        type PodDNSConfig
        nameservers []string
        searches []string
        options []PodDNSConfigOption

        type PodDNSConfigOption
        name string
        value string

        type HostAlias
        ip! string
        hostnames []string

        type Toleration
        key string
        operator string
        value string
        effect string
        tolerationSeconds int64

        type TopologySpreadConstraint
        maxSkew! int32
        topologyKey! string
        whenUnsatisfiable! string
        labelSelector LabelSelector
        minDomains int32
        nodeAffinityPolicy string
        nodeTaintsPolicy string
        matchLabelKeys []string

        type PodSecurityContext
        seLinuxOptions any
        windowsOptions any
        runAsUser int64
        runAsGroup int64
        runAsNonRoot bool
        supplementalGroups []int64
        supplementalGroupsPolicy string
        fsGroup int64
        sysctls []Sysctl
        fsGroupChangePolicy string
        seccompProfile SeccompProfile
        appArmorProfile SeccompProfile
        seLinuxChangePolicy string

        type Sysctl
        name! string
        value! string

        type SeccompProfile
        type! string
        localhostProfile string

        type Container
        name! string
        image string
        command []string
        args []string
        workingDir string
        ports []ContainerPort key=containerPort,protocol
        envFrom []EnvFromSource
        env []EnvVar key=name
        resources ResourceRequirements ={}
        resizePolicy []ContainerResizePolicy
        restartPolicy string
        restartPolicyRules []any
        volumeMounts []VolumeMount key=mountPath
        volumeDevices []VolumeDevice key=devicePath
        livenessProbe Probe
        readinessProbe Probe
        startupProbe Probe
        lifecycle Lifecycle
        terminationMessagePath string =/dev/termination-log
        terminationMessagePolicy string =File
        imagePullPolicy string enum=Always|IfNotPresent|Never
        securityContext SecurityContext
        stdin bool
        stdinOnce bool
        tty bool

        type EphemeralContainer
        name! string
        image string
        command []string
        args []string
        workingDir string
        env []EnvVar key=name
        resources ResourceRequirements ={}
        volumeMounts []VolumeMount key=mountPath
        terminationMessagePath string =/dev/termination-log
        terminationMessagePolicy string =File
        imagePullPolicy string
        securityContext SecurityContext
        stdin bool
        stdinOnce bool
        tty bool
        targetContainerName string

        type ContainerResizePolicy
        resourceName! string
        restartPolicy! string

        type ContainerPort
        name string
        hostPort int32
        containerPort! int32
        protocol string =TCP enum=TCP|UDP|SCTP
        hostIP string

        type EnvFromSource
        prefix string
        configMapRef OptionalReference
        secretRef OptionalReference

        type OptionalReference
        name string
        optional bool

        type EnvVar
        name! string
        value string
        valueFrom EnvVarSource

        type EnvVarSource
        fieldRef ObjectFieldSelector
        resourceFieldRef ResourceFieldSelector
        configMapKeyRef KeySelector
        secretKeyRef KeySelector
        fileKeyRef any

        type ObjectFieldSelector atomic
        apiVersion string =v1
        fieldPath! string

        type ResourceFieldSelector atomic
        containerName string
        resource! string
        divisor quantity

        type KeySelector atomic
        name string
        key! string
        optional bool

        type ResourceRequirements
        limits map[quantity]
        requests map[quantity]
        claims []ResourceClaim key=name

        type ResourceClaim
        name! string
        request string

        type VolumeMount
        name! string
        readOnly bool
        recursiveReadOnly string
        mountPath! string
        subPath string
        mountPropagation string
        subPathExpr string

        type VolumeDevice
        name! string
        devicePath! string

        type Probe
        exec ExecAction
        httpGet HTTPGetAction
        tcpSocket TCPSocketAction
        grpc GRPCAction
        initialDelaySeconds int32
        timeoutSeconds int32 =1
        periodSeconds int32 =10
        successThreshold int32 =1
        failureThreshold int32 =3
        terminationGracePeriodSeconds int64

        type ExecAction
        command []string

        type HTTPGetAction
        path string =/
        port! intstr
        host string
        scheme string =HTTP
        httpHeaders []HTTPHeader

        type HTTPHeader
        name! string
        value! string

        type TCPSocketAction
        port! intstr
        host string

        type GRPCAction
        port! int32
        service string

        type Lifecycle
        postStart LifecycleHandler
        preStop LifecycleHandler
        stopSignal string

        type LifecycleHandler
        exec ExecAction
        httpGet HTTPGetAction
        tcpSocket TCPSocketAction
        sleep SleepAction

        type SleepAction
        seconds! int64

        type SecurityContext
        capabilities Capabilities
        privileged bool
        seLinuxOptions any
        windowsOptions any
        runAsUser int64
        runAsGroup int64
        runAsNonRoot bool
        readOnlyRootFilesystem bool
        allowPrivilegeEscalation bool
        procMount string
        seccompProfile SeccompProfile
        appArmorProfile SeccompProfile

        type Capabilities
        add []string
        drop []string

        type Volume
        name! string
        hostPath HostPathVolumeSource
        emptyDir EmptyDirVolumeSource
        secret SecretVolumeSource
        configMap ConfigMapVolumeSource
        downwardAPI DownwardAPIVolumeSource
        projected ProjectedVolumeSource
        persistentVolumeClaim PersistentVolumeClaimVolumeSource
        ephemeral any
        csi any
        nfs any
        image any
        iscsi any
        fc any
        cephfs any
        rbd any
        glusterfs any

        type HostPathVolumeSource
        path! string
        type string

        type EmptyDirVolumeSource
        medium string
        sizeLimit quantity

        type SecretVolumeSource
        secretName string
        items []KeyToPath
        defaultMode int32 =420
        optional bool

        type ConfigMapVolumeSource
        name string
        items []KeyToPath
        defaultMode int32 =420
        optional bool

        type KeyToPath
        key! string
        path! string
        mode int32

        type DownwardAPIVolumeSource
        items []DownwardAPIVolumeFile
        defaultMode int32 =420

        type DownwardAPIVolumeFile
        path! string
        fieldRef ObjectFieldSelector
        resourceFieldRef ResourceFieldSelector
        mode int32

        type ProjectedVolumeSource
        sources []VolumeProjection
        defaultMode int32 =420

        type VolumeProjection
        secret ProjectedSource
        configMap ProjectedSource
        downwardAPI ProjectedDownwardAPI
        serviceAccountToken ServiceAccountTokenProjection
        clusterTrustBundle any
        podCertificate any

        type ProjectedSource
        name string
        items []KeyToPath
        optional bool

        type ProjectedDownwardAPI
        items []DownwardAPIVolumeFile

        type ServiceAccountTokenProjection
        audience string
        expirationSeconds int64 =3600
        path! string

        type PersistentVolumeClaimVolumeSource
        claimName! string
        readOnly bool

        type PodTemplateSpec
        metadata ObjectMeta
        spec PodSpec

        type PodStatus
        observedGeneration int64
        phase string
        conditions []PodCondition key=type
        message string
        reason string
        nominatedNodeName string
        hostIP string
        hostIPs []IPAddress
        podIP string
        podIPs []IPAddress key=ip
        startTime time
        initContainerStatuses []ContainerStatus
        containerStatuses []ContainerStatus
        ephemeralContainerStatuses []ContainerStatus
        qosClass string
        resize string
        resourceClaimStatuses []any

        type IPAddress
        ip! string

        type PodCondition
        type! string
        observedGeneration int64
        status! string
        lastProbeTime time
        lastTransitionTime time
        reason string
        message string

        type ContainerStatus
        name! string
        state ContainerState
        lastState ContainerState
        ready bool
        restartCount int32
        image string
        imageID string
        containerID string
        started bool
        allocatedResources map[quantity]
        resources ResourceRequirements
        volumeMounts []any
        user any
        stopSignal string

        type ContainerState
        waiting ContainerStateWaiting
        running ContainerStateRunning
        terminated ContainerStateTerminated

        type ContainerStateWaiting
        reason string
        message string

        type ContainerStateRunning
        startedAt time

        type ContainerStateTerminated
        exitCode int32
        signal int32
        reason string
        message string
        startedAt time
        finishedAt time
        containerID string

        type Pod
        metadata ObjectMeta
        spec PodSpec
        status PodStatus
        """
}
