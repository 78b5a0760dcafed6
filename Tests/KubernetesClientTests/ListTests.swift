import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite struct ListTests {
    private func page(_ items: JSON, version: String, next: String? = nil) -> ScriptedTransport.Answer {
        var list: JSON = [
            "kind": "ConfigMapList", "apiVersion": "v1", "metadata": ["resourceVersion": .string(version)],
            "items": items,
        ]
        if let next { list["metadata"] = ["resourceVersion": .string(version), "continue": .string(next)] }
        return .json(list)
    }

    @Test func thePagesOfAListAreFollowed() async throws {
        let script = ScriptedClient([
            page([["metadata": ["name": "a", "managedFields": []]]], version: "5", next: "to/k&n"),
            page([["metadata": ["name": "b"]]], version: "6", next: "last"),
            page([["metadata": ["name": "c"]]], version: "7"),
        ])
        let options = ListOptions(
            labelSelector: "app in (x,y)", fieldSelector: "metadata.name!=z", resourceVersion: "3",
            versionMatch: .notOlderThan)
        let list = try await script.client.list(ConfigMap.self, namespace: "home", options: options)
        #expect(list.items.map(\.metadata.name) == ["a", "b", "c"])
        #expect(list.items[0].metadata.managedFields == nil)
        // A watch from the first page's version misses nothing.
        #expect(list.resourceVersion == "5")
        let requests = script.transport.requests
        #expect(requests.map(\.path) == Array(repeating: "/api/v1/namespaces/home/configmaps", count: 3))
        let selectors = ["labelSelector": "app%20in%20%28x%2Cy%29", "fieldSelector": "metadata.name%21%3Dz"]
        let first = ["limit": "500", "resourceVersion": "3", "resourceVersionMatch": "NotOlderThan"]
        #expect(requests[0].query == selectors.merging(first) { $1 })
        #expect(requests[1].query == selectors.merging(["limit": "500", "continue": "to%2Fk%26n"]) { $1 })
        #expect(requests[2].query == selectors.merging(["limit": "500", "continue": "last"]) { $1 })
    }

    @Test func withoutANamespaceAllOfThemAreListed() async throws {
        let script = ScriptedClient([page([], version: "1")])
        #expect(try await script.client.list(ConfigMap.self).items.isEmpty)
        #expect(script.transport.requests[0].path == "/api/v1/configmaps")
    }

    @Test func dynamicItemsCarryTheirTypeAlsoWhereTheServerLeavesItOut() async throws {
        let script = ScriptedClient([page([["metadata": ["name": "a"]]], version: "1")])
        let list = try await script.client.list(configMaps)
        #expect(list.items == [["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]]])
    }

    private func expired() -> ScriptedTransport.Answer { .json(failure(410, "Expired"), status: 410) }

    @Test func aListWhosePagesExpireIsBegunAgainByPages() async throws {
        let script = ScriptedClient([
            page([["metadata": ["name": "old"]]], version: "5", next: "n"),
            expired(),
            page([["metadata": ["name": "new"]]], version: "9", next: "m"),
            page([["metadata": ["name": "newer"]]], version: "9"),
        ])
        let list = try await script.client.list(ConfigMap.self)
        #expect(list.items.map(\.metadata.name) == ["new", "newer"])
        #expect(list.resourceVersion == "9")
        #expect(
            script.transport.requests.map(\.query) == [
                ["limit": "500"], ["limit": "500", "continue": "n"], ["limit": "500"],
                ["limit": "500", "continue": "m"],
            ])
    }

    @Test func aListWhosePagesKeepExpiringIsReadInOnePiece() async throws {
        let begun = [page([["metadata": ["name": "old"]]], version: "5", next: "n"), expired()]
        let script = ScriptedClient(begun + begun + begun + [page([["metadata": ["name": "new"]]], version: "9")])
        let list = try await script.client.list(ConfigMap.self)
        #expect(list.items.map(\.metadata.name) == ["new"])
        #expect(script.transport.requests.count == 7)
        #expect(script.transport.requests[6].query == [:])
    }

    @Test func aListInExactlyOneVersionIsNotBegunAgainInAnother() async throws {
        let script = ScriptedClient([page([], version: "5", next: "n"), expired()])
        let options = ListOptions(resourceVersion: "5", versionMatch: .exact)
        let status = await thrown(KubernetesStatus.self) {
            _ = try await script.client.list(ConfigMap.self, options: options)
        }
        #expect(status?.code == 410)
        #expect(script.transport.requests.count == 2)
    }

    @Test func anEmptyListMayHaveNullItems() async throws {
        let script = ScriptedClient([page(nil, version: "1")])
        #expect(try await script.client.list(ConfigMap.self).items.isEmpty)
    }

    @Test func whatHasNoItemsIsNoList() async throws {
        let script = ScriptedClient([.json(widget("w"))])
        let error = await thrown(KubernetesClientError.self) { _ = try await script.client.list(widgets) }
        #expect(error?.code == .decoding)
    }

    @Test func anObjectThatDoesNotFitItsTypeIsNamed() async throws {
        let script = ScriptedClient([page([["metadata": ["name": "bad"], "data": ["a": 1]]], version: "1")])
        let error = await thrown(KubernetesClientError.self) { _ = try await script.client.list(ConfigMap.self) }
        #expect(error?.code == .decoding)
        #expect(error?.message.contains("ConfigMap \"bad\"") == true)
        #expect(error?.message.contains("data.a") == true)
    }
}
