import ControllerRuntime
import HTTPTransport
import KubernetesClient
import KubernetesModel
import Logging
import Synchronization
import Testing

@testable import LocalControllers

@Suite struct GarbageListWatchTests {
    /// Answers with prepared texts, one a request, whole or as a stream.
    private final class PreparedAnswers: HTTPTransport {
        private let state: Mutex<(answers: [String], urls: [String])>

        init(_ answers: [String]) { state = Mutex((answers, [])) }

        var urls: [String] { state.withLock { $0.urls } }

        private func answer(_ request: HTTPRequest) -> [UInt8] {
            state.withLock { state in
                state.urls.append(request.url)
                return Array(state.answers.removeFirst().utf8)
            }
        }

        func send(_ request: HTTPRequest) async throws -> HTTPResponse {
            HTTPResponse(status: 200, body: answer(request))
        }

        func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse {
            let chunk = answer(request)
            return HTTPStreamingResponse(
                status: 200, headers: [:],
                body: AsyncThrowingStream { continuation in
                    continuation.yield(chunk)
                    continuation.finish()
                })
        }
    }

    private func listWatch(_ answers: PreparedAnswers) -> GarbageListWatch {
        GarbageListWatch(
            client: KubernetesClient(
                ClientConfiguration(server: "https://fake"), transport: answers, retry: .never),
            resource: ConfigMap.resource, logger: Logger(label: "test"))
    }

    /// The rest of the object is nothing that a tree or a ConfigMap could be made of.
    private func object(_ metadata: String) -> String { #"{"metadata":\#(metadata),"data":{"n":01,"text":"\q"}}"# }

    private let owned = """
        {"name":"a","namespace":"n","uid":"u-a","resourceVersion":"7","finalizers":["orphan"],"deletionTimestamp":"t",\
        "ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u-p","blockOwnerDeletion":true}],\
        "managedFields":"not what they should be"}
        """

    @Test func `A page at a time is read, and of its objects the metadata alone`() async throws {
        let answers = PreparedAnswers([
            #"{"metadata":{"resourceVersion":"9","continue":"next"},"items":[\#(object(owned))]}"#,
            #"{"metadata":{"resourceVersion":"9"},"items":[\#(object(#"{"name":"b","uid":"u-b"}"#))]}"#,
        ])
        let listWatch = listWatch(answers)
        let first = try await listWatch.list(limit: 1, continueToken: nil)
        #expect(first.resourceVersion == "9" && first.continueToken == "next")
        let entry = try #require(first.objects.first)
        #expect(first.objects.count == 1 && entry.resourceVersion == "7")
        #expect(entry.item.key == ObjectKey(namespace: "n", name: "a") && entry.item.uid == "u-a")
        #expect(entry.item.blocks("u-p") && entry.item.orphansDependents)
        #expect(answers.urls.count == 1)

        let last = try await listWatch.list(limit: 1, continueToken: first.continueToken)
        #expect(last.objects.map(\.item.uid) == ["u-b"] && last.continueToken == nil)
        #expect(
            answers.urls == [
                "https://fake/api/v1/configmaps?limit=1", "https://fake/api/v1/configmaps?limit=1&continue=next",
            ])
    }

    @Test func `An object whose metadata cannot be read does not stop the others`() async throws {
        let items = [#"{"name":"a","uid":"u-a","finalizers":5}"#, #"{"name":"b","uid":"u-b"}"#].map(object)
        let answers = PreparedAnswers([
            #"{"metadata":{"resourceVersion":"9"},"items":[\#(items.joined(separator: ","))]}"#
        ])
        let page = try await listWatch(answers).list(limit: 500, continueToken: nil)
        #expect(page.objects.map(\.item.uid) == ["u-b"])
    }

    @Test func `Events are read in the same way`() async throws {
        let gone = object(#"{"name":"b","uid":"u-b","resourceVersion":"8"}"#)
        let answers = PreparedAnswers([
            #"{"type":"ADDED","object":\#(object(owned))}"# + "\n" + #"{"type":"DELETED","object":\#(gone)}"# + "\n"
        ])
        var seen: [String] = []
        try await listWatch(answers).watch(from: "6", timeoutSeconds: 200) { event in
            switch event {
            case .added(let entry): seen.append("added \(entry.item.uid) \(entry.resourceVersion)")
            case .deleted(let entry): seen.append("deleted \(entry.item.uid) \(entry.resourceVersion)")
            case .modified, .bookmark, .initialEventsEnd: seen.append("\(event)")
            }
        }
        #expect(seen == ["added u-a 7", "deleted u-b 8"])
    }
}
