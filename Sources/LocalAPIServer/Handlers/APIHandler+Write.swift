import KubernetesModel
import StructuredData

extension APIHandler {
    /// Names that are generated are tried this often before their prefix counts as exhausted.
    private static let nameRetries = 8

    func create(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: false, now: now())
        let options = try WriteOptions(request)
        guard target.name == nil else { throw KubernetesStatus.methodNotAllowed(target.type) }
        let decoder = ObjectDecoder(definition: target.definition, validation: options.validation)
        let decoded = try decoder.decode(request)
        let outcome = try await create(decoded.object, target, options)
        try await react(to: outcome, target.definition)
        let warnings = decoded.warnings + outcome.warnings + target.definition.writeWarnings
        if let stored = outcome.stored { return try presentation.response(stored, status: 201, warnings: warnings) }
        return try presentation.response(outcome.object, status: 201, warnings: warnings)
    }

    /// Creates an object from a decoded one.
    ///
    /// - Parameter managed: the object with `managedFields` as an apply worked them out; `nil`: the writer owns what it sets.
    func create(_ wanted: JSON, _ target: Target, _ options: WriteOptions, isApply: Bool = false) async throws
        -> WriteOutcome
    {
        if target.definition.isTerminating {
            var refusal = KubernetesStatus.methodNotAllowed(target.type)
            refusal.message = "create not allowed while custom resource definition is terminating"
            throw refusal
        }
        let preparation = preparation(target)
        var wanted = target.definition.conversion?.toStorage(wanted) ?? wanted
        let namespace = wanted["metadata"]?["namespace"]?.stringValue ?? ""
        if !(wanted["metadata"]?["resourceVersion"]?.stringValue ?? "").isEmpty {
            throw KubernetesStatus(
                reason: .unknown, code: 500, message: "resourceVersion should not be set on objects to be created")
        }
        if target.type.namespaced {
            guard target.namespace != nil else {
                throw KubernetesStatus.badRequest("the namespace of the object must be in the path")
            }
            if !namespace.isEmpty, namespace != target.namespace {
                throw KubernetesStatus.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request")
            }
        }
        let prefix = wanted["metadata"]?["generateName"]?.stringValue ?? ""
        let isGenerated = (wanted["metadata"]?["name"]?.stringValue ?? "").isEmpty && !prefix.isEmpty
        var attempt = 0
        while true {
            defer { attempt += 1 }
            if isGenerated {
                wanted.set(.string(prefix.prefix(58) + Self.randomSuffix()), at: ["metadata", "name"])
            }
            var admitted = preparation.definition.typed(wanted)
            let warnings = try admit(creationOf: &admitted, target)
            let claim = try claimAddress(of: &admitted, target)
            // Until it is stored, or is not.
            defer { withExtendedLifetime(claim) {} }
            var object = preparation.forCreate(admitted, namespace: target.namespace, uid: Self.newUID())
            if !isApply {
                object = StructuredMerge.update(
                    from: nil, to: object, schema: target.definition.mergeSchema,
                    writer: writer(target, options, subresource: nil))
            }
            try preparation.validate(object, live: nil, subresource: nil)
            do {
                var outcome = try await commitCreate(object, target, options)
                outcome.warnings = warnings + preparation.definition.hooks.warnings(object)
                return outcome
            } catch let status as KubernetesStatus
                where isGenerated && status.reason == .alreadyExists && attempt < Self.nameRetries
            {
                continue
            }
        }
    }

    /// Five characters that spell no words, as on the real server.
    private static func randomSuffix() -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<5).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    static let namespaces = ResourceType(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false)

    func update(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: false, now: now())
        let options = try WriteOptions(request)
        _ = try target.location()
        let decoder = ObjectDecoder(definition: target.definition, validation: options.validation)
        let decoded = try decoder.decode(request)
        let outcome = try await modify(target, options, subresource: request.info.subresource) { live in
            try Self.requireVersion(decoded.object, target)
            return decoded.object
        }
        try await react(to: outcome, target.definition)
        let warnings = decoded.warnings + target.definition.writeWarnings
        if let stored = outcome.stored { return try presentation.response(stored, warnings: warnings) }
        return try presentation.response(outcome.object, warnings: warnings)
    }

    /// Some kinds may not be replaced without saying which version is replaced.
    private static func requireVersion(_ object: JSON, _ target: Target) throws(KubernetesStatus) {
        let version = object["metadata"]?["resourceVersion"]?.stringValue ?? ""
        let needsVersion =
            target.definition.isCustom
            || ["CustomResourceDefinition", "Lease", "PodDisruptionBudget"].contains(target.type.kind)
        guard version.isEmpty || version == "0", needsVersion else { return }
        let cause = KubernetesStatus.Cause.invalid(
            "metadata.resourceVersion", value: "0", "must be specified for an update")
        throw .invalid(group: target.type.group, kind: target.type.plural, target.name ?? "", causes: [cause])
    }

    func patch(_ target: Target, _ request: APIRequest) async throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: false, now: now())
        let isApply = Patch.isApply(request.contentType)
        let options = try WriteOptions(request, isApply: isApply)
        _ = try target.location()
        let patch = try Patch(request, type: target.type, isCustom: target.definition.isCustom)
        let outcome =
            isApply
            ? try await apply(patch.body, target, options, subresource: request.info.subresource)
            : try await apply(patch, target, options, subresource: request.info.subresource)
        try await react(to: outcome, target.definition)
        let status = outcome.isCreated ? 201 : 200
        let warnings = outcome.warnings + target.definition.writeWarnings
        if let stored = outcome.stored {
            return try presentation.response(stored, status: status, warnings: warnings)
        }
        return try presentation.response(outcome.object, status: status, warnings: warnings)
    }

    private func apply(
        _ patch: Patch, _ target: Target, _ options: WriteOptions, subresource: String?
    ) async throws -> WriteOutcome {
        let decoder = ObjectDecoder(definition: target.definition, validation: options.validation)
        var warnings: [String] = []
        var outcome = try await modify(target, options, subresource: subresource) { live in
            let decoded = try decoder.decode(patched: try patch.applied(to: live), duplicates: patch.duplicates)
            warnings = decoded.warnings
            return decoded.object
        }
        outcome.warnings = warnings
        return outcome
    }

    /// Server-side apply.
    private func apply(
        _ configuration: RequestBody, _ target: Target, _ options: WriteOptions, subresource: String?
    ) async throws -> WriteOutcome {
        let decoded = try ObjectDecoder(definition: target.definition, validation: options.validation)
            .decode(applied: configuration, namespace: target.namespace)
        let schema = target.definition.mergeSchema
        let writer = writer(target, options, subresource: subresource)
        let ignoring = Self.fieldsOutside(subresource, decoded.object, target)
        var outcome: WriteOutcome
        if store.object(at: try target.location()) == nil {
            guard subresource == nil else { throw target.notFound }
            var object = try StructuredMerge.apply(
                decoded.object, to: nil, schema: schema, writer: writer, force: options.isForced, ignoring: ignoring)
            let name = object["metadata"]?["name"]?.stringValue ?? ""
            if !name.isEmpty, name != target.name {
                throw KubernetesStatus.badRequest(
                    "the name of the object (\(name)) does not match the name on the URL (\(target.name ?? ""))")
            }
            object.set(.string(target.name ?? ""), at: ["metadata", "name"])
            outcome = try await create(object, target, options, isApply: true)
        } else {
            outcome = try await modify(target, options, subresource: subresource, ownsManagedFields: true) { live in
                try StructuredMerge.apply(
                    decoded.object, to: live, schema: schema, writer: writer, force: options.isForced,
                    ignoring: ignoring)
            }
        }
        outcome.warnings = decoded.warnings + outcome.warnings
        return outcome
    }

    /// What an apply on this path cannot set, and so cannot own.
    private static func fieldsOutside(_ subresource: String?, _ object: JSON, _ target: Target) -> FieldSet {
        guard subresource == "status" else {
            return target.definition.hasStatus ? FieldSet(fields: ["status"]) : FieldSet()
        }
        var fields = target.definition.metadataOutsideStatus.sorted().map { "metadata.\($0)" }
        for key in object.objectValue?.keys ?? [] where !["apiVersion", "kind", "metadata", "status"].contains(key) {
            fields.append(key)
        }
        return FieldSet(fields: fields)
    }
}
