extension TypeTable {
    /// What pods mount.
    static let volumes = """
        package io.k8s.api.core.v1

        type Volume -- Data that the containers of a pod may mount.
        name! string #1*
        hostPath HostPathVolumeSource #2.1*
        emptyDir EmptyDirVolumeSource #2.2*
        secret SecretVolumeSource #2.6*
        configMap ConfigMapVolumeSource #2.19*
        downwardAPI DownwardAPIVolumeSource #2.16*
        projected ProjectedVolumeSource #2.26*
        persistentVolumeClaim PersistentVolumeClaimVolumeSource #2.10*
        nfs NFSVolumeSource #2.7*
        csi CSIVolumeSource #2.28*
        ephemeral EphemeralVolumeSource #2.29*
        image ImageVolumeSource #2.30*
        gcePersistentDisk GCEPersistentDiskVolumeSource #2.3*
        awsElasticBlockStore AWSElasticBlockStoreVolumeSource #2.4*
        gitRepo GitRepoVolumeSource #2.5*
        iscsi ISCSIVolumeSource #2.8*
        glusterfs GlusterfsVolumeSource #2.9*
        rbd RBDVolumeSource #2.11*
        flexVolume FlexVolumeSource #2.12*
        cinder CinderVolumeSource #2.13*
        cephfs CephFSVolumeSource #2.14*
        flocker FlockerVolumeSource #2.15*
        fc FCVolumeSource #2.17*
        azureFile AzureFileVolumeSource #2.18*
        vsphereVolume VsphereVirtualDiskVolumeSource #2.20*
        quobyte QuobyteVolumeSource #2.21*
        azureDisk AzureDiskVolumeSource #2.22*
        photonPersistentDisk PhotonPersistentDiskVolumeSource #2.23*
        portworxVolume PortworxVolumeSource #2.24*
        scaleIO ScaleIOVolumeSource #2.25*
        storageos StorageOSVolumeSource #2.27*

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
        secret SecretProjection #1*
        configMap ConfigMapProjection #3*
        downwardAPI DownwardAPIProjection #2*
        serviceAccountToken ServiceAccountTokenProjection #4*
        clusterTrustBundle ClusterTrustBundleProjection #5*
        podCertificate PodCertificateProjection #6*

        type SecretProjection
        name string #1.1
        items []KeyToPath #2
        optional bool #4*

        type ConfigMapProjection
        name string #1.1
        items []KeyToPath #2
        optional bool #4*

        type DownwardAPIProjection
        items []DownwardAPIVolumeFile #1

        type ServiceAccountTokenProjection
        audience string #1
        expirationSeconds int64 =3600 #2*
        path! string #3*

        type PersistentVolumeClaimVolumeSource
        claimName! string #1*
        readOnly bool #2

        type ClusterTrustBundleProjection
        name string #1*
        signerName string #2*
        labelSelector LabelSelector #3*
        optional bool #5*
        path! string #4*

        type PodCertificateProjection
        signerName string #1
        keyType string #2
        maxExpirationSeconds int32 #3*
        credentialBundlePath string #4
        keyPath string #5
        certificateChainPath string #6
        userAnnotations map[string] #7

        type GCEPersistentDiskVolumeSource
        pdName! string #1*
        fsType string #2
        partition int32 #3
        readOnly bool #4

        type AWSElasticBlockStoreVolumeSource
        volumeID! string #1*
        fsType string #2
        partition int32 #3
        readOnly bool #4

        type GitRepoVolumeSource
        repository! string #1*
        revision string #2
        directory string #3

        type NFSVolumeSource
        server! string #1*
        path! string #2*
        readOnly bool #3

        type ISCSIVolumeSource
        targetPortal! string #1*
        iqn! string #2*
        lun! int32 #3*
        iscsiInterface string #4
        fsType string #5
        readOnly bool #6
        portals []string #7
        chapAuthDiscovery bool #8
        chapAuthSession bool #11
        secretRef LocalObjectReference #10*
        initiatorName string #12*

        type GlusterfsVolumeSource
        endpoints! string #1*
        path! string #2*
        readOnly bool #3

        type RBDVolumeSource
        monitors! []string #1
        image! string #2*
        fsType string #3
        pool string #4
        user string #5
        keyring string #6
        secretRef LocalObjectReference #7*
        readOnly bool #8

        type FlexVolumeSource
        driver! string #1*
        fsType string #2
        secretRef LocalObjectReference #3*
        readOnly bool #4
        options map[string] #5

        type CinderVolumeSource
        volumeID! string #1*
        fsType string #2
        readOnly bool #3
        secretRef LocalObjectReference #4*

        type CephFSVolumeSource
        monitors! []string #1
        path string #2
        user string #3
        secretFile string #4
        secretRef LocalObjectReference #5*
        readOnly bool #6

        type FlockerVolumeSource
        datasetName string #1
        datasetUUID string #2

        type FCVolumeSource
        targetWWNs []string #1
        lun int32 #2*
        fsType string #3
        readOnly bool #4
        wwids []string #5

        type AzureFileVolumeSource
        secretName! string #1*
        shareName! string #2*
        readOnly bool #3

        type VsphereVirtualDiskVolumeSource
        volumePath! string #1*
        fsType string #2
        storagePolicyName string #3
        storagePolicyID string #4

        type QuobyteVolumeSource
        registry! string #1*
        volume! string #2*
        readOnly bool #3
        user string #4
        group string #5
        tenant string #6

        type AzureDiskVolumeSource
        diskName! string #1*
        diskURI! string #2*
        cachingMode string #3*
        fsType string #4*
        readOnly bool #5*
        kind string #6*

        type PhotonPersistentDiskVolumeSource
        pdID! string #1*
        fsType string #2

        type PortworxVolumeSource
        volumeID! string #1*
        fsType string #2
        readOnly bool #3

        type ScaleIOVolumeSource
        gateway! string #1*
        system! string #2*
        secretRef LocalObjectReference #3*
        sslEnabled bool #4
        protectionDomain string #5
        storagePool string #6
        storageMode string #7
        volumeName string #8
        fsType string #9
        readOnly bool #10

        type StorageOSVolumeSource
        volumeName string #1
        volumeNamespace string #2
        fsType string #3
        readOnly bool #4
        secretRef LocalObjectReference #5*

        type CSIVolumeSource
        driver! string #1*
        readOnly bool #2*
        fsType string #3*
        volumeAttributes map[string] #4
        nodePublishSecretRef LocalObjectReference #5*

        type EphemeralVolumeSource
        volumeClaimTemplate PersistentVolumeClaimTemplate #1*

        type PersistentVolumeClaimTemplate
        metadata ObjectMeta #1
        spec! PersistentVolumeClaimSpec #2

        type ImageVolumeSource
        reference string #1
        pullPolicy string #2
        """
}
