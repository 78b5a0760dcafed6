import KubernetesModel
import StructuredData
import Synchronization

/// The OpenAPI documents: one of version 3 for each group and version, one of version 2 for everything. Each is made when it is
/// first asked for, and again when a CustomResourceDefinition has changed it.
final class OpenAPIDocuments: Sendable {
    private struct Document: Sendable {
        var bytes: [UInt8]
        var hash: String
    }

    /// Documents of version 3 by path, each with the versions of the definitions that it was made from.
    private typealias Documents = [String: (made: [Int64], document: Document)]

    private struct Cache {
        var version: Int64 = -2
        var documents: Documents = [:]
        var swaggerVersion: Int64 = -2
        var swagger: [SwaggerType: Document] = [:]
    }

    private let cache = Mutex(Cache())

    init() {}

    // MARK: Version 3

    /// - Parameter path: what follows `/openapi/v3/`; empty: the index.
    func response(_ path: String, _ request: APIRequest, _ snapshot: ResourceRegistry.Snapshot) throws -> APIResponse {
        let documents = documents(snapshot)
        if path.isEmpty {
            var paths = JSONObject()
            for (path, entry) in documents.sorted(by: { $0.key < $1.key }) {
                paths[path] = ["serverRelativeURL": .string(Self.url(path, entry.document))]
            }
            return .json(["paths": .object(paths)])
        }
        guard let document = documents[path]?.document else { return .text("404 page not found\n", status: 404) }
        let asked = request.query["hash"] ?? ""
        if !asked.isEmpty, asked != document.hash {
            var response = APIResponse.text("", status: 301)
            response.headers.append(("Location", Self.url(path, document)))
            return response
        }
        var response = Self.response(document, contentType: "application/json", request)
        // What a hash names never changes.
        if !asked.isEmpty { response.headers.append(("Cache-Control", "public, immutable")) }
        return response
    }

    private static func url(_ path: String, _ document: Document) -> String {
        "/openapi/v3/\(path)?hash=\(document.hash)"
    }

    private func documents(_ snapshot: ResourceRegistry.Snapshot) -> Documents {
        let (version, known) = cache.withLock { ($0.version, $0.documents) }
        if version == snapshot.version { return known }
        var documents: Documents = [:]
        for (group, versions) in Discovery(snapshot).groupVersions {
            for version in versions {
                let definitions = snapshot.definitions(group: group, version: version)
                let path = group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
                let made = definitions.map(\.definedAt)
                if let known = known[path], known.made == made {
                    documents[path] = known
                    continue
                }
                let (paths, components) = Self.parts(definitions, APIHandler.reviews(in: group), .v3)
                documents[path] = (made, Self.document(OpenAPIDocument.make(paths, components).serialized()))
            }
        }
        let result = documents
        cache.withLock {
            $0.version = snapshot.version
            $0.documents = result
        }
        return result
    }

    private static func parts(
        _ definitions: [ResourceDefinition], _ reviews: [APIHandler.ReviewKind], _ form: SchemaForm
    ) -> ([APIPath], OpenAPIComponents) {
        var components = OpenAPIComponents(form)
        for definition in definitions { components.add(definition) }
        for review in reviews { components.add(review) }
        return (definitions.flatMap(APIPath.all) + reviews.map(APIPath.review), components)
    }

    private static func document(_ bytes: [UInt8]) -> Document {
        Document(bytes: bytes, hash: APIResponse.hash(of: bytes))
    }

    private static func response(
        _ document: Document, contentType: String, _ request: APIRequest
    ) -> APIResponse {
        .tagged(document.bytes, hash: document.hash, contentType: contentType, for: request)
    }

    // MARK: Version 2

    /// The one document, in the first form that the client takes.
    func swagger(_ request: APIRequest, _ snapshot: ResourceRegistry.Snapshot) -> APIResponse {
        guard let type = SwaggerType.choose(request.header("Accept")) else { return .text("", status: 406) }
        return Self.response(swagger(type, snapshot), contentType: type.contentType, request)
    }

    private func swagger(_ type: SwaggerType, _ snapshot: ResourceRegistry.Snapshot) -> Document {
        let known = cache.withLock { $0.swaggerVersion == snapshot.version ? $0.swagger : [:] }
        if let document = known[type] { return document }
        let (paths, components) = Self.parts(snapshot.definitions, APIHandler.reviewKinds, .v2)
        let json = SwaggerDocument.make(paths, components)
        var document = Self.document(json.serialized())
        // Both forms say the same and have one tag.
        if type == .protobuf { document.bytes = SwaggerMessage.encode(json) }
        let made = document
        cache.withLock {
            if $0.swaggerVersion != snapshot.version {
                $0.swagger = [:]
                $0.swaggerVersion = snapshot.version
            }
            $0.swagger[type] = made
        }
        return made
    }
}

/// The forms of the document of version 2.
private enum SwaggerType: Hashable, Sendable {
    case json, protobuf

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .protobuf: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
        }
    }

    /// - Returns: `nil` where the client takes neither.
    static func choose(_ header: String?) -> SwaggerType? {
        guard let header, !header.allSatisfy(\.isWhitespace) else { return .json }
        for clause in header.split(separator: ",") {
            switch clause.prefix(while: { $0 != ";" }).filter({ !$0.isWhitespace }).lowercased() {
            case "application/json", "application/*", "*/*": return .json
            // The first is how clients write it who do not know yet that `@` may not stand there.
            case "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
                "application/com.github.proto-openapi.spec.v2.v1.0+protobuf":
                return .protobuf
            default: continue
            }
        }
        return nil
    }
}
