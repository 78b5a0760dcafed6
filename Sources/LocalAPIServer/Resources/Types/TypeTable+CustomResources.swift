extension TypeTable {
    /// CustomResourceDefinitions. Their schemas are kept as they are sent, so that the types of schemas serve protobuf alone.
    static let customResources = """
        package io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1

        type CustomResourceDefinition -- A CustomResourceDefinition adds a kind to the API.
        metadata ObjectMeta #1
        spec! CustomResourceDefinitionSpec #2
        status CustomResourceDefinitionStatus #3

        type CustomResourceDefinitionSpec
        group! string #1*
        names! CustomResourceDefinitionNames #3
        scope! string enum=Cluster|Namespaced #4*
        versions! []CustomResourceDefinitionVersion #7
        conversion CustomResourceConversion ={} #9*
        preserveUnknownFields bool #10

        type CustomResourceDefinitionNames
        plural! string #1*
        singular string #2
        shortNames []string #3
        kind! string #4*
        listKind string #5
        categories []string #6

        type CustomResourceDefinitionVersion
        name! string #1*
        served bool #2*
        storage bool #3*
        deprecated bool #7
        deprecationWarning string #8*
        schema CustomResourceValidation #4*
        subresources CustomResourceSubresources #5*
        additionalPrinterColumns []CustomResourceColumnDefinition #6
        selectableFields []SelectableField #9

        type CustomResourceValidation
        openAPIV3Schema any wire=JSONSchemaProps #1*

        type CustomResourceSubresources
        status CustomResourceSubresourceStatus #1*
        scale CustomResourceSubresourceScale #2*

        type CustomResourceSubresourceStatus

        type CustomResourceSubresourceScale
        specReplicasPath! string #1*
        statusReplicasPath! string #2*
        labelSelectorPath string #3*

        type CustomResourceColumnDefinition
        name! string #1*
        type! string #2*
        format string #3
        description string #4
        priority int32 #5
        jsonPath! string #6*

        type SelectableField
        jsonPath! string #1*

        type CustomResourceConversion
        strategy string =None #1*
        webhook WebhookConversion #2*

        type CustomResourceDefinitionCondition
        type string ="" #1*
        status string ="" #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        observedGeneration int64 #6

        type CustomResourceDefinitionStatus
        conditions []CustomResourceDefinitionCondition key=type #1
        acceptedNames CustomResourceDefinitionNames #2
        storedVersions []string #3
        observedGeneration int64 #4

        type WebhookConversion
        clientConfig WebhookClientConfig #2*
        conversionReviewVersions! []string #3

        type JSONSchemaProps
        id string #1
        $schema string #2
        $ref string #3*
        description string #4
        type string #5
        format string #6
        title string #7
        default any wire=json #8*
        maximum number #9*
        exclusiveMaximum bool #10
        minimum number #11*
        exclusiveMinimum bool #12
        maxLength int64 #13*
        minLength int64 #14*
        pattern string #15
        maxItems int64 #16*
        minItems int64 #17*
        uniqueItems bool #18
        multipleOf number #19*
        enum []any wire=[]json #20
        maxProperties int64 #21*
        minProperties int64 #22*
        required []string #23
        items any wire=JSONSchemaPropsOrArray #24*
        allOf []any wire=[]JSONSchemaProps #25
        oneOf []any wire=[]JSONSchemaProps #26
        anyOf []any wire=[]JSONSchemaProps #27
        not any wire=JSONSchemaProps #28*
        properties map[any] wire=map[JSONSchemaProps] #29
        additionalProperties any wire=JSONSchemaPropsOrBool #30*
        patternProperties map[any] wire=map[JSONSchemaProps] #31
        dependencies map[any] wire=map[JSONSchemaPropsOrStringArray] #32
        additionalItems any wire=JSONSchemaPropsOrBool #33*
        definitions map[any] wire=map[JSONSchemaProps] #34
        externalDocs ExternalDocumentation #35*
        example any wire=json #36*
        nullable bool #37
        x-kubernetes-preserve-unknown-fields bool #38*
        x-kubernetes-embedded-resource bool #39
        x-kubernetes-int-or-string bool #40
        x-kubernetes-list-map-keys []string #41
        x-kubernetes-list-type string #42*
        x-kubernetes-map-type string #43*
        x-kubernetes-validations []ValidationRule key=rule #44

        type JSONSchemaPropsOrArray union
        schema any wire=JSONSchemaProps #1*
        jSONSchemas []any wire=[]JSONSchemaProps #2

        type JSONSchemaPropsOrBool union
        allows bool #1*
        schema any wire=JSONSchemaProps #2*

        type JSONSchemaPropsOrStringArray union
        schema any wire=JSONSchemaProps #1*
        property []string #2


        type ValidationRule
        rule! string #1*
        message string #2
        messageExpression string #3
        reason string #4*
        fieldPath string #5
        optionalOldSelf bool #6*

        type ExternalDocumentation
        description string #1
        url string #2
        """
}
