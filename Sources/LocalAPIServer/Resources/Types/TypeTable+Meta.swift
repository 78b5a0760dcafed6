extension TypeTable {
    /// Metadata and what several kinds share.
    static let meta = """
        type ObjectMeta
        name string
        generateName string
        namespace string
        selfLink string
        uid string
        resourceVersion string
        generation int64
        creationTimestamp time
        deletionTimestamp time
        deletionGracePeriodSeconds int64
        labels map[string]
        annotations map[string]
        ownerReferences []OwnerReference key=uid
        finalizers []string set
        managedFields []ManagedFieldsEntry

        type OwnerReference atomic
        apiVersion! string
        kind! string
        name! string
        uid! string
        controller bool
        blockOwnerDeletion bool

        type ManagedFieldsEntry
        manager string
        operation string
        apiVersion string
        time time
        fieldsType string
        fieldsV1 any
        subresource string

        type LabelSelector atomic
        matchLabels map[string]
        matchExpressions []LabelSelectorRequirement

        type LabelSelectorRequirement
        key! string
        operator! string
        values []string

        type Condition
        type! string
        status! string
        observedGeneration int64
        lastTransitionTime time
        reason string
        message string

        type ObjectReference atomic
        kind string
        namespace string
        name string
        uid string
        apiVersion string
        resourceVersion string
        fieldPath string

        type LocalObjectReference atomic
        name string
        """
}
