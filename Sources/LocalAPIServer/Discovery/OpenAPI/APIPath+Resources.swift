import KubernetesModel

extension APIPath {
    static let status = "io.k8s.apimachinery.pkg.apis.meta.v1.Status"
    static let deleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions"

    /// The paths of a kind and its subresources.
    static func all(of definition: ResourceDefinition) -> [APIPath] {
        ResourcePaths(definition: definition).all
    }

    /// The path of a kind that is only asked, never stored.
    static func review(_ review: APIHandler.ReviewKind) -> APIPath {
        let prefix = OperationName.prefix(group: review.group, version: "v1")
        let place = review.isNamespaced ? "namespaces/{namespace}/" : ""
        let scope = review.isNamespaced ? "Namespaced" : ""
        return APIPath(
            path: "/apis/\(review.group)/v1/\(place)\(review.plural)",
            tag: OperationName.tag(group: review.group, version: "v1"),
            parameters: review.isNamespaced ? [.init(name: "namespace", isInPath: true)] : [],
            operations: [
                APIOperation(
                    method: "post", action: "post", id: "create\(prefix)\(scope)\(review.kind)",
                    description: "create a \(review.kind)", kind: (review.group, "v1", review.kind),
                    parameters: APIOperation.Parameter.write, body: .schema(review.schemaName, isRequired: true),
                    answer: .schema(review.schemaName))
            ])
    }
}

/// How operations are called, as generated clients know them.
private enum OperationName {
    static func prefix(group: String, version: String) -> String {
        words(group.isEmpty ? "core" : trimmed(group)) + words(version)
    }

    static func tag(group: String, version: String) -> String {
        let name = words(group.isEmpty ? "core" : trimmed(group))
        return "\(name.prefix(1).lowercased())\(name.dropFirst())_\(version)"
    }

    private static func trimmed(_ group: String) -> String {
        group.hasSuffix(".k8s.io") ? String(group.dropLast(".k8s.io".count)) : group
    }

    /// Each part with a capital, nothing between them.
    static func words(_ text: String) -> String {
        text.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

private struct ResourcePaths {
    var definition: ResourceDefinition

    private var type: ResourceType { definition.type }
    private var root: String {
        type.group.isEmpty ? "/api/\(type.version)" : "/apis/\(type.group)/\(type.version)"
    }
    private var collection: String { "\(root)/\(type.namespaced ? "namespaces/{namespace}/" : "")\(type.plural)" }
    private var place: [APIOperation.Parameter] {
        type.namespaced ? [.init(name: "namespace", isInPath: true)] : []
    }
    private var tag: String { OperationName.tag(group: type.group, version: type.version) }

    var all: [APIPath] {
        var paths = [path(collection, collectionOperations, named: false)]
        paths.append(path("\(collection)/{name}", objectOperations, named: true))
        for subresource in definition.subresources {
            let operations = subresourceOperations(subresource)
            paths.append(path("\(collection)/{name}/\(subresource.name)", operations, named: true))
        }
        if type.namespaced, definition.verbs.contains("list") {
            var list = operation("get", "list", "list", scope: "", suffix: "ForAllNamespaces")
            list.parameters = APIOperation.Parameter.list
            list.answer = .schema(definition.listSchemaName)
            paths.append(APIPath(path: "\(root)/\(type.plural)", tag: tag, parameters: [], operations: [list]))
        }
        return paths.filter { !$0.operations.isEmpty }
    }

    private func path(_ path: String, _ operations: [APIOperation], named: Bool) -> APIPath {
        APIPath(
            path: path, tag: tag, parameters: (named ? [.init(name: "name", isInPath: true)] : []) + place,
            operations: operations)
    }

    private func operation(
        _ method: String, _ action: String, _ verb: String, scope: String? = nil, suffix: String = ""
    ) -> APIOperation {
        let prefix = OperationName.prefix(group: type.group, version: type.version)
        let scope = scope ?? (type.namespaced ? "Namespaced" : "")
        return APIOperation(
            method: method, action: action,
            id: "\(verb)\(prefix)\(scope)\(type.kind)\(suffix)",
            description: "\(verb) \(type.kind)", kind: (type.group, type.version, type.kind),
            answer: .schema(definition.schemaName))
    }

    private var collectionOperations: [APIOperation] {
        var list = operation("get", "list", "list")
        list.parameters = APIOperation.Parameter.list
        list.answer = .schema(definition.listSchemaName)
        var post = operation("post", "post", "create")
        post.parameters = APIOperation.Parameter.write
        post.body = .schema(definition.schemaName, isRequired: true)
        var delete = operation("delete", "deletecollection", "deleteCollection")
        delete.parameters = APIOperation.Parameter.list + APIOperation.Parameter.delete
        delete.body = .schema(APIPath.deleteOptions, isRequired: false)
        delete.answer = .schema(APIPath.status)
        return served([("list", list), ("create", post), ("deletecollection", delete)])
    }

    private var objectOperations: [APIOperation] {
        var delete = operation("delete", "delete", "delete")
        delete.parameters = APIOperation.Parameter.delete
        delete.body = .schema(APIPath.deleteOptions, isRequired: false)
        if !definition.answersDeletionWithObject { delete.answer = .schema(APIPath.status) }
        let (get, put, patch) = (read(), replace(), change())
        return served([("get", get), ("update", put), ("patch", patch), ("delete", delete)])
    }

    private func served(_ operations: [(verb: String, operation: APIOperation)]) -> [APIOperation] {
        operations.filter { definition.verbs.contains($0.verb) }.map(\.operation)
    }

    private func read(_ suffix: String = "") -> APIOperation {
        var get = operation("get", "get", "read", suffix: suffix)
        get.parameters = APIOperation.Parameter.read
        return get
    }

    private func replace(_ suffix: String = "") -> APIOperation {
        var put = operation("put", "put", "replace", suffix: suffix)
        put.parameters = APIOperation.Parameter.write
        put.body = .schema(definition.schemaName, isRequired: true)
        return put
    }

    private func change(_ suffix: String = "") -> APIOperation {
        var patch = operation("patch", "patch", "patch", suffix: suffix)
        patch.parameters = APIOperation.Parameter.patch
        var types = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]
        if !definition.isCustom { types.append("application/strategic-merge-patch+json") }
        patch.body = .patch(types)
        return patch
    }

    private func subresourceOperations(_ subresource: ResourceDefinition.Subresource) -> [APIOperation] {
        let suffix = OperationName.words(subresource.name)
        var post = operation("post", "post", "create", suffix: suffix)
        post.parameters = APIOperation.Parameter.write
        post.body = .schema(definition.schemaName, isRequired: true)
        let all = [
            ("get", read(suffix)), ("update", replace(suffix)), ("patch", change(suffix)), ("create", post),
        ]
        return all.filter { subresource.verbs.contains($0.0) }.map { _, operation in
            var operation = operation
            if subresource.name == "log" {
                operation.answer = .text
                return operation
            }
            operation.kind = (
                subresource.group ?? type.group, subresource.version ?? type.version, subresource.kind
            )
            let name = subresource.kind == type.kind ? definition.schemaName : BuiltInResources.name(subresource.kind)
            operation.answer = .schema(name)
            if case .schema = operation.body { operation.body = .schema(name, isRequired: true) }
            return operation
        }
    }
}
