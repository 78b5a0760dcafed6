import Hummingbird
import KubernetesModel
import StructuredData

extension APIHandler {
    /// A watch that asks for no end gets one within an hour, as on the real server.
    private static let defaultWatchSeconds = 1800...3600
    /// Bookmarks are sent to those who ask, but not to watches that have just begun.
    private static let firstBookmarkSeconds: Double = 20
    private static let watchPieceBytes = 64 << 10

    func watch(_ target: Target, _ request: APIRequest, fault: WatchFault = WatchFault(nil)) throws -> APIResponse {
        let presentation = try Presentation(target.definition, request, isList: false, now: now())
        guard presentation.encoding != .yaml else {
            throw KubernetesStatus.notAcceptable(
                "only the following media types are accepted: application/json;stream=watch, "
                    + "application/vnd.kubernetes.protobuf;stream=watch")
        }
        let selection = try Selection(target, request)
        let start = try WatchStart(request)
        let pause = try Self.pause(request)
        let resource = target.definition.storageName
        let seconds = try request.query.integer("timeoutSeconds") ?? Int.random(in: Self.defaultWatchSeconds)

        // The initial objects are those of the version at which the watch opens: what comes between the two reads is in its
        // backlog.
        var initial: [StoredObject] = []
        var version = start.version
        if start.sendsObjects {
            let current = store.objects(of: resource, namespace: target.namespace)
            if let asked = start.version, asked > current.version {
                throw KubernetesStatus.tooLargeResourceVersion(String(asked), current: String(current.version))
            }
            initial = current.objects.filter(selection.matches)
            version = current.version
        }
        let watch: ObjectWatch
        do {
            watch = try store.watch(resource, namespace: target.namespace, after: version)
        } catch .expired(let oldest) {
            return try Self.failedWatch(
                .expired("too old resource version: \(version ?? 0) (\(oldest))"), presentation)
        } catch .future(let current) {
            throw KubernetesStatus.tooLargeResourceVersion(String(version ?? 0), current: String(current))
        }

        var stream = WatchStream(
            presentation: presentation, selection: selection,
            wantsBookmarks: request.query.flag("allowWatchBookmarks"),
            endsInitialEvents: start.endsInitialEvents)
        stream.initial = initial
        stream.initialVersion = version ?? watch.openedAt
        stream.bookmarksAfter = now() + Self.firstBookmarkSeconds
        stream.pause = pause
        let clock = now
        let connection = request.connection
        let (executor, method) = (request.executor, request.method)
        let ready = stream
        return APIResponse(
            contentType: presentation.watchContentType,
            body: .stream { write in
                // The timer, the client's leaving and a buffer that overflows all end the watch in the same way.
                async let _: Void = Self.end(watch, afterSeconds: seconds)
                async let _: Void = self.end(watch, whenRedefined: target.definition)
                defer { watch.close() }
                try await connection.body.consumeWithInboundCloseHandler { _ in
                    var fault = fault
                    // Whoever asked for a fault counts events.
                    let isPlain = fault.effect == nil
                    try await ready.run(
                        watch, on: executor, now: clock, pieceBytes: isPlain ? Self.watchPieceBytes : 1,
                        isDirect: isPlain && method == "GET"
                    ) { bytes in
                        try await fault.meet()
                        try await write(bytes)
                    }
                } onInboundClosed: {
                    watch.close()
                }
            })
    }

    private static func pause(_ request: APIRequest) throws(KubernetesStatus) -> Duration? {
        guard let text = request.header(WatchPause.header) else { return nil }
        let range = WatchPause.milliseconds
        guard let pause = Int(text), range.contains(pause) else {
            throw .badRequest(
                "\(WatchPause.header) must be \(range.lowerBound) to \(range.upperBound), found \(JSON.string(text).text())"
            )
        }
        return .milliseconds(pause)
    }

    private static func end(_ watch: ObjectWatch, afterSeconds seconds: Int) async {
        try? await Task.sleep(for: .seconds(seconds))
        watch.close()
    }

    /// A watch of custom resources ends when they are defined anew, as on the real server: it began with the definition of then.
    /// What was still to be told is told.
    private func end(_ watch: ObjectWatch, whenRedefined definition: ResourceDefinition) async {
        guard definition.isCustom else { return }
        let resource = ResourceRegistry.customResourceDefinitions
        let name = definition.type.qualifiedPlural
        // From now on: refused only by a store that has stopped, which ends all watches.
        guard let definitions = try? store.watch(resource, namespace: nil, after: nil) else { return }
        defer { definitions.close() }
        // It may have been written since the watch began, and with it what says nothing of the kind.
        let current = store.object(at: ObjectLocation(resource: resource, namespace: "", name: name))
        guard let current, Self.says(current, what: definition) else { return watch.close() }
        while let notices = await definitions.inbox.next() {
            for case .change(let change) in notices where change.object.location.name == name {
                guard change.kind != .deleted, Self.says(change.object, what: definition) else { return watch.close() }
            }
        }
    }

    /// Whether a CustomResourceDefinition says what `definition` was made from. One that cannot be read may say anything: a watch
    /// that ends too early is begun again.
    private static func says(_ stored: StoredObject, what definition: ResourceDefinition) -> Bool {
        stored.resourceVersion == definition.definedAt
            || (try? stored.object()).map(CustomResource.identity) == definition.identity
    }

    /// A watch from a version that is gone is opened, and says so in its only event.
    private static func failedWatch(
        _ status: KubernetesStatus, _ presentation: Presentation
    ) throws(KubernetesStatus) -> APIResponse {
        let object = (try? JSON(encoding: status)) ?? ["kind": "Status", "apiVersion": "v1", "code": JSON(status.code)]
        return APIResponse(
            contentType: presentation.watchContentType, body: .bytes(try presentation.event("ERROR", object)))
    }
}

/// Where a watch begins, from the query.
private struct WatchStart {
    /// The version that the client has seen; `nil`: whatever is now.
    var version: Int64?
    /// Whether the objects that exist are sent first.
    var sendsObjects: Bool
    var endsInitialEvents: Bool

    init(_ request: APIRequest) throws(KubernetesStatus) {
        let query = request.query
        let text = query["resourceVersion"] ?? ""
        let match = query["resourceVersionMatch"] ?? ""
        let sendsInitial = query["sendInitialEvents"].map { _ in query.flag("sendInitialEvents") }
        if sendsInitial != nil, match != "NotOlderThan" {
            throw APIHandler.invalidListOptions(
                "resourceVersionMatch",
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        if sendsInitial == nil, !match.isEmpty {
            throw APIHandler.invalidListOptions(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        }
        if !text.isEmpty {
            guard let number = Int64(text), number >= 0 else {
                throw KubernetesStatus(
                    reason: .unknown, code: 500,
                    message: "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": "
                        + "invalid syntax")
            }
            version = number
        }
        let isFromAny = version == nil || version == 0
        sendsObjects = sendsInitial ?? isFromAny
        endsInitialEvents = sendsInitial == true
        if sendsInitial == false, isFromAny { version = nil }
    }
}
