import KubernetesModel
import StructuredData

extension APIHandler {
    private static let deletionRetries = 30
    private static let protectedNamespaces: Set<String> = ["default", "kube-system", "kube-public"]

    func delete(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: false, now: now())
        let options = try DeletionOptions(request)
        if target.definition.storageName == "/namespaces", let name = target.name,
            Self.protectedNamespaces.contains(name)
        {
            throw KubernetesStatus.forbidden(target.type, name, message: "this namespace may not be deleted")
        }
        let result = try await remove(target, options)
        if !options.isDryRun { await reactToDeletion(target) }
        let warnings = options.propagation == nil ? [target.definition.hooks.orphanWarning].compactMap(\.self) : []
        if result.isGone, !target.definition.answersDeletionWithObject {
            var response = APIResponse.status(.deleted(target.type, target.name ?? "", uid: result.uid))
            response.warnings = warnings
            return response
        }
        if target.definition.storageName == ResourceRegistry.customResourceDefinitions, !options.isDryRun {
            // There are no new objects from now on; those that are there, and then the definition, go before the answer.
            await keeper.collect(result.object["metadata"]?["name"]?.stringValue ?? "")
        }
        return try presentation.response(result.object, warnings: warnings)
    }

    /// What has become of an object that was to be deleted.
    struct DeletionResult {
        /// As it is now or last was, in stored form.
        var object: JSON
        var uid: String
        /// Otherwise it stays until its finalizers and its grace period are over.
        var isGone: Bool
    }

    /// Deletes one object.
    @discardableResult
    func remove(_ target: Target, _ options: DeletionOptions) async throws -> DeletionResult {
        let location = try target.location()
        let definition = storageDefinition(target.definition)
        var attempt = 0
        while true {
            defer { attempt += 1 }
            guard let stored = store.object(at: location) else { throw target.notFound }
            try check(options, stored, target)
            let object = try stored.object()
            let step = Deletion.step(object, definition: definition, options: options, now: Int64(now()))
            do {
                switch step {
                case .nothing: return DeletionResult(object: object, uid: stored.uid, isGone: false)
                case .remove:
                    var last = stored
                    if !options.isDryRun {
                        last = try await store.commit(
                            ObjectWrite(location: location, kind: .delete(expected: stored.resourceVersion)))
                    }
                    return DeletionResult(object: try last.object(), uid: stored.uid, isGone: true)
                case .mark(let marked):
                    if options.isDryRun { return DeletionResult(object: marked, uid: stored.uid, isGone: false) }
                    let result = try await store.commit(
                        ObjectWrite(
                            location: location,
                            kind: .update(
                                expected: stored.resourceVersion,
                                StoredContent(object: marked, fields: definition.fields(ofStored: marked)))))
                    return DeletionResult(object: try result.object(), uid: stored.uid, isGone: false)
                }
            } catch StoreError.conflict where attempt < Self.deletionRetries {
                continue
            } catch StoreError.conflict {
                throw KubernetesStatus.conflict(target.type, location.name)
            } catch StoreError.notFound {
                throw target.notFound
            }
        }
    }

    private func check(
        _ options: DeletionOptions, _ stored: StoredObject, _ target: Target
    ) throws(KubernetesStatus) {
        // These two name the kind where other conflicts name the resource.
        var type = target.type
        type.plural = target.type.kind
        if let uid = options.uid, uid != stored.uid {
            throw .conflict(
                type, stored.location.name,
                message:
                    "the UID in the precondition (\(uid)) does not match the UID in record (\(stored.uid)). The object "
                    + "might have been deleted and then recreated")
        }
        if let version = options.resourceVersion, version != String(stored.resourceVersion) {
            throw .conflict(
                type, stored.location.name,
                message:
                    "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(stored.resourceVersion)). The object might have been modified")
        }
    }

    func deleteCollection(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        guard target.definition.verbs.contains("deletecollection"), target.namespace != nil || !target.type.namespaced
        else { throw KubernetesStatus.methodNotAllowed(target.type) }
        let presentation = Presentation(target.definition)
        let options = try DeletionOptions(request)
        let selection = try Selection(target, request)
        let (objects, _) = store.objects(of: target.definition.storageName, namespace: target.namespace)
        var deleted: [StoredObject] = []
        for object in objects where selection.matches(object) {
            var one = target
            one.name = object.location.name
            do {
                _ = try await remove(one, options)
                deleted.append(object)
            } catch let status as KubernetesStatus where status.reason == .notFound {
                continue
            }
        }
        if !options.isDryRun { await reactToDeletion(target) }
        return try presentation.list(
            deleted, Presentation.ListMetadata(version: String(store.resourceVersion)))
    }
}
