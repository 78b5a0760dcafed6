import KubernetesModel
import StructuredData

/// A request's body as a tree, with what its text says twice.
struct RequestBody: Sendable {
    static let mediaTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]

    let tree: JSON
    /// A JSON text that names fields twice.
    private let ambiguousText: [UInt8]?
    /// What a YAML text says twice, in the words of the library that Kubernetes reads it with.
    let yamlDuplicates: String?

    init(tree: JSON, ambiguousText: [UInt8]? = nil, yamlDuplicates: String? = nil) {
        self.tree = tree
        self.ambiguousText = ambiguousText
        self.yamlDuplicates = yamlDuplicates
    }

    /// Reads the body of a request.
    ///
    /// - Parameter kind: what is expected, for errors.
    /// - Throws: 415, 400.
    static func read(_ request: APIRequest, kind: String) throws(KubernetesStatus) -> RequestBody {
        do {
            switch request.contentType {
            case "application/json", "": return try json(request.body)
            case "application/yaml", "application/x-yaml", "text/yaml": return try yaml(request.body)
            case "application/vnd.kubernetes.protobuf":
                return RequestBody(tree: try ProtobufDecoder.object(from: request.body))
            default: throw KubernetesStatus.unsupportedMediaType(accepted: Self.mediaTypes)
            }
        } catch let status as KubernetesStatus {
            throw status
        } catch {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; json parse "
                    + "error: \(error)")
        }
    }

    /// Reads the body of a request that is an object, of a kind that is not the path's own, such as an Eviction.
    /// - Throws: 415; 400 where it is another kind.
    static func object(_ request: APIRequest, kind: String, group: String) throws(KubernetesStatus) -> JSON {
        let tree = try read(request, kind: kind).tree
        guard tree.objectValue != nil else {
            throw .badRequest("the object provided is unrecognized (must be of type \(kind)): it is no JSON object")
        }
        let named = tree["kind"]?.stringValue ?? ""
        let version = tree["apiVersion"]?.stringValue ?? ""
        let namedGroup = version.contains("/") ? String(version.prefix { $0 != "/" }) : ""
        if !named.isEmpty, named != kind {
            throw .badRequest("\(named) in version \"\(version)\" cannot be handled as a \(kind)")
        }
        // Options belong to no group of their own: clients name that of the object, or none.
        if !version.isEmpty, namedGroup != group, kind != "DeleteOptions" {
            throw .badRequest("\(kind) in version \"\(version)\" cannot be handled as a \(kind)")
        }
        return tree
    }

    /// - Throws: the parser's error.
    static func json(_ bytes: [UInt8]) throws -> RequestBody {
        do {
            return RequestBody(tree: try JSON.parse(bytes, duplicateKeys: .refused))
        } catch let error where error.code == .duplicateKey {
            return RequestBody(tree: try JSON.parse(bytes), ambiguousText: bytes)
        }
    }

    /// - Throws: the parser's error; 400 where there is no document.
    static func yaml(_ bytes: [UInt8]) throws -> RequestBody {
        var duplicates: [YAML.DuplicateKey] = []
        guard let first = try YAML.parse(bytes, duplicates: &duplicates).first else {
            throw KubernetesStatus.badRequest("the body holds no YAML document")
        }
        if duplicates.isEmpty { return RequestBody(tree: first) }
        let lines = duplicates.map { "  line \($0.line): key \(JSON.string($0.key).text()) already set in map" }
        return RequestBody(tree: first, yamlDuplicates: "yaml: unmarshal errors:\n" + lines.joined(separator: "\n"))
    }

    /// What a strict reader finds wrong.
    ///
    /// - Parameters:
    ///   - unknown: the paths of fields that the kind does not have.
    ///   - inOrderOfText: as the typed decoders of built-in kinds report them; otherwise what is there twice comes first.
    func problems(unknown: [String], inOrderOfText: Bool) -> [String] {
        var problems: [String] = yamlDuplicates.map { [$0] } ?? []
        guard !unknown.isEmpty || ambiguousText != nil else { return problems }
        // A tree is as good as its text where nothing stands twice in it.
        let fields = FieldOrder.fields(in: ambiguousText ?? tree.serialized())
        let isUnknown = Set(unknown)
        var duplicates: [String] = []
        var ordered: [String] = []
        for field in fields {
            if field.isRepeated {
                duplicates.append("duplicate field \(JSON.string(field.path).text())")
                ordered.append("duplicate field \(JSON.string(field.path).text())")
            } else if isUnknown.contains(field.path) {
                ordered.append("unknown field \(JSON.string(field.path).text())")
            }
        }
        if inOrderOfText {
            problems += ordered
        } else {
            problems += duplicates + unknown.sorted().map { "unknown field \(JSON.string($0).text())" }
        }
        return problems
    }

    /// What a JSON text names twice.
    var duplicateFields: [String] {
        (ambiguousText.map(FieldOrder.fields) ?? []).filter(\.isRepeated).map {
            "duplicate field \(JSON.string($0.path).text())"
        }
    }
}
