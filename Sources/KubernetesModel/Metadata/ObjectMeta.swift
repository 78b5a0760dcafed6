public import StructuredData

/// The metadata that every object carries (metav1.ObjectMeta).
public struct ObjectMeta: Codable, Sendable, Hashable {
    public var name: String?
    /// A prefix from which the server makes a name.
    public var generateName: String?
    public var namespace: String?
    public var uid: String?
    /// Opaque, but for comparing two of one collection; changes with every write.
    public var resourceVersion: String?
    /// Counts changes of the desired state.
    public var generation: Int64?
    /// RFC 3339; see ``Timestamp``.
    public var creationTimestamp: String?
    /// Set once the object is being deleted: when it is to be gone.
    public var deletionTimestamp: String?
    public var deletionGracePeriodSeconds: Int?
    public var labels: [String: String]?
    public var annotations: [String: String]?
    public var ownerReferences: [OwnerReference]?
    /// While any is left, the object stays after deletion.
    public var finalizers: [String]?
    /// Who owns which field; see ``ManagedFieldsEntry``.
    public var managedFields: JSON?

    public init(
        name: String? = nil,
        generateName: String? = nil,
        namespace: String? = nil,
        uid: String? = nil,
        resourceVersion: String? = nil,
        generation: Int64? = nil,
        creationTimestamp: String? = nil,
        deletionTimestamp: String? = nil,
        deletionGracePeriodSeconds: Int? = nil,
        labels: [String: String]? = nil,
        annotations: [String: String]? = nil,
        ownerReferences: [OwnerReference]? = nil,
        finalizers: [String]? = nil,
        managedFields: JSON? = nil
    ) {
        self.name = name
        self.generateName = generateName
        self.namespace = namespace
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.generation = generation
        self.creationTimestamp = creationTimestamp
        self.deletionTimestamp = deletionTimestamp
        self.deletionGracePeriodSeconds = deletionGracePeriodSeconds
        self.labels = labels
        self.annotations = annotations
        self.ownerReferences = ownerReferences
        self.finalizers = finalizers
        self.managedFields = managedFields
    }
}
