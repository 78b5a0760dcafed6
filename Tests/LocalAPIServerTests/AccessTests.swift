import HTTPTransport
import StructuredData
import Synchronization
import Testing

@testable import LocalAPIServer

@Suite("Who may do what", .timeLimit(.minutes(2)))
struct AccessTests {
    @Test("Only health and version are open; a wrong token is nobody's")
    func anonymous() async throws {
        try await APIServerFixture.withServer { server in
            let ready = try await server.send(.get, "/readyz", token: nil)
            #expect(ready.text == "ok")
            #expect(try await server.send(.get, "/version", token: nil).status == 200)
            #expect(try await server.send(.get, "/api/v1/namespaces", token: nil).status == 401)
            #expect(try await server.send(.get, "/api/v1/namespaces", token: "wrong").status == 401)
        }
    }

    @Test("A user may do what a binding allows, in its namespace, and nothing else")
    func roles() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/configmaps"
            let limited = APIServerFixture.limited
            #expect(try await server.send(.get, path, token: limited).status == 403)
            let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
            _ = try await server.send(
                .post, "\(rbac)/roles",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": ["name": "r"],
                    "rules": [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]],
                ])
            _ = try await server.send(
                .post, "\(rbac)/rolebindings",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "b"],
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"],
                    "subjects": [["kind": "User", "name": "limited"]],
                ])
            #expect(try await server.send(.get, path, token: limited).status == 200)
            #expect(try await server.send(.get, "/api/v1/configmaps", token: limited).status == 403)
            #expect(try await server.send(.delete, "\(path)/x", token: limited).status == 403)
            let review = try await server.send(
                .post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                [
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                    "spec": [
                        "resourceAttributes": ["verb": "list", "resource": "configmaps", "namespace": "default"]
                    ],
                ], token: limited)
            #expect(review.json["status"]?["allowed"] == true)
        }
    }

    @Test("A role for one name lets a collection be listed that a field selector narrows to it")
    func names() async throws {
        try await APIServerFixture.withServer { server in
            let rbac = "/apis/rbac.authorization.k8s.io/v1"
            _ = try await server.send(
                .post, "\(rbac)/clusterroles",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "one"],
                    "rules": [
                        [
                            "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["mine"],
                            "verbs": ["list", "watch"],
                        ]
                    ],
                ])
            _ = try await server.send(
                .post, "\(rbac)/clusterrolebindings",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": ["name": "one"],
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "one"],
                    "subjects": [["kind": "User", "name": "limited"]],
                ])
            for (query, status) in [
                ("?fieldSelector=metadata.name%3Dmine", 200), ("?fieldSelector=metadata.name%3Dother", 403),
                ("?fieldSelector=metadata.name%21%3Dmine", 403), ("", 403),
            ] {
                let path = "/api/v1/configmaps\(query)"
                let answer = try await server.send(.get, path, token: APIServerFixture.limited)
                #expect(answer.status == status, "\(path)")
            }
        }
    }

    @Test("A service account's token is for its audience alone and dies with its pod")
    func tokens() async throws {
        try await APIServerFixture.withServer { server in
            let pods = "/api/v1/namespaces/default/pods"
            let pod = try await server.send(
                .post, pods,
                [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
                    "spec": ["containers": [["name": "c", "image": "i"]]],
                ])
            #expect(pod.json["spec"]?["serviceAccountName"] == "default")
            let request = try await server.send(
                .post, "/api/v1/namespaces/default/serviceaccounts/default/token",
                [
                    "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                    "spec": [
                        "audiences": ["swarm"], "expirationSeconds": 600,
                        "boundObjectRef": [
                            "kind": "Pod", "apiVersion": "v1", "name": "p",
                            "uid": pod.json["metadata"]?["uid"] ?? "",
                        ],
                    ],
                ])
            let token = try #require(request.json["status"]?["token"]?.stringValue)
            func review(_ audience: String) async throws -> JSON? {
                try await server.send(
                    .post, "/apis/authentication.k8s.io/v1/tokenreviews",
                    [
                        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                        "spec": ["token": .string(token), "audiences": [.string(audience)]],
                    ]
                ).json["status"]
            }
            let good = try await review("swarm")
            #expect(good?["authenticated"] == true)
            #expect(good?["user"]?["username"] == "system:serviceaccount:default:default")
            #expect(good?["user"]?["extra"]?["authentication.kubernetes.io/pod-name"] == ["p"])
            #expect(try await review("other")?["authenticated"] == nil)
            #expect(try await server.send(.get, pods, token: token).status == 401)
            _ = try await server.send(.delete, "\(pods)/p")
            #expect(try await review("swarm")?["authenticated"] == nil)
        }
    }

    @Test("Logs come from the pod's node, with the parameters that it understands")
    func logs() async throws {
        let proxy = RecordingNodeProxy()
        try await APIServerFixture.withServer(nodeProxy: proxy) { server in
            _ = try await server.send(
                .post, "/api/v1/nodes",
                [
                    "apiVersion": "v1", "kind": "Node", "metadata": ["name": "n"],
                    "status": [
                        "addresses": [["type": "InternalIP", "address": "127.0.0.1"]],
                        "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
                    ],
                ])
            let pods = "/api/v1/namespaces/default/pods"
            _ = try await server.send(
                .post, pods,
                [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
                    "spec": ["containers": [["name": "c", "image": "i"]]],
                ])
            let bound = try await server.send(
                .post, "\(pods)/p/binding",
                [
                    "apiVersion": "v1", "kind": "Binding", "metadata": ["name": "p"],
                    "target": ["kind": "Node", "name": "n"],
                ])
            #expect(bound.status == 201)
            let log = try await server.send(.get, "\(pods)/p/log?tailLines=5&pretty=true")
            #expect(log.text == "a line\n")
            #expect(log.headers["Content-Type"] == "text/plain")
            #expect(
                proxy.requests == [
                    NodeRequest(
                        node: "n", host: "127.0.0.1", port: 10250, path: "/containerLogs/default/p/c?tailLines=5",
                        isStream: false)
                ])
            let wrong = try await server.send(.get, "\(pods)/p/log?container=x")
            #expect(wrong.status == 400)
        }
    }

    @Test("The token file names the line that it cannot read")
    func tokenFile() throws {
        let tokens = try StaticToken.parse(
            "# people\nt1,anna,1,\"system:masters,dev\"\n\nt2,bob,2\n", file: "tokens.csv")
        #expect(tokens.map(\.groups) == [["system:masters", "dev"], []])
        let error = #expect(throws: LocalAPIServerError.self) {
            try StaticToken.parse("t1,anna,1\nonly-a-token\n", file: "tokens.csv")
        }
        #expect(error?.message.hasPrefix("tokens.csv:2:") == true)
    }
}

/// Answers every request with one line, and remembers what was asked.
private final class RecordingNodeProxy: NodeProxy {
    private let asked = Mutex<[NodeRequest]>([])

    var requests: [NodeRequest] { asked.withLock { $0 } }

    func open(_ request: NodeRequest) async throws -> HTTPStreamingResponse {
        asked.withLock { $0.append(request) }
        let (body, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        continuation.yield(Array("a line\n".utf8))
        continuation.finish()
        return HTTPStreamingResponse(status: 200, headers: [:], body: body)
    }

    @Test func `what somebody may do in a namespace is asked in it`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(
                .post, "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
                [
                    "metadata": ["name": "reader"],
                    "rules": [["apiGroups": [""], "resources": ["pods"], "verbs": ["get"]]],
                ])
            _ = try await server.send(
                .post, "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                [
                    "metadata": ["name": "jane"],
                    "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"],
                    "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane"]],
                ])
            let path = "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews"
            func ask(_ attributes: JSON, at path: String = path) async throws -> APIServerFixture.Answer {
                try await server.send(
                    .post, path,
                    [
                        "apiVersion": "authorization.k8s.io/v1", "kind": "LocalSubjectAccessReview",
                        "metadata": ["namespace": "default"],
                        "spec": ["user": "jane", "resourceAttributes": attributes],
                    ])
            }
            let allowed = try await ask(["namespace": "default", "verb": "get", "resource": "pods"])
            #expect(allowed.status == 201, "\(allowed.text)")
            #expect(allowed.json["status"]?["allowed"] == true)
            let refused = try await ask(["namespace": "default", "verb": "delete", "resource": "pods"])
            #expect(refused.json["status"]?["allowed"] == false)
            let elsewhere = try await ask(["namespace": "kube-system", "verb": "get", "resource": "pods"])
            #expect(elsewhere.status == 422)
            #expect(elsewhere.text.contains("must match metadata.namespace"))
            let nowhere = try await ask([:], at: "/apis/authorization.k8s.io/v1/localsubjectaccessreviews")
            #expect(nowhere.status == 405)
            let plain = try await server.send(.get, "/apis/authorization.k8s.io/v1")
            let resource = plain.json["resources"]?.arrayValue?.first { $0["kind"] == "LocalSubjectAccessReview" }
            #expect(resource?["namespaced"] == true)
        }
    }
}
