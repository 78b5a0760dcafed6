import KubernetesModel
import StructuredData

/// Makes the one OpenAPI v2 document of the whole server, as clients read it that know nothing newer.
enum SwaggerDocument {
    static func make(_ paths: [APIPath], _ components: OpenAPIComponents) -> JSON {
        var items = JSONObject()
        for path in paths.sorted(by: { $0.path < $1.path }) { items[path.path] = item(path) }
        return [
            "swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1.36.2"], "paths": .object(items),
            "definitions": components.json,
        ]
    }

    private static func item(_ path: APIPath) -> JSON {
        var json: JSON = [:]
        for operation in path.operations { json[operation.method] = self.operation(operation, tag: path.tag) }
        if !path.parameters.isEmpty { json["parameters"] = .array(path.parameters.map(parameter)) }
        return json
    }

    private static func parameter(_ parameter: APIOperation.Parameter) -> JSON {
        var json: JSON = [
            "name": .string(parameter.name), "in": parameter.isInPath ? "path" : "query",
            "type": .string(parameter.type), "uniqueItems": true,
        ]
        if parameter.isInPath { json["required"] = true }
        return json
    }

    private static func operation(_ operation: APIOperation, tag: String) -> JSON {
        var json: JSON = [
            "description": .string(operation.description), "schemes": ["https"], "tags": [.string(tag)],
            "operationId": .string(operation.id),
        ]
        var parameters = operation.parameters.map(parameter)
        switch operation.body {
        case nil: json["consumes"] = ["*/*"]
        case .schema(let name, let isRequired):
            json["consumes"] = ["application/json", "application/yaml"]
            var body: JSON = ["name": "body", "in": "body", "schema": Schema.reference(name, .v2)]
            if isRequired { body["required"] = true }
            parameters.append(body)
        case .patch(let types):
            json["consumes"] = JSON(types)
            parameters.append(["name": "body", "in": "body", "required": true, "schema": ["type": "object"]])
        }
        if !parameters.isEmpty { json["parameters"] = .array(parameters) }
        let schema: JSON
        switch operation.answer {
        case .schema(let name):
            json["produces"] = ["application/json", "application/yaml"]
            schema = Schema.reference(name, .v2)
        case .text:
            json["produces"] = ["text/plain"]
            schema = ["type": "string"]
        }
        json["responses"] = ["200": ["description": "OK", "schema": schema]]
        if operation.creates { json["responses"]?["201"] = ["description": "Created", "schema": schema] }
        json["responses"]?["401"] = ["description": "Unauthorized"]
        json["x-kubernetes-action"] = .string(operation.action)
        json["x-kubernetes-group-version-kind"] = [
            "group": .string(operation.kind.group), "version": .string(operation.kind.version),
            "kind": .string(operation.kind.kind),
        ]
        return json
    }
}
