extension TypeTable {
    /// Storage that outlives pods.
    static let claims = """
        package io.k8s.api.core.v1

        type PersistentVolumeClaim like=Object
            A PersistentVolumeClaim asks for storage that outlives pods; on a node of processes, a directory of the
            node.
        metadata ObjectMeta #1
        spec PersistentVolumeClaimSpec #2
        status PersistentVolumeClaimStatus ={"phase":"Pending"} #3

        type PersistentVolumeClaimSpec
            What storage is asked for. Quotas count it; the node makes a directory, whatever else is asked.
        accessModes []string atomic #1
            How the storage is to be reached: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod.
        selector LabelSelector #4*
            Which volumes come into question, by labels; kept, and not acted on.
        resources VolumeResourceRequirements #2
            How much storage is asked for.
        volumeName string #3
            The volume that is bound to the claim.
        storageClassName string #5*
            The StorageClass that is asked for.
        volumeMode string =Filesystem enum=Block|Filesystem #6*
            Filesystem or Block; the node knows directories only.
        dataSource TypedLocalObjectReference #7*
            What the storage is to be filled from; kept, and not acted on.
        dataSourceRef TypedObjectReference #8*
            What the storage is to be filled from, also from other namespaces; kept, and not acted on.
        volumeAttributesClassName string #9*
            The class of further attributes that is asked for; quotas count it.

        type VolumeResourceRequirements
            Amounts of storage.
        limits map[quantity] #1
            The most that there may be, by resource; kept, and not enforced.
        requests map[quantity] #2
            The least that there must be, by resource: storage.

        type PersistentVolumeClaimStatus
            What is known of a claim.
        phase string #1
            Pending, Bound or Lost; a claim that only directories serve stays Pending.
        accessModes []string atomic #2
            How the storage can be reached.
        capacity map[quantity] #3
            How much storage there is.
        conditions []PersistentVolumeClaimCondition key=type #4
            What is known of the claim, one by one.
        allocatedResources map[quantity] #5
            How much storage has been set aside while it grows.
        allocatedResourceStatuses map[string] #7
            How far the growth of each resource is.
        currentVolumeAttributesClassName string #8*
            The class of attributes that the volume has.
        modifyVolumeStatus ModifyVolumeStatus #9*
            How far a change of the class of attributes is.

        type PersistentVolumeClaimCondition like=Condition
            One thing that is known about a claim.
        type! string #1*
        status! string #2*
        lastProbeTime time #3
            When it was last checked.
        lastTransitionTime time #4
        reason string #5
        message string #6

        type ModifyVolumeStatus
            How far a change of a volume's class of attributes is.
        targetVolumeAttributesClassName string #1
            The class that the volume is to have.
        status! string #2*
            Pending, InProgress or Infeasible.

        type TypedObjectReference atomic like=TypedLocalObjectReference
            Points to an object of any kind, maybe in another namespace.
        apiGroup string #1*
        kind! string #2*
        name! string #3*
        namespace string #4*
            The namespace of the object; the same one if not given.
        """
}
