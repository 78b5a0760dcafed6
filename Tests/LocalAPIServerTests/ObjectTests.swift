import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Objects over HTTPS", .timeLimit(.minutes(2)))
struct ObjectTests {
    @Test("A custom kind is served as soon as its definition is created")
    func customKindIsServedAtOnce() async throws {
        try await APIServerFixture.withServer { server in
            let before = try await server.send(.get, Samples.widgets)
            #expect(before.status == 404)
            try await server.defineWidgets()
            let created = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            #expect(created.status == 201)
            #expect(created.json["spec"] == ["size": 1, "colour": "green"])
            #expect(created.json["metadata"]?["generation"] == 1)
            let crd = try await server.send(
                .get, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.rec.example.com")
            #expect(crd.json["status"]?["conditions"]?[1]?["type"] == "Established")
            #expect(crd.json["status"]?["conditions"]?[1]?["status"] == "True")
        }
    }

    @Test("Each object has a random UUID of its own")
    func uids() throws {
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        let uids = (0..<10_000).map { _ in APIHandler.newUID() }
        #expect(Set(uids).count == uids.count)
        #expect(try uids.allSatisfy { try form.wholeMatch(in: $0) != nil })
        // The digit of which two bits are fixed takes all of its values.
        #expect(Set(uids.map { $0.split(separator: "-")[3].prefix(1) }) == ["8", "9", "a", "b"])
    }

    @Test("A deleted definition takes its objects along and is served no more")
    func deletedDefinition() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.rec.example.com"
            let deleted = try await server.send(.delete, path)
            #expect(deleted.status == 200)
            #expect(try await server.send(.get, Samples.widgets).status == 404)
            #expect(try await server.send(.get, path).status == 404)
            try await server.defineWidgets()
            let list = try await server.send(.get, Samples.widgets)
            #expect(list.json["items"] == [])
        }
    }

    @Test("What has no namespace is in none, whatever its writer says")
    func namespaceOfClusterWideObject() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
            let role: JSON = ["metadata": ["name": "r", "namespace": "default"], "rules": []]
            let created = try await server.send(.post, path, role)
            #expect(created.status == 201, "\(created.text)")
            #expect(created.json["metadata"]?["namespace"] == nil)
            let updated = try await server.send(.put, path + "/r", role)
            #expect(updated.status == 200, "\(updated.text)")
            #expect(updated.json["metadata"]?["namespace"] == nil)
            var applied = role
            applied["apiVersion"] = "rbac.authorization.k8s.io/v1"
            applied["kind"] = "ClusterRole"
            let answer = try await server.send(
                .patch, path + "/r?fieldManager=m&force=true", applied, type: "application/apply-patch+yaml")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["metadata"]?["namespace"] == nil)
        }
    }

    @Test("What the schema refuses is answered with the field's path")
    func invalidObject() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let answer = try await server.send(.post, Samples.widgets, Samples.widget("a", size: 11))
            #expect(answer.status == 422)
            #expect(answer.json["details"]?["causes"]?[0]?["field"] == "spec.size")
            var twice = Samples.widget("b")
            twice["spec"] = ["parts": [["name": "x"], ["name": "x"]]]
            let duplicate = try await server.send(.post, Samples.widgets, twice)
            #expect(duplicate.json["details"]?["causes"]?[0]?["reason"] == "FieldValueDuplicate")
            #expect(duplicate.json["details"]?["causes"]?[0]?["field"] == "spec.parts[1]")
        }
    }

    @Test("Unknown and repeated fields are an error under Strict and a warning otherwise")
    func fieldValidation() async throws {
        try await APIServerFixture.withServer { server in
            let body = Array(
                #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","a":"2"},"more":1}"#
                    .utf8)
            let path = "/api/v1/namespaces/default/configmaps"
            let strict = try await server.send(
                .post, "\(path)?fieldValidation=Strict", bytes: body, type: "application/json")
            #expect(strict.status == 400)
            #expect(
                strict.json["message"]?.stringValue?.contains(
                    "strict decoding error: duplicate field \"data.a\", unknown field \"more\"") == true)
            let warned = try await server.send(.post, path, bytes: body, type: "application/json")
            #expect(warned.status == 201)
            #expect(warned.headers.values(of: "Warning").count == 2)
            #expect(warned.json["data"] == ["a": "2"])
            #expect(warned.json["more"] == nil)
        }
    }

    @Test("A write against an old version is refused, one that changes nothing writes nothing")
    func versions() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let first = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            var object = first.json
            object["spec"]?["size"] = 2
            let second = try await server.send(.put, "\(Samples.widgets)/a", object)
            #expect(second.json["metadata"]?["generation"] == 2)
            let stale = try await server.send(.put, "\(Samples.widgets)/a", object)
            #expect(stale.status == 409)
            #expect(stale.reason == "Conflict")
            let same = try await server.send(.put, "\(Samples.widgets)/a", second.json)
            #expect(same.version == second.version)
        }
    }

    @Test("The status is written through its own path and nothing else is")
    func statusSubresource() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a"))
            let merge = "application/merge-patch+json"
            let patch: JSON = ["spec": ["size": 9], "status": ["phase": "Busy"]]
            let status = try await server.send(.patch, "\(Samples.widgets)/a/status", patch, type: merge)
            #expect(status.json["status"] == ["phase": "Busy"])
            #expect(status.json["spec"]?["size"] == 1)
            #expect(status.json["metadata"]?["generation"] == 1)
            let main = try await server.send(
                .patch, "\(Samples.widgets)/a", ["spec": ["size": 9], "status": ["phase": "Idle"]], type: merge)
            #expect(main.json["status"] == ["phase": "Busy"])
            #expect(main.json["metadata"]?["generation"] == 2)
        }
    }

    @Test("Two managers apply parts of one object and conflict over a shared field")
    func serverSideApply() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            func apply(_ manager: String, _ spec: JSON, force: Bool = false) async throws -> APIServerFixture.Answer {
                try await server.send(
                    .patch, "\(Samples.widgets)/a?fieldManager=\(manager)\(force ? "&force=true" : "")",
                    [
                        "apiVersion": "rec.example.com/v1", "kind": "Widget", "metadata": ["name": "a"], "spec": spec,
                    ], type: "application/apply-patch+yaml")
            }
            #expect(try await apply("one", ["size": 1, "parts": [["name": "x", "count": 1]]]).status == 201)
            let second = try await apply("two", ["parts": [["name": "y", "count": 2]]])
            #expect(second.json["spec"]?["parts"]?.arrayValue?.count == 2)
            let conflict = try await apply("two", ["size": 5])
            #expect(conflict.status == 409)
            #expect(conflict.json["details"]?["causes"]?[0]?["field"] == ".spec.size")
            let forced = try await apply("two", ["size": 5], force: true)
            #expect(forced.json["spec"]?["size"] == 5)
            // Manager two named its part no longer, so that is gone; manager one's is not.
            #expect(forced.json["spec"]?["parts"] == [["name": "x", "count": 1]])
        }
    }

    @Test("Finalizers hold a deleted object until the last one is gone")
    func finalizers() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            var widget = Samples.widget("a")
            widget["metadata"]?["finalizers"] = ["example.com/hold"]
            _ = try await server.send(.post, Samples.widgets, widget)
            let marked = try await server.send(.delete, "\(Samples.widgets)/a")
            #expect(marked.json["metadata"]?["deletionTimestamp"] != nil)
            let merge = "application/merge-patch+json"
            let added = try await server.send(
                .patch, "\(Samples.widgets)/a", ["metadata": ["finalizers": ["example.com/hold", "example.com/b"]]],
                type: merge)
            #expect(added.status == 422)
            let released = try await server.send(
                .patch, "\(Samples.widgets)/a", ["metadata": ["finalizers": .null]], type: merge)
            #expect(released.status == 200)
            #expect(try await server.send(.get, "\(Samples.widgets)/a").status == 404)
        }
    }

    @Test("A Deployment gets the real server's defaults, and its selector must match and never change")
    func deployments() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/apis/apps/v1/namespaces/default/deployments"
            let created = try await server.send(.post, path, Samples.deployment("web"))
            #expect(created.status == 201)
            let spec = created.json["spec"]
            #expect(spec?["replicas"] == 1)
            #expect(spec?["strategy"]?["rollingUpdate"] == ["maxUnavailable": "25%", "maxSurge": "25%"])
            #expect(spec?["template"]?["spec"]?["restartPolicy"] == "Always")
            #expect(spec?["template"]?["spec"]?["containers"]?[0]?["imagePullPolicy"] == "IfNotPresent")
            var mismatched = Samples.deployment("other")
            mismatched["spec"]?["template"]?["metadata"]?["labels"] = ["app": "else"]
            let refused = try await server.send(.post, path, mismatched)
            #expect(refused.status == 422)
            #expect(refused.json["details"]?["causes"]?[0]?["field"] == "spec.template.metadata.labels")
            let patched = try await server.send(
                .patch, "\(path)/web",
                ["spec": ["template": ["spec": ["containers": [["name": "c", "image": "example.com/web:2"]]]]]],
                type: "application/strategic-merge-patch+json")
            #expect(patched.json["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"] == "example.com/web:2")
            #expect(
                patched.json["spec"]?["template"]?["spec"]?["containers"]?[0]?["terminationMessagePath"]
                    == "/dev/termination-log")
        }
    }

    @Test(
        "A deletion is answered with a Status, and for some kinds with the object",
        arguments: [
            ("Service", "services", true), ("ConfigMap", "configmaps", false),
            ("ServiceAccount", "serviceaccounts", true),
            ("ResourceQuota", "resourcequotas", true), ("PersistentVolumeClaim", "persistentvolumeclaims", true),
        ])
    func answersToDeletions(kind: String, plural: String, isObject: Bool) async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/\(plural)"
            var object: JSON = ["apiVersion": "v1", "kind": .string(kind), "metadata": ["name": "a"]]
            switch kind {
            case "Service": object["spec"] = ["ports": [["port": 80]]]
            case "ResourceQuota": object["spec"] = ["hard": ["pods": "1"]]
            case "PersistentVolumeClaim":
                object["spec"] = [
                    "accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]],
                ]
            default: break
            }
            let created = try await server.send(.post, path, object)
            try #require(created.status == 201, "\(created.json)")
            let tried = try await server.send(.delete, "\(path)/a?dryRun=All")
            #expect(tried.json["kind"]?.stringValue == (isObject ? kind : "Status"))
            let deleted = try await server.send(.delete, "\(path)/a")
            #expect(deleted.status == 200)
            if isObject {
                #expect(deleted.json["kind"]?.stringValue == kind)
                #expect(deleted.json["metadata"]?["uid"] == created.json["metadata"]?["uid"])
            } else {
                #expect(deleted.json["kind"] == "Status")
                #expect(deleted.json["details"]?["uid"] == created.json["metadata"]?["uid"])
            }
            #expect(try await server.send(.get, "\(path)/a").status == 404)
        }
    }

    @Test("A list is cut into pages of one consistent version")
    func pages() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            for index in 0..<5 { _ = try await server.send(.post, Samples.widgets, Samples.widget("w\(index)")) }
            let first = try await server.send(.get, "\(Samples.widgets)?limit=2")
            let token = try #require(first.json["metadata"]?["continue"]?.stringValue)
            #expect(first.json["metadata"]?["remainingItemCount"] == 3)
            // A change between two pages does not show in the second.
            _ = try await server.send(.delete, "\(Samples.widgets)/w2")
            let second = try await server.send(.get, "\(Samples.widgets)?limit=2&continue=\(token)")
            let names = second.json["items"]?.arrayValue?.compactMap { $0["metadata"]?["name"]?.stringValue }
            #expect(names == ["w2", "w3"])
            #expect(second.version == first.version)
        }
    }

    @Test("Tables show the columns that the definition asks for")
    func tables() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(.post, Samples.widgets, Samples.widget("a", size: 3))
            let table = try await server.send(
                .get, Samples.widgets, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
            #expect(table.json["kind"] == "Table")
            #expect(table.json["columnDefinitions"]?[1]?["name"] == "Size")
            #expect(table.json["rows"]?[0]?["cells"] == ["a", 3])
        }
    }

    @Test("Every new namespace has a default service account and the authorities to trust")
    func namespaceFurniture() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(
                .post, "/api/v1/namespaces", ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "n"]])
            #expect(try await server.send(.get, "/api/v1/namespaces/n/serviceaccounts/default").status == 200)
            let authorities = try await server.send(.get, "/api/v1/namespaces/n/configmaps/kube-root-ca.crt")
            #expect(authorities.json["data"]?["ca.crt"]?.stringValue?.contains("BEGIN CERTIFICATE") == true)
            let missing = try await server.send(
                .post, "/api/v1/namespaces/absent/configmaps",
                ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c"]])
            #expect(missing.status == 404)
        }
    }

    @Test("Events are the same objects in both of their groups")
    func events() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(
                .post, "/apis/events.k8s.io/v1/namespaces/default/events",
                [
                    "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "e"],
                    "eventTime": "2026-01-01T00:00:00.000000Z", "reportingController": "example.com/op",
                    "reportingInstance": "op-1", "action": "Scale", "reason": "ScaledUp", "type": "Normal",
                    "note": "from 0 to 2", "regarding": ["kind": "Widget", "name": "a", "namespace": "default"],
                ])
            #expect(created.status == 201)
            let list = try await server.send(
                .get, "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Da")
            #expect(list.json["items"]?[0]?["message"] == "from 0 to 2")
            #expect(list.json["items"]?[0]?["reportingComponent"] == "example.com/op")
            #expect(list.json["items"]?[0]?["kind"] == nil)
            // What is empty is written, and belongs to nobody.
            #expect(list.json["items"]?[0]?["lastTimestamp"] == .some(.null))
            #expect(list.json["items"]?[0]?["source"] == [:])
            let bySource = try await server.send(
                .get, "/api/v1/namespaces/default/events?fieldSelector=source%3Dexample.com/op")
            #expect(bySource.json["items"]?.arrayValue?.count == 1)
            let elsewhere = try await server.send(
                .get, "/api/v1/namespaces/default/events?fieldSelector=source%21%3Dexample.com/op")
            #expect(elsewhere.json["items"] == [])
            let path = "/api/v1/namespaces/default/events/e"
            var event = try await server.send(.get, path).json
            event["message"] = "from 0 to 3"
            let updated = try await server.send(.put, path, event)
            #expect(updated.status == 200)
            #expect(updated.json["lastTimestamp"] == .some(.null))
            for entry in updated.json["metadata"]?["managedFields"]?.arrayValue ?? [] {
                #expect(entry["fieldsV1"]?["f:source"] == nil && entry["fieldsV1"]?["f:lastTimestamp"] == nil)
            }
            let other = try await server.send(
                .get, "/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name%3Db")
            #expect(other.json["items"] == [])
        }
    }
}
