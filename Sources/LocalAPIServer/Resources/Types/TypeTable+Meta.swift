extension TypeTable {
    /// Metadata and what several kinds share.
    static let meta = """
        package io.k8s.apimachinery.pkg.apis.meta.v1

        type ObjectMeta
            What every stored object says of itself: its name, its labels, and how it came to be.
        name string #1
            The name of the object, unique among those of its kind in its namespace. It never changes.
        generateName string #2
            The beginning of a name that the server completes with random letters, for an object that is created without
            a name.
        namespace string #3
            The namespace that the object is in; it never changes, and objects of cluster-wide kinds have none.
        selfLink string #4
            No longer filled in; kept for clients that still read it.
        uid string #5
            What tells this object from every other one, past ones of the same name included. The server sets it.
        resourceVersion string #6
            Changes with every write. An update that names it is refused with a conflict if the object has changed
            since.
        generation int64 #7
            How often what is wanted has changed. The server counts; a status that names the same number is up to date.
        creationTimestamp time #8
            CreationTimestamp is a timestamp of when the server created the object.
        deletionTimestamp time #9*
            When a deletion was asked for, plus the grace it was given. The object goes once its finalizers are gone.
        deletionGracePeriodSeconds int64 #10*
            For how many seconds the object may still take to end; only set on an object that is being deleted.
        labels map[string] #11
            Short names and values that selectors choose objects by.
        annotations map[string] #12
            Names and values of any length that programs keep with the object; nothing selects by them.
        ownerReferences []OwnerReference key=uid #13
            The objects that this one belongs to; the garbage collector deletes it when the last of them is gone.
        finalizers []string set #14
            What must be done before the object may go; whoever does it takes its entry out.
        managedFields []ManagedFieldsEntry #17
            Which client owns which fields, as server-side apply needs it. The server keeps it.

        type OwnerReference atomic
            An object of the same namespace, or of the cluster, that another one belongs to.
        apiVersion! string #5*
            The group and version of the owner.
        kind! string #1*
            The kind of the owner.
        name! string #3*
            The name of the owner.
        uid! string #4*
            The UID of the owner; one of the same name with another UID is not meant.
        controller bool #6*
            Whether this owner is the one that manages the object; at most one is.
        blockOwnerDeletion bool #7*
            Whether a foreground deletion of the owner waits until this object is gone.

        type ManagedFieldsEntry
            The fields that one client owns by one way of writing.
        manager string #1
            The name of the client, as it gave it or as its user agent says.
        operation string #2
            How it wrote them: Apply, or Update for every other way.
        apiVersion string #3
            The group and version in which the fields are named.
        time time #4*
            When the client last changed these fields.
        fieldsType string #6
            The format of the set of fields; always FieldsV1.
        fieldsV1 fields #7
            The fields themselves.
        subresource string #8
            The subresource that was written, such as status; empty for the object itself.

        type ListMeta
            What a list says of itself.
        selfLink string #1
            No longer filled in; kept for clients that still read it.
        resourceVersion string #2
            The moment that the list shows; a watch from there misses nothing.
        continue string #3
            Where there is more than the limit, what to ask for to get the next part.
        remainingItemCount int64 #4
            How many objects follow this part of the list, where the server knows.

        type Status
            What the server answers where there is no object to give, above all when a request has failed.
        metadata ListMeta #1
            Empty, or what goes on from a list.
        status string #2
            Success or Failure.
        message string #3
            What happened, for people.
        reason string #4
            Why, in one word, for programs; NotFound for one.
        details StatusDetails atomic #5
            What the answer is about, and what is wrong with it.
        code int32 #6
            The HTTP status code of the answer.

        type StatusDetails
            What a Status is about.
        name string #1
            The name of the object that was asked for.
        group string #2
            The group of its kind.
        kind string #3
            Its kind, or the name of its resource.
        uid string #6
            The UID of the object, where it has one.
        causes []StatusCause #4
            Everything that is wrong, one by one.
        retryAfterSeconds int32 #5
            After how many seconds it makes sense to try again.

        type StatusCause
            One thing that is wrong with a request.
        reason string #1
            What is wrong, in one word, for programs.
        message string #2
            What is wrong, for people.
        field string #3
            The path of the field that it is about, as in spec.ports[0].name.

        type LabelSelector atomic
            Chooses objects by their labels. All that it asks must hold; an empty one takes every object.
        matchLabels map[string] #1
            Labels that an object must have, with exactly these values.
        matchExpressions []LabelSelectorRequirement #2
            Further demands on the labels.

        type LabelSelectorRequirement
            What is asked of one label.
        key! string #1*
            The name of the label.
        operator! string #2*
            In, NotIn, Exists or DoesNotExist.
        values []string #3
            The values that In and NotIn compare with; the other operators take none.

        type Condition
            One thing that is known about an object: whether it holds, since when, and why.
        type! string #1*
            What the condition is about, such as Ready; at most one of each type.
        status! string #2*
            Whether it holds: True, False or Unknown.
        observedGeneration int64 #3
            The generation of the object that was looked at.
        lastTransitionTime time #4
            When the status last changed from one value to another.
        reason string #5*
            Why, in one word, for programs.
        message string #6*
            Why, for people.

        package io.k8s.api.core.v1

        type ObjectReference atomic
            Points to an object, or to a part of one.
        kind string #1
            The kind of the object.
        namespace string #2
            The namespace of the object.
        name string #3
            The name of the object.
        uid string #4
            The UID of the object; without it, any object of that name is meant.
        apiVersion string #5
            The group and version of the kind.
        resourceVersion string #6
            The version of the object that was meant.
        fieldPath string #7
            The part of the object that is meant, as in spec.containers{main}.

        type LocalObjectReference atomic
            Points to an object in the same namespace by its name.
        name string #1
            The name of the object.
        """
}
