import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite struct WatchTests {
    /// What a server might send: with line ends of both kinds, an empty line, a type nobody knows, and text that is not ASCII.
    private static let recording = """
        {"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"1",\
        "managedFields":[{"manager":"x"}]},"data":{"k":"über \\n 日本 {\\"}"}}}\r
        {"type":"MODIFIED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"2"}}}

        {"type":"TELEPORTED","object":{"metadata":{"name":"a"}}}
        {"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"3","annotations":\
        {"k8s.io/initial-events-end":"true"}}}}
        {"type":"DELETED","object":{"kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"4"}}}
        {"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"5"}}}

        """

    private func configMap(_ version: String, _ data: [String: String]? = nil) -> ConfigMap {
        ConfigMap(metadata: ObjectMeta(name: "a", resourceVersion: version), data: data)
    }

    private var expected: [WatchEvent<ConfigMap>] {
        [
            .added(configMap("1", ["k": "über \n 日本 {\"}"])), .modified(configMap("2")),
            .bookmark(resourceVersion: "3", initialEventsEnd: true), .deleted(configMap("4")),
            .bookmark(resourceVersion: "5", initialEventsEnd: false),
        ]
    }

    private func events(_ chunks: [[UInt8]]) async throws -> [WatchEvent<ConfigMap>] {
        let script = ScriptedClient([.stream(chunks: chunks)])
        var events: [WatchEvent<ConfigMap>] = []
        for try await event in try await script.client.watch(ConfigMap.self) { events.append(event) }
        return events
    }

    @Test func theEventsAreTheSameWhereverTheStreamIsCutInTwo() async throws {
        let bytes = Array(Self.recording.utf8)
        for cut in 0...bytes.count {
            let events = try await events([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(events == expected, "cut at \(cut)")
        }
    }

    @Test func theEventsAreTheSameInChunksOfAnySize() async throws {
        let bytes = Array(Self.recording.utf8)
        for size in [1, 2, 3, 7, 64, 300, bytes.count] {
            let chunks = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
            #expect(try await events(chunks) == expected, "chunks of \(size)")
        }
    }

    @Test func theRequestAsksForBookmarksOnAConnectionOfItsOwnForABoundedTime() async throws {
        var seen: Set<Int> = []
        for seed in 0..<50 {
            let script = ScriptedClient([.stream("")], seed: UInt64(seed))
            _ = try await script.client.watch(
                ConfigMap.self, namespace: "away",
                options: WatchOptions(labelSelector: "a=b", fieldSelector: "c=d", resourceVersion: "7"))
            let request = script.transport.requests[0]
            #expect(request.path == "/api/v1/namespaces/away/configmaps")
            var query = request.query
            let parameter = query.removeValue(forKey: "timeoutSeconds")
            let seconds = try #require(parameter.flatMap { Int($0) })
            seen.insert(seconds)
            #expect((180...220).contains(seconds))
            #expect(request.timeoutSeconds == Double(seconds) + 5)
            #expect(
                query == [
                    "watch": "true", "labelSelector": "a%3Db", "fieldSelector": "c%3Dd", "resourceVersion": "7",
                    "allowWatchBookmarks": "true",
                ])
            #expect(request.connection == .dedicated)
        }
        #expect(seen.count > 20, "many watches do not end at once")
    }

    @Test func initialEventsAreAskedForAsTheAPIWantsIt() async throws {
        let script = ScriptedClient([.stream("")])
        _ = try await script.client.watch(
            widgets, options: WatchOptions(allowBookmarks: true, sendInitialEvents: true, timeoutSeconds: 9))
        #expect(script.transport.requests[0].path == "/apis/example.com/v1/widgets")
        #expect(
            script.transport.requests[0].query == [
                "watch": "true", "timeoutSeconds": "9", "allowWatchBookmarks": "true", "sendInitialEvents": "true",
                "resourceVersionMatch": "NotOlderThan",
            ])
    }

    @Test func anErrorEventIsThrownAsItsStatus() async throws {
        let event: JSON = ["type": "ERROR", "object": failure(410, "Expired", "too old resource version")]
        let script = ScriptedClient([.stream(chunks: [event.serialized() + [10]], ends: false)])
        let status = await thrown(KubernetesStatus.self) {
            for try await _ in try await script.client.watch(widgets) {}
        }
        #expect(status?.code == 410)
        #expect(status?.reason == .expired)
        #expect(script.transport.droppedStreams == 1)
    }

    @Test func anErrorEventWithoutAStatusIsThrownToo() async throws {
        let script = ScriptedClient([.stream("{\"type\":\"ERROR\",\"object\":{}}\n")])
        let status = await thrown(KubernetesStatus.self) {
            for try await _ in try await script.client.watch(widgets) {}
        }
        #expect(status?.code == 500)
    }

    @Test func aRefusedWatchThrowsAtOnceAndIsNotRetried() async throws {
        let script = ScriptedClient([.json(failure(410, "Gone"), status: 410)])
        let status = await thrown(KubernetesStatus.self) { _ = try await script.client.watch(widgets) }
        #expect(status?.code == 410)
        let lost = ScriptedClient([.failure(HTTPTransportError(.cannotConnect, "no", wasNotSent: true))])
        let error = await thrown(HTTPTransportError.self) { _ = try await lost.client.watch(widgets) }
        #expect(error?.code == .cannotConnect)
        #expect(lost.transport.requests.count == 1)
    }

    @Test func aStreamThatEndsInsideAnEventIsALostConnectionAfterTheWholeEvents() async throws {
        let bytes = Array(Self.recording.utf8)
        let script = ScriptedClient([.stream(chunks: [Array(bytes.dropLast(3))])])
        var count = 0
        let error = await thrown(HTTPTransportError.self) {
            for try await _ in try await script.client.watch(ConfigMap.self) { count += 1 }
        }
        #expect(error?.code == .connectionLost)
        #expect(count == expected.count - 1)
    }

    @Test func aBrokenTransferIsThrownAfterTheEventsBeforeIt() async throws {
        let script = ScriptedClient([
            .stream(chunks: [Array(Self.recording.utf8)], error: HTTPTransportError(.silent, "quiet"))
        ])
        var count = 0
        let error = await thrown(HTTPTransportError.self) {
            for try await _ in try await script.client.watch(ConfigMap.self) { count += 1 }
        }
        #expect(error?.code == .silent)
        #expect(count == expected.count)
    }

    @Test func aLineWithoutEndIsRefused() async throws {
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 600)
        let script = ScriptedClient([.stream(chunks: [chunk, chunk], ends: false)])
        let error = await thrown(HTTPTransportError.self) {
            for try await _ in try await script.client.watch(widgets, options: WatchOptions(maxLineBytes: 1000)) {}
        }
        #expect(error?.code == .responseTooLarge)
        #expect(script.transport.droppedStreams == 1)
    }

    @Test func aLineThatIsNoJSONIsADecodingError() async throws {
        let script = ScriptedClient([.stream("<html>\n")])
        let error = await thrown(KubernetesClientError.self) {
            for try await _ in try await script.client.watch(widgets) {}
        }
        #expect(error?.code == .decoding)
    }

    @Test func unknownEventsAreReportedOnce() async throws {
        let script = ScriptedClient([
            .stream("{\"type\":\"NEW\",\"object\":{}}\n{\"type\":\"NEW\",\"object\":{}}\n{}\n")
        ])
        for try await event in try await script.client.watch(widgets) { Issue.record("\(event)") }
        #expect(script.logs.warnings.count == 1)
        #expect(script.logs.warnings[0].contains("widgets.example.com"))
    }

    @Test func theSilenceTimeoutIsArmedByTheFirstBookmark() async throws {
        let script = ScriptedClient([.stream(Self.recording)])
        var seen: [Int] = []
        for try await _ in try await script.client.watch(ConfigMap.self, options: WatchOptions(silenceSeconds: 77)) {
            seen.append(script.transport.silenceTimeouts.count)
        }
        #expect(seen == [0, 0, 1, 1, 1])
        #expect(script.transport.silenceTimeouts == [77])
        #expect(script.transport.requests[0].silenceTimeoutSeconds == nil)
    }

    @Test func leavingTheLoopDropsTheStream() async throws {
        let script = ScriptedClient([.stream(chunks: [Array(Self.recording.utf8)], ends: false)])
        for try await _ in try await script.client.watch(ConfigMap.self) { break }
        #expect(script.transport.droppedStreams == 1)
    }

    @Test func managedFieldsAreKeptOnRequest() async throws {
        let script = ScriptedClient([.stream(Self.recording), .stream(Self.recording)])
        for try await event in try await script.client.watch(configMaps) {
            #expect(event.object?["metadata"]?["managedFields"] == nil)
        }
        let stream = try await script.client.keepingManagedFields().watch(configMaps)
        for try await event in stream {
            #expect(event.object?["metadata"]?["managedFields"] == [["manager": "x"]])
            break
        }
    }
}
