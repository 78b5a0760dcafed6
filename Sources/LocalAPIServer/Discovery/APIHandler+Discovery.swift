import Crypto
import FoundationEssentials
import KubernetesModel
import StructuredData

extension APIHandler {
    private static let versionDocument: JSON = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": "v1.36.2", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "swiftc", "platform": "linux/amd64",
    ]

    /// Paths that are no resource: health, version, discovery, OpenAPI, token keys.
    func handlePath(_ request: APIRequest) throws -> APIResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            throw KubernetesStatus.methodNotAllowed()
        }
        let parts = request.path.split(separator: "/").map(String.init)
        switch parts.first {
        case nil: return .json(["paths": JSON(paths)])
        case "healthz", "livez", "readyz": return health(parts, isVerbose: request.query["verbose"] != nil)
        case "version" where parts.count == 1: return .json(Self.versionDocument)
        case "api" where parts.count == 1: return try groupList(request, isCore: true)
        case "api" where parts.count == 2: return try resourceList(group: "", version: parts[1], request)
        case "apis" where parts.count == 1: return try groupList(request, isCore: false)
        case "apis" where parts.count == 2: return try group(parts[1])
        case "apis" where parts.count == 3: return try resourceList(group: parts[1], version: parts[2], request)
        case "openapi" where request.path == "/openapi/v2": return documents.swagger(request, registry.snapshot)
        case "openapi" where parts.count >= 2 && parts[1] == "v3":
            return try documents.response(parts.dropFirst(2).joined(separator: "/"), request, registry.snapshot)
        case "openid" where request.path == "/openid/v1/jwks":
            let type = "application/jwk-set+json"
            try Self.require(type, acceptedBy: request)
            return APIResponse(contentType: type, body: .bytes(tokens.keySet.serialized()))
        case ".well-known" where request.path == "/.well-known/openid-configuration":
            try Self.require("application/json", acceptedBy: request)
            return .json([
                "issuer": .string(tokens.issuer),
                // Where whoever asks has reached the server: its name in the cluster may mean nothing to them.
                "jwks_uri": .string("https://\(request.authority)/openid/v1/jwks"),
                "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
            ])
        default: return .text("404 page not found\n", status: 404)
        }
    }

    /// - Throws: 406 where the client does not take the one form that there is.
    private static func require(_ type: String, acceptedBy request: APIRequest) throws(KubernetesStatus) {
        guard let header = request.header("Accept"), !header.allSatisfy(\.isWhitespace) else { return }
        let accepted = header.split(separator: ",").map { clause in
            clause.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        }
        if accepted.contains(type) || accepted.contains("*/*") { return }
        throw .notAcceptable("406: Not Acceptable\n\nAvailable representations: \(type)")
    }

    /// What `/` lists.
    private var paths: [String] {
        let discovery = Discovery(registry.snapshot)
        var paths = ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis"]
        for group in discovery.groups where !group.isEmpty {
            paths.append("/apis/\(group)")
            paths += discovery.versions(of: group).map { "/apis/\(group)/\($0)" }
        }
        return paths + ["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version"]
    }

    /// The checks of a server whose parts live and die together: it answers, so all of them are well.
    private static let healthChecks = ["ping", "log", "etcd"]

    private func health(_ parts: [String], isVerbose: Bool) -> APIResponse {
        if parts.count > 1 {
            guard parts.count == 2, Self.healthChecks.contains(parts[1]) else {
                return .text("404 page not found\n", status: 404)
            }
            return .text("ok")
        }
        guard isVerbose else { return .text("ok") }
        return .text(Self.healthChecks.map { "[+]\($0) ok\n" }.joined() + "\(parts[0]) check passed\n")
    }

    private func isAggregated(_ request: APIRequest) throws -> String? {
        try Accepted.choose(request.header("Accept")) { transform in
            transform.kind == "APIGroupDiscoveryList" && transform.group == "apidiscovery.k8s.io"
                && ["v2", "v2beta1"].contains(transform.version)
        }.transform?.version
    }

    private func groupList(_ request: APIRequest, isCore: Bool) throws -> APIResponse {
        let discovery = Discovery(registry.snapshot)
        if let version = try isAggregated(request) {
            let contentType = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"
            let bytes = discovery.aggregated(version, isCore: isCore).serialized()
            return .tagged(bytes, hash: APIResponse.hash(of: bytes), contentType: contentType, for: request)
        }
        if isCore {
            return .json([
                "kind": "APIVersions", "versions": ["v1"],
                "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": ""]],
            ])
        }
        return .json([
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(discovery.groups.filter { $0 != "" }.map(discovery.group)),
        ])
    }

    private func group(_ name: String) throws -> APIResponse {
        let discovery = Discovery(registry.snapshot)
        guard discovery.groups.contains(name) else { return .text("404 page not found\n", status: 404) }
        var json = discovery.group(name)
        json["kind"] = "APIGroup"
        json["apiVersion"] = "v1"
        return .json(json)
    }

    private func resourceList(group: String, version: String, _ request: APIRequest) throws -> APIResponse {
        let discovery = Discovery(registry.snapshot)
        let resources = discovery.resources(group: group, version: version)
        guard !resources.isEmpty else { return .text("404 page not found\n", status: 404) }
        var json: JSON = ["kind": "APIResourceList"]
        if !group.isEmpty { json["apiVersion"] = "v1" }
        json["groupVersion"] = .string(group.isEmpty ? version : "\(group)/\(version)")
        json["resources"] = .array(resources)
        return .json(json)
    }
}

/// What the server tells about its kinds, plain and aggregated.
struct Discovery {
    private let snapshot: ResourceRegistry.Snapshot

    init(_ snapshot: ResourceRegistry.Snapshot) { self.snapshot = snapshot }

    /// Groups in order; the kinds that are only asked, never stored, have groups of their own.
    var groups: [String] {
        var names = snapshot.groups.map(\.name)
        for review in APIHandler.reviewKinds where !names.contains(review.group) { names.append(review.group) }
        return names
    }

    func versions(of group: String) -> [String] {
        (snapshot.groups.first { $0.name == group }?.versions ?? ["v1"]).sorted(by: VersionPriority.precedes)
    }

    /// All that is served, the core group first.
    var groupVersions: [(group: String, versions: [String])] { groups.map { ($0, versions(of: $0)) } }

    func group(_ name: String) -> JSON {
        let versions = versions(of: name).map { version -> JSON in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(name), "versions": .array(versions), "preferredVersion": versions.first ?? .null]
    }

    // MARK: Plain

    func resources(group: String, version: String) -> [JSON] {
        var resources: [JSON] = []
        for definition in snapshot.definitions(group: group, version: version) {
            let type = definition.type
            var json: JSON = [
                "name": .string(type.plural), "singularName": .string(definition.singular),
                "namespaced": .bool(type.namespaced), "kind": .string(type.kind), "verbs": JSON(definition.shownVerbs),
            ]
            if !definition.shortNames.isEmpty { json["shortNames"] = JSON(definition.shortNames) }
            if !definition.categories.isEmpty { json["categories"] = JSON(definition.categories) }
            json["storageVersionHash"] = .string(Self.storageVersionHash(definition))
            resources.append(json)
            for subresource in definition.subresources {
                var json: JSON = [
                    "name": .string("\(type.plural)/\(subresource.name)"), "singularName": "",
                    "namespaced": .bool(type.namespaced),
                ]
                if let group = subresource.group { json["group"] = .string(group) }
                if let version = subresource.version { json["version"] = .string(version) }
                json["kind"] = .string(subresource.kind)
                json["verbs"] = JSON(subresource.verbs)
                resources.append(json)
            }
        }
        if version == "v1" {
            for review in APIHandler.reviews(in: group) {
                resources.append([
                    "name": .string(review.plural), "singularName": .string(review.kind.lowercased()),
                    "namespaced": .bool(review.isNamespaced), "kind": .string(review.kind), "verbs": ["create"],
                ])
            }
        }
        return resources
    }

    /// How the real server names the version in which a kind is stored.
    private static func storageVersionHash(_ definition: ResourceDefinition) -> String {
        let type = definition.type
        // CustomResourceDefinitions are stored as they were before version 1.
        let version = type.group == "apiextensions.k8s.io" ? "v1beta1" : definition.storageVersion
        let digest = SHA256.hash(data: Data("\(type.group)/\(version)/\(type.kind)".utf8))
        return Data(digest.prefix(8)).base64EncodedString()
    }

    // MARK: Aggregated

    func aggregated(_ version: String, isCore: Bool) -> JSON {
        let items = groups.filter { $0.isEmpty == isCore }.map { group -> JSON in
            [
                "metadata": group.isEmpty ? [:] : ["name": .string(group)],
                "versions": .array(
                    versions(of: group).map { version in
                        [
                            "version": .string(version),
                            "resources": .array(aggregatedResources(group: group, version: version)),
                            "freshness": "Current",
                        ]
                    }),
            ]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
            "items": .array(items),
        ]
    }

    private func aggregatedResources(group: String, version: String) -> [JSON] {
        var resources = snapshot.definitions(group: group, version: version).map { definition -> JSON in
            let type = definition.type
            var json: JSON = [
                "resource": .string(type.plural), "responseKind": Self.responseKind(type, type.kind),
                "scope": type.namespaced ? "Namespaced" : "Cluster", "singularResource": .string(definition.singular),
                "verbs": JSON(definition.shownVerbs),
            ]
            if !definition.shortNames.isEmpty { json["shortNames"] = JSON(definition.shortNames) }
            if !definition.categories.isEmpty { json["categories"] = JSON(definition.categories) }
            if !definition.subresources.isEmpty {
                json["subresources"] = .array(
                    definition.subresources.map { subresource in
                        [
                            "subresource": .string(subresource.name),
                            "responseKind": Self.responseKind(
                                type, subresource.kind, group: subresource.group, version: subresource.version),
                            "verbs": JSON(subresource.verbs),
                        ]
                    })
            }
            return json
        }
        if version == "v1" {
            for review in APIHandler.reviews(in: group) {
                resources.append([
                    "resource": .string(review.plural),
                    "responseKind": ["group": .string(group), "version": "v1", "kind": .string(review.kind)],
                    "scope": review.isNamespaced ? "Namespaced" : "Cluster",
                    "singularResource": .string(review.kind.lowercased()), "verbs": ["create"],
                ])
            }
        }
        return resources
    }

    private static func responseKind(
        _ type: ResourceType, _ kind: String, group: String? = nil, version: String? = nil
    ) -> JSON {
        [
            "group": .string(group ?? type.group), "version": .string(version ?? type.version), "kind": .string(kind),
        ]
    }
}
