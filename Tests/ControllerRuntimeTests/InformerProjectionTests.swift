import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@testable import ControllerRuntime

@Suite("Informers that keep a part of each object")
struct InformerProjectionTests {
    /// A server with three config maps, of which one is none; it streams no lists, and its watches bring nothing.
    private struct Server: HTTPTransport {
        static let items: JSON = [
            [
                "metadata": [
                    "name": "a", "namespace": "n", "resourceVersion": "3", "managedFields": [["manager": "m"]],
                ],
                "data": ["size": "large", "text": "long"],
            ],
            ["metadata": ["name": "bad", "namespace": "n", "resourceVersion": "4"], "data": ["size": 1]],
            ["metadata": ["name": "b", "namespace": "n", "resourceVersion": "5"], "data": ["text": "long"]],
        ]

        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            let list: JSON = ["metadata": ["resourceVersion": "9"], "items": Self.items]
            return HTTPResponse(status: 200, headers: [:], body: list.serialized())
        }

        func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
            if request.url.contains("sendInitialEvents") {
                return HTTPStreamingResponse(
                    status: 422, headers: [:], body: AsyncThrowingStream { $0.finish() }, setSilenceTimeout: { _ in })
            }
            return HTTPStreamingResponse(
                status: 200, headers: [:], body: AsyncThrowingStream { _ in }, setSilenceTimeout: { _ in })
        }
    }

    private struct Size: Sendable, Equatable {
        var name: String
        var version: String
        var size: String?
    }

    @Test func `only the projection is stored, indexed and told, and what cannot be decoded is left out`() async throws
    {
        let client = KubernetesClient(ClientConfiguration(server: "https://cluster"), transport: Server())
        let informer = Informer<Size>(
            client: client, of: ConfigMap.self, metadata: { ObjectMeta(name: $0.name, resourceVersion: $0.version) },
            projecting: { object in
                #expect(object.metadata.managedFields == nil)
                return Size(
                    name: object.metadata.name ?? "", version: object.metadata.resourceVersion ?? "",
                    size: object.data?["size"])
            })
        informer.store.addFieldIndex("size") { $0.size }
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        #expect(
            informer.store.list() == [
                Size(name: "a", version: "3", size: "large"), Size(name: "b", version: "5", size: nil),
            ])
        #expect(informer.store.byIndex("size", "large").map(\.name) == ["a"])
        run.cancel()
        _ = await run.result
    }
}
