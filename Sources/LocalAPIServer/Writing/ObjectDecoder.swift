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

    static let mediaTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]

    /// - Throws: 415, 400.
    func decode(_ body: [UInt8], contentType: String) throws(KubernetesStatus) -> DecodedObject {
        var duplicates: [String] = []
        let json = try Self.parse(
            body, contentType: contentType, kind: definition.type.kind, duplicates: &duplicates)
        return try decode(json, duplicates: duplicates)
    }

    /// - Parameter duplicates: paths of fields that the text named twice.
    func decode(_ json: JSON, duplicates: [String] = []) throws(KubernetesStatus) -> DecodedObject {
        var object = json
        try checkType(&object)
        if object["metadata"] == nil || object["metadata"]?.isNull == true { object["metadata"] = [:] }
        var unknown: [String] = []
        definition.schema.prune(&object, path: "", unknown: &unknown)
        let problems =
            duplicates.map { "duplicate field \"\($0)\"" } + unknown.sorted().map { "unknown field \"\($0)\"" }
        if validation == .strict, !problems.isEmpty {
            throw cannotBeHandled("strict decoding error: \(problems.joined(separator: ", "))")
        }
        try checkStructure(object)
        return DecodedObject(object: object, warnings: validation == .ignore ? [] : problems)
    }

    /// The body as a tree.
    static func parse(
        _ body: [UInt8], contentType: String, kind: String, duplicates: inout [String]
    ) throws(KubernetesStatus) -> JSON {
        do {
            switch contentType {
            case "application/json", "": return try parseJSON(body, duplicates: &duplicates)
            case "application/yaml", "application/x-yaml", "text/yaml": return try parseYAML(body)
            case "application/vnd.kubernetes.protobuf": return try ProtobufDecoder.object(from: body)
            default: throw KubernetesStatus.unsupportedMediaType(accepted: mediaTypes)
            }
        } catch let status as KubernetesStatus {
            throw status
        } catch {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; json parse "
                    + "error: \(error)")
        }
    }

    private static func parseJSON(_ body: [UInt8], duplicates: inout [String]) throws -> JSON {
        do {
            return try JSON.parse(body, duplicateKeys: .refused)
        } catch let error where error.code == .duplicateKey {
            duplicates = DuplicateFields.paths(in: body)
            return try JSON.parse(body)
        }
    }

    static func parseYAML(_ body: [UInt8]) throws -> JSON {
        guard let first = try YAML.parse(body).first else {
            throw KubernetesStatus.badRequest("the body holds no YAML document")
        }
        return first
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
    private func checkStructure(_ object: JSON) throws(KubernetesStatus) {
        let problems: [KubernetesStatus.Cause]
        if definition.isCustom {
            problems = BuiltInResources.objectMeta.validate(object["metadata"] ?? [:], path: "metadata")
        } else {
            problems = definition.schema.validate(object, path: "")
        }
        guard let first = problems.first(where: { $0.reason == "FieldValueTypeInvalid" }) else { return }
        let field = first.field ?? ""
        if first.message?.contains("must be of type byte") == true {
            throw cannotBeHandled("illegal base64 data in field \(field)")
        }
        throw cannotBeHandled(
            "json: cannot unmarshal into Go struct field \(definition.type.kind).\(field): \(first.message ?? "")")
    }

    private func cannotBeHandled(_ why: String) -> KubernetesStatus {
        .badRequest(
            "\(definition.type.kind) in version \"\(definition.type.version)\" cannot be handled as a "
                + "\(definition.type.kind): \(why)")
    }
}
