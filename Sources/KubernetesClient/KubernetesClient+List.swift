internal import HTTPTransport
internal import KubernetesModel
internal import StructuredData

extension KubernetesClient {
    /// Follows the pages of a list. Where the server has forgotten the version that the pages belong to, everything is asked
    /// for again at once, since the pages of two versions do not fit together.
    func list<Object>(
        _ resource: ResourceType,
        namespace: String?,
        options: ListOptions,
        decode: (JSON) throws -> Object
    ) async throws -> ResourceList<Object> {
        do {
            return try await pages(resource, namespace, options, decode)
        } catch let status as KubernetesStatus where status.code == 410 && options.pageSize > 0 {
            guard options.versionMatch != .exact else { throw status }
            var options = options
            options.pageSize = 0
            return try await pages(resource, namespace, options, decode)
        }
    }

    private func pages<Object>(
        _ resource: ResourceType,
        _ namespace: String?,
        _ options: ListOptions,
        _ decode: (JSON) throws -> Object
    ) async throws -> ResourceList<Object> {
        var items: [Object] = []
        var version: String?
        var next: String?
        repeat {
            var call = APICall(.get, resource.path(namespace: namespace))
            call.timeoutSeconds = 60
            call.query.add("labelSelector", options.labelSelector)
            call.query.add("fieldSelector", options.fieldSelector)
            if options.pageSize > 0 { call.query.add("limit", String(options.pageSize)) }
            if let next {
                // The token holds the version; the API refuses both.
                call.query.add("continue", next)
            } else {
                call.query.add("resourceVersion", options.resourceVersion)
                call.query.add("resourceVersionMatch", options.versionMatch?.rawValue)
            }
            let page = try await json(call)
            guard let elements = page["items"]?.arrayValue ?? (page["items"]?.isNull == true ? [] : nil) else {
                throw KubernetesClientError(.decoding, "the answer to \(call.summary) is no list: it has no items")
            }
            items.reserveCapacity(items.count + elements.count)
            for element in elements { items.append(try decode(trimmed(element))) }
            version = version ?? page["metadata"]?["resourceVersion"]?.stringValue
            next = page["metadata"]?["continue"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        } while next != nil
        return ResourceList(items: items, resourceVersion: version ?? "")
    }
}
