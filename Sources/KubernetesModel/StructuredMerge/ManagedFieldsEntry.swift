public import StructuredData

/// One writer's fields, as `metadata.managedFields` lists them (metav1.ManagedFieldsEntry).
public struct ManagedFieldsEntry: Codable, Sendable, Hashable {
    public var manager: String
    /// `Apply` or `Update`.
    public var operation: String
    public var apiVersion: String
    /// When the set last changed, RFC 3339.
    public var time: String?
    /// Always `FieldsV1`.
    public var fieldsType: String
    public var fieldsV1: JSON?
    /// The subresource that the writer used; absent for the object itself.
    public var subresource: String?

    public init(
        manager: String, operation: String, apiVersion: String, time: String? = nil, fields: FieldSet,
        subresource: String? = nil
    ) {
        self.manager = manager
        self.operation = operation
        self.apiVersion = apiVersion
        self.time = time
        fieldsType = "FieldsV1"
        fieldsV1 = fields.fieldsV1
        self.subresource = subresource
    }

    public var fields: FieldSet { fieldsV1.map(FieldSet.init(fieldsV1:)) ?? FieldSet() }
}
