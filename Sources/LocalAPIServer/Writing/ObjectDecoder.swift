import KubernetesModel
import StructuredData

/// A request body as an object of its kind: known fields only.
struct DecodedObject: Sendable {
    /// With `apiVersion` and `kind`.
    var object: JSON
    /// What was dropped, for `Warning` headers.
    var warnings: [String] = []
}

/// Reads request bodies.
struct ObjectDecoder: Sendable {
    var definition: ResourceDefinition
    var validation: WriteOptions.Validation

    /// - Throws: 415, 400.
    func decode(_ request: APIRequest) throws(KubernetesStatus) -> DecodedObject {
        try decode(try RequestBody.read(request, kind: definition.type.kind))
    }

    /// - Throws: 400.
    func decode(_ body: RequestBody) throws(KubernetesStatus) -> DecodedObject {
        var object = body.tree
        try checkType(&object)
        let problems = prune(&object, body)
        if validation == .strict, !problems.isEmpty {
            throw cannotBeHandled("strict decoding error: \(problems.joined(separator: ", "))")
        }
        if let problem = structureProblem(object) { throw cannotBeHandled(problem) }
        return DecodedObject(object: object, warnings: validation == .ignore ? [] : problems)
    }

    /// Reads what a patch has made of an object. What cannot be read is the patch's fault.
    ///
    /// - Parameter duplicates: what the patch itself says twice.
    /// - Throws: 400, 422.
    func decode(patched tree: JSON, duplicates: [String]) throws(KubernetesStatus) -> DecodedObject {
        var object = tree
        try checkType(&object)
        let problems = duplicates + prune(&object, RequestBody(tree: tree))
        var refusal = structureProblem(object)
        if refusal == nil, validation == .strict, !problems.isEmpty {
            refusal = "strict decoding error: \(problems.joined(separator: ", "))"
        }
        if let refusal {
            throw .invalid(group: "", kind: "", "", causes: [.invalid("patch", value: tree.text(), refusal)])
        }
        return DecodedObject(object: object, warnings: validation == .ignore ? [] : problems)
    }

    /// Reads the configuration of an apply, which says itself what it is, and may name no field that the kind does not have.
    ///
    /// - Throws: 400; for unknown fields 500 without a reason, which is what the real server answers.
    func decode(applied body: RequestBody, namespace: String?) throws(KubernetesStatus) -> DecodedObject {
        for field in ["kind", "apiVersion"] where body.tree[field]?.stringValue ?? "" == "" {
            throw .badRequest("error decoding YAML: Object '\(field)' is missing in '\(body.tree.text())'")
        }
        if validation == .strict, let duplicates = body.yamlDuplicates {
            throw .badRequest("error strict decoding YAML: error converting YAML to JSON: \(duplicates)")
        }
        var object = body.tree
        try checkType(&object)
        if object["metadata"] == nil || object["metadata"]?.isNull == true { object["metadata"] = [:] }
        var unknown: [String] = []
        definition.schema.prune(&object, path: "", unknown: &unknown)
        if !unknown.isEmpty {
            let lines = unknown.sorted().map { ".\($0): field not declared in schema" }
            let name = object["metadata"]?["name"]?.stringValue ?? ""
            throw KubernetesStatus(
                reason: .unknown, code: 500,
                message:
                    "failed to create typed patch object (\(namespace ?? "")/\(name); \(definition.type.apiVersion), "
                    + "Kind=\(definition.type.kind)): "
                    + (lines.count == 1 ? lines[0] : "errors:\n  " + lines.joined(separator: "\n  ")))
        }
        if let problem = structureProblem(object) { throw cannotBeHandled(problem) }
        let warnings = validation == .ignore ? nil : body.yamlDuplicates
        return DecodedObject(object: object, warnings: warnings.map { [$0] } ?? [])
    }

    /// Takes out what the kind does not know.
    /// - Returns: what there is to say about it.
    private func prune(_ object: inout JSON, _ body: RequestBody) -> [String] {
        if object["metadata"] == nil || object["metadata"]?.isNull == true { object["metadata"] = [:] }
        var unknown: [String] = []
        definition.schema.prune(&object, path: "", unknown: &unknown)
        return body.problems(unknown: unknown, inOrderOfText: !definition.isCustom)
    }

    private func checkType(_ object: inout JSON) throws(KubernetesStatus) {
        guard object.objectValue != nil else {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(definition.type.kind)): it is no JSON object")
        }
        let kind = object["kind"]?.stringValue ?? ""
        let version = object["apiVersion"]?.stringValue ?? ""
        if !version.isEmpty, version != definition.type.apiVersion {
            throw .badRequest(
                "the API version in the data (\(version)) does not match the expected API version "
                    + "(\(definition.type.apiVersion))")
        }
        if !kind.isEmpty, kind != definition.type.kind {
            guard definition.isCustom else {
                throw .badRequest(
                    "\(kind) in version \"\(definition.type.version)\" cannot be handled as a \(definition.type.kind)")
            }
            throw .invalid(
                group: definition.type.group, kind: kind, object["metadata"]?["name"]?.stringValue ?? "",
                causes: [
                    .invalid("kind", value: JSON.string(kind).text(), "must be \(definition.type.kind)")
                ])
        }
        object["kind"] = .string(definition.type.kind)
        object["apiVersion"] = .string(definition.type.apiVersion)
    }

    /// What no typed decoder could read is a bad request, not an invalid object. Only the metadata of custom resources is
    /// typed.
    private func structureProblem(_ object: JSON) -> String? {
        let problems =
            definition.isCustom
            ? BuiltInResources.objectMeta.validate(object["metadata"] ?? [:], path: "metadata")
            : definition.schema.validate(object, path: "")
        guard let first = problems.first(where: { $0.reason == "FieldValueTypeInvalid" }) else { return nil }
        let field = first.field ?? ""
        if first.message?.contains("must be of type byte") == true { return "illegal base64 data in field \(field)" }
        return "json: cannot unmarshal into Go struct field \(definition.type.kind).\(field): \(first.message ?? "")"
    }

    private func cannotBeHandled(_ why: String) -> KubernetesStatus {
        .badRequest(
            "\(definition.type.kind) in version \"\(definition.type.version)\" cannot be handled as a "
                + "\(definition.type.kind): \(why)")
    }
}
