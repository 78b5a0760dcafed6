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
        let limit = try Self.limit(request)
        var page = try ListPage(request)
        let asked = try requestedVersion(request)
        let match = request.query["resourceVersionMatch"] ?? ""
        if match == "Exact", asked == nil || asked == 0 {
            throw Self.invalidListOptions(
                "resourceVersionMatch",
                "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"\(asked ?? 0)\"")
        }

        let objects: [StoredObject]
        let version: Int64
        let resource = target.definition.storageName
        if page.after != nil || match == "Exact" {
            // A continued list goes on at the version of its first page, so that it is one consistent view.
            version = page.after == nil ? asked ?? 0 : page.version
            do {
                objects = try store.objects(of: resource, namespace: target.namespace, at: version)
            } catch .expired where page.after != nil {
                throw KubernetesStatus.expired(
                    "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                        + "without the continue parameter.")
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

    private static func limit(_ request: APIRequest) throws(KubernetesStatus) -> Int {
        guard let text = request.query["limit"], !text.isEmpty else { return 0 }
        guard let limit = Int(text), limit >= 0 else {
            throw .badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
        }
        return limit
    }
}

/// Where a list goes on.
struct ListPage: Sendable {
    var version: Int64 = 0
    /// The last object of the page before.
    var after: ObjectLocation?

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
