import KubernetesModel
import StructuredData

/// The built-in kinds.
enum BuiltInResources {
    private static let tables = [
        TypeTable.meta, TypeTable.core, TypeTable.nodes, TypeTable.events, TypeTable.pods, TypeTable.containers,
        TypeTable.probes, TypeTable.security, TypeTable.podStatus, TypeTable.volumes, TypeTable.foreignVolumes,
        TypeTable.affinity, TypeTable.workloads, TypeTable.jobs, TypeTable.groups, TypeTable.roles, TypeTable.claims,
        TypeTable.endpointSlices, TypeTable.policies, TypeTable.autoscaling, TypeTable.infrastructure,
        TypeTable.extensions, TypeTable.customResources, TypeTable.requests, TypeTable.metrics,
    ]

    static let types = TypeTable(tables)
    static let descriptions = TypeDescriptions(tables + [TypeTable.common])

    private static let schemas: [String: Schema] = {
        var table = types
        return Dictionary(uniqueKeysWithValues: table.names.map { ($0, table.schema($0)) })
    }()

    static let objectMeta = schema("ObjectMeta")
    static let scale = schema("Scale").withObjectFields()

    private static func schema(_ name: String) -> Schema { schemas[name] ?? .anything }

    // MARK: In OpenAPI documents

    private static let components = Dictionary(
        schemas.values.compactMap { schema in schema.name.map { ($0, schema) } },
        uniquingKeysWith: { first, _ in first })

    static let listMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"

    /// A type by the name that OpenAPI documents have for it.
    static func component(_ name: String) -> Schema { components[name] ?? .anything }

    /// A kind that is no resource, such as those of reviews, with what every object has.
    static func body(_ kind: String) -> Schema { schema(kind).withObjectFields() }

    /// What OpenAPI documents call such a kind.
    static func name(_ kind: String) -> String { schema(kind).name ?? kind }

    // MARK: Definitions

    /// A row of the table below; what is not said follows from the kind.
    private static func define(
        _ group: String, _ version: String, _ kind: String, _ plural: String, namespaced: Bool = true,
        shortNames: [String] = [], categories: [String] = [], schema name: String? = nil, storage: String? = nil,
        storageVersion: String? = nil, status: Bool = false, subresources: [ResourceDefinition.Subresource] = [],
        fields: [String] = [], implied: [String: String] = [:],
        generation: Bool = false, names: ResourceDefinition.NameRule = .subdomain,
        scale: ResourceDefinition.ScalePaths? = nil, hooks: ResourceHooks = ResourceHooks(),
        table: TableDefinition = .nameAndAge, conversion: ResourceDefinition.Conversion? = nil,
        verbs: [String] = ResourceDefinition.allVerbs, answersDeletionWithObject: Bool = false,
        deprecation: String? = nil
    ) -> ResourceDefinition {
        let type = ResourceType(group: group, version: version, kind: kind, plural: plural, namespaced: namespaced)
        let named = schema(name ?? kind)
        let package = (named.name ?? kind).split(separator: ".").dropLast()
        let objectSchema = named.withObjectFields()
        return ResourceDefinition(
            type: type,
            listKind: "\(kind)List", singular: kind.lowercased(), shortNames: shortNames, categories: categories,
            storageName: storage ?? "\(group)/\(plural)", verbs: verbs,
            subresources: subresources + (status ? [.status(kind)] : []), selectableFields: fields,
            impliedFields: implied,
            schema: objectSchema, schemaName: (package + [kind[...]]).joined(separator: "."),
            mergeSchema: MergeSchema.builtIn(type)
                ?? MergeSchema(openAPIV3Schema: objectSchema.written(.merging, isBuiltIn: true)),
            isCustom: false, tracksGeneration: generation,
            nameRule: names, scale: scale, hooks: hooks, table: table, conversion: conversion,
            storageVersion: storageVersion ?? version, answersDeletionWithObject: answersDeletionWithObject,
            deprecation: deprecation)
    }

    private static let workloadScale = ResourceDefinition.ScalePaths(
        specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: ["spec", "selector"])

    private static let podSubresources: [ResourceDefinition.Subresource] = [
        .init(name: "binding", kind: "Binding", verbs: ["create"]),
        .init(name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"]),
        .init(name: "log", kind: "Pod", verbs: ["get"]),
    ]

    static func all() -> [ResourceDefinition] { core + workloads + others + infrastructure }

    private static var core: [ResourceDefinition] {
        [
            define(
                "", "v1", "ConfigMap", "configmaps", shortNames: ["cm"], hooks: .configMap, table: .configMaps),
            define(
                "", "v1", "Endpoints", "endpoints", shortNames: ["ep"], hooks: .endpoints, table: .endpoints,
                deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
            define(
                "", "v1", "Event", "events", shortNames: ["ev"], schema: "CoreEvent", storage: "/events",
                fields: EventConversion.coreFields, hooks: .event,
                table: .events,
                conversion: EventConversion.coreConversion),
            define(
                "", "v1", "Namespace", "namespaces", namespaced: false, shortNames: ["ns"], status: true,
                subresources: [.init(name: "finalize", kind: "Namespace", verbs: ["update"])],
                fields: ["status.phase"], names: .label, hooks: .namespace, table: .namespaces,
                verbs: ResourceDefinition.allVerbs.filter { $0 != "deletecollection" }),
            define(
                "", "v1", "Node", "nodes", namespaced: false, shortNames: ["no"], status: true,
                fields: ["spec.unschedulable"],
                implied: ["spec.unschedulable": "false"], hooks: .node,
                table: .nodes),
            define(
                "", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", shortNames: ["pvc"], status: true,
                table: .persistentVolumeClaims, answersDeletionWithObject: true),
            define(
                "", "v1", "Pod", "pods", shortNames: ["po"], categories: ["all"], status: true,
                subresources: podSubresources,
                fields: [
                    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
                    "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
                ],
                implied: ["spec.hostNetwork": "false"],
                generation: true, hooks: .pod, table: .pods, answersDeletionWithObject: true),
            define(
                "", "v1", "PodTemplate", "podtemplates", hooks: .podTemplate, table: .podTemplates,
                answersDeletionWithObject: true),
            define(
                "", "v1", "ReplicationController", "replicationcontrollers", shortNames: ["rc"], categories: ["all"],
                status: true, subresources: [.scale], fields: ["status.replicas"], implied: ["status.replicas": "0"],
                generation: true,
                scale: workloadScale, hooks: .replicationController, table: .replicationControllers),
            define(
                "", "v1", "ResourceQuota", "resourcequotas", shortNames: ["quota"], status: true,
                hooks: .resourceQuota, table: .resourceQuotas, answersDeletionWithObject: true),
            define("", "v1", "Secret", "secrets", fields: ["type"], hooks: .secret, table: .secrets),
            define(
                "", "v1", "ServiceAccount", "serviceaccounts", shortNames: ["sa"],
                subresources: [
                    .init(
                        name: "token", kind: "TokenRequest", group: "authentication.k8s.io", version: "v1",
                        verbs: ["create"])
                ], answersDeletionWithObject: true),
            define(
                "", "v1", "Service", "services", shortNames: ["svc"], categories: ["all"], status: true,
                fields: ["spec.clusterIP", "spec.type"], names: .label, hooks: .service, table: .services,
                answersDeletionWithObject: true),
        ]
    }

    private static var workloads: [ResourceDefinition] {
        [
            define(
                "apps", "v1", "Deployment", "deployments", shortNames: ["deploy"], categories: ["all"], status: true,
                subresources: [.scale], generation: true, scale: workloadScale, hooks: .deployment,
                table: .deployments),
            define(
                "apps", "v1", "ReplicaSet", "replicasets", shortNames: ["rs"], categories: ["all"], status: true,
                subresources: [.scale], generation: true, scale: workloadScale, hooks: .replicaSet,
                table: .replicaSets),
            define(
                "batch", "v1", "CronJob", "cronjobs", shortNames: ["cj"], categories: ["all"], status: true,
                generation: true, hooks: .cronJob, table: .cronJobs),
            define(
                "batch", "v1", "Job", "jobs", categories: ["all"], status: true, fields: ["status.successful"],
                generation: true, hooks: .job, table: .jobs),
        ]
    }

    private static var others: [ResourceDefinition] {
        let rbac = "rbac.authorization.k8s.io"
        return [
            define(
                "events.k8s.io", "v1", "Event", "events", shortNames: ["ev"], storage: "/events",
                fields: EventConversion.fields, hooks: .event, table: .events,
                conversion: EventConversion.conversion),
            define(
                "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", shortNames: ["hpa"],
                categories: ["all"], status: true, hooks: .horizontalPodAutoscaler, table: .horizontalPodAutoscalers),
            define(
                "autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", shortNames: ["hpa"],
                categories: ["all"], schema: "HorizontalPodAutoscalerV1", storageVersion: "v2", status: true,
                hooks: .horizontalPodAutoscaler, table: .horizontalPodAutoscalers,
                conversion: AutoscalerConversion.conversion),
            define("coordination.k8s.io", "v1", "Lease", "leases", table: .leases),
            define(
                "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", shortNames: ["pdb"], status: true,
                generation: true, hooks: .podDisruptionBudget, table: .podDisruptionBudgets),
            define(
                "networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", shortNames: ["netpol"],
                generation: true, hooks: .networkPolicy, table: .networkPolicies),
            define(
                rbac, "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced: false, schema: "RoleBinding",
                names: .pathSegment, hooks: .roleBinding, table: .roleBindings),
            define(
                rbac, "v1", "ClusterRole", "clusterroles", namespaced: false, names: .pathSegment,
                table: .nameAndCreation),
            define(
                rbac, "v1", "RoleBinding", "rolebindings", names: .pathSegment, hooks: .roleBinding,
                table: .roleBindings),
            define(rbac, "v1", "Role", "roles", names: .pathSegment, table: .nameAndCreation),
            define(
                "scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", namespaced: false, shortNames: ["pc"],
                generation: true, hooks: .priorityClass, table: .priorityClasses),
            define(
                "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", generation: true,
                hooks: .endpointSlice, table: .endpointSlices),
            define("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", verbs: ["get", "list"]),
            define("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes", namespaced: false, verbs: ["get", "list"]),
            define(
                "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions",
                namespaced: false, shortNames: ["crd", "crds"], categories: ["api-extensions"], status: true,
                generation: true, hooks: .customResourceDefinition, table: .nameAndCreation),
        ]
    }

    /// Kept for programs that bring what acts on them; what would have this server call others says so in a warning.
    private static var infrastructure: [ResourceDefinition] {
        let admission = "admissionregistration.k8s.io"
        let extending = ["api-extensions"]
        return [
            define(
                "networking.k8s.io", "v1", "Ingress", "ingresses", shortNames: ["ing"], status: true, generation: true,
                table: .ingresses),
            define(
                "networking.k8s.io", "v1", "IngressClass", "ingressclasses", namespaced: false, generation: true,
                table: .ingressClasses),
            define("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", namespaced: false, table: .runtimeClasses),
            define("storage.k8s.io", "v1", "CSINode", "csinodes", namespaced: false, table: .csiNodes),
            define(
                "storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced: false, shortNames: ["sc"],
                table: .storageClasses),
            define(
                "certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests",
                namespaced: false, shortNames: ["csr"], status: true, fields: ["spec.signerName"],
                table: .certificateSigningRequests),
            define(
                admission, "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", namespaced: false,
                categories: extending, generation: true, hooks: .webhookConfiguration, table: .webhookConfigurations),
            define(
                admission, "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations",
                namespaced: false, categories: extending, generation: true, hooks: .webhookConfiguration,
                table: .webhookConfigurations),
            define(
                "apiregistration.k8s.io", "v1", "APIService", "apiservices", namespaced: false, categories: extending,
                status: true, hooks: .apiService, table: .apiServices),
        ]
    }
}
