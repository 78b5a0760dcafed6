import ControllerRuntime
import FoundationEssentials
import KubernetesModel
import NetworkFaults
import StructuredData

/// The model as an API server of config maps: lists in pages, watches, and the three writes.
///
/// Where the model is broken, so is the answer: a reset stream, or GOAWAY before it.
extension FaultyServer {
    func answer(_ request: ScriptedServer.Request, _ reply: Reply) async throws {
        guard let url = URLComponents(string: request.target),
            url.path.hasSuffix("/configmaps")
                || url.path.contains("/configmaps/")
        else { return try await reply.refuse(.badRequest("only config maps live here")) }
        let query = Dictionary(
            (url.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
        let name = url.path.split(separator: "/").last.map(String.init) ?? ""
        do {
            switch request.method {
            case "GET" where query["sendInitialEvents"] == "true" && sendsInitialEvents:
                let (watching, events, isBroken) = try beginWatchList()
                try await reply.head(200, [("Content-Type", "application/json")])
                for event in events { try await reply.send(try event.line) }
                if isBroken { throw Broken() }
                try await stream(watching, reply)
            case "GET" where query["sendInitialEvents"] == "true":
                try await reply.refuse(
                    KubernetesStatus(reason: .invalid, code: 422, message: "sendInitialEvents is forbidden"))
            case "GET" where query["watch"] == "true":
                let watching = try beginWatch(from: query["resourceVersion"] ?? "")
                try await reply.head(200, [("Content-Type", "application/json")])
                try await stream(watching, reply)
            case "GET":
                let page = try await list(
                    limit: query["limit"].flatMap { Int($0) }, continueToken: query["continue"])
                try await reply.respond(try page.json)
            case "POST", "PUT":
                let object = try JSON.parse(request.body).decode(ConfigMap.self)
                guard let name = object.metadata.name else { return try await reply.refuse(.badRequest("no name")) }
                try await reply.respond(JSON(encoding: put(name, object.data?["value"] ?? "")))
            case "DELETE":
                guard delete(name) != nil else {
                    return try await reply.refuse(.notFound(ConfigMap.resource, name))
                }
                try await reply.respond(["kind": "Status", "apiVersion": "v1", "status": "Success"])
            default:
                try await reply.refuse(.methodNotAllowed())
            }
        } catch let status as KubernetesStatus {
            try await reply.refuse(status)
        } catch is Broken where request.isHTTP2 {
            // As a server does that ends while it is asked: the stream is not served, and no other will be.
            try await reply.goAway(isProcessed: false)
            await reply.reset()
        }
    }

    private func stream(_ begun: Watching, _ reply: Reply) async throws {
        var watching = begun
        while true {
            let (events, failure) = events(&watching)
            for event in events { try await reply.send(try event.line) }
            if let status = failure as? KubernetesStatus {
                let event: JSON = ["type": "ERROR", "object": try JSON(encoding: status)]
                try await reply.send(event.line)
                return try await reply.end()
            }
            if let failure { throw failure }
            if watching.isClosed { return try await reply.end() }
            try await waitForMore(watching)
        }
    }
}

extension Reply {
    fileprivate func respond(_ json: JSON, status: Int = 200, _ headers: [(String, String)] = []) async throws {
        try await respond(status, [("Content-Type", "application/json")] + headers, body: json.serialized())
    }

    func refuse(_ status: KubernetesStatus) async throws {
        let seconds = status.details?.retryAfterSeconds
        try await respond(
            try JSON(encoding: status), status: status.code, seconds.map { [("Retry-After", "\($0)")] } ?? [])
    }
}

extension JSON {
    fileprivate var line: [UInt8] { serialized() + [UInt8(ascii: "\n")] }
}

extension ListPage<ConfigMap> {
    fileprivate var json: JSON {
        get throws {
            var metadata: JSON = ["resourceVersion": .string(resourceVersion)]
            if let continueToken { metadata["continue"] = .string(continueToken) }
            return [
                "kind": "ConfigMapList", "apiVersion": "v1", "metadata": metadata,
                "items": .array(try objects.map { try JSON(encoding: $0) }),
            ]
        }
    }
}

extension ListWatchEvent<ConfigMap> {
    fileprivate var line: [UInt8] {
        get throws {
            let (type, object): (JSON, JSON) =
                switch self {
                case .added(let object): ("ADDED", try JSON(encoding: object))
                case .modified(let object): ("MODIFIED", try JSON(encoding: object))
                case .deleted(let object): ("DELETED", try JSON(encoding: object))
                case .bookmark(let version): ("BOOKMARK", Self.bookmark(version))
                case .initialEventsEnd(let version):
                    ("BOOKMARK", Self.bookmark(version, ["k8s.io/initial-events-end": "true"]))
                }
            return (["type": type, "object": object] as JSON).line
        }
    }

    private static func bookmark(_ version: String, _ annotations: JSON? = nil) -> JSON {
        var metadata: JSON = ["resourceVersion": .string(version)]
        metadata["annotations"] = annotations
        return ["kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata]
    }
}
