import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Namespaces", .timeLimit(.minutes(1)))
struct NamespaceTests {
    private static let namespaces = "/api/v1/namespaces"
    private static let merge = "application/merge-patch+json"

    @Test func `labels are patched, conditions written to the status, and the whole object replaced`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(.post, Self.namespaces, ["metadata": ["name": "n"]])
            let patched = try await server.send(
                .patch, Self.namespaces + "/n", ["metadata": ["labels": ["testLabel": "testValue"]]],
                type: "application/strategic-merge-patch+json")
            #expect(patched.json["metadata"]?["labels"]?["testLabel"] == "testValue")
            let status = try await server.send(
                .patch, Self.namespaces + "/n/status",
                [
                    "metadata": ["annotations": ["patchedstatus": "true"]],
                    "status": ["conditions": [["type": "StatusPatch", "status": "True"]]],
                ], type: Self.merge)
            #expect(status.json["metadata"]?["annotations"]?["patchedstatus"] == "true", "\(status.text)")
            #expect(status.json["status"]?["conditions"]?[0]?["type"] == "StatusPatch")
            #expect(status.json["status"]?["phase"] == "Active")
            var object = status.json
            let condition: JSON = [
                "type": "StatusUpdate", "status": "True", "reason": "E2E", "message": "Updated by a test",
            ]
            object.set(
                .array((object["status"]?["conditions"]?.arrayValue ?? []) + [condition]),
                at: ["status", "conditions"])
            let updated = try await server.send(.put, Self.namespaces + "/n/status", object)
            #expect(updated.json["status"]?["conditions"]?.arrayValue?.count == 2, "\(updated.text)")
            var whole = updated.json
            whole.set("testing", at: ["metadata", "labels", "n"])
            let replaced = try await server.send(.put, Self.namespaces + "/n", whole)
            #expect(replaced.json["metadata"]?["labels"]?["n"] == "testing")
            #expect(replaced.json["status"]?["conditions"]?.arrayValue?.count == 2)
        }
    }

    @Test func `finalizers of the spec come and go through their own path, and hold the namespace`() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(.post, Self.namespaces, ["metadata": ["name": "n"]])
            #expect(created.json["spec"]?["finalizers"] == ["kubernetes"])
            var object = created.json
            object.set(["kubernetes", "e2e.example.com/fakeFinalizer"], at: ["spec", "finalizers"])
            let added = try await server.send(.put, Self.namespaces + "/n/finalize", object)
            #expect(added.json["spec"]?["finalizers"]?.arrayValue?.count == 2, "\(added.text)")
            // Not through the object itself.
            var direct = added.json
            direct.set([], at: ["spec", "finalizers"])
            let ignored = try await server.send(.put, Self.namespaces + "/n", direct)
            #expect(ignored.json["spec"]?["finalizers"]?.arrayValue?.count == 2)

            let deleting = try await server.send(.delete, Self.namespaces + "/n")
            #expect(deleting.json["status"]?["phase"] == "Terminating")
            let refused = try await server.send(
                .post, Self.namespaces + "/n/configmaps", ["metadata": ["name": "late"]])
            #expect(refused.status == 403)
            #expect(refused.json["details"]?["causes"]?[0]?["reason"] == "NamespaceTerminating")
            for left in [["e2e.example.com/fakeFinalizer"], []] {
                var next = try await server.send(.get, Self.namespaces + "/n").json
                next.set(JSON(left), at: ["spec", "finalizers"])
                _ = try await server.send(.put, Self.namespaces + "/n/finalize", next)
                let isGone = try await server.send(.get, Self.namespaces + "/n").status == 404
                #expect(isGone == left.isEmpty)
            }
        }
    }
}
