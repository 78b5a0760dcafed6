import CertificateStore
import Foundation
import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Watches over HTTPS", .timeLimit(.minutes(2)))
struct WatchTests {
    @Test("A watch tells what happened since its version, in order, with the deletion's version at the end")
    func order() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let list = try await server.send(.get, Samples.widgets)
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            var watch = try await server.watch("\(Samples.widgets)?watch=1&resourceVersion=\(list.version)")
            let added = try #require(try await watch.next())
            #expect(added.type == "ADDED")
            _ = try await server.send(
                .patch, "\(Samples.widgets)/a", ["spec": ["size": 2]], type: "application/merge-patch+json")
            let modified = try #require(try await watch.next())
            #expect(modified.type == "MODIFIED")
            #expect(modified.object["spec"]?["size"] == 2)
            _ = try await server.send(.delete, "\(Samples.widgets)/a")
            let deleted = try #require(try await watch.next())
            #expect(deleted.type == "DELETED")
            let versions = [added, modified, deleted].compactMap { Int($0.version) }
            #expect(versions.count == 3)
            #expect(versions == versions.sorted())
            #expect(Set(versions).count == 3)
        }
    }

    @Test("An object that leaves a selector is deleted for its watch, one that enters it is added")
    func selectors() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            var watch = try await server.watch("\(Samples.widgets)?watch=1&labelSelector=keep%3Dy")
            var colours = try await server.watch("\(Samples.widgets)?watch=1&fieldSelector=spec.colour%3Dblue")
            let merge = "application/merge-patch+json"
            _ = try await server.send(.post, Samples.widgets, Samples.widget("other"))
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a", labels: ["keep": "y"]))
            #expect(try await watch.next()?.type == "ADDED")
            _ = try await server.send(
                .patch, "\(Samples.widgets)/a", ["metadata": ["labels": ["keep": "n"]]], type: merge)
            let left = try #require(try await watch.next())
            #expect(left.type == "DELETED")
            #expect(left.object["metadata"]?["labels"]?["keep"] == "y")
            _ = try await server.send(
                .patch, "\(Samples.widgets)/a",
                ["metadata": ["labels": ["keep": "y"]], "spec": ["colour": "blue"]], type: merge)
            #expect(try await watch.next()?.type == "ADDED")
            let blue = try #require(try await colours.next())
            #expect(blue.type == "ADDED")
            #expect(blue.name == "a")
        }
    }

    @Test("A watch that asks for a pause after each piece loses nothing, and what came meanwhile comes together")
    func pause() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let list = try await server.send(.get, Samples.widgets)
            let watch = try await server.stream(
                "\(Samples.widgets)?watch=1&resourceVersion=\(list.version)",
                headers: ["Das-Watch-Pause-Milliseconds": "1000"])
            var pieces: [[String]] = []
            func read(_ piece: [UInt8]?) throws {
                let lines = try #require(piece).split(separator: UInt8(ascii: "\n"))
                pieces.append(
                    try lines.map { try JSON.parse(Array($0))["object"]?["metadata"]?["name"]?.stringValue ?? "" })
            }
            var chunks = watch.body.makeAsyncIterator()
            let began = ContinuousClock.now
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            try read(try await chunks.next())
            for name in ["b", "c"] { _ = try await server.send(.post, Samples.widgets, Samples.widget(name)) }
            let took = began.duration(to: .now)
            while pieces.joined().count < 3 { try read(try await chunks.next()) }
            #expect(Array(pieces.joined()) == ["a", "b", "c"])
            // On a machine that is slower than the pause they may come apart.
            if took < .seconds(1) { #expect(pieces.count == 2) }
            for pause in ["0", "1001", "1s", ""] {
                let refused = try await server.send(
                    .get, Samples.widgets + "?watch=1", headers: ["Das-Watch-Pause-Milliseconds": pause])
                #expect(refused.status == 400)
                #expect(refused.json["message"]?.stringValue?.contains("must be 1 to 1000, found \"\(pause)\"") == true)
            }
        }
    }

    @Test("A watch list sends what there is and then says that this was all")
    func initialEvents() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            var watch = try await server.watch(
                "\(Samples.widgets)?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                    + "&allowWatchBookmarks=true")
            #expect(try await watch.next()?.name == "a")
            let bookmark = try #require(try await watch.next())
            #expect(bookmark.type == "BOOKMARK")
            #expect(bookmark.object["metadata"]?["annotations"]?["k8s.io/initial-events-end"] == "true")
            let list = try await server.send(.get, Samples.widgets)
            #expect(bookmark.version == list.version)
        }
    }

    @Test("Each of a crowd is told everything that it asks for, in its own form")
    func crowd() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let everywhere = "/apis/rec.example.com/v1/widgets?watch=1"
            let plain = Array(repeating: "\(Samples.widgets)?watch=1", count: 30)
            let all = Array(repeating: everywhere, count: 10)
            let odd = Array(repeating: "\(everywhere)&labelSelector=parity%3Dodd", count: 3)
            var watches: [(watch: WatchReader, isOdd: Bool, kind: String)] = []
            for path in plain + all { watches.append((try await server.watch(path), false, "Widget")) }
            for path in odd { watches.append((try await server.watch(path), true, "Widget")) }
            let metadata = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
            for path in [plain[0], all[0]] {
                watches.append((try await server.watch(path, accept: metadata), false, "PartialObjectMetadata"))
            }
            let names = (0..<60).map { "w\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for first in 0..<3 {
                    group.addTask {
                        for number in stride(from: first, to: names.count, by: 3) {
                            let parity = number % 2 == 0 ? "even" : "odd"
                            let widget = Samples.widget(names[number], labels: ["parity": parity])
                            _ = try await server.send(.post, Samples.widgets, widget)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let list = try await server.send(.get, Samples.widgets)
            let stored = list.json["items"]?.arrayValue ?? []
            #expect(stored.count == names.count)
            for watch in watches {
                var reader = watch.watch
                let due = stored.filter { !watch.isOdd || $0["metadata"]?["labels"]?["parity"] == "odd" }
                var told: [String: JSON] = [:]
                var versions: [Int] = []
                for _ in due {
                    let event = try #require(try await reader.next())
                    #expect(event.type == "ADDED" && event.object["kind"] == .string(watch.kind))
                    told[event.name] = event.object["metadata"]
                    versions.append(Int(event.version) ?? 0)
                }
                #expect(versions == versions.sorted() && Set(versions).count == due.count)
                for item in due {
                    let name = item["metadata"]?["name"]?.stringValue ?? ""
                    #expect(told[name] == item["metadata"])
                }
            }
        }
    }

    @Test("A watch ends when its time is over")
    func timeOut() async throws {
        try await APIServerFixture.withServer { server in
            var watch = try await server.watch("/api/v1/namespaces/default/pods?watch=1&timeoutSeconds=1")
            #expect(watch.status == 200)
            #expect(try await watch.next() == nil)
        }
    }

    @Test("A watch from a version that is gone says Expired; one from the future is refused")
    func expired() async throws {
        try await APIServerFixture.withServer { server in
            var watch = try await server.watch("/api/v1/namespaces/default/pods?watch=1&resourceVersion=1")
            let event = try #require(try await watch.next())
            #expect(event.type == "ERROR")
            #expect(event.object["reason"] == "Expired")
            #expect(event.object["code"] == 410)
            let future = try await server.send(
                .get, "/api/v1/namespaces/default/pods?watch=1&resourceVersion=999999999")
            #expect(future.status == 504)
            #expect(future.json["details"]?["causes"]?[0]?["reason"] == "ResourceVersionTooLarge")
        }
    }

    @Test("A shutdown ends open watches instead of waiting for their clients")
    func shutdown() async throws {
        try await APIServerFixture.withServer { server in
            var watch = try await server.watch("/api/v1/namespaces/default/pods?watch=1")
            let version = try await server.send(.get, "/api/v1/namespaces/default/pods")
            #expect(version.status == 200)
            try await server.shutDown()
            #expect(try await watch.next() == nil)
        }
    }

    @Test("In a table watch only the first event names the columns")
    func tableWatch() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            var watch = try await server.watch(
                "\(Samples.widgets)?watch=1", accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            for name in ["a", "b"] { _ = try await server.send(.post, Samples.widgets, Samples.widget(name)) }
            let first = try #require(try await watch.next())
            let second = try #require(try await watch.next())
            #expect(first.object["columnDefinitions"]?.arrayValue?.count == 2)
            #expect(second.object["columnDefinitions"]?.isNull == true)
            #expect(second.object["rows"]?[0]?["cells"] == ["b", 1])
        }
    }

    @Test("A list is streamed as a table too, the mark at its end as a row; it is no YAML")
    func streamedTable() async throws {
        try await APIServerFixture.withServer { server in
            for name in ["a", "b"] {
                _ = try await server.send(
                    .post, "/api/v1/namespaces/default/secrets", ["metadata": ["name": .string(name)]])
            }
            let path =
                "/api/v1/namespaces/default/secrets?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + "&allowWatchBookmarks=true"
            let table = "application/json;as=Table;v=v1;g=meta.k8s.io"
            var watch = try await server.watch(path, accept: table)
            for (index, name) in ["a", "b"].enumerated() {
                let row = try #require(try await watch.next())
                #expect(row.type == "ADDED" && row.object["kind"] == "Table")
                #expect(row.object["rows"]?[0]?["cells"]?[0] == .string(name))
                #expect((row.object["columnDefinitions"]?.arrayValue?.isEmpty == false) == (index == 0))
            }
            let end = try #require(try await watch.next())
            #expect(end.type == "BOOKMARK" && end.object["kind"] == "Table")
            #expect(end.object["columnDefinitions"]?.isNull == true)
            let mark = end.object["rows"]?[0]?["object"]
            #expect(mark?["metadata"]?["annotations"] == ["k8s.io/initial-events-end": "true"])
            #expect(mark?["metadata"]?["creationTimestamp"] == nil)
            let yaml = try await server.send(.get, path, accept: "application/yaml")
            #expect(yaml.status == 406)
            #expect(yaml.text.contains("reason: NotAcceptable"), "\(yaml.text)")
        }
    }

    @Test("After a restart versions, identities, tokens and watches go on where they were")
    func restart() async throws {
        let directory = try DataDirectory(
            FileManager.default.temporaryDirectory.appending(path: "apiserver-\(UUID().uuidString)").path)
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        let (first, token) = try await APIServerFixture.withServer(in: directory) { server in
            try await server.defineWidgets()
            let widget = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            let token = try await server.send(
                .post, "/api/v1/namespaces/default/serviceaccounts/default/token",
                ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]])
            _ = try await server.send(
                .patch, "\(Samples.widgets)/a", ["spec": ["size": 7]], type: "application/merge-patch+json")
            return (widget, token.json["status"]?["token"]?.stringValue ?? "")
        }
        try await APIServerFixture.withServer(in: directory) { server in
            let widget = try await server.send(.get, "\(Samples.widgets)/a")
            #expect(widget.json["metadata"]?["uid"] == first.json["metadata"]?["uid"])
            #expect(widget.json["spec"]?["size"] == 7)
            var watch = try await server.watch("\(Samples.widgets)?watch=1&resourceVersion=\(first.version)")
            let missed = try #require(try await watch.next())
            #expect(missed.type == "MODIFIED")
            #expect(missed.version == widget.version)
            let review = try await server.send(
                .post, "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"], token: token)
            #expect(review.json["status"]?["userInfo"]?["username"] == "system:serviceaccount:default:default")
        }
    }

    @Test("Watches that begin at each other's events see the same versions in the same order")
    func concurrent() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/configmaps"
            var version = try await server.send(.get, path).version
            let writer = Task {
                var number = 0
                while !Task.isCancelled {
                    let name = JSON.string("cm-\(number)")
                    _ = try await server.send(.post, path, ["metadata": ["name": name]])
                    _ = try await server.send(
                        .patch, "\(path)/cm-\(number)", ["metadata": ["labels": ["mutated": "1"]]],
                        type: "application/merge-patch+json")
                    if number % 2 == 1 { _ = try await server.send(.delete, "\(path)/cm-\(number)") }
                    number += 1
                }
            }
            defer { writer.cancel() }
            var watches: [WatchReader] = []
            for _ in 0..<20 {
                watches.append(try await server.watch("\(path)?watch=1&resourceVersion=\(version)"))
                var seen: Set<String> = []
                for index in watches.indices {
                    version = try #require(try await watches[index].next()).version
                    seen.insert(version)
                }
                #expect(seen.count == 1)
            }
        }
    }
}
