extension TypeTable {
    /// Pods and what they are made of.
    static let pods = """
        package io.k8s.api.core.v1

        type PodSpec -- What a pod should be.
        volumes []Volume key=name unique #1
        initContainers []Container key=name unique #20
        containers! []Container key=name unique #2
        ephemeralContainers []EphemeralContainer key=name unique #34
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
        topologySpreadConstraints []TopologySpreadConstraint key=topologyKey,whenUnsatisfiable unique #33
        setHostnameAsFQDN bool #35*
        os PodOS #36*
        schedulingGates []PodSchedulingGate key=name unique #38
        resourceClaims []PodResourceClaim key=name unique #39
        resources ResourceRequirements #40*
        schedulingGroup PodSchedulingGroup #43*

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
        seLinuxOptions SELinuxOptions #1*
        windowsOptions WindowsSecurityContextOptions #8*
        runAsUser int64 #2*
        runAsGroup int64 #6*
        runAsNonRoot bool #3*
        supplementalGroups []int64 #4
        supplementalGroupsPolicy string #12*
        fsGroup int64 #5*
        sysctls []Sysctl #7
        fsGroupChangePolicy string #9*
        seccompProfile SeccompProfile #10*
        appArmorProfile AppArmorProfile #11*
        seLinuxChangePolicy string #13*

        type Sysctl
        name! string #1*
        value! string #2*


        type Container -- A program that runs in a pod.
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
        restartPolicyRules []ContainerRestartRule #25
        volumeMounts []VolumeMount key=mountPath unique #9
        volumeDevices []VolumeDevice key=devicePath unique #21
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
        ports []ContainerPort key=containerPort,protocol #1.6
        envFrom []EnvFromSource #1.19
        env []EnvVar key=name #1.7
        resources ResourceRequirements ={} #1.8
        resizePolicy []ContainerResizePolicy #1.23
        restartPolicy string #1.24*
        restartPolicyRules []ContainerRestartRule #1.25
        volumeMounts []VolumeMount key=mountPath unique #1.9
        volumeDevices []VolumeDevice key=devicePath unique #1.21
        livenessProbe Probe #1.10*
        readinessProbe Probe #1.11*
        startupProbe Probe #1.22*
        lifecycle Lifecycle #1.12*
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
        configMapRef ConfigMapEnvSource #2*
        secretRef SecretEnvSource #3*


        type ConfigMapEnvSource
        name string #1.1
        optional bool #2*

        type SecretEnvSource
        name string #1.1
        optional bool #2*

        type ConfigMapKeySelector atomic
        name string #1.1
        key! string #2*
        optional bool #3*

        type SecretKeySelector atomic
        name string #1.1
        key! string #2*
        optional bool #3*

        type EnvVar
        name! string #1*
        value string #2
        valueFrom EnvVarSource #3*

        type EnvVarSource
        fieldRef ObjectFieldSelector #1*
        resourceFieldRef ResourceFieldSelector #2*
        configMapKeyRef ConfigMapKeySelector #3*
        secretKeyRef SecretKeySelector #4*
        fileKeyRef FileKeySelector #5*

        type ObjectFieldSelector atomic
        apiVersion string =v1 #1
        fieldPath! string #2*

        type ResourceFieldSelector atomic
        containerName string #1
        resource! string #2*
        divisor quantity #3


        type ResourceRequirements -- What a container needs, and the most that it may use.
        limits map[quantity] #1
        requests map[quantity] #2
        claims []ResourceClaim key=name unique #3

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

        type Probe -- A question to a container, asked again and again.
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
        seLinuxOptions SELinuxOptions #3*
        windowsOptions WindowsSecurityContextOptions #10*
        runAsUser int64 #4*
        runAsGroup int64 #8*
        runAsNonRoot bool #5*
        readOnlyRootFilesystem bool #6*
        allowPrivilegeEscalation bool #7*
        procMount string #9*
        seccompProfile SeccompProfile #11*
        appArmorProfile AppArmorProfile #12*

        type SeccompProfile
        type! string #1*
        localhostProfile string #2*

        type AppArmorProfile
        type! string #1*
        localhostProfile string #2*

        type Capabilities
        add []string #1
        drop []string #2















        type PodTemplateSpec -- What pods that are made from a template look like.
        metadata ObjectMeta #1
        spec PodSpec #2

        type ContainerRestartRule
        action string #1
        exitCodes ContainerRestartRuleOnExitCodes #2*

        type ContainerRestartRuleOnExitCodes
        operator string #1
        values []int32 set #2

        type FileKeySelector atomic
        volumeName! string #1*
        path! string #2*
        key! string #3*
        optional bool #4*

        type SELinuxOptions
        user string #1
        role string #2
        type string #3
        level string #4

        type WindowsSecurityContextOptions
        gmsaCredentialSpecName string #1*
        gmsaCredentialSpec string #2*
        runAsUserName string #3*
        hostProcess bool #4*

        type PodResourceClaim
        name! string #1*
        resourceClaimName string #3*
        resourceClaimTemplateName string #4*

        type PodSchedulingGroup
        podGroupName string #1*

        type Pod -- A Pod is a group of containers that run together on one node.
        metadata ObjectMeta #1
        spec PodSpec #2
        status PodStatus #3
        """
}
