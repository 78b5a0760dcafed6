extension TypeTable {
    /// Metadata and what several kinds share.
    static let meta = """
        package io.k8s.apimachinery.pkg.apis.meta.v1

        type ObjectMeta -- Standard object's metadata: what every object that is stored has.
        name string #1 -- Name is unique among the objects of its kind in its namespace. It does not change.
        generateName string #2 -- GenerateName begins the name that the server makes where Name is not given.
        namespace string #3 -- Namespace is where the name is unique. It does not change.
        selfLink string #4 -- SelfLink is no longer filled in.
        uid string #5 -- UID tells the object from all others, past ones too. The server sets it.
        resourceVersion string #6 -- ResourceVersion changes with every write; an update may name the one it is for.
        generation int64 #7 -- Generation counts the changes of what is wanted. The server sets it.
        creationTimestamp time #8 -- CreationTimestamp is a timestamp of when the object was made.
        deletionTimestamp time #9* -- DeletionTimestamp is when the object is to go.
        deletionGracePeriodSeconds int64 #10* -- DeletionGracePeriodSeconds is how long the object may take to end.
        labels map[string] #11 -- Labels are what selectors look at.
        annotations map[string] #12 -- Annotations are kept for whoever wrote them.
        ownerReferences []OwnerReference key=uid #13 -- OwnerReferences are those without whom this object goes.
        finalizers []string set #14 -- Finalizers keep the object until whoever put them in takes them out.
        managedFields []ManagedFieldsEntry #17 -- ManagedFields says which fields belong to whom. The server keeps it.

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

        type ListMeta -- Metadata of lists.
        selfLink string #1
        resourceVersion string #2 -- The version that the list is of: a watch goes on from there.
        continue string #3 -- Where there is more: what to ask for to go on.
        remainingItemCount int64 #4

        type Status -- The answer where there is no object to give.
        metadata ListMeta #1
        status string #2 -- Success or Failure.
        message string #3
        reason string #4 -- Why, in one word, for programs.
        details StatusDetails atomic #5
        code int32 #6 -- The HTTP status code.

        type StatusDetails
        name string #1
        group string #2
        kind string #3
        uid string #6
        causes []StatusCause #4
        retryAfterSeconds int32 #5

        type StatusCause
        reason string #1
        message string #2
        field string #3

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

        package io.k8s.api.core.v1

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
