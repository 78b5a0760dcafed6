extension TypeTable {
    /// What would have the server call others: kept, and never acted on.
    static let extensions = """
        package io.k8s.api.admissionregistration.v1

        type ValidatingWebhookConfiguration like=Object
            It names services that are to let objects in, or not. It is kept and has no effect: this server calls no
            webhooks.
        metadata ObjectMeta #1
        webhooks []ValidatingWebhook key=name unique #2
            The services, and what they are asked about.

        type ValidatingWebhook
            A service that is to let objects in, or not; kept, and never called.
        name! string #1*
            The name of the webhook, with a domain.
        clientConfig! WebhookClientConfig #2
            Where the service is reached.
        rules []RuleWithOperations #3
            Which requests it is asked about.
        failurePolicy string =Fail enum=Fail|Ignore #4*
            What to do where it cannot be asked: Fail or Ignore.
        matchPolicy string =Equivalent enum=Equivalent|Exact #9*
            Whether the rules take in other versions of the same resource: Exact or Equivalent.
        namespaceSelector LabelSelector ={} #5*
            The namespaces whose objects it is asked about.
        objectSelector LabelSelector ={} #10*
            Which objects it is asked about, by labels.
        sideEffects! string enum=None|NoneOnDryRun #6*
            Whether asking it changes anything elsewhere: None or NoneOnDryRun.
        timeoutSeconds int32 =10 #7*
            How many seconds it may take to answer.
        admissionReviewVersions! []string #8
            The versions of questions that it understands.
        matchConditions []MatchCondition key=name #11
            CEL expressions that must be true for it to be asked.

        type MutatingWebhookConfiguration like=Object
            It names services that are to change objects on their way in. It is kept and has no effect: this server
            calls no webhooks.
        metadata ObjectMeta #1
        webhooks []MutatingWebhook key=name unique #2
            The services, and what they are asked about.

        type MutatingWebhook like=ValidatingWebhook
            A service that is to change objects on their way in; kept, and never called.
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
            Whether it is asked again where others have changed the object after it: Never or IfNeeded.
        matchConditions []MatchCondition key=name #12

        type WebhookClientConfig
            Where a service is reached.
        url string #3*
            Its URL, instead of a Service.
        service ServiceReference #1*
            The Service that it stands behind.
        caBundle bytes #2
            The authorities that its certificate must come from, in PEM, in base64.

        type ServiceReference
            Points to a Service.
        namespace! string #1*
            The namespace of the Service.
        name! string #2*
            The name of the Service.
        path string #3*
            The path of the requests.
        port int32 =443 #4*
            The port of the Service.

        type RuleWithOperations
            Requests that a webhook is asked about.
        operations []string #1
            What they do: CREATE, UPDATE, DELETE, CONNECT, or * for everything.
        apiGroups []string #2.1
            The groups of the resources; * for every one.
        apiVersions []string #2.2
            The versions of the resources; * for every one.
        resources []string #2.3
            The resources, such as pods or pods/status; * for every one.
        scope string =* #2.4*
            Cluster, Namespaced, or * for both.

        type MatchCondition
            A CEL expression that must be true for a webhook to be asked.
        name! string #1*
            The name of the condition.
        expression! string #2*
            The expression.

        package io.k8s.kube-aggregator.pkg.apis.apiregistration.v1

        type APIService like=Object
            An APIService names a server of a group of the API. It is kept and has no effect: this server aggregates no
            others.
        metadata ObjectMeta #1
        spec APIServiceSpec #2
        status APIServiceStatus ={} #3

        type APIServiceSpec
            Which group and version another server would serve.
        service APIServiceReference #1*
            The Service that it stands behind; none for what this server serves itself.
        group string #2
            The group.
        version string #3
            The version.
        insecureSkipTLSVerify bool #4
            Whether its certificate need not be checked.
        caBundle bytes #5
            The authorities that its certificate must come from, in PEM, in base64.
        groupPriorityMinimum! int32 min=1 #7*
            How far ahead of other groups it stands.
        versionPriority! int32 min=1 #8*
            How far ahead of other versions of the group it stands.

        type APIServiceReference as=ServiceReference like=ServiceReference
            Points to a Service.
        namespace string #1
        name string #2
        port int32 =443 #3*

        type APIServiceStatus
            What is known of another server.
        conditions []APIServiceCondition key=type #1
            Whether it is available.

        type APIServiceCondition like=Condition
            One thing that is known about another server.
        type! string #1*
            What the condition is about: Available.
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        """
}
