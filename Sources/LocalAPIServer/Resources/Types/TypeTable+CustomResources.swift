extension TypeTable {
    /// CustomResourceDefinitions. Their schemas are kept as they are sent, so that the types of schemas serve protobuf
    /// alone.
    static let customResources = """
        package io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1

        type CustomResourceDefinition like=Object
            A CustomResourceDefinition adds a kind to the API.
        metadata ObjectMeta #1
        spec! CustomResourceDefinitionSpec #2
        status CustomResourceDefinitionStatus #3

        type CustomResourceDefinitionSpec
            What a kind is called, where its objects are, and what they look like.
        group! string #1*
            The group of the kind; the definition is named plural.group.
        names! CustomResourceDefinitionNames #3
            What the kind is called.
        scope! string enum=Cluster|Namespaced #4*
            Whether its objects are in namespaces: Namespaced or Cluster.
        versions! []CustomResourceDefinitionVersion #7
            The versions of the kind; exactly one of them is stored.
        conversion CustomResourceConversion ={} #9*
            How objects are converted between versions.
        preserveUnknownFields bool #10
            Must be false: fields that no schema knows are dropped, unless the schema keeps them.

        type CustomResourceDefinitionNames
            What a kind is called.
        plural! string #1*
            The name of the resource in paths, in lower case.
        singular string #2
            The name for one of its objects; the kind in lower case if not given.
        shortNames []string #3
            Shorter names that kubectl takes.
        kind! string #4*
            The name of the kind, as objects give it.
        listKind string #5
            The name of its lists; the kind followed by List if not given.
        categories []string #6
            Groups of resources that kubectl lists together, such as all.

        type CustomResourceDefinitionVersion
            A version of a kind.
        name! string #1*
            The name of the version, such as v1 or v1beta1.
        served bool #2*
            Whether the API serves it.
        storage bool #3*
            Whether objects are stored in it.
        deprecated bool #7
            Whether requests for it are answered with a warning.
        deprecationWarning string #8*
            The words of that warning, instead of the usual ones.
        schema CustomResourceValidation #4*
            What the objects of this version look like.
        subresources CustomResourceSubresources #5*
            Whether status and scale are resources of their own.
        additionalPrinterColumns []CustomResourceColumnDefinition #6
            The columns that kubectl get shows.
        selectableFields []SelectableField #9
            The fields that field selectors may name.

        type CustomResourceValidation
            What the objects of a version look like.
        openAPIV3Schema any wire=JSONSchemaProps #1*
            The structural schema that objects are pruned, defaulted and validated by.

        type CustomResourceSubresources
            The subresources that the objects of a version have.
        status CustomResourceSubresourceStatus #1*
            Given, even if empty, makes status a resource of its own that other writes leave alone.
        scale CustomResourceSubresourceScale #2*
            Where a scale resource finds its numbers.

        type CustomResourceSubresourceStatus
            Makes status a resource of its own; there is nothing to set.

        type CustomResourceSubresourceScale
            The paths that a scale resource reads and writes.
        specReplicasPath! string #1*
            The path of the wanted number, below .spec.
        statusReplicasPath! string #2*
            The path of the present number, below .status.
        labelSelectorPath string #3*
            The path of the selector of the pods, as text, below .status or .spec.

        type CustomResourceColumnDefinition
            A column that kubectl get shows.
        name! string #1*
            The title of the column.
        type! string #2*
            The type of its values, such as string, integer or date.
        format string #3
            The format of its values, such as date-time.
        description string #4
            What it shows.
        priority int32 #5
            0 shows it always, anything more only with -o wide.
        jsonPath! string #6*
            Where the value is in the object.

        type SelectableField
            A field that field selectors may name.
        jsonPath! string #1*
            Where the field is in the object, such as .spec.color.

        type CustomResourceConversion
            Who converts objects from one version to another.
        strategy string =None #1*
            None changes apiVersion alone; Webhook is kept, and no webhook is called.
        webhook WebhookConversion #2*
            The service that would convert; kept, and never called.

        type CustomResourceDefinitionCondition like=Condition
            One thing that is known about a definition.
        type string ="" #1*
            What the condition is about, such as Established or NamesAccepted.
        status string ="" #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        observedGeneration int64 #6

        type CustomResourceDefinitionStatus
            What has become of a definition.
        conditions []CustomResourceDefinitionCondition key=type #1
            Whether its names are free and its kind is served, one by one.
        acceptedNames CustomResourceDefinitionNames #2
            The names that it is served by.
        storedVersions []string #3
            Every version that objects may still be stored in.
        observedGeneration int64 #4
            The generation of the object that the status is about.

        type WebhookConversion
            A service that would convert objects; kept, and never called.
        clientConfig WebhookClientConfig #2*
            Where the service is reached.
        conversionReviewVersions! []string #3
            The versions of questions that it understands.

        type JSONSchemaProps
            A schema: what a value must be like.
        id string #1
            The identifier of the schema; not allowed here.
        $schema string #2
            Which dialect the schema is written in; kept, and not acted on.
        $ref string #3*
            A schema elsewhere; not allowed here.
        description string #4
            What the value is, for kubectl explain.
        type string #5
            The type of the value: object, array, string, integer, number or boolean.
        format string #6
            The form that a text or number has, such as date-time or int32.
        title string #7
            A short name for the value.
        default any wire=json #8*
            What is filled in where the value is missing.
        maximum number #9*
            The largest number that is allowed.
        exclusiveMaximum bool #10
            Whether the number must be less than the maximum.
        minimum number #11*
            The smallest number that is allowed.
        exclusiveMinimum bool #12
            Whether the number must be more than the minimum.
        maxLength int64 #13*
            The most characters that the text may have.
        minLength int64 #14*
            The least characters that the text may have.
        pattern string #15
            A regular expression that the text must match.
        maxItems int64 #16*
            The most elements that the list may have.
        minItems int64 #17*
            The least elements that the list may have.
        uniqueItems bool #18
            Whether all elements must differ; must be false, since x-kubernetes-list-type says it better.
        multipleOf number #19*
            The number must be a multiple of this one.
        enum []any wire=[]json #20
            The values that are allowed.
        maxProperties int64 #21*
            The most members that the object may have.
        minProperties int64 #22*
            The least members that the object may have.
        required []string #23
            The members that the object must have.
        items any wire=JSONSchemaPropsOrArray #24*
            What the elements of the list are like.
        allOf []any wire=[]JSONSchemaProps #25
            Schemas that must all hold.
        oneOf []any wire=[]JSONSchemaProps #26
            Schemas of which exactly one must hold.
        anyOf []any wire=[]JSONSchemaProps #27
            Schemas of which at least one must hold.
        not any wire=JSONSchemaProps #28*
            A schema that must not hold.
        properties map[any] wire=map[JSONSchemaProps] #29
            What the members of the object are like, by name.
        additionalProperties any wire=JSONSchemaPropsOrBool #30*
            What members of any other name are like.
        patternProperties map[any] wire=map[JSONSchemaProps] #31
            What members are like whose names match; not allowed here.
        dependencies map[any] wire=map[JSONSchemaPropsOrStringArray] #32
            What must hold where a member is present; not allowed here.
        additionalItems any wire=JSONSchemaPropsOrBool #33*
            What further elements of the list are like; not allowed here.
        definitions map[any] wire=map[JSONSchemaProps] #34
            Schemas to refer to; not allowed here.
        externalDocs ExternalDocumentation #35*
            Where more is written about the value.
        example any wire=json #36*
            An example of the value.
        nullable bool #37
            Whether the value may be null.
        x-kubernetes-preserve-unknown-fields bool #38*
            Whether members that no schema names are kept.
        x-kubernetes-embedded-resource bool #39
            Whether the value is an object of the API with apiVersion, kind and metadata of its own.
        x-kubernetes-int-or-string bool #40
            Whether the value may be an integer or a text.
        x-kubernetes-list-map-keys []string #41
            The members of an element that tell it from others, for a list of type map.
        x-kubernetes-list-type string #42*
            How lists are merged: atomic as a whole, set by value, map by keys.
        x-kubernetes-map-type string #43*
            How objects are merged: granular member by member, atomic as a whole.
        x-kubernetes-validations []ValidationRule key=rule #44
            CEL rules that the value must keep.

        type JSONSchemaPropsOrArray union
            A schema, or a list of them.
        schema any wire=JSONSchemaProps #1*
            The schema.
        jSONSchemas []any wire=[]JSONSchemaProps #2
            The list.

        type JSONSchemaPropsOrBool union
            A schema, or whether anything is allowed.
        allows bool #1*
            Whether anything is allowed.
        schema any wire=JSONSchemaProps #2*
            The schema.

        type JSONSchemaPropsOrStringArray union
            A schema, or a list of names.
        schema any wire=JSONSchemaProps #1*
            The schema.
        property []string #2
            The names.

        type ValidationRule
            A CEL rule that a value must keep.
        rule! string #1*
            The expression, which must be true; self is the value, oldSelf the one before.
        message string #2
            What to say where it is not.
        messageExpression string #3
            A CEL expression that makes what to say, instead of message.
        reason string #4*
            Why, in one word, for programs, such as FieldValueInvalid.
        fieldPath string #5
            The member that the rule is about, as in .spec.size.
        optionalOldSelf bool #6*
            Whether the rule also counts where there is no value before; oldSelf is then optional.

        type ExternalDocumentation
            Where more is written about a value.
        description string #1
            What is written there.
        url string #2
            Where it is.
        """
}
