extension TypeTable {
    /// Volumes that need a server or driver of their own, which nodes of processes do not have.
    static let foreignVolumes = """
        package io.k8s.api.core.v1

        type GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        pdName! string #1*
            The name of the disk.
        fsType string #2
            The type of the volume's file system.
        partition int32 #3
            The number of the partition.
        readOnly bool #4
            Whether the volume is mounted for reading only.

        type AWSElasticBlockStoreVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        volumeID! string #1*
            The identifier of the disk.
        fsType string #2
        partition int32 #3
        readOnly bool #4

        type GitRepoVolumeSource
            Which repository and commit it is.
        repository! string #1*
            The URL of the repository.
        revision string #2
            The commit that is taken.
        directory string #3
            The directory within the volume that it is put in.

        type NFSVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        server! string #1*
            The name or address of the server.
        path! string #2*
            The path that the server exports.
        readOnly bool #3

        type ISCSIVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        targetPortal! string #1*
            The address of the target, with its port.
        iqn! string #2*
            The qualified name of the target.
        lun! int32 #3*
            The number of the disk at the target.
        iscsiInterface string #4
            The interface of the initiator.
        fsType string #5
        readOnly bool #6
        portals []string #7
            Further addresses of the target.
        chapAuthDiscovery bool #8
            Whether discovery authenticates by CHAP.
        chapAuthSession bool #11
            Whether sessions authenticate by CHAP.
        secretRef LocalObjectReference #10*
            The Secret that holds the credentials.
        initiatorName string #12*
            The qualified name of the initiator.

        type GlusterfsVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        endpoints! string #1*
            The Endpoints object that names the servers.
        path! string #2*
            The name of the volume.
        readOnly bool #3

        type RBDVolumeSource like=ISCSIVolumeSource
            Which one it is, and how it would be mounted.
        monitors! []string #1
            The addresses of the monitors.
        image! string #2*
            The name of the image.
        fsType string #3
        pool string #4
            The pool that holds the image.
        user string #5
            The user of the storage system.
        keyring string #6
            The file of the node that holds the user's key.
        secretRef LocalObjectReference #7*
        readOnly bool #8

        type FlexVolumeSource like=ISCSIVolumeSource
            Which one it is, and how it would be mounted.
        driver! string #1*
            The name of the driver.
        fsType string #2
        secretRef LocalObjectReference #3*
        readOnly bool #4
        options map[string] #5
            Words for the driver.

        type CinderVolumeSource like=ISCSIVolumeSource
            Which one it is, and how it would be mounted.
        volumeID! string #1*
            The identifier of the disk.
        fsType string #2
        readOnly bool #3
        secretRef LocalObjectReference #4*

        type CephFSVolumeSource like=RBDVolumeSource
            Which one it is, and how it would be mounted.
        monitors! []string #1
        path string #2
            The path within the file system.
        user string #3
        secretFile string #4
            The file of the node that holds the user's key.
        secretRef LocalObjectReference #5*
        readOnly bool #6

        type FlockerVolumeSource
            Which one it is, and how it would be mounted.
        datasetName string #1
            The name of the data set.
        datasetUUID string #2
            The identifier of the data set.

        type FCVolumeSource like=ISCSIVolumeSource
            Which one it is, and how it would be mounted.
        targetWWNs []string #1
            The world-wide names of the target's ports.
        lun int32 #2*
        fsType string #3
        readOnly bool #4
        wwids []string #5
            The world-wide identifiers of the disk, instead of target and number.

        type AzureFileVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        secretName! string #1*
            The Secret that holds the account's name and key.
        shareName! string #2*
            The name of the share.
        readOnly bool #3

        type VsphereVirtualDiskVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        volumePath! string #1*
            The path of the disk.
        fsType string #2
        storagePolicyName string #3
            The name of its storage policy.
        storagePolicyID string #4
            The identifier of its storage policy.

        type QuobyteVolumeSource like=RBDVolumeSource
            Which one it is, and how it would be mounted.
        registry! string #1*
            The addresses of the registry.
        volume! string #2*
            The name of the volume.
        readOnly bool #3
        user string #4
        group string #5
            The group that the files are reached as.
        tenant string #6
            The tenant that owns the volume.

        type AzureDiskVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        diskName! string #1*
            The name of the disk.
        diskURI! string #2*
            The URI of the disk.
        cachingMode string #3*
            How the host caches: None, ReadOnly or ReadWrite.
        fsType string #4*
        readOnly bool #5*
        kind string #6*
            What kind of disk it is: Shared, Dedicated or Managed.

        type PhotonPersistentDiskVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        pdID! string #1*
            The identifier of the disk.
        fsType string #2

        type PortworxVolumeSource like=GCEPersistentDiskVolumeSource
            Which one it is, and how it would be mounted.
        volumeID! string #1*
            The identifier of the volume.
        fsType string #2
        readOnly bool #3

        type ScaleIOVolumeSource like=ISCSIVolumeSource
            Which one it is, and how it would be mounted.
        gateway! string #1*
            The address of the gateway.
        system! string #2*
            The name of the storage system.
        secretRef LocalObjectReference #3*
        sslEnabled bool #4
            Whether the gateway is reached by TLS.
        protectionDomain string #5
            The name of the protection domain.
        storagePool string #6
            The name of the storage pool.
        storageMode string #7
            ThickProvisioned or ThinProvisioned.
        volumeName string #8
            The name of the volume.
        fsType string #9
        readOnly bool #10

        type StorageOSVolumeSource like=ISCSIVolumeSource
            Which one it is, and how it would be mounted.
        volumeName string #1
            The name of the volume.
        volumeNamespace string #2
            The namespace that the volume is looked for in.
        fsType string #3
        readOnly bool #4
        secretRef LocalObjectReference #5*

        type CSIVolumeSource like=GCEPersistentDiskVolumeSource
            Which driver makes it, and from what.
        driver! string #1*
            The name of the driver.
        readOnly bool #2*
        fsType string #3*
        volumeAttributes map[string] #4
            Words for the driver.
        nodePublishSecretRef LocalObjectReference #5*
            The Secret that the driver gets when it mounts the volume.

        type EphemeralVolumeSource
            What the claim is like.
        volumeClaimTemplate PersistentVolumeClaimTemplate #1*
            What the claim looks like.

        type PersistentVolumeClaimTemplate
            What a claim that is made for a pod looks like.
        metadata ObjectMeta #1
            The labels and annotations of the claim.
        spec! PersistentVolumeClaimSpec #2
            What the claim asks for.

        type ImageVolumeSource
            Which image it is, and when it is fetched.
        reference string #1
            The name of the image.
        pullPolicy string #2
            When the image is fetched: Always, IfNotPresent or Never.
        """
}
