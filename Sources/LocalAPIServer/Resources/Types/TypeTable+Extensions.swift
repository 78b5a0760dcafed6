extension TypeTable {
    /// What would have the server call others: kept, and never acted on.
    static let extensions = """
        package io.k8s.api.admissionregistration.v1

        type ValidatingWebhookConfiguration -- It names services that are to let objects in, or not.
        metadata ObjectMeta #1
        webhooks []ValidatingWebhook key=name unique #2

        type ValidatingWebhook
        name! string #1*
        clientConfig! WebhookClientConfig #2
        rules []RuleWithOperations #3
        failurePolicy string =Fail enum=Fail|Ignore #4*
        matchPolicy string =Equivalent enum=Equivalent|Exact #9*
        namespaceSelector LabelSelector ={} #5*
        objectSelector LabelSelector ={} #10*
        sideEffects! string enum=None|NoneOnDryRun #6*
        timeoutSeconds int32 =10 #7*
        admissionReviewVersions! []string #8
        matchConditions []MatchCondition key=name #11

        type MutatingWebhookConfiguration -- It names services that are to change objects on their way in.
        metadata ObjectMeta #1
        webhooks []MutatingWebhook key=name unique #2

        type MutatingWebhook
        name! string #1*
        clientConfig! WebhookClientConfig #2
        rules []RuleWithOperations #3
        failurePolicy string =Fail enum=Fail|Ignore #4*
        matchPolicy string =Equivalent enum=Equivalent|Exact #9*
        namespaceSelector LabelSelector ={} #5*
        objectSelector LabelSelector ={} #11*
        sideEffects! string enum=None|NoneOnDryRun #6*
        timeoutSeconds int32 =10 #7*
        admissionReviewVersions! []string #8
        reinvocationPolicy string =Never enum=IfNeeded|Never #10*
        matchConditions []MatchCondition key=name #12

        type WebhookClientConfig
        url string #3*
        service ServiceReference #1*
        caBundle bytes #2

        type ServiceReference
        namespace! string #1*
        name! string #2*
        path string #3*
        port int32 =443 #4*

        type RuleWithOperations
        operations []string #1
        apiGroups []string #2.1
        apiVersions []string #2.2
        resources []string #2.3
        scope string =* #2.4*

        type MatchCondition
        name! string #1*
        expression! string #2*

        package io.k8s.kube-aggregator.pkg.apis.apiregistration.v1

        type APIService -- An APIService names a server of a group of the API.
        metadata ObjectMeta #1
        spec APIServiceSpec #2
        status APIServiceStatus ={} #3

        type APIServiceSpec
        service APIServiceReference #1*
        group string #2
        version string #3
        insecureSkipTLSVerify bool #4
        caBundle bytes #5
        groupPriorityMinimum! int32 min=1 #7*
        versionPriority! int32 min=1 #8*

        type APIServiceReference as=ServiceReference
        namespace string #1
        name string #2
        port int32 =443 #3*

        type APIServiceStatus
        conditions []APIServiceCondition key=type #1

        type APIServiceCondition
        type! string #1*
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        """
}
