import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

/// Kinds of several versions, whose objects differ in nothing but the name of the version (conversion strategy `None`).
@Suite("Versions of a custom kind", .timeLimit(.minutes(1)))
struct CustomVersionTests {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let path = "\(definitions)/things.versions.example.com"

    private static func version(
        _ name: String, storage: Bool = false, served: Bool = true, _ fields: [String], more: JSON = [:]
    ) -> JSON {
        var properties: JSON = [:]
        for field in fields { properties[field] = ["type": "string"] }
        var version: JSON = [
            "name": .string(name), "served": .bool(served), "storage": .bool(storage),
            "schema": ["openAPIV3Schema": ["type": "object", "properties": properties]],
        ]
        for (key, value) in more.objectValue ?? [:] { version[key] = value }
        return version
    }

    private static func define(_ server: APIServerFixture, _ versions: JSON...) async throws {
        let created = try await server.send(
            .post, definitions,
            [
                "metadata": ["name": "things.versions.example.com"],
                "spec": [
                    "group": "versions.example.com", "scope": "Namespaced",
                    "names": ["plural": "things", "kind": "Thing"], "versions": .array(versions),
                ],
            ])
        #expect(created.status == 201, "\(created.text)")
    }

    private static func things(_ version: String) -> String {
        "/apis/versions.example.com/\(version)/namespaces/default/things"
    }

    private static func create(
        _ server: APIServerFixture, _ version: String, _ name: String, _ fields: JSON
    ) async throws {
        var thing: JSON = [
            "apiVersion": .string("versions.example.com/\(version)"), "kind": "Thing",
            "metadata": ["name": .string(name)],
        ]
        for (key, value) in fields.objectValue ?? [:] { thing[key] = value }
        let created = try await server.send(.post, things(version), thing)
        #expect(created.status == 201, "\(created.text)")
    }

    @Test func `a read is cut to its version, a write to that in which it is stored, also once the definition changed`()
        async throws
    {
        try await APIServerFixture.withServer { server in
            try await Self.define(
                server, Self.version("v1", storage: true, ["a", "b"]), Self.version("v2", ["b", "c"]))
            try await Self.create(server, "v1", "one", ["a": "1", "b": "2"])
            func check() async throws {
                let read = try await server.send(.get, Self.things("v2") + "/one")
                #expect(read.json["apiVersion"] == "versions.example.com/v2")
                #expect(read.json["a"] == nil)
                #expect(read.json["b"] == "2")
                #expect(try await server.send(.get, Self.things("v1") + "/one").json["a"] == "1")
            }
            try await check()
            // Any change of the definition makes the object older than it.
            _ = try await server.send(
                .patch, Self.path, ["metadata": ["labels": ["a": "b"]]], type: "application/merge-patch+json")
            try await check()
            // What is written is what is seen in that version; of that, what the storage version does not have is not stored.
            let patched = try await server.send(
                .patch, Self.things("v2") + "/one", ["b": "3", "c": "4"], type: "application/merge-patch+json")
            #expect(patched.json["b"] == "3", "\(patched.text)")
            #expect(patched.json["c"] == nil, "\(patched.text)")
            #expect(try await server.send(.get, Self.things("v1") + "/one").json["a"] == nil)
        }
    }

    @Test func `defaults are those of the version written in, which are kept, then those of the version stored in`()
        async throws
    {
        try await APIServerFixture.withServer { server in
            func version(_ name: String, storage: Bool = false, _ values: JSON) -> JSON {
                var version = Self.version(name, storage: storage, ["a", "b", "c"])
                for (field, value) in values.objectValue ?? [:] {
                    version.set(value, at: ["schema", "openAPIV3Schema", "properties", field, "default"])
                }
                return version
            }
            try await Self.define(
                server, version("v1", storage: true, ["a": "stored", "b": "stored"]),
                version("v2", ["a": "asked", "c": "asked"]))
            try await Self.create(server, "v2", "two", [:])
            try await Self.create(server, "v1", "one", [:])
            for path in [Self.things("v1"), Self.things("v2")] {
                let two = try await server.send(.get, path + "/two")
                #expect(["a", "b", "c"].map { two.json[$0] } == ["asked", "stored", "asked"], "\(two.text)")
                // The version that is read in has no say.
                let one = try await server.send(.get, path + "/one")
                #expect(["a", "b", "c"].map { one.json[$0] } == ["stored", "stored", nil], "\(one.text)")
            }
            let list = try await server.send(.get, Self.things("v2"))
            #expect(list.json["items"]?[1]?["b"] == "stored", "\(list.text)")
            // What the stored version gives is given where it is read.
            _ = try await server.send(
                .patch, Self.path,
                [
                    [
                        "op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/b/default",
                        "value": "later",
                    ]
                ], type: "application/json-patch+json")
            #expect(try await server.send(.get, Self.things("v2") + "/two").json["b"] == "later")
            #expect(try await server.send(.get, Self.things("v1") + "/one").json["b"] == "stored")
        }
    }

    @Test func `a new storage version is noted beside the old, which stays until it is taken out`() async throws {
        try await APIServerFixture.withServer { server in
            try await Self.define(server, Self.version("v1", storage: true, ["a"]), Self.version("v2", ["a", "b"]))
            let moved = try await server.send(
                .patch, Self.path,
                [
                    ["op": "replace", "path": "/spec/versions/0/storage", "value": false],
                    ["op": "replace", "path": "/spec/versions/1/storage", "value": true],
                ], type: "application/json-patch+json")
            #expect(moved.json["status"]?["storedVersions"] == ["v1", "v2"], "\(moved.text)")
            let removal: JSON = [["op": "remove", "path": "/spec/versions/0"]]
            let refused = try await server.send(.patch, Self.path, removal, type: "application/json-patch+json")
            #expect(refused.status == 422)
            #expect(refused.text.contains("must remain in spec.versions until a storage migration"))
            let migrated = try await server.send(
                .patch, Self.path + "/status", ["status": ["storedVersions": ["v2"]]],
                type: "application/merge-patch+json")
            #expect(migrated.status == 200, "\(migrated.text)")
            let removed = try await server.send(.patch, Self.path, removal, type: "application/json-patch+json")
            #expect(removed.status == 200, "\(removed.text)")
            #expect(removed.json["status"]?["storedVersions"] == ["v2"])
            #expect(try await server.send(.get, Self.things("v1")).status == 404)
        }
    }

    @Test func `a version that is not served is nowhere, and its objects are in the others`() async throws {
        try await APIServerFixture.withServer { server in
            try await Self.define(
                server, Self.version("v1", storage: true, served: false, ["a"]), Self.version("v2", ["a", "b"]))
            #expect(try await server.send(.get, Self.things("v1")).status == 404)
            try await Self.create(server, "v2", "one", ["a": "1"])
            let group = try await server.send(.get, "/apis/versions.example.com")
            #expect(group.json["versions"]?.arrayValue?.compactMap { $0["version"] } == ["v2"])
            let shown = try await server.send(
                .patch, Self.path, [["op": "replace", "path": "/spec/versions/0/served", "value": true]],
                type: "application/json-patch+json")
            #expect(shown.status == 200)
            #expect(try await server.send(.get, Self.things("v1") + "/one").json["a"] == "1")
        }
    }

    @Test func `a field can be selected by in its version whichever the object was written in, and since when`()
        async throws
    {
        try await APIServerFixture.withServer { server in
            try await Self.define(
                server,
                Self.version("v1", storage: true, ["a", "b"], more: ["selectableFields": [["jsonPath": ".a"]]]),
                Self.version("v2", ["a", "b"], more: ["selectableFields": [["jsonPath": ".b"]]]))
            try await Self.create(server, "v1", "one", ["a": "x", "b": "y"])
            try await Self.create(server, "v2", "two", ["a": "x", "b": "z"])
            func names(_ version: String, _ selector: String) async throws -> [JSON] {
                let list = try await server.send(.get, Self.things(version) + "?fieldSelector=\(selector)")
                return (list.json["items"]?.arrayValue ?? []).compactMap { $0["metadata"]?["name"] }
            }
            #expect(try await names("v1", "a%3Dx") == ["one", "two"])
            #expect(try await names("v2", "b%3Dy") == ["one"])
            #expect(try await server.send(.get, Self.things("v2") + "?fieldSelector=a%3Dx").status == 400)
            let more = try await server.send(
                .patch, Self.path,
                [["op": "add", "path": "/spec/versions/0/selectableFields/-", "value": ["jsonPath": ".b"]]],
                type: "application/json-patch+json")
            #expect(more.status == 200, "\(more.text)")
            #expect(try await names("v1", "b%3Dz") == ["two"])
        }
    }

    @Test func `whoever uses a deprecated version is told`() async throws {
        try await APIServerFixture.withServer { server in
            try await Self.define(
                server, Self.version("v1", storage: true, ["a"], more: ["deprecated": true]),
                Self.version("v2", ["a", "b"], more: ["deprecated": true, "deprecationWarning": "use v3"]),
                Self.version("v3", ["b"]))
            func warning(_ version: String) async throws -> String? {
                try await server.send(.get, Self.things(version)).headers["Warning"]
            }
            #expect(
                try await warning("v1")
                    == "299 - \"versions.example.com/v1 Thing is deprecated; use versions.example.com/v3 Thing\"")
            #expect(try await warning("v2") == "299 - \"use v3\"")
            #expect(try await warning("v3") == nil)
        }
    }
}
