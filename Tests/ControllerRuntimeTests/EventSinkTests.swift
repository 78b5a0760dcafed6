import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import Testing

@testable import ControllerRuntime

@Suite("Events on the wire")
struct EventSinkTests {
    /// Answers every request with an empty object, and remembers it.
    private final class Recorder: HTTPTransport {
        let requests = Mutex<[HTTPRequest]>([])

        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            requests.withLock { $0.append(request) }
            return HTTPResponse(status: 200, headers: [:], body: Array("{}".utf8))
        }

        func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
            throw HTTPTransportError(.badRequest, "events are not streamed")
        }
    }

    private let recorder = Recorder()
    private var sink: KubernetesEventSink { sink(.events) }

    private func sink(_ form: EventRecorder.Form) -> KubernetesEventSink {
        KubernetesEventSink(
            client: KubernetesClient(ClientConfiguration(server: "https://cluster"), transport: recorder),
            controller: "example.com/test", instance: "test-1", form: form)
    }

    private func event(_ regarding: ObjectReference) -> EventIdentity {
        EventIdentity(regarding: regarding, type: "Warning", reason: "Tried", action: "Try", note: "it was tried")
    }

    @Test func `the first is an object with all that the API asks for, and repeats are its series`() async throws {
        let event = event(ObjectReference(kind: "Pod", name: "pod", namespace: "n", uid: "u"))
        try await sink.write(.create(event, name: "pod.1", at: .zero), at: 1_700_000_000_123_456)
        try await sink.write(.series(event, name: "pod.1", count: 4, at: .seconds(3)), at: 1_700_000_003_000_000)
        let requests = recorder.requests.withLock { $0 }
        #expect(requests.map(\.method) == [.post, .patch])
        let created = try JSON.parse(requests[0].body ?? [])
        #expect(
            created == [
                "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "pod.1", "namespace": "n"],
                "eventTime": "2023-11-14T22:13:20.123456Z", "type": "Warning", "reason": "Tried", "action": "Try",
                "note": "it was tried", "reportingController": "example.com/test", "reportingInstance": "test-1",
                "regarding": ["kind": "Pod", "name": "pod", "namespace": "n", "uid": "u"],
            ])
        #expect(requests[1].url.hasPrefix("https://cluster/apis/events.k8s.io/v1/namespaces/n/events/pod.1?"))
        #expect(
            try JSON.parse(requests[1].body ?? []) == [
                "series": ["count": 4, "lastObservedTime": "2023-11-14T22:13:23.000000Z"]
            ])
    }

    @Test func `as a kubelet writes them, they name their source and are counted`() async throws {
        let event = event(ObjectReference(kind: "Pod", name: "pod", namespace: "n", uid: "u"))
        try await sink(.core).write(.create(event, name: "pod.1", at: .zero), at: 1_700_000_000_123_456)
        try await sink(.core).write(.series(event, name: "pod.1", count: 4, at: .seconds(3)), at: 1_700_000_003_000_000)
        let requests = recorder.requests.withLock { $0 }
        #expect(requests.map(\.method) == [.post, .patch])
        let created = try JSON.parse(requests[0].body ?? [])
        #expect(
            created == [
                "apiVersion": "v1", "kind": "Event", "metadata": ["name": "pod.1", "namespace": "n"],
                "firstTimestamp": "2023-11-14T22:13:20Z", "lastTimestamp": "2023-11-14T22:13:20Z", "count": 1,
                "type": "Warning", "reason": "Tried", "message": "it was tried",
                "source": ["component": "example.com/test", "host": "test-1"],
                "reportingComponent": "example.com/test", "reportingInstance": "test-1",
                "involvedObject": ["kind": "Pod", "name": "pod", "namespace": "n", "uid": "u"],
            ])
        #expect(requests[1].url.hasPrefix("https://cluster/api/v1/namespaces/n/events/pod.1?"))
        #expect(
            try JSON.parse(requests[1].body ?? []) == ["count": 4, "lastTimestamp": "2023-11-14T22:13:23Z"])
    }

    @Test(arguments: [nil, ""])
    func `an event on an object without a namespace lives in the default one`(namespace: String?) async throws {
        let event = event(ObjectReference(kind: "Node", name: "node", namespace: namespace))
        try await sink.write(.create(event, name: "node.1", at: .zero), at: 0)
        let request = try #require(recorder.requests.withLock { $0.first })
        #expect(request.url.contains("/namespaces/default/events?"))
        #expect(try JSON.parse(request.body ?? [])["metadata"]?["namespace"] == "default")
    }
}
