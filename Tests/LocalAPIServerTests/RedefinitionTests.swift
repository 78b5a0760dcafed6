import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

/// What becomes of a custom kind's objects, and of who watches them, when its definition changes or goes.
@Suite("Definitions that change and go", .timeLimit(.minutes(1)))
struct RedefinitionTests {
    private static let definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.rec.example.com"

    @Test func `a watch ends when its kind is defined anew, and not for what is only said of it`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            var watch = try await server.watch("\(Samples.widgets)?watch=1")
            _ = try await server.send(
                .patch, Self.definition, ["metadata": ["labels": ["a": "b"]]], type: "application/merge-patch+json")
            _ = try await server.send(.post, Samples.widgets, Samples.widget("one"))
            #expect(try await watch.next()?.name == "one")
            let changed = try await server.send(
                .patch, Self.definition,
                [["op": "add", "path": "/spec/names/categories", "value": ["all"]]],
                type: "application/json-patch+json")
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await watch.next() == nil)
        }
    }

    @Test func `what is said of a kind while watches of it begin ends none of them`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let opened = 50
            var labels = try await server.watch("/apis/apiextensions.k8s.io/v1/customresourcedefinitions?watch=1")
            try await withThrowingTaskGroup { group in
                for number in 0..<opened {
                    group.addTask {
                        var watch = try await server.watch("\(Samples.widgets)?watch=1")
                        let labelled = try await server.send(
                            .patch, Self.definition, ["metadata": ["labels": ["opened": "\(number)"]]],
                            type: "application/merge-patch+json")
                        #expect(labelled.status == 200, "\(labelled.text)")
                        #expect(try await watch.next()?.name == "one")
                    }
                }
                // Once all labels are written, all watches have begun.
                var seen: Set<String> = []
                while seen.count < opened, let event = try await labels.next() {
                    if let label = event.object["metadata"]?["labels"]?["opened"]?.stringValue { seen.insert(label) }
                }
                _ = try await server.send(.post, Samples.widgets, Samples.widget("one"))
                try await group.waitForAll()
            }
        }
    }

    @Test func `a watch tells that the last objects go with their kind, and ends`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(.post, Samples.widgets, Samples.widget("one"))
            var watch = try await server.watch("\(Samples.widgets)?watch=1")
            #expect(try await watch.next()?.type == "ADDED")
            _ = try await server.send(.delete, Self.definition)
            #expect(try await watch.next()?.type == "DELETED")
            #expect(try await watch.next() == nil)
        }
    }

    @Test func `a kind that goes is served until its last object may go, and takes no new ones`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            var held = Samples.widget("held")
            held.set(["example.com/hold"], at: ["metadata", "finalizers"])
            _ = try await server.send(.post, Samples.widgets, held)
            _ = try await server.send(.post, Samples.widgets, Samples.widget("free"))
            let answer = try await server.send(.delete, Self.definition)
            #expect(answer.status == 200)
            let going = try await server.send(.get, Self.definition)
            let condition = going.json["status"]?["conditions"]?.arrayValue?.first { $0["type"] == "Terminating" }
            #expect(condition?["status"] == "True", "\(going.text)")

            let list = try await server.send(.get, Samples.widgets)
            #expect(list.json["items"]?.arrayValue?.compactMap { $0["metadata"]?["name"] } == ["held"])
            let refused = try await server.send(.post, Samples.widgets, Samples.widget("late"))
            #expect(refused.status == 405)
            #expect(
                refused.json["message"] == "create not allowed while custom resource definition is terminating")
            let discovered = try await server.send(.get, "/apis/rec.example.com/v1")
            #expect(
                discovered.json["resources"]?[0]?["verbs"] == ["delete", "deletecollection", "get", "list", "watch"])

            var watch = try await server.watch(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?watch=1&resourceVersion=\(going.version)")
            let released = try await server.send(
                .patch, Samples.widgets + "/held", ["metadata": ["finalizers": nil]],
                type: "application/merge-patch+json")
            #expect(released.status == 200, "\(released.text)")
            while let event = try await watch.next(), event.type != "DELETED" {}
            #expect(try await server.send(.get, Samples.widgets).status == 404)
        }
    }

    @Test func `lists that named things twice when that became wrong may go on so`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let properties = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/parts"
            func key(_ keys: JSON) async throws {
                let changed = try await server.send(
                    .patch, Self.definition,
                    [["op": "replace", "path": .string(properties + "/x-kubernetes-list-map-keys"), "value": keys]],
                    type: "application/json-patch+json")
                #expect(changed.status == 200, "\(changed.text)")
            }
            let required = try await server.send(
                .patch, Self.definition,
                [["op": "replace", "path": .string(properties + "/items/required"), "value": ["name", "count"]]],
                type: "application/json-patch+json")
            #expect(required.status == 200, "\(required.text)")
            try await key(["name", "count"])
            var widget = Samples.widget("one")
            widget.set([["name": "a", "count": 1], ["name": "a", "count": 2]], at: ["spec", "parts"])
            let created = try await server.send(.post, Samples.widgets, widget)
            #expect(created.status == 201, "\(created.text)")
            func add(_ part: JSON) async throws -> Int {
                try await server.send(
                    .patch, Samples.widgets + "/one", [["op": "add", "path": "/spec/parts/-", "value": part]],
                    type: "application/json-patch+json"
                ).status
            }
            #expect(try await add(["name": "a", "count": 2]) == 422)
            try await key(["name"])
            #expect(try await add(["name": "a", "count": 2]) == 200)
        }
    }

    @Test func `a list that has grown too long since may be written in another order, but no longer`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            var widget = Samples.widget("one")
            let parts: [JSON] = ["a", "b", "c"].map { ["name": .string($0)] }
            widget.set(.array(parts), at: ["spec", "parts"])
            _ = try await server.send(.post, Samples.widgets, widget)
            let changed = try await server.send(
                .patch, Self.definition,
                [
                    [
                        "op": "add", "value": 2,
                        "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/parts/maxItems",
                    ]
                ], type: "application/json-patch+json")
            #expect(changed.status == 200, "\(changed.text)")
            func write(_ parts: [JSON]) async throws -> Int {
                try await server.send(
                    .patch, Samples.widgets + "/one", ["spec": ["parts": .array(parts)]],
                    type: "application/merge-patch+json"
                ).status
            }
            #expect(try await write(parts.reversed()) == 200)
            #expect(try await write(parts + [["name": "d"]]) == 422)
        }
    }

    @Test func `a rule about what was has a say in a write that changes nothing`() async throws {
        try await APIServerFixture.withServer { server in
            var definition = Samples.definition
            var version = definition["spec"]?["versions"]?[0] ?? [:]
            version.set(
                [["rule": "!oldSelf.hasValue()", "optionalOldSelf": true, "message": "written once"]],
                at: ["schema", "openAPIV3Schema", "properties", "spec", "x-kubernetes-validations"])
            definition.set([version], at: ["spec", "versions"])
            let defined = try await server.send(
                .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
            #expect(defined.status == 201, "\(defined.text)")
            let created = try await server.send(.post, Samples.widgets, Samples.widget("one"))
            #expect(created.status == 201, "\(created.text)")
            let again = try await server.send(.put, Samples.widgets + "/one", created.json)
            #expect(again.status == 422)
            #expect(again.text.contains("written once"), "\(again.text)")
        }
    }

    @Test func `outside of a namespace, objects that have one are only read`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(.post, Samples.widgets, Samples.widget("one"))
            let path = "/apis/rec.example.com/v1/widgets"
            #expect(try await server.send(.get, path).json["items"]?.arrayValue?.count == 1)
            #expect(try await server.send(.post, path, Samples.widget("two")).status == 404)
            #expect(try await server.send(.get, path + "/one").status == 404)
            #expect(try await server.send(.put, path + "/one", Samples.widget("one")).status == 404)
            #expect(try await server.send(.delete, path + "/one").status == 404)
            #expect(try await server.send(.delete, path).status == 404)
        }
    }
}
