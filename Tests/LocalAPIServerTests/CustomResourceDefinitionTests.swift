import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("CustomResourceDefinitions as objects", .timeLimit(.minutes(1)))
struct CustomResourceDefinitionTests {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let anything: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]

    /// A definition of a kind of its own.
    private static func definition(
        _ plural: String, labels: [String: String] = [:], versions: [(name: String, schema: JSON)]? = nil
    ) -> JSON {
        let versions = versions ?? [("v1", anything)]
        return [
            "metadata": ["name": .string("\(plural).mygroup.example.com"), "labels": JSON(labels)],
            "spec": [
                "group": "mygroup.example.com", "scope": "Cluster",
                "names": [
                    "plural": .string(plural), "kind": .string("Kind\(plural)"), "singular": .string("one\(plural)"),
                    "listKind": .string("Kind\(plural)List"),
                ],
                "versions": .array(
                    versions.enumerated().map { index, version in
                        [
                            "name": .string(version.name), "served": true, "storage": .bool(index == 0),
                            "schema": ["openAPIV3Schema": version.schema],
                        ]
                    }),
            ],
        ]
    }

    @Test func `a collection that a label selects goes, with its objects, and nothing else`() async throws {
        try await APIServerFixture.withServer { server in
            for plural in ["as", "bs"] {
                _ = try await server.send(
                    .post, Self.definitions, Self.definition(plural, labels: ["set": "one"]))
            }
            _ = try await server.send(.post, Self.definitions, Self.definition("cs"))
            _ = try await server.send(
                .post, "/apis/mygroup.example.com/v1/as",
                ["apiVersion": "mygroup.example.com/v1", "kind": "Kindas", "metadata": ["name": "x"]])
            let listed = try await server.send(.get, Self.definitions + "?labelSelector=set%3Done")
            #expect(listed.json["items"]?.arrayValue?.count == 2)
            var watch = try await server.watch(
                "\(Self.definitions)?watch=1&labelSelector=set%3Done&resourceVersion=\(listed.version)")
            let deleted = try await server.send(.delete, Self.definitions + "?labelSelector=set%3Done")
            #expect(deleted.status == 200, "\(deleted.text)")
            var gone: Set<String> = []
            while gone.count < 2 {
                let event = try #require(try await watch.next())
                if event.type == "DELETED" { gone.insert(event.name) }
            }
            #expect(gone == ["as.mygroup.example.com", "bs.mygroup.example.com"])
            let group = try await server.send(.get, "/apis/mygroup.example.com/v1")
            #expect(group.json["resources"]?.arrayValue?.compactMap { $0["name"] } == ["cs"])
            #expect(try await server.send(.get, Self.definitions + "/cs.mygroup.example.com").status == 200)
        }
    }

    @Test func `the status is read and written through its own path, whatever its conditions leave out`() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(.post, Self.definitions, Self.definition("as"))
            let path = Self.definitions + "/as.mygroup.example.com"
            let status = try await server.send(.get, path + "/status")
            #expect(status.json["spec"] == created.json["spec"])
            var changed = status.json
            let conditions = status.json["status"]?["conditions"]?.arrayValue ?? []
            changed.set(.array(conditions + [["message": "updated"]]), at: ["status", "conditions"])
            let updated = try await server.send(.put, path + "/status", changed)
            #expect(updated.status == 200, "\(updated.text)")
            let last = updated.json["status"]?["conditions"]?.arrayValue?.last
            #expect(last == ["message": "updated", "type": "", "status": ""])
            let patched = try await server.send(
                .patch, path + "/status",
                [["op": "add", "path": "/status/conditions", "value": [["message": "patched"]]]],
                type: "application/json-patch+json")
            #expect(patched.status == 200, "\(patched.text)")
            #expect(patched.json["status"]?["conditions"]?[0]?["message"] == "patched")
            // Whatever somebody writes there, the kind is served on.
            #expect(try await server.send(.get, "/apis/mygroup.example.com/v1/as").status == 200)
        }
    }

    @Test func `objects are seen by watches on their names alone`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(.post, Self.definitions, Self.definition("as"))
            let path = "/apis/mygroup.example.com/v1/as"
            var first = try await server.watch("\(path)?watch=1&fieldSelector=metadata.name%3Dname1")
            var second = try await server.watch("\(path)?watch=1&fieldSelector=metadata.name%3Dname2")
            for name in ["name1", "name2"] {
                _ = try await server.send(
                    .post, path,
                    [
                        "apiVersion": "mygroup.example.com/v1", "kind": "Kindas",
                        "metadata": ["name": .string(name)],
                    ])
                let patched = try await server.send(
                    .patch, "\(path)/\(name)", [["op": "add", "path": "/dummy", "value": "test"]],
                    type: "application/json-patch+json")
                #expect(patched.json["dummy"] == "test", "\(patched.text)")
                _ = try await server.send(.delete, "\(path)/\(name)")
            }
            for type in ["ADDED", "MODIFIED", "DELETED"] {
                let one = try #require(try await first.next())
                #expect(one.type == type)
                #expect(one.name == "name1")
                let two = try #require(try await second.next())
                #expect(two.type == type)
                #expect(two.name == "name2")
            }
        }
    }

    private static let ports: JSON = [
        "type": "object",
        "properties": [
            "spec": [
                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "properties": [
                    "ports": [
                        "type": "array", "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
                        "items": [
                            "type": "object", "required": ["containerPort", "protocol"],
                            "properties": [
                                "containerPort": ["type": "integer", "format": "int32"], "name": ["type": "string"],
                                "protocol": ["type": "string"],
                            ],
                        ],
                    ],
                    "atomicList": [
                        "type": "array", "x-kubernetes-list-type": "atomic", "items": ["type": "string"],
                    ],
                ],
            ]
        ],
    ]

    /// Server-side apply on a kind of two versions: who owns what, whichever version they speak.
    @Test func `an apply works in any version, shares lists, and meets conflicts field by field`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(
                .post, Self.definitions,
                Self.definition("as", versions: [("v1beta1", Self.ports), ("v1", Self.ports)]))
            func path(_ version: String) -> String { "/apis/mygroup.example.com/\(version)/as/mytest" }
            func apply(
                _ version: String, manager: String = "apply_test", more: String = "", _ content: JSON
            ) async throws -> APIServerFixture.Answer {
                var object = content
                object["apiVersion"] = .string("mygroup.example.com/\(version)")
                object["kind"] = "Kindas"
                object.set("mytest", at: ["metadata", "name"])
                return try await server.send(
                    .patch, path(version) + "?fieldManager=\(manager)\(more)", object,
                    type: "application/apply-patch+yaml")
            }
            func patch(_ content: JSON) async throws -> APIServerFixture.Answer {
                try await server.send(.patch, path("v1beta1"), content, type: "application/merge-patch+json")
            }
            let port: JSON = ["name": "x", "containerPort": 80, "protocol": "TCP"]
            let configuration: JSON = [
                "metadata": ["finalizers": ["test-finalizer"]],
                "spec": ["cronSpec": "* * * * */5", "replicas": 1, "ports": [port]],
            ]
            let created = try await apply("v1beta1", configuration)
            #expect(created.status == 201, "\(created.text)")
            var other = configuration
            other["metadata"] = nil
            let inOther = try await apply("v1", other)
            #expect(inOther.status == 200, "\(inOther.text)")
            #expect(inOther.json["spec"]?["ports"] == [port])

            let added = try await patch(["metadata": ["finalizers": ["test-finalizer", "another-one"]]])
            #expect(added.json["metadata"]?["finalizers"]?.arrayValue?.count == 2)
            let again = try await apply("v1beta1", configuration)
            #expect(again.status == 200, "\(again.text)")
            #expect(again.json["metadata"]?["finalizers"]?.arrayValue?.count == 2)

            _ = try await patch(["spec": ["replicas": 5]])
            let refused = try await apply("v1beta1", configuration)
            #expect(refused.status == 409)
            #expect(refused.json["details"]?["causes"]?.arrayValue?.count == 1, "\(refused.text)")
            let forced = try await apply("v1beta1", more: "&force=true", configuration)
            #expect(forced.json["spec"]?["replicas"] == 1)

            var renamed = port
            renamed["name"] = "y"
            let taken = try await apply("v1beta1", manager: "apply_test_2", ["spec": ["ports": [renamed]]])
            #expect(taken.status == 409)
            #expect(taken.json["details"]?["causes"]?.arrayValue?.count == 1, "\(taken.text)")
            renamed["containerPort"] = 8080
            let shared = try await apply("v1beta1", manager: "apply_test_2", ["spec": ["ports": [renamed]]])
            #expect(shared.json["spec"]?["ports"]?.arrayValue?.count == 2, "\(shared.text)")

            for (manager, item) in [("apply_test", "item1"), ("apply_test_2", "item2")] {
                let list = try await apply(
                    "v1beta1", manager: manager + "_list", more: "&force=true",
                    ["spec": ["atomicList": [.string(item)]]])
                #expect(list.json["spec"]?["atomicList"] == [.string(item)], "\(list.text)")
            }
            let absent = try await server.send(
                .put, "/apis/mygroup.example.com/v1/as/should-not-exist",
                [
                    "apiVersion": "mygroup.example.com/v1", "kind": "Kindas",
                    "metadata": ["name": "should-not-exist"], "spec": ["ports": [["name": "x"]]],
                ])
            #expect(absent.status == 404)
            _ = try await patch(["metadata": ["finalizers": []]])
        }
    }
}
