extension TypeTable {
    /// What pods mount.
    static let volumes = """
        package io.k8s.api.core.v1

        type Volume
            Data that the containers of a pod may mount; exactly one of the sources says what it holds.
        name! string #1*
            The name of the volume, by which containers mount it.
        hostPath HostPathVolumeSource #2.1*
            A file or directory of the machine.
        emptyDir EmptyDirVolumeSource #2.2*
            A directory that begins empty and goes with the pod.
        secret SecretVolumeSource #2.6*
            The keys of a Secret, as files.
        configMap ConfigMapVolumeSource #2.19*
            The keys of a ConfigMap, as files.
        downwardAPI DownwardAPIVolumeSource #2.16*
            Fields of the pod, as files.
        projected ProjectedVolumeSource #2.26*
            Files from several sources in one directory.
        persistentVolumeClaim PersistentVolumeClaimVolumeSource #2.10*
            A directory that outlives the pod, by the name of its claim.
        nfs NFSVolumeSource #2.7*
            A directory of an NFS server; this node does not mount it.
        csi CSIVolumeSource #2.28*
            A volume of a storage driver; this node does not mount it.
        ephemeral EphemeralVolumeSource #2.29*
            A claim that is made for the pod and goes with it; this node does not mount it.
        image ImageVolumeSource #2.30*
            The files of an image; this node does not mount it.
        gcePersistentDisk GCEPersistentDiskVolumeSource #2.3*
            A disk of Google Compute Engine; this node does not mount it.
        awsElasticBlockStore AWSElasticBlockStoreVolumeSource #2.4*
            A disk of AWS; this node does not mount it.
        gitRepo GitRepoVolumeSource #2.5*
            A Git repository; this node does not fetch it.
        iscsi ISCSIVolumeSource #2.8*
            A disk behind iSCSI; this node does not mount it.
        glusterfs GlusterfsVolumeSource #2.9*
            A volume of GlusterFS; this node does not mount it.
        rbd RBDVolumeSource #2.11*
            A block device of Ceph; this node does not mount it.
        flexVolume FlexVolumeSource #2.12*
            A volume of a FlexVolume driver; this node does not mount it.
        cinder CinderVolumeSource #2.13*
            A disk of OpenStack; this node does not mount it.
        cephfs CephFSVolumeSource #2.14*
            A directory of CephFS; this node does not mount it.
        flocker FlockerVolumeSource #2.15*
            A volume of Flocker; this node does not mount it.
        fc FCVolumeSource #2.17*
            A disk behind Fibre Channel; this node does not mount it.
        azureFile AzureFileVolumeSource #2.18*
            A file share of Azure; this node does not mount it.
        vsphereVolume VsphereVirtualDiskVolumeSource #2.20*
            A disk of vSphere; this node does not mount it.
        quobyte QuobyteVolumeSource #2.21*
            A volume of Quobyte; this node does not mount it.
        azureDisk AzureDiskVolumeSource #2.22*
            A disk of Azure; this node does not mount it.
        photonPersistentDisk PhotonPersistentDiskVolumeSource #2.23*
            A disk of Photon Controller; this node does not mount it.
        portworxVolume PortworxVolumeSource #2.24*
            A volume of Portworx; this node does not mount it.
        scaleIO ScaleIOVolumeSource #2.25*
            A volume of ScaleIO; this node does not mount it.
        storageos StorageOSVolumeSource #2.27*
            A volume of StorageOS; this node does not mount it.

        type HostPathVolumeSource
            Which file or directory of the machine it is.
        path! string #1*
            Its path.
        type string #2*
            What must be there before, such as Directory or File; kept, and not checked.

        type EmptyDirVolumeSource
            What kind of directory it is.
        medium string #1
            Memory for one that should be held in memory; this node always takes the disk.
        sizeLimit quantity #2*
            How large it should get at most; kept, and not enforced.

        type SecretVolumeSource
            Which Secret it is, and which of its keys.
        secretName string #1
            The name of the Secret.
        items []KeyToPath #2
            Which keys become files, and where; all of them, by their names, if not given.
        defaultMode int32 =420 #3*
            The permissions of the files, unless an item says otherwise.
        optional bool #4*
            Whether the pod starts without it where the Secret or a key does not exist.

        type ConfigMapVolumeSource
            Which ConfigMap it is, and which of its keys.
        name string #1.1
            The name of the ConfigMap.
        items []KeyToPath #2
            Which keys become files, and where; all of them, by their names, if not given.
        defaultMode int32 =420 #3*
            The permissions of the files, unless an item says otherwise.
        optional bool #4*
            Whether the pod starts without it where the ConfigMap or a key does not exist.

        type KeyToPath
            A key that becomes a file.
        key! string #1*
            The key.
        path! string #2*
            The path of the file within the volume.
        mode int32 #3*
            The permissions of the file; the volume's own if not given.

        type DownwardAPIVolumeSource
            Which fields they are.
        items []DownwardAPIVolumeFile #1
            Which fields become files, and where.
        defaultMode int32 =420 #2*
            The permissions of the files, unless an item says otherwise.

        type DownwardAPIVolumeFile
            A field of the pod that becomes a file.
        path! string #1*
            The path of the file within the volume.
        fieldRef ObjectFieldSelector #2*
            A field of the pod.
        resourceFieldRef ResourceFieldSelector #3*
            A request or limit of a container.
        mode int32 #4*
            The permissions of the file; the volume's own if not given.

        type ProjectedVolumeSource
            The sources of the files.
        sources []VolumeProjection #1
            Where the files come from.
        defaultMode int32 =420 #2*
            The permissions of the files, unless an item says otherwise.

        type VolumeProjection
            One source of the files of a projected volume; exactly one of these.
        secret SecretProjection #1*
            The keys of a Secret.
        configMap ConfigMapProjection #3*
            The keys of a ConfigMap.
        downwardAPI DownwardAPIProjection #2*
            Fields of the pod.
        serviceAccountToken ServiceAccountTokenProjection #4*
            A token of the pod's service account, which the node renews.
        clusterTrustBundle ClusterTrustBundleProjection #5*
            Certificates of authorities; this node does not write them.
        podCertificate PodCertificateProjection #6*
            A key and a certificate for the pod; this node does not write them.

        type SecretProjection like=SecretVolumeSource
            The keys of a Secret, as files.
        name string #1.1
            The name of the Secret.
        items []KeyToPath #2
        optional bool #4*

        type ConfigMapProjection like=ConfigMapVolumeSource
            The keys of a ConfigMap, as files.
        name string #1.1
        items []KeyToPath #2
        optional bool #4*

        type DownwardAPIProjection like=DownwardAPIVolumeSource
            Fields of the pod, as files.
        items []DownwardAPIVolumeFile #1

        type ServiceAccountTokenProjection
            A token of the pod's service account, as a file that the node renews before the token ends.
        audience string #1
            Whom the token is for; the API server itself if not given.
        expirationSeconds int64 =3600 #2*
            For how many seconds a token is valid, at least 600.
        path! string #3*
            The path of the file within the volume.

        type PersistentVolumeClaimVolumeSource
            Which claim it is.
        claimName! string #1*
            The name of the claim in the pod's namespace.
        readOnly bool #2
            Whether it should only be read; kept, and not enforced.

        type ClusterTrustBundleProjection
            Certificates of authorities, as a file; this node does not write it.
        name string #1*
            The name of one ClusterTrustBundle.
        signerName string #2*
            The signer whose bundles are taken, instead of a name.
        labelSelector LabelSelector #3*
            Which of the signer's bundles are taken.
        optional bool #5*
            Whether the pod starts without it where there is no such bundle.
        path! string #4*
            The path of the file within the volume.

        type PodCertificateProjection
            A key and a certificate for the pod, as files; this node does not write them.
        signerName string #1
            Who signs the certificate.
        keyType string #2
            What kind of key is made.
        maxExpirationSeconds int32 #3*
            For how many seconds the certificate may be valid at most.
        credentialBundlePath string #4
            The path of one file with key and certificates.
        keyPath string #5
            The path of the file with the key.
        certificateChainPath string #6
            The path of the file with the certificates.
        userAnnotations map[string] #7
            Further words for the signer.
        """
}
