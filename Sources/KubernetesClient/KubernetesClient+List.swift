internal import HTTPTransport
package import KubernetesModel
package import StructuredData

/// One page of a list.
package struct ResourcePage<Object: Sendable>: Sendable {
    package var items: [Object]
    /// The version of the list; the same on every page of one list.
    package var resourceVersion: String
    /// Where the next page starts; `nil` on the last.
    package var continueToken: String?
}

extension KubernetesClient {
    /// How often a list whose pages expire before the last is begun again by pages, before it is asked for in one piece.
    static let expiredPagesRetries = 2

    /// Reads one page of a list of at most `options.pageSize` objects. Each is decoded straight from the answer's bytes, of
    /// which nothing is kept.
    /// - Parameters:
    ///   - continueToken: from the page before; `nil`: the first page.
    ///   - decode: makes an object of its text; where it returns `nil` the object is left out.
    /// - Throws: `KubernetesStatus` of code 410 where the token has expired.
    package func page<Object>(
        _ resource: ResourceType,
        namespace: String?,
        options: ListOptions,
        continueToken: String?,
        decode: (IndexedJSON.Value) throws -> Object?
    ) async throws -> ResourcePage<Object> {
        var call = APICall(.get, resource.path(namespace: namespace))
        call.timeoutSeconds = 60
        call.query.add("labelSelector", options.labelSelector)
        call.query.add("fieldSelector", options.fieldSelector)
        if options.pageSize > 0 { call.query.add("limit", String(options.pageSize)) }
        if let continueToken {
            // The token holds the version; the API refuses both.
            call.query.add("continue", continueToken)
        } else {
            call.query.add("resourceVersion", options.resourceVersion)
            call.query.add("resourceVersionMatch", options.versionMatch?.rawValue)
        }
        let page = try await indexed(call)
        guard let elements = page["items"], elements.isArray || elements.isNull else {
            throw KubernetesClientError(.decoding, "the answer to \(call.summary) is no list: it has no items")
        }
        var items: [Object] = []
        items.reserveCapacity(elements.count)
        try elements.forEachElement { if let object = try decode($0) { items.append(object) } }
        let metadata = page["metadata"]
        return ResourcePage(
            items: items, resourceVersion: metadata?["resourceVersion"]?.stringValue ?? "",
            continueToken: metadata?["continue"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Follows the pages of a list. Where the server has forgotten the version that the pages belong to, the list is begun again,
    /// since the pages of two versions do not fit together: by pages, and as the last resort in one piece, which cannot expire.
    func list<Object>(
        _ resource: ResourceType,
        namespace: String?,
        options: ListOptions,
        decode: (IndexedJSON.Value) throws -> Object
    ) async throws -> ResourceList<Object> {
        // In exactly one version there is nothing newer to begin again with.
        let isRepeatable = options.pageSize > 0 && options.versionMatch != .exact
        for _ in 0...(isRepeatable ? Self.expiredPagesRetries : 0) {
            do {
                return try await pages(resource, namespace, options, decode)
            } catch let status as KubernetesStatus where status.code == 410 {
                guard isRepeatable else { throw status }
            }
        }
        var options = options
        options.pageSize = 0
        return try await pages(resource, namespace, options, decode)
    }

    private func pages<Object>(
        _ resource: ResourceType,
        _ namespace: String?,
        _ options: ListOptions,
        _ decode: (IndexedJSON.Value) throws -> Object
    ) async throws -> ResourceList<Object> {
        var list = ResourceList<Object>(items: [], resourceVersion: "")
        var next: String?
        var isFirst = true
        repeat {
            let page = try await page(
                resource, namespace: namespace, options: options, continueToken: next, decode: decode)
            list.items += page.items
            if isFirst { list.resourceVersion = page.resourceVersion }
            isFirst = false
            next = page.continueToken
        } while next != nil
        return list
    }

    /// Sends `call` and returns the text of a successful answer, indexed.
    private func indexed(_ call: APICall) async throws -> IndexedJSON.Value {
        let response = try await caller.send(call)
        guard response.isSuccess else { throw try KubernetesStatus(refusal: response, of: call) }
        do {
            return try IndexedJSON(response.body).root
        } catch {
            throw KubernetesClientError(
                .decoding, "the answer to \(call.summary) is not JSON: \(error); is this a Kubernetes API server?")
        }
    }
}

extension KubernetesClient {
    /// The object that `value` holds, without its managed fields unless this client keeps them.
    package func typed<R: KubernetesResource>(_ value: IndexedJSON.Value, _ type: R.Type) throws -> R {
        let omitted = keepsManagedFields ? nil : value["metadata"]?["managedFields"]
        do {
            do {
                return try value.decode(R.self, omitting: omitted)
            } catch  where value["apiVersion"] == nil || value["kind"] == nil {
                // The items of lists may lack both, which some types require.
                return try trimmed(value.json()).withType(of: R.resource).decode(R.self)
            }
        } catch {
            let name = value["metadata"]?["name"]?.stringValue ?? ""
            throw KubernetesClientError(.decoding, "\(R.resource.kind) \"\(name)\" cannot be read: \(error)")
        }
    }
}
