public import StructuredData

/// Server-side apply, and the bookkeeping of field ownership for all other writes.
///
/// Every manager owns the fields that it last set. An apply says all that its manager wants: it sets those fields, takes
/// away what the manager owned and no longer names (unless others own it too), and conflicts where it would change a field
/// of another manager. Any other write takes over the fields that it changes, without conflicts.
///
/// Objects have one version here: an entry of another `apiVersion` keeps it, and is read by the same schema.
public enum StructuredMerge {
    /// Who writes, and how.
    public struct Writer: Sendable, Hashable {
        public var manager: String
        /// The version that the writer uses, such as `apps/v1`.
        public var apiVersion: String
        public var subresource: String?
        /// The time of the write, RFC 3339.
        public var time: String

        public init(manager: String, apiVersion: String, subresource: String? = nil, time: String) {
            self.manager = manager.isEmpty ? "unknown" : manager
            self.apiVersion = apiVersion
            self.subresource = subresource.flatMap { $0.isEmpty ? nil : $0 }
            self.time = time
        }

        func identity(isApply: Bool) -> ManagedFields.Manager {
            ManagedFields.Manager(
                name: manager, isApply: isApply, subresource: subresource, apiVersion: isApply ? nil : apiVersion)
        }
    }

    /// Fields that the server sets, or that identify the object: never owned.
    private static let unowned = FieldSet(fields: [
        "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.creationTimestamp",
        "metadata.selfLink", "metadata.uid", "metadata.clusterName", "metadata.generation", "metadata.managedFields",
        "metadata.resourceVersion",
    ])

    /// Applies a configuration (`application/apply-patch+yaml`).
    ///
    /// - Parameters:
    ///   - configuration: What the manager wants, with `apiVersion` and `kind`.
    ///   - live: The stored object; `nil` where it is to be created.
    ///   - schema: The kind's schema.
    ///   - writer: Who applies.
    ///   - force: Whether to take fields from their owners instead of failing.
    ///   - ignoring: Fields, with all below them, that this write cannot set, such as `status` where that is a subresource;
    ///     the caller restores their values.
    /// - Returns: The merged object with its `managedFields`, not defaulted or validated. If nothing changed, it equals
    ///   `live`, times included.
    /// - Throws: 409 `Conflict` with a cause per field that another manager owns; 400 where the configuration is no apply
    ///   configuration for the object; 500, as the API server does, where its lists cannot be merged.
    public static func apply(
        _ configuration: JSON, to live: JSON?, schema: MergeSchema, writer: Writer, force: Bool,
        ignoring: FieldSet = FieldSet()
    ) throws(KubernetesStatus) -> JSON {
        try check(configuration, schema: schema, writer: writer)
        let base = withoutManagedFields(live ?? .object(JSONObject()))
        var managed = ManagedFields(live?["metadata"]?["managedFields"]) ?? ManagedFields()
        if managed.isEmpty, live != nil {
            // Nobody's fields so far: what was there becomes the property of a manager of that name, so that later
            // removals by appliers leave it alone.
            var first = writer
            first.manager = "before-first-apply"
            record(
                from: schema.emptyObject, to: base, schema: schema, writer: first, managed: &managed,
                ignoring: FieldSet())
        }
        managed.reconcile(with: schema.root)
        let before = managed
        let identity = writer.identity(isApply: true)
        let previous = managed.owners[identity]?.fields ?? FieldSet()

        let merged = schema.root.merged(base, configuration) ?? configuration
        let applied = schema.root.fields(of: configuration).subtractingTrees(ignoring)
        managed.owners[identity] = ManagedFields.Ownership(
            apiVersion: writer.apiVersion, time: before.owners[identity]?.time, fields: applied)
        let pruned = prune(merged, previous: previous, managed: managed, node: schema.root)

        let changes = schema.root.changes(from: base, to: pruned).ignoring(ignoring)
        try resolve(changes, for: identity, managed: &managed, force: force)
        let owned = applied.subtracting(unowned)
        managed.owners[identity]?.fields = owned
        if owned.isEmpty { managed.owners[identity] = nil }
        if managed.owners[identity] != before.owners[identity] || pruned != base || live == nil {
            managed.owners[identity]?.time = writer.time
        }
        return with(managed, pruned)
    }

    /// Records who owns what after any other write.
    ///
    /// - Parameters:
    ///   - live: The object as it was; `nil` where it is created.
    ///   - new: The object as it is to be stored. `managedFields` in it are honoured where they are well-formed: an empty
    ///     list, or one empty entry, resets ownership.
    /// - Returns: `new` with its `managedFields`. A write that changes nothing changes no entry.
    public static func update(
        from live: JSON?, to new: JSON, schema: MergeSchema, writer: Writer, ignoring: FieldSet = FieldSet()
    ) -> JSON {
        let given = new["metadata"]?["managedFields"]
        let stored = live?["metadata"]?["managedFields"]
        let object = withoutManagedFields(new)
        let base = live.map(withoutManagedFields) ?? schema.emptyObject
        if let live, given == nil || given == stored, object == base { return live }
        var managed: ManagedFields
        if writer.subresource == nil, isReset(given) {
            managed = ManagedFields()
        } else if writer.subresource == nil, let decoded = ManagedFields(given), !decoded.isEmpty {
            managed = decoded
        } else {
            managed = ManagedFields(stored) ?? ManagedFields()
        }
        // An object whose ownership was never tracked, or was reset, stays so until the next apply.
        if managed.isEmpty, live != nil { return object }
        managed.reconcile(with: schema.root)
        record(from: base, to: object, schema: schema, writer: writer, managed: &managed, ignoring: ignoring)
        return with(managed, object)
    }
}

extension StructuredMerge {
    private static func check(
        _ configuration: JSON, schema: MergeSchema, writer: Writer
    ) throws(KubernetesStatus) {
        let version = configuration["apiVersion"]?.stringValue ?? ""
        guard version == writer.apiVersion else {
            throw .badRequest(
                "Incorrect version specified in apply patch. Specified patch version: \(version), expected: "
                    + writer.apiVersion)
        }
        if let given = configuration["metadata"]?["managedFields"], !given.isNull {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let problems = schema.root.problems(in: configuration)
        guard problems.isEmpty else {
            let object = DynamicObject(configuration)
            let why =
                problems.count == 1 ? problems[0] : "errors:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
            throw KubernetesStatus(
                reason: .unknown, code: 500,
                message: "failed to create typed patch object (\(object.namespace ?? "")/\(object.name ?? ""); "
                    + "\(version), Kind=\(object.kind)): \(why)")
        }
    }

    /// Takes away what the applier owned before and does not claim now, unless it is another manager's too.
    private static func prune(
        _ merged: JSON, previous: FieldSet, managed: ManagedFields, node: MergeSchema.Node
    ) -> JSON {
        guard !previous.isEmpty else { return merged }
        let last = node.withNamedFields(previous)
        let all = node.withNamedFields(node.fields(of: merged))
        let claimed = node.withNamedFields(managed.owners.values.reduce(FieldSet()) { $0.union($1.fields) })
        // Removing an item takes everything in it along; what others own is put back,
        var pruned = node.removing(last, from: merged) ?? .object(JSONObject())
        var kept = node.withNamedFields(node.fields(of: pruned))
        pruned = node.removing(all.subtracting(kept.union(claimed)), from: merged) ?? .object(JSONObject())
        // and so is what the applier never owned itself.
        kept = node.withNamedFields(node.fields(of: pruned))
        return node.removing(all.subtracting(kept).intersection(last), from: merged) ?? .object(JSONObject())
    }

    /// Takes the changed fields from their owners, or fails if that needs force.
    private static func resolve(
        _ changes: FieldChanges, for writer: ManagedFields.Manager, managed: inout ManagedFields, force: Bool
    ) throws(KubernetesStatus) {
        let set = changes.modified.union(changes.added)
        var conflicts: [ManagedFields.Manager: FieldSet] = [:]
        for (manager, ownership) in managed.owners where manager != writer {
            let conflict = ownership.fields.intersection(set)
            if !conflict.isEmpty { conflicts[manager] = conflict }
        }
        if !force, !conflicts.isEmpty { throw conflictStatus(conflicts) }
        release(changes, for: writer, managed: &managed)
    }

    private static func release(
        _ changes: FieldChanges, for writer: ManagedFields.Manager, managed: inout ManagedFields
    ) {
        let gone = changes.modified.union(changes.added).union(changes.removed)
        guard !gone.isEmpty else { return }
        for manager in Array(managed.owners.keys) where manager != writer { managed.take(gone, from: manager) }
    }

    /// Makes `writer` the owner of what differs between the two objects.
    private static func record(
        from base: JSON, to object: JSON, schema: MergeSchema, writer: Writer, managed: inout ManagedFields,
        ignoring: FieldSet
    ) {
        let changes = schema.root.changes(from: base, to: object).ignoring(ignoring)
        let identity = writer.identity(isApply: false)
        let previous = managed.owners[identity]
        release(changes, for: identity, managed: &managed)
        let taken = changes.modified.union(changes.added).subtracting(unowned)
        let kept = (previous?.fields ?? FieldSet()).subtracting(changes.removed)
        let fields = kept.union(taken)
        let time = taken.isEmpty ? previous?.time : writer.time
        managed.owners[identity] =
            fields.isEmpty
            ? nil : ManagedFields.Ownership(apiVersion: writer.apiVersion, time: time, fields: fields)
        managed.boundUpdaters()
    }

    private static func isReset(_ given: JSON?) -> Bool {
        guard let entries = given?.arrayValue else { return false }
        return entries.isEmpty || (entries.count == 1 && entries[0] == .object(JSONObject()))
    }

    private static func withoutManagedFields(_ object: JSON) -> JSON {
        guard object["metadata"]?["managedFields"] != nil else { return object }
        var object = object
        object.setMetadata("managedFields", nil)
        return object
    }

    private static func with(_ managed: ManagedFields, _ object: JSON) -> JSON {
        guard let json = managed.json else { return object }
        var object = object
        object.setMetadata("managedFields", json)
        return object
    }
}

extension StructuredMerge {
    private static func conflictStatus(_ conflicts: [ManagedFields.Manager: FieldSet]) -> KubernetesStatus {
        let byManager = conflicts.map { (manager: description(of: $0.key), paths: $0.value.paths) }
            .sorted { $0.manager < $1.manager }
        let causes = byManager.flatMap { manager, paths in
            paths.map { path in
                KubernetesStatus.Cause(
                    reason: "FieldManagerConflict", message: "conflict with \(manager)", field: text(of: path))
            }
        }
        let message: String
        if causes.count == 1, let (manager, paths) = byManager.first {
            message = "Apply failed with 1 conflict: conflict with \(manager): \(text(of: paths[0]))"
        } else {
            let lines = byManager.flatMap { manager, paths in
                ["conflicts with \(manager):"] + paths.map { "- \(text(of: $0))" }
            }
            message = "Apply failed with \(causes.count) conflicts: \(lines.joined(separator: "\n"))"
        }
        return .applyConflict(message: message, causes: causes)
    }

    private static func description(of manager: ManagedFields.Manager) -> String {
        var text = JSON.string(manager.name).text()
        if let subresource = manager.subresource { text += " with subresource \(JSON.string(subresource).text())" }
        if let version = manager.apiVersion { text += " using \(version)" }
        return text
    }

    private static func text(of path: [PathElement]) -> String { path.map(\.description).joined() }
}
