public import StructuredData

extension CustomResourceDefinition {
    /// The definition of a kind that has one version.
    /// - Parameters:
    ///   - schema: A structural OpenAPI v3 schema.
    ///   - hasStatus: Whether `/status` is served, and written, by itself.
    public init(
        defining resource: ResourceType, schema: JSON, hasStatus: Bool = true,
        columns: [CustomResourceColumnDefinition]? = nil
    ) {
        self.init(
            metadata: ObjectMeta(name: resource.qualifiedPlural),
            spec: CustomResourceDefinitionSpec(
                group: resource.group,
                names: CustomResourceDefinitionNames(
                    plural: resource.plural, kind: resource.kind, singular: resource.kind.lowercased(),
                    listKind: "\(resource.kind)List"),
                scope: resource.namespaced ? "Namespaced" : "Cluster",
                versions: [
                    CustomResourceDefinitionVersion(
                        name: resource.version, served: true, storage: true,
                        schema: CustomResourceValidation(openAPIV3Schema: schema),
                        subresources: hasStatus ? CustomResourceSubresources(status: [:]) : nil,
                        additionalPrinterColumns: columns)
                ]))
    }
}
