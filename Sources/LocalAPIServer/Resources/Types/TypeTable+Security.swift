extension TypeTable {
    /// What pods and containers may do.
    static let security = """
        package io.k8s.api.core.v1

        type PodSecurityContext
            What the containers of a pod may do. It counts for the pod security levels; processes run as the user that
            runs the node.
        seLinuxOptions SELinuxOptions #1*
            The SELinux context of the containers.
        windowsOptions WindowsSecurityContextOptions #8*
            Settings for Windows; nodes here run Linux.
        runAsUser int64 #2*
            The user that the containers should run as.
        runAsGroup int64 #6*
            The group that the containers should run as.
        runAsNonRoot bool #3*
            Whether the containers must not run as root.
        supplementalGroups []int64 #4
            Further groups that the containers should be in.
        supplementalGroupsPolicy string #12*
            Whether the groups that the image's own files give a user count too.
        fsGroup int64 #5*
            The group that the files of volumes should belong to.
        sysctls []Sysctl #7
            Settings of the kernel for the pod.
        fsGroupChangePolicy string #9*
            When files are given to the fsGroup: Always or OnRootMismatch.
        seccompProfile SeccompProfile #10*
            Which system calls the containers may make.
        appArmorProfile AppArmorProfile #11*
            The AppArmor profile of the containers.
        seLinuxChangePolicy string #13*
            How volumes get the pod's SELinux label.

        type Sysctl
            A setting of the kernel.
        name! string #1*
            The name of the setting.
        value! string #2*
            Its value.

        type SecurityContext
            What a container may do. It counts for the pod security levels; processes run as the user that runs the
            node.
        capabilities Capabilities #1*
            The capabilities that the container has more or less than usual.
        privileged bool #2*
            Whether the container may do what root of the machine may.
        seLinuxOptions SELinuxOptions #3*
            The SELinux context of the container.
        windowsOptions WindowsSecurityContextOptions #10*
            Settings for Windows; nodes here run Linux.
        runAsUser int64 #4*
            The user that the container should run as.
        runAsGroup int64 #8*
            The group that the container should run as.
        runAsNonRoot bool #5*
            Whether the container must not run as root.
        readOnlyRootFilesystem bool #6*
            Whether the container should not write outside its volumes.
        allowPrivilegeEscalation bool #7*
            Whether a process may gain more rights than its parent.
        procMount string #9*
            How much of /proc the container sees: Default or Unmasked.
        seccompProfile SeccompProfile #11*
            Which system calls the container may make.
        appArmorProfile AppArmorProfile #12*
            The AppArmor profile of the container.

        type SeccompProfile
            Which system calls a container may make.
        type! string #1*
            RuntimeDefault, Localhost or Unconfined.
        localhostProfile string #2*
            The file of the node that holds the profile, for the type Localhost.

        type AppArmorProfile like=SeccompProfile
            Which AppArmor profile confines a container.
        type! string #1*
        localhostProfile string #2*
            The name of a profile that the node has loaded, for the type Localhost.

        type Capabilities
            Capabilities of Linux that a container has more or less than usual.
        add []string #1
            Those that it gets.
        drop []string #2
            Those that are taken from it; ALL for every one.

        type SELinuxOptions
            An SELinux context; it counts for the pod security levels alone.
        user string #1
            The user of the context.
        role string #2
            The role of the context.
        type string #3
            The type of the context.
        level string #4
            The level of the context.

        type WindowsSecurityContextOptions
            Settings for containers of Windows; nodes here run Linux.
        gmsaCredentialSpecName string #1*
            The name of the account's credential specification.
        gmsaCredentialSpec string #2*
            The credential specification itself.
        runAsUserName string #3*
            The user that the container should run as.
        hostProcess bool #4*
            Whether the container runs as a process of the host.
        """
}
