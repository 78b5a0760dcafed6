import HTTPTransport
import StructuredData
import Testing

/// Requests that make no sense get the status that a real server gives, and the server lives on.
@Suite struct BadRequestTests {
    private static let configMaps = "/api/v1/namespaces/default/configmaps"

    /// What to send, and what must come back.
    private struct Case {
        var name: String
        var method: HTTPRequest.Method = .post
        var path: String = BadRequestTests.configMaps
        var body: [UInt8]?
        var type = "application/json"
        var status: Int
        var reason: String
        var message = ""
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func operations(_ count: Int) -> [UInt8] {
        let one = #"{"op":"add","path":"/data","value":{}}"#
        return text("[" + Array(repeating: one, count: count).joined(separator: ",") + "]")
    }

    private static let bodies: [Case] = [
        Case(name: "no body", body: [], status: 400, reason: "BadRequest"),
        Case(name: "half an object", body: text(#"{"a":"#), status: 400, reason: "BadRequest"),
        Case(name: "a list", body: text("[]"), status: 400, reason: "BadRequest"),
        Case(name: "null", body: text("null"), status: 400, reason: "BadRequest"),
        Case(
            name: "no UTF-8", body: text(#"{"metadata":{"name":"x"},"data":{"a":""#) + [0xff, 0xfe] + text(#""}}"#),
            status: 400, reason: "BadRequest"),
        Case(
            name: "deep nesting",
            body: text(
                #"{"data":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"),
            status: 400, reason: "BadRequest"),
        Case(
            name: "more than 3 MiB", body: Array(repeating: UInt8(ascii: " "), count: (3 << 20) + 1), status: 413,
            reason: "RequestEntityTooLarge"),
        Case(
            name: "another media type", body: text("{}"), type: "text/plain", status: 415,
            reason: "UnsupportedMediaType"),
        Case(
            name: "another kind", body: text(#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x"}}"#),
            status: 400,
            reason: "BadRequest"),
        Case(
            name: "a number for a text", body: text(#"{"metadata":{"name":"x"},"data":{"a":1}}"#), status: 400,
            reason: "BadRequest"),
        Case(
            name: "a version on create", body: text(#"{"metadata":{"name":"x","resourceVersion":"5"}}"#), status: 500,
            reason: "", message: "resourceVersion should not be set on objects to be created"),
        Case(
            name: "another namespace", body: text(#"{"metadata":{"name":"x","namespace":"other"}}"#), status: 400,
            reason: "BadRequest"),
    ]

    private static let places: [Case] = [
        Case(
            name: "replace a collection", method: .put, body: text("{}"), status: 405, reason: "MethodNotAllowed"),
        Case(
            name: "create under a name", path: configMaps + "/x", body: text("{}"), status: 405,
            reason: "MethodNotAllowed"),
        Case(
            name: "create outside of a namespace", path: "/api/v1/configmaps", body: text("{}"), status: 405,
            reason: "MethodNotAllowed"),
        Case(
            name: "delete all of a kind", method: .delete, path: "/api/v1/configmaps", status: 405,
            reason: "MethodNotAllowed"),
        Case(
            name: "delete all namespaces", method: .delete, path: "/api/v1/namespaces", status: 405,
            reason: "MethodNotAllowed"),
        Case(
            name: "a limit that is no number", method: .get, path: configMaps + "?limit=x", status: 400,
            reason: "BadRequest"),
        Case(
            name: "a timeout that is no number", method: .get, path: configMaps + "?watch=1&timeoutSeconds=x",
            status: 400, reason: "BadRequest"),
        Case(
            name: "an unknown match", method: .get, path: configMaps + "?resourceVersion=5&resourceVersionMatch=X",
            status: 422, reason: "Invalid"),
        Case(
            name: "initial events of a list", method: .get, path: configMaps + "?sendInitialEvents=true", status: 422,
            reason: "Invalid"),
        Case(
            name: "a broken continue token", method: .get, path: configMaps + "?continue=zz", status: 400,
            reason: "BadRequest"),
        Case(
            name: "a field that selects nothing", method: .get, path: configMaps + "?fieldSelector=spec.x%3Dy",
            status: 400, reason: "BadRequest"),
    ]

    private static let writes: [Case] = [
        Case(
            name: "too many operations", method: .patch, path: configMaps + "/kept", body: operations(10_001),
            type: "application/json-patch+json", status: 413, reason: "RequestEntityTooLarge",
            message: "The allowed maximum operations in a JSON patch is 10000, got 10001"),
        Case(
            name: "a failed test", method: .patch, path: configMaps + "/kept",
            body: text(#"[{"op":"test","path":"/data/x","value":"1"}]"#), type: "application/json-patch+json",
            status: 422, reason: "Invalid"),
        Case(
            name: "an unknown operation", method: .patch, path: configMaps + "/kept",
            body: text(#"[{"op":"bend","path":"/data/x"}]"#), type: "application/json-patch+json", status: 400,
            reason: "BadRequest"),
        Case(
            name: "a patch that breaks the type", method: .patch, path: configMaps + "/kept",
            body: text(#"{"data":"x"}"#), type: "application/merge-patch+json", status: 422, reason: "Invalid"),
        Case(
            name: "a patch of another type", method: .patch, path: configMaps + "/kept", body: text("{}"), status: 415,
            reason: "UnsupportedMediaType"),
        Case(
            name: "an apply without a manager", method: .patch, path: configMaps + "/kept",
            body: text("apiVersion: v1\nkind: ConfigMap"), type: "application/apply-patch+yaml", status: 422,
            reason: "Invalid"),
        Case(
            name: "an apply without a version", method: .patch, path: configMaps + "/kept?fieldManager=m",
            body: text("kind: ConfigMap"), type: "application/apply-patch+yaml", status: 400, reason: "BadRequest"),
        Case(
            name: "a policy that does not exist", method: .delete, path: configMaps + "/kept",
            body: text(#"{"propagationPolicy":"Sideways"}"#), status: 422, reason: "Invalid"),
        Case(
            name: "two policies", method: .delete, path: configMaps + "/kept",
            body: text(#"{"propagationPolicy":"Background","orphanDependents":true}"#), status: 422, reason: "Invalid"),
        Case(
            name: "a grace that is a text", method: .delete, path: configMaps + "/kept",
            body: text(#"{"gracePeriodSeconds":"x"}"#), status: 400, reason: "BadRequest"),
        Case(
            name: "another dry run", method: .delete, path: configMaps + "/kept", body: text(#"{"dryRun":["Some"]}"#),
            status: 422, reason: "Invalid"),
        Case(
            name: "options of another kind", method: .delete, path: configMaps + "/kept",
            body: text(#"{"kind":"ConfigMap","apiVersion":"v1"}"#), status: 400, reason: "BadRequest"),
        Case(
            name: "another object's uid", method: .delete, path: configMaps + "/kept",
            body: text(#"{"preconditions":{"uid":"x"}}"#), status: 409, reason: "Conflict"),
    ]

    @Test func `malformed requests get a real server's status, and change nothing`() async throws {
        try await APIServerFixture.withServer { server in
            let kept = try await server.send(
                .post, Self.configMaps, ["metadata": ["name": "kept"], "data": ["a": "1"]])
            for test in Self.bodies + Self.places + Self.writes {
                let answer = try await server.send(
                    test.method, test.path, bytes: test.body, type: test.type)
                #expect(answer.status == test.status, "\(test.name): \(answer.text.prefix(300))")
                #expect(answer.reason == test.reason, "\(test.name): \(answer.text.prefix(300))")
                #expect(answer.json["kind"] == "Status", "\(test.name)")
                if !test.message.isEmpty {
                    #expect(answer.json["message"]?.stringValue == test.message, "\(test.name)")
                }
            }
            let after = try await server.send(.get, Self.configMaps + "/kept")
            #expect(after.json == kept.json)
        }
    }

    @Test func `flags are set by whatever is not a plain no, and a negative limit is none`() async throws {
        try await APIServerFixture.withServer { server in
            let list = try await server.send(.get, Self.configMaps + "?watch=false&limit=-1")
            #expect(list.status == 200)
            #expect(list.json["kind"] == "ConfigMapList")
            var watch = try await server.watch(Self.configMaps + "?watch=yes")
            let first = try await watch.next()
            #expect(first?.type == "ADDED")
        }
    }

    @Test func `a timeout that is no duration is refused, whatever is asked for, but for what has no end`() async throws
    {
        try await APIServerFixture.withServer { server in
            for path in [Self.configMaps, "/version", "/nosuch"] {
                let answer = try await server.send(.get, path + "?timeout=soon")
                #expect(answer.status == 400, "\(path)")
                #expect(
                    answer.json["message"]?.stringValue
                        == "invalid timeout specified in the request URL - time: invalid duration \"soon\"")
            }
            for timeout in ["", "0s", "3m", "-1s", "1h2m0.5s"] {
                #expect(
                    try await server.send(.get, Self.configMaps + "?timeout=\(timeout)").status == 200, "\(timeout)")
            }
            var watch = try await server.watch(Self.configMaps + "?watch=1&timeout=soon")
            #expect(try await watch.next()?.type == "ADDED")
        }
    }

    @Test func `questions have no tables, and must be questions`() async throws {
        try await APIServerFixture.withServer { server in
            let access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
            let table = try await server.send(
                .post, access, ["spec": ["resourceAttributes": ["verb": "get", "resource": "pods"]]],
                accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            #expect(table.status == 406)
            let empty = try await server.send(.post, access, ["spec": [:]])
            #expect(empty.status == 422)
            let token = try await server.send(
                .post, "/apis/authentication.k8s.io/v1/tokenreviews", ["spec": [:]])
            #expect(token.status == 400)
        }
    }

    @Test func `an eviction names its own pod, and a scale its own object`() async throws {
        try await APIServerFixture.withServer { server in
            let pods = "/api/v1/namespaces/default/pods"
            _ = try await server.send(
                .post, pods,
                ["metadata": ["name": "p"], "spec": ["containers": [["name": "c", "image": "example.com/a:1"]]]])
            let other = try await server.send(
                .post, "\(pods)/p/eviction",
                ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "q"]])
            #expect(other.status == 400)
            let rehearsed = try await server.send(
                .post, "\(pods)/p/eviction",
                [
                    "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p"],
                    "deleteOptions": ["dryRun": ["All"]],
                ])
            #expect(rehearsed.status == 201)
            #expect(try await server.send(.get, "\(pods)/p").status == 200)

            let deployments = "/apis/apps/v1/namespaces/default/deployments"
            _ = try await server.send(.post, deployments, Samples.deployment("d"))
            let scale = try await server.send(
                .put, "\(deployments)/d/scale", ["metadata": ["name": "e"], "spec": ["replicas": 2]])
            #expect(scale.status == 400)
            let negative = try await server.send(
                .patch, "\(deployments)/d/scale", ["spec": ["replicas": -1]], type: "application/merge-patch+json")
            #expect(negative.status == 422)
            #expect(negative.json["details"]?["kind"] == "Scale")
        }
    }
}
