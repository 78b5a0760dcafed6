internal import HTTPTransport
package import KubernetesModel
package import StructuredData

extension KubernetesClient {
    /// Opens a watch whose objects `decode` makes straight from the events' bytes, of which nothing is kept.
    package func watch<Object>(
        _ resource: ResourceType,
        namespace: String?,
        options: WatchOptions,
        decode: @escaping @Sendable (IndexedJSON.Value) throws -> Object
    ) async throws -> WatchStream<Object> {
        let seconds = options.timeoutSeconds ?? caller.random(in: WatchOptions.timeoutRangeSeconds)
        var call = APICall(.get, resource.path(namespace: namespace))
        call.query.add("watch", "true")
        call.query.add("labelSelector", options.labelSelector)
        call.query.add("fieldSelector", options.fieldSelector)
        call.query.add("resourceVersion", options.resourceVersion)
        call.query.add("timeoutSeconds", String(seconds))
        if options.allowBookmarks { call.query.add("allowWatchBookmarks", "true") }
        if options.sendInitialEvents {
            call.query.add("sendInitialEvents", "true")
            call.query.add("resourceVersionMatch", "NotOlderThan")
        }
        if let pause = options.pauseMilliseconds { call.headers[WatchPause.header] = String(pause) }
        // A watch shares no connection: a dead connection takes one watch with it, and the next starts on a fresh one.
        call.connection = .dedicated
        call.timeoutSeconds = Double(seconds) + WatchOptions.clientGraceSeconds
        let response = try await caller.open(call)
        return WatchStream(
            response, options: options, unknownEvents: caller.unknownEvents(of: resource), decode: decode)
    }
}
