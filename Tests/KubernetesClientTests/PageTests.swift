import HTTPTransport
import KubernetesModel
import StructuredData
import Testing

@testable import KubernetesClient

@Suite struct PageTests {
    /// A projection: the fields of a ConfigMap that somebody reads.
    struct Sizes: KubernetesResource {
        static let resource = ConfigMap.resource
        var metadata: ObjectMeta
        var data: [String: String]?
    }

    private func list(_ items: String, token: String = "") -> ScriptedTransport.Answer {
        let text =
            #"{"kind":"ConfigMapList","metadata":{"resourceVersion":"5","continue":"\#(token)"},"items":\#(items)}"#
        return .response(.init(status: 200, body: [UInt8](text.utf8)))
    }

    private func page(
        _ script: ScriptedClient, from token: String? = nil
    ) async throws -> ResourcePage<Sizes> {
        let client = script.client
        return try await client.page(
            configMaps, namespace: nil, options: ListOptions(pageSize: 2), continueToken: token
        ) { value in
            value["data"]?["skip"] == nil ? try client.typed(value, Sizes.self) : nil
        }
    }

    @Test func `pages are read one by one, typed, and the reader decides about the next`() async throws {
        let script = ScriptedClient([
            list(
                #"[{"metadata":{"name":"a","managedFields":[{"manager":"m"}]}},{"metadata":{"name":"b"},"data":{"skip":""}}]"#,
                token: "n"),
            list(#"[{"metadata":{"name":"c"},"data":{"k":"v"}}]"#),
        ])
        let first = try await page(script)
        #expect(first.items.map(\.metadata) == [ObjectMeta(name: "a")])
        #expect(first.resourceVersion == "5" && first.continueToken == "n")
        #expect(script.transport.requests.count == 1)
        let last = try await page(script, from: first.continueToken)
        #expect(last.items.map(\.data) == [["k": "v"]])
        #expect(last.continueToken == nil)
        #expect(script.transport.requests.map(\.query) == [["limit": "2"], ["limit": "2", "continue": "n"]])
    }

    @Test func `a token that has expired is for the reader to handle`() async throws {
        let script = ScriptedClient([.json(failure(410, "Expired"), status: 410)])
        let status = await thrown(KubernetesStatus.self) { _ = try await page(script, from: "n") }
        #expect(status?.code == 410)
        #expect(script.transport.requests.count == 1)
    }

    @Test func `managed fields are kept for those who ask for them`() async throws {
        let script = ScriptedClient([list(#"[{"metadata":{"name":"a","managedFields":[{"manager":"m"}]}}]"#)])
        let client = script.client.keepingManagedFields()
        let list = try await client.list(ConfigMap.self)
        #expect(list.items[0].metadata.managedFields == [["manager": "m"]])
    }
}
