import KubernetesModel
import StructuredData

/// Makes OpenAPI v3 documents, as kubectl reads them for `explain`, validation and patches.
enum OpenAPIDocument {
    static func make(_ paths: [APIPath], _ components: OpenAPIComponents) -> JSON {
        var items = JSONObject()
        for path in paths.sorted(by: { $0.path < $1.path }) { items[path.path] = item(path) }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.36.2"], "paths": .object(items),
            "components": ["schemas": components.json],
        ]
    }

    private static func item(_ path: APIPath) -> JSON {
        var json: JSON = [:]
        for operation in path.operations { json[operation.method] = self.operation(operation, tag: path.tag) }
        if !path.parameters.isEmpty { json["parameters"] = .array(path.parameters.map(parameter)) }
        return json
    }

    private static func parameter(_ parameter: APIOperation.Parameter) -> JSON {
        var json: JSON = ["name": .string(parameter.name), "in": parameter.isInPath ? "path" : "query"]
        if parameter.isInPath { json["required"] = true }
        json["schema"] = ["type": .string(parameter.type), "uniqueItems": true]
        return json
    }

    private static func operation(_ operation: APIOperation, tag: String) -> JSON {
        var json: JSON = [
            "tags": [.string(tag)], "description": .string(operation.description),
            "operationId": .string(operation.id),
        ]
        // kubectl looks for them here: it follows no references to shared ones.
        if !operation.parameters.isEmpty { json["parameters"] = .array(operation.parameters.map(parameter)) }
        switch operation.body {
        case nil: break
        case .schema(let name, let isRequired):
            json["requestBody"] = ["content": content(name, ["application/json"])]
            if isRequired { json["requestBody"]?["required"] = true }
        case .patch(let types):
            var content: JSON = [:]
            for type in types { content[type] = ["schema": ["type": "object"]] }
            json["requestBody"] = ["content": content, "required": true]
        }
        json["responses"] = responses(operation)
        json["x-kubernetes-action"] = .string(operation.action)
        json["x-kubernetes-group-version-kind"] = [
            "group": .string(operation.kind.group), "version": .string(operation.kind.version),
            "kind": .string(operation.kind.kind),
        ]
        return json
    }

    private static func content(_ name: String, _ types: [String]) -> JSON {
        var content: JSON = [:]
        for type in types { content[type] = ["schema": Schema.reference(name, .v3)] }
        return content
    }

    private static func responses(_ operation: APIOperation) -> JSON {
        let content: JSON
        switch operation.answer {
        case .schema(let name): content = self.content(name, ["application/json", "application/yaml"])
        case .text: content = ["text/plain": ["schema": ["type": "string"]]]
        }
        var responses: JSON = ["200": ["description": "OK", "content": content]]
        if operation.creates { responses["201"] = ["description": "Created", "content": content] }
        responses["401"] = ["description": "Unauthorized"]
        return responses
    }
}
