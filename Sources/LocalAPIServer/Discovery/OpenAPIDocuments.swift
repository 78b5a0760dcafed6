import Crypto
import FoundationEssentials
import KubernetesModel
import StructuredData
import Synchronization

/// The OpenAPI v3 documents, one a group and version, as kubectl reads them for `explain`, validation and patches.
final class OpenAPIDocuments: Sendable {
    private struct Documents {
        var version: Int64 = -2
        var byPath: [String: (bytes: [UInt8], hash: String)] = [:]
    }

    private let made = Mutex(Documents())

    init() {}

    /// - Parameter path: what follows `/openapi/v3/`; empty: the index.
    func response(_ path: String, _ snapshot: ResourceRegistry.Snapshot) throws -> APIResponse {
        let documents = documents(snapshot)
        if path.isEmpty {
            var paths: JSON = [:]
            for (path, document) in documents.byPath.sorted(by: { $0.key < $1.key }) {
                paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(document.hash)")]
            }
            return .json(["paths": paths])
        }
        guard let document = documents.byPath[path] else { return .text("404 page not found\n", status: 404) }
        return APIResponse(body: .bytes(document.bytes))
    }

    private func documents(_ snapshot: ResourceRegistry.Snapshot) -> Documents {
        if let current = made.withLock({ $0.version == snapshot.version ? $0 : nil }) { return current }
        var documents = Documents(version: snapshot.version)
        for (group, versions) in snapshot.groups {
            for version in versions {
                let definitions = snapshot.definitions(group: group, version: version)
                let bytes = OpenAPIDocument.document(definitions).serialized()
                let digest = SHA256.hash(data: Data(bytes)).prefix(16)
                let hash = digest.map { byte in
                    let digits = String(byte, radix: 16, uppercase: true)
                    return digits.count == 1 ? "0\(digits)" : digits
                }.joined()
                documents.byPath[group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"] = (bytes, hash)
            }
        }
        let result = documents
        made.withLock { $0 = result }
        return result
    }
}

/// Makes the document of one group and version.
enum OpenAPIDocument {
    static func document(_ definitions: [ResourceDefinition]) -> JSON {
        var paths: JSON = [:]
        var schemas: JSON = [:]
        for definition in definitions {
            let type = definition.type
            let gvk: JSON = [
                "group": .string(type.group), "version": .string(type.version), "kind": .string(type.kind),
            ]
            let name = schemaName(type)
            schemas[name] = schema(definition, gvk)
            let operations = Operations(definition: definition, gvk: gvk, schema: name)
            let namespace = type.namespaced ? "{namespace}" : nil
            let collection = pathTemplate(type, namespace)
            paths[collection] = operations.collection
            paths["\(collection)/{name}"] = operations.object
            for subresource in definition.subresources where subresource.name == "status" {
                paths["\(collection)/{name}/status"] = operations.object
            }
            if type.namespaced { paths[pathTemplate(type, nil)] = operations.allNamespaces }
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.36.2"], "paths": paths,
            "components": ["schemas": schemas],
        ]
    }

    private static func pathTemplate(_ type: ResourceType, _ namespace: String?) -> String {
        let root = type.group.isEmpty ? "/api/\(type.version)" : "/apis/\(type.group)/\(type.version)"
        return root + (namespace.map { "/namespaces/\($0)" } ?? "") + "/\(type.plural)"
    }

    private static func schemaName(_ type: ResourceType) -> String {
        if type.group.isEmpty { return "io.k8s.api.core.\(type.version).\(type.kind)" }
        if type.group.hasSuffix(".k8s.io") || !type.group.contains(".") {
            return "io.k8s.api.\(type.group.split(separator: ".")[0]).\(type.version).\(type.kind)"
        }
        let reversed = type.group.split(separator: ".").reversed().joined(separator: ".")
        return "\(reversed).\(type.version).\(type.kind)"
    }

    private static func schema(_ definition: ResourceDefinition, _ gvk: JSON) -> JSON {
        var schema = definition.schema.openAPI(isBuiltIn: !definition.isCustom)
        schema["x-kubernetes-group-version-kind"] = [gvk]
        return schema
    }
}

private struct Operations {
    var definition: ResourceDefinition
    var gvk: JSON
    var schema: String

    private var content: JSON {
        ["application/json": ["schema": ["$ref": .string("#/components/schemas/\(schema)")]]]
    }

    private func operation(_ action: String, parameters: [JSON] = [], body: JSON? = nil) -> JSON {
        var json: JSON = [
            "x-kubernetes-action": .string(action), "x-kubernetes-group-version-kind": gvk,
            "responses": ["200": ["description": "OK", "content": content]],
        ]
        if !parameters.isEmpty { json["parameters"] = .array(parameters) }
        if let body { json["requestBody"] = ["content": body, "required": true] }
        return json
    }

    private static func parameter(_ name: String, _ type: String = "string") -> JSON {
        ["name": .string(name), "in": "query", "schema": ["type": .string(type), "uniqueItems": true]]
    }

    private static let writeParameters = [parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation")]

    private var pathParameters: JSON {
        var parameters: [JSON] = []
        if definition.type.namespaced {
            parameters.append(["name": "namespace", "in": "path", "required": true, "schema": ["type": "string"]])
        }
        return .array(parameters)
    }

    private var objectParameters: JSON {
        .array(
            [["name": "name", "in": "path", "required": true, "schema": ["type": "string"]]]
                + (pathParameters.arrayValue ?? []))
    }

    var collection: JSON {
        [
            "get": operation("list"), "post": operation("post", parameters: Self.writeParameters, body: content),
            "delete": operation("deletecollection"), "parameters": pathParameters,
        ]
    }

    var allNamespaces: JSON { ["get": operation("list")] }

    var object: JSON {
        var patch: JSON = [:]
        var types = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]
        if !definition.isCustom { types.append("application/strategic-merge-patch+json") }
        for type in types { patch[type] = ["schema": ["type": "object"]] }
        return [
            "get": operation("get"), "put": operation("put", parameters: Self.writeParameters, body: content),
            "patch": operation(
                "patch", parameters: Self.writeParameters + [Self.parameter("force", "boolean")], body: patch),
            "delete": operation("delete"), "parameters": objectParameters,
        ]
    }
}
