import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData

extension FakeCluster {
    var client: KubernetesClient {
        KubernetesClient(ClientConfiguration(server: "https://fake"), transport: self, retry: .never)
    }
}

extension FakeCluster: HTTPTransport {
    private struct Target {
        var collection = ""
        var namespace = ""
        var name: String?
        var subresource: String?
        var query: [String: String] = [:]

        init(_ request: HTTPRequest) {
            let halves = request.url.dropFirst("https://fake".count).split(separator: "?", maxSplits: 1)
            for pair in halves.dropFirst().first?.split(separator: "&") ?? [] {
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                query[parts[0]] = parts.count > 1 ? parts[1].replacing("%3D", with: "=") : ""
            }
            var parts = halves[0].split(separator: "/").map(String.init)
            guard parts.count > 2 else { return }
            let group = parts[0] == "apis" ? parts[1] : ""
            parts.removeFirst(parts[0] == "apis" ? 3 : 2)
            if parts[0] == "namespaces", parts.count > 2, !["finalize", "status"].contains(parts[2]) {
                namespace = parts[1]
                parts.removeFirst(2)
            }
            collection = "\(group)/\(parts[0])"
            name = parts.count > 1 ? parts[1] : nil
            subresource = parts.count > 2 ? parts[2] : nil
        }

        var key: ObjectKey { ObjectKey(namespace: namespace, name: name ?? "") }

        /// The name that a field selector asks for.
        var selectedName: String? { query["fieldSelector"].map { String($0.dropFirst("metadata.name=".count)) } }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let target = Target(request)
        if target.collection.isEmpty { return response(Self.discovery(request.url.hasSuffix("/apis"))) }
        do {
            let answer = try handle(request, target)
            let isLost = change { state in
                guard request.method == .post, target.subresource == nil, state.lostAnswers > 0 else { return false }
                state.lostAnswers -= 1
                return true
            }
            if isLost { throw HTTPTransportError(.connectionLost, "the connection broke") }
            return response(answer)
        } catch let status as KubernetesStatus {
            return response(try JSON(encoding: status), status: status.code)
        }
    }

    private func response(_ json: JSON, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: json.serialized())
    }

    private func handle(_ request: HTTPRequest, _ target: Target) throws -> JSON {
        let body = try request.body.map { try JSON.parse($0) } ?? [:]
        return try change { state in
            switch (request.method, target.subresource) {
            case (.get, _): return try Self.get(target, state)
            case (.post, "binding"):
                return try state.update(
                    target.collection, target.key, subresource: nil, uid: nil, resourceVersion: nil
                ) { pod in
                    guard pod["spec"]?["nodeName"] == nil else {
                        throw KubernetesStatus.conflict(Pod.resource, target.key.name)
                    }
                    return pod.mergePatched(with: ["spec": ["nodeName": body["target"]?["name"] ?? .null]])
                }
            case (.post, _): return try state.create(target.collection, body, namespace: target.namespace)
            case (.put, _):
                return try state.update(
                    target.collection, target.key, subresource: target.subresource, uid: nil,
                    resourceVersion: body["metadata"]?["resourceVersion"]?.stringValue
                ) { _ in body }
            case (.patch, _):
                return try state.update(
                    target.collection, target.key, subresource: target.subresource,
                    uid: body["metadata"]?["uid"]?.stringValue,
                    resourceVersion: body["metadata"]?["resourceVersion"]?.stringValue
                ) { live in
                    guard request.headers["Content-Type"]?.contains("strategic") == true else {
                        return live.mergePatched(with: body)
                    }
                    let type = target.collection == "/nodes" ? Node.resource : Pod.resource
                    return try StrategicMergePatch.apply(body, to: live, resource: type)
                }
            case (.delete, _):
                let keys =
                    target.name.map { _ in [target.key] }
                    ?? state.list(target.collection).map(\.key).filter { $0.namespace == target.namespace }
                for key in keys { try state.delete(target.collection, key, body) }
                return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success"]
            default: throw KubernetesStatus.methodNotAllowed()
            }
        }
    }

    private static func get(_ target: Target, _ state: State) throws -> JSON {
        if target.name != nil {
            guard let object = state.objects[target.collection]?[target.key] else {
                throw KubernetesStatus.notFound(State.type(target.collection), target.key.name)
            }
            return object
        }
        let items = state.list(target.collection).filter {
            (target.namespace.isEmpty || $0.namespace == target.namespace)
                && (target.selectedName == nil || target.selectedName == $0.name)
        }
        return [
            "kind": "List", "apiVersion": "v1", "metadata": ["resourceVersion": .string(String(state.version))],
            "items": .array(items.map(\.json)),
        ]
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
        let target = Target(request)
        guard target.query["sendInitialEvents"] == nil else {
            // As a server without the feature answers, so that lists are read in pages.
            let refusal = KubernetesStatus(reason: .invalid, code: 422, message: "sendInitialEvents is forbidden")
            let bytes = try JSON(encoding: refusal).serialized()
            return HTTPStreamingResponse(
                status: 422, headers: ["Content-Type": "application/json"],
                body: AsyncThrowingStream { continuation in
                    continuation.yield(bytes)
                    continuation.finish()
                })
        }
        let since = Int(target.query["resourceVersion"] ?? "") ?? 0
        let (body, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let send: @Sendable (JSON) -> Void = { continuation.yield($0.serialized() + [UInt8(ascii: "\n")]) }
        let watcher = Watcher(collection: target.collection, name: target.selectedName, send: send)
        let id = nextID()
        change { state in
            for past in state.history where past.version > since && past.collection == target.collection {
                let name = past.event["object"]?["metadata"]?["name"]?.stringValue
                if target.selectedName == nil || target.selectedName == name { send(past.event) }
            }
            state.watchers[id] = watcher
        }
        continuation.onTermination = { [weak self] _ in self?.change { $0.watchers[id] = nil } }
        return HTTPStreamingResponse(status: 200, headers: ["Content-Type": "application/json"], body: body)
    }

    private static func discovery(_ isGrouped: Bool) -> JSON {
        let plurals = isGrouped ? ["Deployment", "ReplicaSet"] : ["Pod", "ConfigMap", "ServiceAccount", "Endpoints"]
        let resources: [JSON] = plurals.map { kind in
            [
                "resource": .string(kind.lowercased() + (kind.hasSuffix("s") ? "" : "s")),
                "responseKind": ["kind": .string(kind)],
                "scope": "Namespaced", "verbs": ["list", "delete", "deletecollection"],
            ]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
            "items": [
                [
                    "metadata": ["name": isGrouped ? "apps" : ""],
                    "versions": [["version": "v1", "resources": .array(resources)]],
                ]
            ],
        ]
    }
}
