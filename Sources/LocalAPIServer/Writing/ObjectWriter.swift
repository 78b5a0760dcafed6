import KubernetesModel
import StructuredData

/// What a write led to.
struct WriteOutcome: Sendable {
    /// In stored form.
    var object: JSON
    var stored: StoredObject?
    var isCreated = false
    /// The write took away the last reason to keep an object that was being deleted.
    var isRemoved = false
    var warnings: [String] = []
}

extension APIHandler {
    /// A write that meets another one on the same object is worked out anew this often, where its client left the version
    /// to the server.
    private static let conflictRetries = 30

    /// The definition of the stored form.
    func storageDefinition(_ definition: ResourceDefinition) -> ResourceDefinition {
        guard let conversion = definition.conversion, !conversion.isOfStoredForm else { return definition }
        return registry.snapshot.definitions.first {
            $0.storageName == definition.storageName && $0.conversion?.isOfStoredForm ?? true
        } ?? definition
    }

    func preparation(_ target: Target) -> ObjectPreparation {
        ObjectPreparation(definition: storageDefinition(target.definition), type: target.type, now: timestamp)
    }

    func writer(_ target: Target, _ options: WriteOptions, subresource: String?) -> StructuredMerge.Writer {
        StructuredMerge.Writer(
            manager: options.manager, apiVersion: target.type.apiVersion, subresource: subresource, time: timestamp)
    }

    /// Commits a prepared new object.
    func commitCreate(
        _ object: JSON, _ target: Target, _ options: WriteOptions
    ) async throws -> WriteOutcome {
        let definition = target.definition
        let name = object["metadata"]?["name"]?.stringValue ?? ""
        let location = definition.location(namespace: target.namespace, name: name)
        let object = definition.forStorage(object)
        if options.isDryRun {
            guard store.object(at: location) == nil else { throw KubernetesStatus.alreadyExists(target.type, name) }
            _ = try quotas.reserve(object, replacing: nil, target, isDryRun: true)
            return WriteOutcome(object: object, isCreated: true)
        }
        let reservation = try quotas.reserve(object, replacing: nil, target, isDryRun: false)
        defer { quotas.release(reservation) }
        do {
            let stored = try await store.commit(
                ObjectWrite(
                    location: location,
                    kind: .create(StoredContent(object: object, fields: definition.fields(ofStored: object)))))
            return WriteOutcome(object: try definition.object(stored), stored: stored, isCreated: true)
        } catch StoreError.alreadyExists {
            throw KubernetesStatus.alreadyExists(target.type, name)
        }
    }

    /// Reads, changes and commits an object, anew where another write came between.
    ///
    /// - Parameter change: gives the wanted object from the live one, both in the form and version of the target, with
    ///   type; `managedFields` are updated here unless `ownsManagedFields`.
    /// - Parameter ownership: the new object as the writer saw it, where that differs.
    func modify(
        _ target: Target, _ options: WriteOptions, subresource: String? = nil, ownsManagedFields: Bool = false,
        ownership: (@Sendable (JSON) -> JSON)? = nil, change: (_ live: JSON) throws -> JSON
    ) async throws -> WriteOutcome {
        let location = try target.location()
        let preparation = preparation(target)
        let presentation = Presentation(target.definition)
        var attempt = 0
        while true {
            defer { attempt += 1 }
            guard let stored = store.object(at: location) else { throw target.notFound }
            let tree = try target.definition.object(stored)
            let live = preparation.definition.typed(tree)
            let wanted = try change(presentation.typed(tree))
            try check(wanted, against: stored, target)
            var new = preparation.forUpdate(
                preparation.definition.typed(target.definition.conversion?.toStorage(wanted) ?? wanted), live: live,
                subresource: subresource)
            if !ownsManagedFields {
                let owned = StructuredMerge.update(
                    from: live, to: ownership?(new) ?? new, schema: target.definition.mergeSchema,
                    writer: writer(target, options, subresource: subresource))
                new.set(owned["metadata"]?["managedFields"], at: ["metadata", "managedFields"])
            }
            // Rules may compare with what was, and so have a say in a write that changes nothing.
            if new != live || preparation.definition.rules != nil {
                try preparation.validate(new, live: live, subresource: subresource)
            }
            if new == live { return WriteOutcome(object: tree, stored: stored) }
            do {
                return try await commitUpdate(new, live, stored, target, options)
            } catch StoreError.conflict where attempt < Self.conflictRetries {
                continue
            } catch StoreError.conflict {
                throw KubernetesStatus.conflict(target.type, location.name)
            } catch StoreError.notFound {
                throw target.notFound
            }
        }
    }

    private func commitUpdate(
        _ new: JSON, _ live: JSON, _ stored: StoredObject, _ target: Target, _ options: WriteOptions
    ) async throws -> WriteOutcome {
        let definition = target.definition
        let new = definition.forStorage(new)
        let isOver = Deletion.isOver(new, definition: definition)
        let reservation = try quotas.reserve(new, replacing: live, target, isDryRun: options.isDryRun)
        defer { quotas.release(reservation) }
        if options.isDryRun { return WriteOutcome(object: new, isRemoved: isOver) }
        let kind: ObjectWrite.Kind =
            isOver
            ? .delete(expected: stored.resourceVersion)
            : .update(
                expected: stored.resourceVersion,
                StoredContent(object: new, fields: definition.fields(ofStored: new)))
        let result = try await store.commit(ObjectWrite(location: stored.location, kind: kind))
        if isOver {
            var last = new
            last.set(.string(String(result.resourceVersion)), at: ["metadata", "resourceVersion"])
            return WriteOutcome(object: last, isRemoved: true)
        }
        return WriteOutcome(object: try definition.object(result), stored: result)
    }

    /// What the wanted object says about which object, and which version of it, it means.
    private func check(_ wanted: JSON, against stored: StoredObject, _ target: Target) throws(KubernetesStatus) {
        let metadata = wanted["metadata"]
        let name = metadata?["name"]?.stringValue ?? ""
        if !name.isEmpty, name != stored.location.name {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(stored.location.name))")
        }
        let namespace = metadata?["namespace"]?.stringValue ?? ""
        if target.type.namespaced, !namespace.isEmpty, namespace != stored.location.namespace {
            throw .badRequest(
                "the namespace of the object (\(namespace)) does not match the namespace on the URL "
                    + "(\(stored.location.namespace))")
        }
        let uid = metadata?["uid"]?.stringValue ?? ""
        if !uid.isEmpty, uid != stored.uid {
            throw .conflict(
                target.type, stored.location.name,
                message: "Precondition failed: UID in precondition: \(uid), UID in object meta: \(stored.uid)")
        }
        let version = metadata?["resourceVersion"]?.stringValue ?? ""
        if !version.isEmpty, version != "0", version != String(stored.resourceVersion) {
            throw .conflict(target.type, stored.location.name)
        }
    }
}

extension ResourceDefinition {
    /// A stored tree with its type.
    func typed(_ object: JSON) -> JSON {
        var object = object
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        return object
    }
}
