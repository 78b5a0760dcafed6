import KubernetesModel
import StructuredData

/// Turns stored objects into answers, in the form that the client accepts.
struct Presentation: Sendable {
    enum Form: Sendable, Hashable {
        case object
        /// Metadata alone.
        case partial
        case table(includeObject: String)
    }

    var definition: ResourceDefinition
    var form: Form
    /// The version of the group `meta.k8s.io` in which tables and bare metadata are asked for.
    var metaVersion = "v1"
    var encoding: Accepted.Encoding
    /// Seconds since 1970, for ages.
    var now: Int64
    /// What stands before a stored text, so that it names its type.
    private let typeHead: [UInt8]

    /// - Parameters:
    ///   - isList: whether a list is asked for.
    /// - Throws: 406.
    init(_ definition: ResourceDefinition, _ request: APIRequest, isList: Bool, now: Double) throws(KubernetesStatus) {
        self.definition = definition
        self.now = Int64(now)
        typeHead = Self.typeHead(definition)
        let accepted = try Accepted.choose(request.header("Accept")) { transform in
            transform.group == "meta.k8s.io" && ["v1", "v1beta1"].contains(transform.version)
                && ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"].contains(transform.kind)
        }
        encoding = accepted.encoding
        metaVersion = accepted.transform?.version ?? "v1"
        switch accepted.transform?.kind {
        case "Table": form = .table(includeObject: request.query["includeObject"] ?? "Metadata")
        case "PartialObjectMetadata":
            if isList {
                throw .notAcceptable(
                    "you requested PartialObjectMetadata, but the requested object is a list "
                        + "(*unstructured.UnstructuredList)")
            }
            form = .partial
        case "PartialObjectMetadataList":
            guard isList else {
                throw .notAcceptable(
                    "you requested PartialObjectMetadataList, but the requested object is not a list "
                        + "(*unstructured.Unstructured)")
            }
            form = .partial
        default: form = .object
        }
    }

    init(_ definition: ResourceDefinition) {
        self.definition = definition
        form = .object
        encoding = .json
        now = 0
        typeHead = Self.typeHead(definition)
    }

    private static func typeHead(_ definition: ResourceDefinition) -> [UInt8] {
        Array("{\"kind\":\"\(definition.type.kind)\",\"apiVersion\":\"\(definition.type.apiVersion)\",".utf8)
    }

    // MARK: Single objects

    /// The object with its type, in the version that is asked for.
    func object(_ stored: StoredObject) throws -> JSON { typed(try definition.object(stored)) }

    /// A tree in stored form, as the client sees it.
    func typed(_ object: JSON) -> JSON {
        let shown = shown(object)
        var members: JSONObject = [
            "kind": .string(definition.type.kind), "apiVersion": .string(definition.type.apiVersion),
        ]
        for (key, value) in shown.objectValue ?? [:] where key != "kind" && key != "apiVersion" { members[key] = value }
        return .object(members)
    }

    private func shown(_ object: JSON) -> JSON { definition.conversion?.fromStorage(object) ?? object }

    func response(_ stored: StoredObject, status: Int = 200, warnings: [String] = []) throws -> APIResponse {
        if form == .object, encoding == .json {
            var bytes: [UInt8] = []
            try append(stored, to: &bytes)
            return finish(.bytes(bytes), status, warnings)
        }
        return try response(try definition.object(stored), status: status, warnings: warnings)
    }

    /// - Parameter object: in stored form.
    /// - Throws: 406 where the form cannot be written so.
    func response(_ object: JSON, status: Int = 200, warnings: [String] = []) throws -> APIResponse {
        let json: JSON
        switch form {
        case .object: json = typed(object)
        case .partial: json = partial(object)
        case .table:
            json = table([object], version: object["metadata"]?["resourceVersion"]?.stringValue ?? "", continue: nil)
        }
        return finish(.bytes(try encoding.encode(json)), status, warnings)
    }

    func finish(_ body: APIResponse.Body, _ status: Int, _ warnings: [String]) -> APIResponse {
        var response = APIResponse(status: status, contentType: encoding.contentType, body: body)
        response.warnings = warnings
        return response
    }

    /// The stored text with the type in front.
    func append(_ stored: StoredObject, isTyped: Bool = true, to bytes: inout [UInt8]) throws {
        guard definition.conversion == nil, !definition.isReadAnew(stored) else {
            let object = try definition.object(stored)
            bytes.append(contentsOf: (isTyped ? typed(object) : shown(object)).serialized())
            return
        }
        guard isTyped else {
            bytes.append(contentsOf: stored.body)
            return
        }
        bytes.append(contentsOf: typeHead)
        bytes.append(contentsOf: stored.body.dropFirst())
    }

    func partial(_ object: JSON) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(metaVersion)"),
            "metadata": object["metadata"] ?? [:],
        ]
    }

    // MARK: Tables

    /// - Parameter objects: in stored form.
    func table(
        _ objects: [JSON], version: String, continue metadata: ListMetadata?, withColumns: Bool = true
    ) -> JSON {
        var include = "Metadata"
        if case .table(let asked) = form { include = asked }
        let rows = objects.map { object -> JSON in
            var row: JSON = ["cells": .array(definition.table.cells(object, now))]
            switch include {
            case "None": row["object"] = .null
            case "Object": row["object"] = typed(object)
            default: row["object"] = partial(object)
            }
            return row
        }
        return [
            "kind": "Table", "apiVersion": .string("meta.k8s.io/\(metaVersion)"),
            "metadata": metadata?.json(isCustom: false) ?? ["resourceVersion": .string(version)],
            "columnDefinitions": withColumns ? .array(definition.table.columns.map(\.json)) : .null,
            "rows": .array(rows),
        ]
    }
}
