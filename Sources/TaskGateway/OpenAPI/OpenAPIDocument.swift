import HTTPTypes
import StructuredData

/// The description of the HTTP API, in the form of OpenAPI 3.1. `OpenAPITests` hold it to the routes and to the values they take
/// and answer.
enum OpenAPIDocument {
    /// One call.
    struct Operation: Sendable {
        var method: HTTPRequest.Method
        /// With `{name}` for each parameter.
        var path: String
        var tag: String
        var summary: String
        var detail: String?
        var query: [Parameter] = []
        var headers: [Parameter] = []
        /// The schema of the body's JSON; `nil`: there is none.
        var body: JSON?
        var answers: [Answer]
        /// Whether it takes a bearer token.
        var isAuthenticated = true

        var name: String { "\(method.rawValue) \(path)" }
    }

    struct Parameter: Sendable {
        var name: String
        var description: String
        var schema: JSON
        var isRequired = false
    }

    struct Answer: Sendable {
        var status: Int
        var description: String
        var schema: JSON?
        var contentType = "application/json"
    }

    static func json(version: String = "v1") -> JSON {
        var paths: JSONObject = [:]
        for operation in operations {
            var path = paths[operation.path]?.objectValue ?? [:]
            path[operation.method.rawValue.lowercased()] = json(operation)
            paths[operation.path] = .object(path)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Dynamic Agent Swarms: gateway", "version": .string(version),
                "description":
                    """
                Tasks for swarms of agents: submitted by people and programs, leased by agents, answered by results. \
                Errors are problem+json (RFC 9457) with a code, and say whether the same call may succeed later. Durations \
                travel as milliseconds from now. Fields that are not known are ignored.
                """,
            ],
            "security": [["bearer": []]],
            "tags": [
                ["name": "Tasks", "description": "For those who have work."],
                ["name": "Queue", "description": "Limits, and what went wrong."],
                ["name": "Agents", "description": "For those who do it."],
                ["name": "Service", "description": "For probes, scrapers and readers."],
            ],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description":
                            """
                        Users: a Kubernetes token; each call is one access review on swarmtasks of the namespace. Agents: a \
                        projected service-account token with the audience das-gateway.
                        """,
                    ]
                ],
                "schemas": .object(JSONObject(OpenAPISchemas.all.map { ($0.name, $0.schema) })),
            ],
        ]
    }

    private static func json(_ operation: Operation) -> JSON {
        var members: JSONObject = [
            "tags": [.string(operation.tag)], "summary": .string(operation.summary),
            "operationId": .string(identifier(operation)),
        ]
        if let detail = operation.detail { members["description"] = .string(detail) }
        if !operation.isAuthenticated { members["security"] = [] }
        let parameters =
            pathParameters(operation.path).map { parameter($0, in: "path") }
            + operation.query.map { parameter($0, in: "query") } + operation.headers.map { parameter($0, in: "header") }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = operation.body {
            members["requestBody"] = ["required": true, "content": ["application/json": ["schema": body]]]
        }
        var responses: JSONObject = [:]
        for answer in operation.answers {
            var response: JSONObject = ["description": .string(answer.description)]
            if let schema = answer.schema {
                response["content"] = .object([answer.contentType: ["schema": schema]])
            }
            responses[String(answer.status)] = .object(response)
        }
        responses["default"] = [
            "description": "What is wrong, and whether to try again.",
            "content": ["application/problem+json": ["schema": OpenAPISchemas.reference("Problem")]],
        ]
        members["responses"] = .object(responses)
        return .object(members)
    }

    private static func parameter(_ parameter: Parameter, in place: String) -> JSON {
        [
            "name": .string(parameter.name), "in": .string(place), "required": .bool(parameter.isRequired),
            "description": .string(parameter.description), "schema": parameter.schema,
        ]
    }

    private static func pathParameters(_ path: String) -> [Parameter] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            let name = String(part.dropFirst().dropLast())
            return Parameter(
                name: name, description: pathDescriptions[name] ?? name, schema: ["type": "string"], isRequired: true)
        }
    }

    private static let pathDescriptions = [
        "namespace": "A Kubernetes namespace.", "id": "A task's id.", "task": "A task's id.",
        "swarm": "An AgentSwarm's name.", "key": "A concurrencyKey, percent-encoded.",
    ]

    /// `get /v1/namespaces/{namespace}/tasks` → `getNamespacesTasks`: unique, since paths are.
    private static func identifier(_ operation: Operation) -> String {
        let parts = operation.path.split(separator: "/").filter { $0 != "v1" }.map { part in
            part.hasPrefix("{") ? "By" + capitalized(part.dropFirst().dropLast()) : capitalized(part)
        }
        return operation.method.rawValue.lowercased() + parts.joined()
    }

    private static func capitalized(_ text: Substring) -> String {
        text.split(separator: ".").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
