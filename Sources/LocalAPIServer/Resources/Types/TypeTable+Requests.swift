extension TypeTable {
    /// What is asked of the server and never stored.
    static let requests = """
        package io.k8s.apimachinery.pkg.apis.meta.v1

        type DeleteOptions
            How something is to be deleted.
        gracePeriodSeconds int64 #1*
            How many seconds it may take to end; 0 deletes it at once.
        preconditions Preconditions #2*
            What must be true of the object to be deleted.
        orphanDependents bool #3*
            Whether what belongs to it stays; propagationPolicy says more.
        propagationPolicy string #4*
            What becomes of what belongs to it: Orphan, Background or Foreground.
        dryRun []string #5
            All where nothing is to be changed.
        ignoreStoreReadErrorWithClusterBreakingPotential bool #6*
            Whether an object that cannot be read is deleted too; not acted on.

        type Preconditions
            What must be true of an object for a request to have effect.
        uid string #1*
            The UID that it must have.
        resourceVersion string #2*
            The version that it must have.

        package io.k8s.api.core.v1

        type Binding
            A Binding puts a pod on a node; schedulers create it.
        metadata ObjectMeta #1
            The name and namespace of the pod.
        target! ObjectReference #2
            The node.

        package io.k8s.api.policy.v1

        type Eviction
            An Eviction asks a pod to leave its node, as disruption budgets allow.
        metadata ObjectMeta #1
            The name and namespace of the pod.
        deleteOptions DeleteOptions #2*
            How the pod is to be deleted.

        package io.k8s.api.authentication.v1

        type TokenRequest like=SubjectAccessReview
            A TokenRequest asks for a token of a service account.
        metadata ObjectMeta #1
        spec! TokenRequestSpec #2
            What token is asked for.
        status TokenRequestStatus #3
            The token.

        type TokenRequestSpec
            For whom the token should be, and for how long.
        audiences! []string #1
            Whom the token is for; the API server itself if empty.
        expirationSeconds int64 #4*
            For how many seconds it should be valid, at least 600; the server may give it another life.
        boundObjectRef BoundObjectReference #3*
            The object with which the token ends.

        type BoundObjectReference
            The object with which a token ends.
        kind string #1
            The kind of the object; Pod is the only one that is taken.
        apiVersion string #2
            The group and version of the kind.
        name string #3
            The name of the object.
        uid string #4
            The UID of the object.

        type TokenReview like=SubjectAccessReview
            A TokenReview asks whose a token is.
        metadata ObjectMeta #1
        spec! TokenReviewSpec #2
        status TokenReviewStatus #3

        type TokenReviewSpec
            The token that is asked about.
        token string #1
            The token.
        audiences []string #2
            For whom it should be; the API server itself if not given.

        type SelfSubjectReview like=SubjectAccessReview
            A SelfSubjectReview asks who the asker is.
        metadata ObjectMeta #1
        status SelfSubjectReviewStatus #2

        type TokenRequestStatus
            The token that was asked for.
        token string #1*
            The token.
        expirationTimestamp time #2
            When it ends.

        type TokenReviewStatus
            Whose a token is.
        authenticated bool #1
            Whether it is valid.
        user UserInfo #2
            Whose it is.
        audiences []string #4
            For whom it is, of those that were asked about.
        error string #3
            Why it could not be checked.

        type UserInfo like=SubjectAccessReviewSpec
            Who somebody is.
        username string #1
            The name of the user.
        uid string #2
        groups []string #3
        extra map[[]string] #4

        type SelfSubjectReviewStatus
            Who the asker is.
        userInfo UserInfo #1
            The asker.

        package io.k8s.api.authorization.v1

        type LocalSubjectAccessReview like=SubjectAccessReview
            A LocalSubjectAccessReview asks whether somebody may do something in its namespace.
        metadata ObjectMeta #1
        spec! SubjectAccessReviewSpec #2
        status SubjectAccessReviewStatus #3

        type SubjectAccessReview
            A SubjectAccessReview asks whether somebody may do something.
        metadata ObjectMeta #1
            Empty: what is asked is not stored.
        spec! SubjectAccessReviewSpec #2
            What is asked.
        status SubjectAccessReviewStatus #3
            The answer.

        type SubjectAccessReviewSpec
            Who wants to do what; exactly one of resourceAttributes and nonResourceAttributes.
        resourceAttributes ResourceAttributes #1*
            What is to be done to a resource.
        nonResourceAttributes NonResourceAttributes #2*
            What is to be done at a path that is no resource.
        user string #3
            The name of the user.
        groups []string #4
            The groups that the user is in.
        extra map[[]string] #5
            Further attributes of the user.
        uid string #6
            The UID of the user.

        type SelfSubjectAccessReview like=SubjectAccessReview
            A SelfSubjectAccessReview asks whether the asker may do something.
        metadata ObjectMeta #1
        spec! SelfSubjectAccessReviewSpec #2
        status SubjectAccessReviewStatus #3

        type SelfSubjectAccessReviewSpec like=SubjectAccessReviewSpec
            What the asker wants to do; exactly one of resourceAttributes and nonResourceAttributes.
        resourceAttributes ResourceAttributes #1*
        nonResourceAttributes NonResourceAttributes #2*

        type ResourceAttributes
            A request for a resource.
        namespace string #1
            The namespace; empty for all, or for resources that have none.
        verb string #2
            What is to be done, such as get or create; * for everything.
        group string #3
            The group of the resource; * for every one.
        version string #4
            The version of the resource; * for every one.
        resource string #5
            The resource, such as pods; * for every one.
        subresource string #6
            The subresource, such as log.
        name string #7
            The name of the object; empty for all.
        fieldSelector FieldSelectorAttributes #8*
            The field selector of the request; not looked at.
        labelSelector LabelSelectorAttributes #9*
            The label selector of the request; not looked at.

        type NonResourceAttributes
            A request for a path.
        path string #1
            The path.
        verb string #2
            What is to be done, such as get.

        type SelfSubjectRulesReview like=SubjectAccessReview
            A SelfSubjectRulesReview asks for everything that the asker may do in a namespace.
        metadata ObjectMeta #1
        spec! SelfSubjectRulesReviewSpec #2
        status SubjectRulesReviewStatus #3

        type SelfSubjectRulesReviewSpec
            Which namespace is asked about.
        namespace string #1
            The namespace.

        type SubjectAccessReviewStatus
            Whether somebody may do something.
        allowed! bool #1*
            Whether it is allowed.
        denied bool #4
            Whether it is forbidden outright, whatever else allows it.
        reason string #2
            Why.
        evaluationError string #3
            What went wrong while it was decided.

        type SubjectRulesReviewStatus
            Everything that somebody may do in a namespace.
        resourceRules! []ResourceRule #1
            What may be done to resources.
        nonResourceRules! []NonResourceRule #2
            What may be done at paths that are no resources.
        incomplete! bool #3*
            Whether there may be more.
        evaluationError string #4
            Why there may be more.

        type ResourceRule like=PolicyRule
            What may be done, and to which resources.
        verbs! []string #1
        apiGroups []string #2
        resources []string #3
        resourceNames []string #4

        type NonResourceRule
            What may be done, and at which paths.
        verbs! []string #1
            What may be done, such as get; * for everything.
        nonResourceURLs []string #2
            The paths; one that ends in * stands for all that begin so.

        type FieldSelectorAttributes
            A field selector of a request.
        rawSelector string #1
            The selector as text.
        requirements []LabelSelectorRequirement #2
            The selector, one demand after the other.

        type LabelSelectorAttributes like=FieldSelectorAttributes
            A label selector of a request.
        rawSelector string #1
        requirements []LabelSelectorRequirement #2
        """
}
