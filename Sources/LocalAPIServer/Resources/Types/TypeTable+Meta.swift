extension TypeTable {
    /// Metadata and what several kinds share.
    static let meta = """
        type ObjectMeta
        name string #1
        generateName string #2
        namespace string #3
        selfLink string #4
        uid string #5
        resourceVersion string #6
        generation int64 #7
        creationTimestamp time #8
        deletionTimestamp time #9*
        deletionGracePeriodSeconds int64 #10*
        labels map[string] #11
        annotations map[string] #12
        ownerReferences []OwnerReference key=uid #13
        finalizers []string set #14
        managedFields []ManagedFieldsEntry #17

        type OwnerReference atomic
        apiVersion! string #5*
        kind! string #1*
        name! string #3*
        uid! string #4*
        controller bool #6*
        blockOwnerDeletion bool #7*

        type ManagedFieldsEntry
        manager string #1
        operation string #2
        apiVersion string #3
        time time #4*
        fieldsType string #6
        fieldsV1 fields #7
        subresource string #8

        type LabelSelector atomic
        matchLabels map[string] #1
        matchExpressions []LabelSelectorRequirement #2

        type LabelSelectorRequirement
        key! string #1*
        operator! string #2*
        values []string #3

        type Condition
        type! string #1*
        status! string #2*
        observedGeneration int64 #3
        lastTransitionTime time #4
        reason string #5*
        message string #6*

        type ObjectReference atomic
        kind string #1
        namespace string #2
        name string #3
        uid string #4
        apiVersion string #5
        resourceVersion string #6
        fieldPath string #7

        type LocalObjectReference atomic
        name string #1
        """
}
