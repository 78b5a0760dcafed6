extension TypeTable {
    /// What is asked of the server and never stored.
    static let requests = """
        package io.k8s.apimachinery.pkg.apis.meta.v1

        type DeleteOptions -- How something is to be deleted.
        gracePeriodSeconds int64 #1*
        preconditions Preconditions #2*
        orphanDependents bool #3*
        propagationPolicy string #4*
        dryRun []string #5
        ignoreStoreReadErrorWithClusterBreakingPotential bool #6*

        type Preconditions
        uid string #1*
        resourceVersion string #2*

        package io.k8s.api.core.v1

        type Binding -- A Binding puts a pod on a node.
        metadata ObjectMeta #1
        target! ObjectReference #2

        package io.k8s.api.policy.v1

        type Eviction -- An Eviction asks a pod to leave its node, as disruption budgets allow.
        metadata ObjectMeta #1
        deleteOptions DeleteOptions #2*

        package io.k8s.api.authentication.v1

        type TokenRequest -- A TokenRequest asks for a token of a service account.
        metadata ObjectMeta #1
        spec! TokenRequestSpec #2
        status TokenRequestStatus #3

        type TokenRequestSpec
        audiences! []string #1
        expirationSeconds int64 #4*
        boundObjectRef BoundObjectReference #3*

        type BoundObjectReference
        kind string #1
        apiVersion string #2
        name string #3
        uid string #4

        type TokenReview -- A TokenReview asks whose a token is.
        metadata ObjectMeta #1
        spec! TokenReviewSpec #2
        status TokenReviewStatus #3

        type TokenReviewSpec
        token string #1
        audiences []string #2

        type SelfSubjectReview -- A SelfSubjectReview asks who asks.
        metadata ObjectMeta #1
        status SelfSubjectReviewStatus #2

        type TokenRequestStatus
        token string #1*
        expirationTimestamp time #2

        type TokenReviewStatus
        authenticated bool #1
        user UserInfo #2
        audiences []string #4
        error string #3

        type UserInfo
        username string #1
        uid string #2
        groups []string #3
        extra map[[]string] #4

        type SelfSubjectReviewStatus
        userInfo UserInfo #1

        package io.k8s.api.authorization.v1

        type LocalSubjectAccessReview -- It asks whether somebody may do something in a namespace.
        metadata ObjectMeta #1
        spec! SubjectAccessReviewSpec #2
        status SubjectAccessReviewStatus #3

        type SubjectAccessReview -- A SubjectAccessReview asks whether somebody may do something.
        metadata ObjectMeta #1
        spec! SubjectAccessReviewSpec #2
        status SubjectAccessReviewStatus #3

        type SubjectAccessReviewSpec
        resourceAttributes ResourceAttributes #1*
        nonResourceAttributes NonResourceAttributes #2*
        user string #3
        groups []string #4
        extra map[[]string] #5
        uid string #6

        type SelfSubjectAccessReview -- It asks whether oneself may do something.
        metadata ObjectMeta #1
        spec! SelfSubjectAccessReviewSpec #2
        status SubjectAccessReviewStatus #3

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
        fieldSelector FieldSelectorAttributes #8*
        labelSelector LabelSelectorAttributes #9*

        type NonResourceAttributes
        path string #1
        verb string #2

        type SelfSubjectRulesReview -- It asks what oneself may do in a namespace.
        metadata ObjectMeta #1
        spec! SelfSubjectRulesReviewSpec #2
        status SubjectRulesReviewStatus #3

        type SelfSubjectRulesReviewSpec
        namespace string #1

        type SubjectAccessReviewStatus
        allowed! bool #1*
        denied bool #4
        reason string #2
        evaluationError string #3

        type SubjectRulesReviewStatus
        resourceRules! []ResourceRule #1
        nonResourceRules! []NonResourceRule #2
        incomplete! bool #3*
        evaluationError string #4

        type ResourceRule
        verbs! []string #1
        apiGroups []string #2
        resources []string #3
        resourceNames []string #4

        type NonResourceRule
        verbs! []string #1
        nonResourceURLs []string #2

        type FieldSelectorAttributes
        rawSelector string #1
        requirements []LabelSelectorRequirement #2

        type LabelSelectorAttributes
        rawSelector string #1
        requirements []LabelSelectorRequirement #2
        """
}
