import CommonExpression
import KubernetesModel
import StructuredData

/// A kind of object that the server serves, as data: one generic path handles all of them.
struct ResourceDefinition: Sendable {
    /// A part of an object with a path of its own.
    struct Subresource: Sendable {
        var name: String
        var kind: String
        /// `nil`: that of the resource.
        var group: String?
        var version: String?
        var verbs: [String]

        static func status(_ kind: String) -> Subresource {
            Subresource(name: "status", kind: kind, verbs: ["get", "patch", "update"])
        }

        static let scale = Subresource(
            name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"])
    }

    /// Where the scale subresource finds its numbers.
    struct ScalePaths: Sendable {
        var specReplicas: [String]
        var statusReplicas: [String]
        /// A text that holds the selector, or a LabelSelector.
        var selector: [String]?

        /// The path of the wanted count, as a definition has it, in quotes.
        var specReplicasText: String { JSON.string("." + specReplicas.joined(separator: ".")).text() }
    }

    enum NameRule: Sendable {
        case subdomain, label, pathSegment
    }

    /// One kind in two groups: how the stored form becomes this one, and back.
    struct Conversion: Sendable {
        var fromStorage: @Sendable (JSON) -> JSON
        var toStorage: @Sendable (JSON) -> JSON
        /// The stored form's name of a selectable field.
        var storedField: @Sendable (String) -> String
        /// Whether this form is the stored one, with what is empty in it left out there.
        var isOfStoredForm = false
    }

    var type: ResourceType
    var listKind: String
    var singular: String
    var shortNames: [String]
    var categories: [String]
    /// Where its objects stand in the store; versions, and groups, of one kind share it.
    var storageName: String
    var verbs: [String]
    var subresources: [Subresource]
    /// What a field selector may name besides `metadata.name` and `metadata.namespace`.
    var selectableFields: [String]
    /// What those are that an object does not say, by the names that the store has for them.
    var impliedFields: [String: String] = [:]
    var schema: Schema
    /// What OpenAPI documents call the schema.
    var schemaName: String
    /// `x-kubernetes-validations` of a custom resource, compiled.
    var rules: RuleSet?
    var mergeSchema: MergeSchema
    var isCustom: Bool
    var tracksGeneration: Bool
    var nameRule: NameRule
    var scale: ScalePaths?
    var hooks: ResourceHooks
    var table: TableDefinition
    var conversion: Conversion?
    /// The version in which its kind is stored, as discovery tells.
    var storageVersion: String
    /// Whether the answer to a deletion is the object that is gone, where for most kinds it is a Status.
    var answersDeletionWithObject = false
    /// The schema of that version, where not all versions have the same.
    var storageSchema: Schema?
    /// What selectors of any version may name.
    var allSelectableFields: Set<String> = []
    /// The version of the CustomResourceDefinition that it comes from; 0 for built-in kinds.
    var definedAt: Int64 = 0
    /// `CustomResource.identity` of it; 0 for built-in kinds.
    var identity = 0
    /// Whether the CustomResourceDefinition is being deleted: there will be no new objects.
    var isTerminating = false
    /// What whoever asks for it in this version should know.
    var deprecation: String?

    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

    /// The verbs that discovery shows.
    var shownVerbs: [String] {
        isTerminating ? verbs.filter { !["create", "patch", "update"].contains($0) } : verbs
    }

    /// What whoever writes such an object is told.
    var writeWarnings: [String] { hooks.writeWarning.map { [$0] } ?? [] }

    /// What OpenAPI documents call the schema of its lists.
    var listSchemaName: String { schemaName.dropLast(type.kind.count) + listKind }

    var hasStatus: Bool { subresources.contains { $0.name == "status" } }

    /// Whether an object may be another than its text says: it was written before its kind was defined as it is now, or in a version
    /// that has a schema of its own.
    func isReadAnew(_ stored: StoredObject) -> Bool { storageSchema != nil || stored.resourceVersion < definedAt }

    /// The metadata that a write of the status leaves as it is. Most built-in kinds let a status bring all of it along.
    var metadataOutsideStatus: Set<String> {
        if isCustom { return ["labels", "annotations", "ownerReferences", "finalizers"] }
        switch type.kind {
        case "APIService": return ["labels", "annotations", "ownerReferences", "finalizers"]
        case "Deployment": return ["labels"]
        case "Pod": return ["ownerReferences"]
        default: return []
        }
    }

    /// A stored object as its kind is defined now: without fields that have gone since it was written, with the defaults of the
    /// version that it is stored in, and then cut to this one.
    func object(_ stored: StoredObject) throws -> JSON {
        var object = try stored.object()
        guard isReadAnew(stored) else { return object }
        var unknown: [String] = []
        let schemaInStorage = storageSchema ?? schema
        schemaInStorage.prune(&object, path: "", unknown: &unknown)
        schemaInStorage.applyDefaults(to: &object)
        if storageSchema != nil { schema.prune(&object, path: "", unknown: &unknown) }
        return object
    }

    /// What of an object is stored: what the version has that it is stored in. Defaults of that version are given where it is read.
    func forStorage(_ object: JSON) -> JSON {
        guard let storageSchema else { return object }
        var object = object
        var unknown: [String] = []
        storageSchema.prune(&object, path: "", unknown: &unknown)
        return object
    }

    /// The stored form's place of one object.
    func location(namespace: String?, name: String) -> ObjectLocation {
        ObjectLocation(resource: storageName, namespace: type.namespaced ? namespace ?? "" : "", name: name)
    }

    /// The name under which the store keeps a selectable field; `nil`: the kind has no such field.
    func storedField(_ name: String) -> String? {
        guard selectableFields.contains(name) else { return nil }
        return conversion?.storedField(name) ?? name
    }

    /// The values of the fields that selectors may name, of a stored object: one that was written before a definition offered them
    /// is read for them. One that cannot be read is found by what is kept of it, and told where it is answered.
    func fields(of stored: StoredObject) -> [String: String] {
        guard isReadAnew(stored), let object = try? object(stored) else { return stored.fields }
        return fields(ofStored: object)
    }

    /// The values of the fields that selectors may name, as the store keeps them: those of all versions, since an object that is
    /// written in one is selected in another.
    /// - Parameter object: in the stored form.
    func fields(ofStored object: JSON) -> [String: String] {
        var fields: [String: String] = [:]
        for name in allSelectableFields.union(selectableFields) {
            let path = conversion?.storedField(name) ?? name
            guard let value = object.value(at: path.split(separator: ".").map(String.init)) else { continue }
            switch value {
            case .string(let text): fields[path] = text
            case .bool(let flag): fields[path] = flag ? "true" : "false"
            case .integer(let number): fields[path] = String(number)
            case .number, .null, .array, .object: continue
            }
        }
        return fields.merging(hooks.derivedFields(object)) { $1 }
    }
}

extension JSON {
    /// The value below the members named by `path`.
    func value(at path: [String]) -> JSON? {
        var value = self
        for part in path {
            guard let member = value[part] else { return nil }
            value = member
        }
        return value
    }

    /// Sets the value below the members named by `path`, making objects on the way; `nil` removes it.
    mutating func set(_ newValue: JSON?, at path: ArraySlice<String>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            self[first] = newValue
            return
        }
        var member = self[first] ?? [:]
        member.set(newValue, at: path.dropFirst())
        self[first] = member
    }
}

/// What is particular to a kind, as functions on its objects.
struct ResourceHooks: Sendable {
    /// What the functions may look at.
    struct Context: Sendable {
        /// As which kind and version the client wrote.
        var type: ResourceType
        /// The object that is replaced; `nil` on create.
        var old: JSON?
    }

    /// Fills in what follows from other fields, after the schema's defaults.
    var applyDefaults: @Sendable (inout JSON) -> Void = { _ in }
    /// What an update takes over from the object that it replaces, before the defaults.
    var prepareForUpdate: @Sendable (inout JSON, JSON) -> Void = { _, _ in }
    /// What creation sets whatever the client says, such as a pod's phase.
    var prepareForCreate: @Sendable (inout JSON) -> Void = { _ in }
    /// Fields for selectors that are no values of the stored object as they are.
    var derivedFields: @Sendable (JSON) -> [String: String] = { _ in [:] }
    /// What is wrong with the object besides its schema.
    var validate: @Sendable (JSON, Context) -> [KubernetesStatus.Cause] = { _, _ in [] }
    /// What whoever creates such an object should know of it.
    var warnings: @Sendable (JSON) -> [String] = { _ in [] }
    /// Whether creation keeps the status that the client sends.
    var keepsStatusOnCreate = false
    /// Whether a deletion that does not say what becomes of dependents leaves them alone.
    var orphansByDefault = false
    /// What whoever writes such an object, or deletes one without saying what becomes of its dependents, should know.
    var writeWarning: String?
    var orphanWarning: String?
}
