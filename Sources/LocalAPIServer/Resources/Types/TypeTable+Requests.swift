extension TypeTable {
    /// What is asked of the server and never stored.
    static let requests = """
        type DeleteOptions
        gracePeriodSeconds int64 #1*
        preconditions Preconditions #2*
        orphanDependents bool #3*
        propagationPolicy string #4*
        dryRun []string #5
        ignoreStoreReadErrorWithClusterBreakingPotential bool #6*

        type Preconditions
        uid string #1*
        resourceVersion string #2*

        type Binding
        metadata ObjectMeta #1
        target! ObjectReference #2

        type Eviction
        metadata ObjectMeta #1
        deleteOptions DeleteOptions #2*

        type TokenRequest
        metadata ObjectMeta #1
        spec! TokenRequestSpec #2

        type TokenRequestSpec
        audiences! []string #1
        expirationSeconds int64 #4*
        boundObjectRef BoundObjectReference #3*

        type BoundObjectReference
        kind string #1
        apiVersion string #2
        name string #3
        uid string #4

        type TokenReview
        metadata ObjectMeta #1
        spec! TokenReviewSpec #2

        type TokenReviewSpec
        token string #1
        audiences []string #2

        type SelfSubjectReview
        metadata ObjectMeta #1

        type SubjectAccessReview
        metadata ObjectMeta #1
        spec! SubjectAccessReviewSpec #2

        type SubjectAccessReviewSpec
        resourceAttributes ResourceAttributes #1*
        nonResourceAttributes NonResourceAttributes #2*
        user string #3
        groups []string #4
        extra map[[]string] #5
        uid string #6

        type SelfSubjectAccessReview
        metadata ObjectMeta #1
        spec! SelfSubjectAccessReviewSpec #2

        type SelfSubjectAccessReviewSpec
        resourceAttributes ResourceAttributes #1*
        nonResourceAttributes NonResourceAttributes #2*

        type ResourceAttributes
        namespace string #1
        verb string #2
        group string #3
        version string #4
        resource string #5
        subresource string #6
        name string #7

        type NonResourceAttributes
        path string #1
        verb string #2

        type SelfSubjectRulesReview
        metadata ObjectMeta #1
        spec! SelfSubjectRulesReviewSpec #2

        type SelfSubjectRulesReviewSpec
        namespace string #1
        """
}
