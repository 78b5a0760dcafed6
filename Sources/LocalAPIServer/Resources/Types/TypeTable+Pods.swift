extension TypeTable {
    /// Pods and what they are made of.
    static let pods = """
        type PodSpec
        volumes []Volume key=name #1
        initContainers []Container key=name #20
        containers! []Container key=name #2
        ephemeralContainers []EphemeralContainer key=name #34
        restartPolicy string =Always enum=Always|OnFailure|Never #3
        terminationGracePeriodSeconds int64 =30 #4*
        activeDeadlineSeconds int64 #5*
        dnsPolicy string =ClusterFirst #6
        nodeSelector map[string] atomic #7
        serviceAccountName string #8
        serviceAccount string #9
        automountServiceAccountToken bool #21*
        nodeName string #10
        hostNetwork bool #11
        hostPID bool #12
        hostIPC bool #13
        hostUsers bool #37*
        shareProcessNamespace bool #27*
        securityContext PodSecurityContext ={} #14*
        imagePullSecrets []LocalObjectReference key=name #15
        hostname string #16
        hostnameOverride string #41*
        subdomain string #17
        affinity Affinity #18*
        schedulerName string =default-scheduler #19
        tolerations []Toleration #22
        hostAliases []HostAlias key=ip #23
        priorityClassName string #24
        priority int32 #25*
        dnsConfig PodDNSConfig #26*
        readinessGates []PodReadinessGate #28
        runtimeClassName string #29*
        enableServiceLinks bool #30*
        preemptionPolicy string #31*
        overhead map[quantity] #32
        topologySpreadConstraints []TopologySpreadConstraint key=topologyKey,whenUnsatisfiable #33
        setHostnameAsFQDN bool #35*
        os PodOS #36*
        schedulingGates []PodSchedulingGate key=name #38
        resourceClaims []any
        resources ResourceRequirements #40*

        type PodOS
        name! string #1*

        type PodSchedulingGate
        name! string #1*

        type PodReadinessGate
        conditionType! string #1*

        type PodDNSConfig
        nameservers []string #1
        searches []string #2
        options []PodDNSConfigOption #3

        type PodDNSConfigOption
        name string #1
        value string #2*

        type HostAlias
        ip! string #1*
        hostnames []string #2

        type Toleration
        key string #1
        operator string #2
        value string #3
        effect string #4
        tolerationSeconds int64 #5*

        type TopologySpreadConstraint
        maxSkew! int32 #1*
        topologyKey! string #2*
        whenUnsatisfiable! string #3*
        labelSelector LabelSelector #4*
        minDomains int32 #5*
        nodeAffinityPolicy string #6*
        nodeTaintsPolicy string #7*
        matchLabelKeys []string #8

        type PodSecurityContext
        seLinuxOptions any
        windowsOptions any
        runAsUser int64 #2*
        runAsGroup int64 #6*
        runAsNonRoot bool #3*
        supplementalGroups []int64 #4
        supplementalGroupsPolicy string #12*
        fsGroup int64 #5*
        sysctls []Sysctl #7
        fsGroupChangePolicy string #9*
        seccompProfile SeccompProfile #10*
        appArmorProfile SeccompProfile #11*
        seLinuxChangePolicy string #13*

        type Sysctl
        name! string #1*
        value! string #2*

        type SeccompProfile
        type! string #1*
        localhostProfile string #2*

        type Container
        name! string #1*
        image string #2
        command []string #3
        args []string #4
        workingDir string #5
        ports []ContainerPort key=containerPort,protocol #6
        envFrom []EnvFromSource #19
        env []EnvVar key=name #7
        resources ResourceRequirements ={} #8
        resizePolicy []ContainerResizePolicy #23
        restartPolicy string #24*
        restartPolicyRules []any
        volumeMounts []VolumeMount key=mountPath #9
        volumeDevices []VolumeDevice key=devicePath #21
        livenessProbe Probe #10*
        readinessProbe Probe #11*
        startupProbe Probe #22*
        lifecycle Lifecycle #12*
        terminationMessagePath string =/dev/termination-log #13
        terminationMessagePolicy string =File #20
        imagePullPolicy string enum=Always|IfNotPresent|Never #14
        securityContext SecurityContext #15*
        stdin bool #16
        stdinOnce bool #17
        tty bool #18

        type EphemeralContainer
        name! string #1.1*
        image string #1.2
        command []string #1.3
        args []string #1.4
        workingDir string #1.5
        env []EnvVar key=name #1.7
        resources ResourceRequirements ={} #1.8
        volumeMounts []VolumeMount key=mountPath #1.9
        terminationMessagePath string =/dev/termination-log #1.13
        terminationMessagePolicy string =File #1.20
        imagePullPolicy string #1.14
        securityContext SecurityContext #1.15*
        stdin bool #1.16
        stdinOnce bool #1.17
        tty bool #1.18
        targetContainerName string #2

        type ContainerResizePolicy
        resourceName! string #1*
        restartPolicy! string #2*

        type ContainerPort
        name string #1
        hostPort int32 #2
        containerPort! int32 #3*
        protocol string =TCP enum=TCP|UDP|SCTP #4
        hostIP string #5

        type EnvFromSource
        prefix string #1
        configMapRef OptionalReference #2*
        secretRef OptionalReference #3*

        type OptionalReference
        name string #1.1
        optional bool #2*

        type EnvVar
        name! string #1*
        value string #2
        valueFrom EnvVarSource #3*

        type EnvVarSource
        fieldRef ObjectFieldSelector #1*
        resourceFieldRef ResourceFieldSelector #2*
        configMapKeyRef KeySelector #3*
        secretKeyRef KeySelector #4*
        fileKeyRef any

        type ObjectFieldSelector atomic
        apiVersion string =v1 #1
        fieldPath! string #2*

        type ResourceFieldSelector atomic
        containerName string #1
        resource! string #2*
        divisor quantity #3

        type KeySelector atomic
        name string #1.1
        key! string #2*
        optional bool #3*

        type ResourceRequirements
        limits map[quantity] #1
        requests map[quantity] #2
        claims []ResourceClaim key=name #3

        type ResourceClaim
        name! string #1*
        request string #2

        type VolumeMount
        name! string #1*
        readOnly bool #2
        recursiveReadOnly string #7*
        mountPath! string #3*
        subPath string #4
        mountPropagation string #5*
        subPathExpr string #6

        type VolumeDevice
        name! string #1*
        devicePath! string #2*

        type Probe
        exec ExecAction #1.1*
        httpGet HTTPGetAction #1.2*
        tcpSocket TCPSocketAction #1.3*
        grpc GRPCAction #1.4*
        initialDelaySeconds int32 #2
        timeoutSeconds int32 =1 #3
        periodSeconds int32 =10 #4
        successThreshold int32 =1 #5
        failureThreshold int32 =3 #6
        terminationGracePeriodSeconds int64 #7*

        type ExecAction
        command []string #1

        type HTTPGetAction
        path string =/ #1
        port! intstr #2
        host string #3
        scheme string =HTTP #4
        httpHeaders []HTTPHeader #5

        type HTTPHeader
        name! string #1*
        value! string #2*

        type TCPSocketAction
        port! intstr #1
        host string #2

        type GRPCAction
        port! int32 #1*
        service string #2*

        type Lifecycle
        postStart LifecycleHandler #1*
        preStop LifecycleHandler #2*
        stopSignal string #3*

        type LifecycleHandler
        exec ExecAction #1*
        httpGet HTTPGetAction #2*
        tcpSocket TCPSocketAction #3*
        sleep SleepAction #4*

        type SleepAction
        seconds! int64 #1*

        type SecurityContext
        capabilities Capabilities #1*
        privileged bool #2*
        seLinuxOptions any
        windowsOptions any
        runAsUser int64 #4*
        runAsGroup int64 #8*
        runAsNonRoot bool #5*
        readOnlyRootFilesystem bool #6*
        allowPrivilegeEscalation bool #7*
        procMount string #9*
        seccompProfile SeccompProfile #11*
        appArmorProfile SeccompProfile #12*

        type Capabilities
        add []string #1
        drop []string #2

        type Volume
        name! string #1*
        hostPath HostPathVolumeSource #2.1*
        emptyDir EmptyDirVolumeSource #2.2*
        secret SecretVolumeSource #2.6*
        configMap ConfigMapVolumeSource #2.19*
        downwardAPI DownwardAPIVolumeSource #2.16*
        projected ProjectedVolumeSource #2.26*
        persistentVolumeClaim PersistentVolumeClaimVolumeSource #2.10*
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
        path! string #1*
        type string #2*

        type EmptyDirVolumeSource
        medium string #1
        sizeLimit quantity #2*

        type SecretVolumeSource
        secretName string #1
        items []KeyToPath #2
        defaultMode int32 =420 #3*
        optional bool #4*

        type ConfigMapVolumeSource
        name string #1.1
        items []KeyToPath #2
        defaultMode int32 =420 #3*
        optional bool #4*

        type KeyToPath
        key! string #1*
        path! string #2*
        mode int32 #3*

        type DownwardAPIVolumeSource
        items []DownwardAPIVolumeFile #1
        defaultMode int32 =420 #2*

        type DownwardAPIVolumeFile
        path! string #1*
        fieldRef ObjectFieldSelector #2*
        resourceFieldRef ResourceFieldSelector #3*
        mode int32 #4*

        type ProjectedVolumeSource
        sources []VolumeProjection #1
        defaultMode int32 =420 #2*

        type VolumeProjection
        secret ProjectedSource #1*
        configMap ProjectedSource #3*
        downwardAPI ProjectedDownwardAPI #2*
        serviceAccountToken ServiceAccountTokenProjection #4*
        clusterTrustBundle any
        podCertificate any

        type ProjectedSource
        name string #1.1
        items []KeyToPath #2
        optional bool #4*

        type ProjectedDownwardAPI
        items []DownwardAPIVolumeFile #1

        type ServiceAccountTokenProjection
        audience string #1
        expirationSeconds int64 =3600 #2*
        path! string #3*

        type PersistentVolumeClaimVolumeSource
        claimName! string #1*
        readOnly bool #2

        type PodTemplateSpec
        metadata ObjectMeta #1
        spec PodSpec #2

        type PodStatus
        observedGeneration int64 #17
        phase string #1
        conditions []PodCondition key=type #2
        message string #3
        reason string #4
        nominatedNodeName string #11
        hostIP string #5
        hostIPs []IPAddress #16
        podIP string #6
        podIPs []IPAddress key=ip #12
        startTime time #7*
        initContainerStatuses []ContainerStatus #10
        containerStatuses []ContainerStatus #8
        ephemeralContainerStatuses []ContainerStatus #13
        qosClass string #9
        resize string #14
        resourceClaimStatuses []any

        type IPAddress
        ip! string #1*

        type PodCondition
        type! string #1*
        observedGeneration int64 #7
        status! string #2*
        lastProbeTime time #3
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ContainerStatus
        name! string #1*
        state ContainerState #2
        lastState ContainerState #3
        ready bool #4*
        restartCount int32 #5*
        image string #6*
        imageID string #7*
        containerID string #8
        started bool #9*
        allocatedResources map[quantity] #10
        resources ResourceRequirements #11*
        volumeMounts []any
        user any
        stopSignal string #15*

        type ContainerState
        waiting ContainerStateWaiting #1*
        running ContainerStateRunning #2*
        terminated ContainerStateTerminated #3*

        type ContainerStateWaiting
        reason string #1
        message string #2

        type ContainerStateRunning
        startedAt time #1

        type ContainerStateTerminated
        exitCode int32 #1*
        signal int32 #2
        reason string #3
        message string #4
        startedAt time #5
        finishedAt time #6
        containerID string #7

        type Pod
        metadata ObjectMeta #1
        spec PodSpec #2
        status PodStatus #3
        """
}
