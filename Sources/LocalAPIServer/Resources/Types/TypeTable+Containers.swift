extension TypeTable {
    /// What runs in pods.
    static let containers = """
        package io.k8s.api.core.v1

        type Container
            A program that runs in a pod; on a node of processes, a process group of the machine.
        name! string #1*
            The name of the container, unique in its pod.
        image string #2
            What to run; on a node of processes, the name that an executable of the machine is known by.
        command []string #3
            The program and its first arguments, instead of what the image starts by itself.
        args []string #4
            Arguments of the program.
        workingDir string #5
            The directory that the program starts in; one of its own if not given.
        ports []ContainerPort key=containerPort,protocol #6
            Ports that the program listens at; for people, Services and probes to refer to.
        envFrom []EnvFromSource #19
            ConfigMaps and Secrets all of whose keys become environment variables.
        env []EnvVar key=name #7
            Environment variables, which go before those of envFrom.
        resources ResourceRequirements ={} #8
            What the container needs, and how much it may use.
        resizePolicy []ContainerResizePolicy #23
            Whether the container restarts when its resources change; kept, and not acted on.
        restartPolicy string #24*
            Always, in an init container, makes it run beside the others; kept elsewhere, and not acted on.
        restartPolicyRules []ContainerRestartRule #25
            When to restart by exit code; kept, and not acted on.
        volumeMounts []VolumeMount key=mountPath unique #9
            The volumes that the container sees, and where. A node of processes rewrites paths below them in what it
            hands over.
        volumeDevices []VolumeDevice key=devicePath unique #21
            Volumes that the container sees as block devices; kept, and not acted on.
        livenessProbe Probe #10*
            Asks whether the container still works; where it does not, it is restarted.
        readinessProbe Probe #11*
            Asks whether the container can serve; where it cannot, its Services leave it out.
        startupProbe Probe #22*
            Asks whether the container has started; until then the other probes wait.
        lifecycle Lifecycle #12*
            What to do after the container's start and before its end.
        terminationMessagePath string =/dev/termination-log #13
            Where the program may leave a last message; kept, and not acted on.
        terminationMessagePolicy string =File #20
            Where the last message comes from: File or FallbackToLogsOnError; kept, and not acted on.
        imagePullPolicy string enum=Always|IfNotPresent|Never #14
            When the image is fetched: Always, IfNotPresent or Never; a node of processes fetches none.
        securityContext SecurityContext #15*
            What the container may do; goes before what the pod says.
        stdin bool #16
            Whether standard input stays open; processes of the node get none.
        stdinOnce bool #17
            Whether standard input closes after its first use; kept, and not acted on.
        tty bool #18
            Whether the program gets a terminal; kept, and not acted on.

        type EphemeralContainer like=Container
            A container added to a running pod to look into it; the node of processes does not start it.
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
            The container whose processes it should see.

        type ContainerResizePolicy
            What to do with a container when one of its resources changes.
        resourceName! string #1*
            The resource: cpu or memory.
        restartPolicy! string #2*
            NotRequired or RestartContainer.

        type ContainerPort
            A port that a container listens at.
        name string #1
            A name that Services and probes may use for it.
        hostPort int32 #2
            The port of the machine that it wants; the scheduler puts no two of the same on one node.
        containerPort! int32 #3*
            The number of the port.
        protocol string =TCP enum=TCP|UDP|SCTP #4
            TCP, UDP or SCTP.
        hostIP string #5
            The address of the machine for hostPort; all of them if not given.

        type EnvFromSource
            An object all of whose keys become environment variables.
        prefix string #1
            What is put before each key to make the variable's name.
        configMapRef ConfigMapEnvSource #2*
            A ConfigMap whose keys are taken.
        secretRef SecretEnvSource #3*
            A Secret whose keys are taken.

        type ConfigMapEnvSource
            A ConfigMap whose keys become environment variables.
        name string #1.1
            The name of the ConfigMap.
        optional bool #2*
            Whether the container starts without it where it does not exist.

        type SecretEnvSource
            A Secret whose keys become environment variables.
        name string #1.1
            The name of the Secret.
        optional bool #2*
            Whether the container starts without it where it does not exist.

        type ConfigMapKeySelector atomic
            A key of a ConfigMap.
        name string #1.1
            The name of the ConfigMap.
        key! string #2*
            The key whose value is taken.
        optional bool #3*
            Whether the variable is left out where the ConfigMap or the key does not exist.

        type SecretKeySelector atomic
            A key of a Secret.
        name string #1.1
            The name of the Secret.
        key! string #2*
            The key whose value is taken.
        optional bool #3*
            Whether the variable is left out where the Secret or the key does not exist.

        type EnvVar
            An environment variable.
        name! string #1*
            The name of the variable.
        value string #2
            Its value, in which $(NAME) stands for another variable and $$ for a dollar sign.
        valueFrom EnvVarSource #3*
            Where the value comes from, instead of value.

        type EnvVarSource
            Where the value of an environment variable comes from; exactly one of these.
        fieldRef ObjectFieldSelector #1*
            A field of the pod.
        resourceFieldRef ResourceFieldSelector #2*
            A request or limit of a container.
        configMapKeyRef ConfigMapKeySelector #3*
            A key of a ConfigMap of the namespace.
        secretKeyRef SecretKeySelector #4*
            A key of a Secret of the namespace.
        fileKeyRef FileKeySelector #5*
            A variable in a file of a volume; this node does not read such files, and starts no container that asks for
            one.

        type ObjectFieldSelector atomic
            A field of the pod itself.
        apiVersion string =v1 #1
            The version of the API that fieldPath is of.
        fieldPath! string #2*
            The field, such as metadata.name, metadata.labels['app'], spec.nodeName or status.podIP.

        type ResourceFieldSelector atomic
            Names a request or limit of a container.
        containerName string #1
            The container; the one itself if not given, which a volume must give.
        resource! string #2*
            What is taken, such as limits.cpu or requests.memory.
        divisor quantity #3
            The unit that it is given in; 1 if not given.

        type ResourceRequirements
            What a container needs, and how much it may use.
        limits map[quantity] #1
            The most that it should use, by resource. Quotas count it; the node of processes does not enforce it.
        requests map[quantity] #2
            What it needs at least, by resource. The scheduler looks for a node that has this much left.
        claims []ResourceClaim key=name unique #3
            Which of the pod's resourceClaims it uses; kept, and not acted on.

        type ResourceClaim
            A claim of the pod that a container uses.
        name! string #1*
            The name of the claim in the pod's resourceClaims.
        request string #2
            Which request of the claim; all of them if not given.

        type VolumeMount
            Where a container sees a volume.
        name! string #1*
            The name of the volume in the pod.
        readOnly bool #2
            Whether it should only be read; processes share the machine's file system, where this is not enforced.
        recursiveReadOnly string #7*
            Whether mounts within it are read-only as well; kept, and not acted on.
        mountPath! string #3*
            The path at which the container sees it.
        subPath string #4
            The part of the volume that is mounted; the whole if not given.
        mountPropagation string #5*
            Whether mounts made later are passed on; kept, and not acted on.
        subPathExpr string #6
            As subPath, with $(NAME) for environment variables; kept, and not acted on.

        type VolumeDevice
            Where a container sees a volume as a block device; kept, and not acted on.
        name! string #1*
            The name of the volume in the pod.
        devicePath! string #2*
            The path of the device.

        type ContainerRestartRule
            What to do when a container ends in a certain way; kept, and not acted on.
        action string #1
            Restart or RestartAllContainers.
        exitCodes ContainerRestartRuleOnExitCodes #2*
            The exit codes that it is for.

        type ContainerRestartRuleOnExitCodes
            The exit codes that a rule is for.
        operator string #1
            In or NotIn.
        values []int32 set #2
            The codes.

        type FileKeySelector atomic
            A variable in a file of a volume; this node does not read such files.
        volumeName! string #1*
            The name of the volume in the pod.
        path! string #2*
            The path of the file in the volume.
        key! string #3*
            The name of the variable in the file.
        optional bool #4*
            Whether the variable is left out where the file or the key does not exist.
        """
}
