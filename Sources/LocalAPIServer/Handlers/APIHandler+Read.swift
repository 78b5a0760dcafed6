import FoundationEssentials
import KubernetesModel
import StructuredData

extension APIHandler {
    func get(_ target: Target, _ request: APIRequest) throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: false, now: now())
        _ = try requestedVersion(request)
        guard let stored = store.object(at: try target.location()) else { throw target.notFound }
        return try presentation.response(stored)
    }

    func list(_ target: Target, _ request: APIRequest) throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: true, now: now())
        let selection = try Selection(target, request)
        let limit = max(0, try request.query.integer("limit") ?? 0)
        _ = try request.query.integer("timeoutSeconds")
        var page = try ListPage(request)
        let asked = try requestedVersion(request)
        let match = request.query["resourceVersionMatch"] ?? ""
        try Self.check(match, asked, request.query, isContinued: page.after != nil)

        let objects: [StoredObject]
        let version: Int64
        let resource = target.definition.storageName
        if page.isConsistent || match == "Exact" {
            // A continued list goes on at the version of its first page, so that it is one consistent view.
            version = page.after == nil ? asked ?? 0 : page.version
            do {
                objects = try store.objects(of: resource, namespace: target.namespace, at: version)
            } catch .expired where page.after != nil {
                page.version = 0
                throw KubernetesStatus.expired(
                    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                        + "without the continue parameter, or use the continue token in this response to retrieve the "
                        + "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                        + "objects that were created, modified, or deleted between the time the first chunk was returned "
                        + "and now may show up in the list.", continue: page.token)
            } catch .expired(let oldest) {
                throw KubernetesStatus.expired("too old resource version: \(version) (\(oldest))")
            } catch .future(let current) {
                throw KubernetesStatus.tooLargeResourceVersion(String(version), current: String(current))
            }
        } else {
            (objects, version) = store.objects(of: resource, namespace: target.namespace)
        }

        var selected = selection.selectsEverything ? objects : objects.filter(selection.matches)
        if let after = page.after { selected = selected.filter { $0.location > after } }
        var metadata = Presentation.ListMetadata(version: String(version))
        if limit > 0, selected.count > limit {
            page.version = version
            page.after = selected[limit - 1].location
            metadata.continueToken = page.token
            if selection.selectsEverything { metadata.remaining = selected.count - limit }
            selected = Array(selected.prefix(limit))
        }
        return try presentation.list(selected, metadata)
    }

    /// The resourceVersion of a read; 0 means any.
    /// - Throws: 400 where it is no number, 504 where it has not happened.
    private func requestedVersion(_ request: APIRequest) throws(KubernetesStatus) -> Int64? {
        guard let text = request.query["resourceVersion"], !text.isEmpty else {
            if request.query["resourceVersionMatch"]?.isEmpty == false, request.info.verb == "list" {
                throw Self.invalidListOptions(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
            }
            return nil
        }
        guard let version = Int64(text), version >= 0 else {
            throw .badRequest(
                "invalid resource version: resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing "
                    + "\"\(text)\": invalid syntax")
        }
        let current = store.resourceVersion
        if version > current { throw .tooLargeResourceVersion(text, current: String(current)) }
        return version
    }

    static func invalidListOptions(_ field: String, _ message: String) -> KubernetesStatus {
        .invalid(group: "meta.k8s.io", kind: "ListOptions", "", causes: [.forbidden(field, message)])
    }

    private static func check(
        _ match: String, _ asked: Int64?, _ query: Query, isContinued: Bool
    ) throws(KubernetesStatus) {
        if query["sendInitialEvents"] != nil {
            throw invalidListOptions("sendInitialEvents", "sendInitialEvents is forbidden for list")
        }
        if isContinued, let asked, asked != 0 {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
        switch match {
        case "", "NotOlderThan": break
        case "Exact":
            guard asked == nil || asked == 0 else { break }
            throw invalidListOptions(
                "resourceVersionMatch",
                "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"\(asked ?? 0)\"")
        default:
            throw .invalid(
                group: "meta.k8s.io", kind: "ListOptions", "",
                causes: [
                    .notSupported(
                        "resourceVersionMatch", value: JSON.string(match).text(),
                        supported: ["Exact", "NotOlderThan", ""])
                ])
        }
        if isContinued, !match.isEmpty {
            throw invalidListOptions("resourceVersionMatch", "resourceVersionMatch is forbidden for continue")
        }
    }
}

/// Where a list goes on.
struct ListPage: Sendable {
    /// 0: whatever is now, for a client that goes on although the version of its first page is gone.
    var version: Int64 = 0
    /// The last object of the page before.
    var after: ObjectLocation?

    /// Whether it goes on at the version of its first page.
    var isConsistent: Bool { after != nil && version > 0 }

    /// - Throws: 400 where the token is none of ours.
    init(_ request: APIRequest) throws(KubernetesStatus) {
        guard let token = request.query["continue"], !token.isEmpty else { return }
        guard let data = ServiceAccountTokens.data(token[...]), let json = try? JSON.parse([UInt8](data)),
            let version = json["rv"]?.intValue, let resource = json["r"]?.stringValue,
            let namespace = json["ns"]?.stringValue, let name = json["n"]?.stringValue
        else {
            throw .badRequest("invalid continue token: continue key is not valid")
        }
        self.version = Int64(version)
        after = ObjectLocation(resource: resource, namespace: namespace, name: name)
    }

    var token: String {
        let json: JSON = [
            "v": "meta.k8s.io/v1", "rv": JSON(version), "r": .string(after?.resource ?? ""),
            "ns": .string(after?.namespace ?? ""), "n": .string(after?.name ?? ""),
        ]
        return ServiceAccountTokens.base64(Data(json.serialized()))
    }
}
