public import StructuredData

/// Adds a kind to the API.
public struct CustomResourceDefinition: KubernetesResource {
    public static let resource = ResourceType(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions", namespaced: false)

    public private(set) var apiVersion = APIVersionField<CustomResourceDefinition>()
    public private(set) var kind = KindField<CustomResourceDefinition>()
    public var metadata: ObjectMeta
    public var spec: CustomResourceDefinitionSpec
    public var status: CustomResourceDefinitionStatus?

    public init(
        metadata: ObjectMeta,
        spec: CustomResourceDefinitionSpec,
        status: CustomResourceDefinitionStatus? = nil
    ) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct CustomResourceDefinitionSpec: Codable, Sendable, Hashable {
    public var group: String
    public var names: CustomResourceDefinitionNames
    /// `Namespaced` or `Cluster`.
    public var scope: String
    public var versions: [CustomResourceDefinitionVersion]
    public var conversion: JSON?
    public var preserveUnknownFields: Bool?

    public init(
        group: String,
        names: CustomResourceDefinitionNames,
        scope: String,
        versions: [CustomResourceDefinitionVersion],
        conversion: JSON? = nil,
        preserveUnknownFields: Bool? = nil
    ) {
        self.group = group
        self.names = names
        self.scope = scope
        self.versions = versions
        self.conversion = conversion
        self.preserveUnknownFields = preserveUnknownFields
    }
}

public struct CustomResourceDefinitionNames: Codable, Sendable, Hashable {
    public var plural: String
    public var kind: String
    public var singular: String?
    public var shortNames: [String]?
    public var listKind: String?
    public var categories: [String]?

    public init(
        plural: String,
        kind: String,
        singular: String? = nil,
        shortNames: [String]? = nil,
        listKind: String? = nil,
        categories: [String]? = nil
    ) {
        self.plural = plural
        self.kind = kind
        self.singular = singular
        self.shortNames = shortNames
        self.listKind = listKind
        self.categories = categories
    }
}

public struct CustomResourceDefinitionVersion: Codable, Sendable, Hashable {
    public var name: String
    public var served: Bool
    /// Whether objects are stored in this version; exactly one is.
    public var storage: Bool
    public var deprecated: Bool?
    public var deprecationWarning: String?
    public var schema: CustomResourceValidation?
    public var subresources: CustomResourceSubresources?
    public var additionalPrinterColumns: [CustomResourceColumnDefinition]?
    public var selectableFields: JSON?

    public init(
        name: String,
        served: Bool,
        storage: Bool,
        deprecated: Bool? = nil,
        deprecationWarning: String? = nil,
        schema: CustomResourceValidation? = nil,
        subresources: CustomResourceSubresources? = nil,
        additionalPrinterColumns: [CustomResourceColumnDefinition]? = nil,
        selectableFields: JSON? = nil
    ) {
        self.name = name
        self.served = served
        self.storage = storage
        self.deprecated = deprecated
        self.deprecationWarning = deprecationWarning
        self.schema = schema
        self.subresources = subresources
        self.additionalPrinterColumns = additionalPrinterColumns
        self.selectableFields = selectableFields
    }
}

public struct CustomResourceValidation: Codable, Sendable, Hashable {
    /// A structural OpenAPI v3 schema.
    public var openAPIV3Schema: JSON?

    public init(openAPIV3Schema: JSON? = nil) {
        self.openAPIV3Schema = openAPIV3Schema
    }
}

public struct CustomResourceSubresources: Codable, Sendable, Hashable {
    /// Present, and empty, where `/status` is served.
    public var status: JSON?
    public var scale: CustomResourceSubresourceScale?

    public init(status: JSON? = nil, scale: CustomResourceSubresourceScale? = nil) {
        self.status = status
        self.scale = scale
    }
}

public struct CustomResourceSubresourceScale: Codable, Sendable, Hashable {
    /// Such as `.spec.replicas`.
    public var specReplicasPath: String
    public var statusReplicasPath: String
    public var labelSelectorPath: String?

    public init(specReplicasPath: String, statusReplicasPath: String, labelSelectorPath: String? = nil) {
        self.specReplicasPath = specReplicasPath
        self.statusReplicasPath = statusReplicasPath
        self.labelSelectorPath = labelSelectorPath
    }
}

public struct CustomResourceColumnDefinition: Codable, Sendable, Hashable {
    public var name: String
    public var type: String
    public var jsonPath: String
    public var format: String?
    public var description: String?
    /// Above 0: only in wide views.
    public var priority: Int?

    public init(
        name: String,
        type: String,
        jsonPath: String,
        format: String? = nil,
        description: String? = nil,
        priority: Int? = nil
    ) {
        self.name = name
        self.type = type
        self.jsonPath = jsonPath
        self.format = format
        self.description = description
        self.priority = priority
    }
}

public struct CustomResourceDefinitionStatus: Codable, Sendable, Hashable {
    public var conditions: [Condition]?
    public var acceptedNames: CustomResourceDefinitionNames?
    public var storedVersions: [String]?

    public init(
        conditions: [Condition]? = nil,
        acceptedNames: CustomResourceDefinitionNames? = nil,
        storedVersions: [String]? = nil
    ) {
        self.conditions = conditions
        self.acceptedNames = acceptedNames
        self.storedVersions = storedVersions
    }
}
