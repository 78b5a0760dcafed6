import KubernetesModel

/// One thing that can be done at a path, before a version of OpenAPI writes it down.
struct APIOperation: Sendable {
    struct Parameter: Sendable {
        var name: String
        /// `string`, `integer` or `boolean`.
        var type = "string"
        var isInPath = false
    }

    enum Body: Sendable {
        /// The name of a schema.
        case schema(String, isRequired: Bool)
        /// The media types of the patches that are taken.
        case patch([String])
    }

    enum Answer: Sendable {
        /// The name of a schema.
        case schema(String)
        case text
    }

    /// In lower case.
    var method: String
    /// `x-kubernetes-action`.
    var action: String
    /// `operationId`, unique in a server.
    var id: String
    var description: String
    var kind: (group: String, version: String, kind: String)
    var parameters: [Parameter] = []
    var body: Body?
    var answer: Answer
    /// Whether the answer to it may be 201.
    var creates: Bool { ["post", "put", "patch"].contains(method) }
}

/// A path with what can be done there.
struct APIPath: Sendable {
    var path: String
    /// `core_v1`, `apps_v1`.
    var tag: String
    var parameters: [APIOperation.Parameter]
    var operations: [APIOperation]
}

extension APIOperation.Parameter {
    private static func text(_ names: String...) -> [APIOperation.Parameter] { names.map { .init(name: $0) } }
    private static func number(_ name: String) -> APIOperation.Parameter { .init(name: name, type: "integer") }
    private static func flag(_ name: String) -> APIOperation.Parameter { .init(name: name, type: "boolean") }

    static let write = text("dryRun", "fieldManager", "fieldValidation", "pretty")
    static let patch = write + [flag("force")]
    static let read = text("pretty")
    static let delete =
        text("dryRun", "pretty", "propagationPolicy") + [number("gracePeriodSeconds"), flag("orphanDependents")]
    static let list =
        text("continue", "fieldSelector", "labelSelector", "pretty", "resourceVersion", "resourceVersionMatch")
        + [number("limit"), number("timeoutSeconds"), flag("allowWatchBookmarks")]
        + [flag("sendInitialEvents"), flag("watch")]
}
