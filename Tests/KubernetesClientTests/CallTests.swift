import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import Testing

@Suite struct CallTests {
    private let configMap: JSON = [
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": ["name": "one", "namespace": "home", "managedFields": [["manager": "m"]]], "data": ["a": "b"],
    ]

    @Test func aGetSaysWhoAsksAndDropsManagedFields() async throws {
        let script = ScriptedClient([.json(configMap), .json(configMap)])
        let object = try await script.client.get(ConfigMap.self, "one")
        #expect(object.data == ["a": "b"])
        #expect(object.metadata.managedFields == nil)
        let request = script.transport.requests[0]
        #expect(request.method == .get)
        #expect(request.url == "https://cluster/api/v1/namespaces/home/configmaps/one")
        #expect(request.headers["Authorization"] == "Bearer secret")
        #expect(request.headers["Accept"] == "application/json")
        #expect(request.headers["User-Agent"] == ClientConfiguration.defaultUserAgent)
        #expect(request.connection == .shared)
        let whole = try await script.client.keepingManagedFields().get(configMaps, "one")
        #expect(whole["metadata"]?["managedFields"] == [["manager": "m"]])
    }

    @Test func theNamespaceOfACallWinsOverTheDefaultAndClusterWideKindsHaveNone() async throws {
        let script = ScriptedClient([.json([:]), .json([:]), .json([:])])
        _ = try await script.client.get(widgets, "w", namespace: "away")
        _ = try await script.client.get(nodes, "n")
        _ = try await script.client.get(widgets, "w", subresource: "scale")
        #expect(
            script.transport.requests.map(\.path) == [
                "/apis/example.com/v1/namespaces/away/widgets/w", "/api/v1/nodes/n",
                "/apis/example.com/v1/namespaces/home/widgets/w/scale",
            ])
    }

    @Test func basicCredentialsAndImpersonationTravelAsHeaders() async throws {
        var configuration = ClientConfiguration(
            server: "https://cluster", authentication: .basic(username: "user", password: "pass:word"))
        configuration.impersonation = ClientConfiguration.Impersonation(
            user: "jane", uid: "7", groups: ["a", "b"], extra: ["scope": ["x", "z"], "Example.com/Team %": ["ä"]])
        let script = ScriptedClient([.json([:])], configuration: configuration)
        _ = try await script.client.get(nodes, "n")
        let headers = script.transport.requests[0].headers
        #expect(headers["Authorization"] == "Basic dXNlcjpwYXNzOndvcmQ=")
        #expect(headers["Impersonate-User"] == "jane")
        #expect(headers.values(of: "Impersonate-Group") == ["a", "b"])
        #expect(headers["Impersonate-Uid"] == "7")
        #expect(headers.values(of: "Impersonate-Extra-scope") == ["x", "z"])
        #expect(headers["Impersonate-Extra-%45xample.com%2F%54eam%20%25"] == "ä")
    }

    @Test func createPostsToTheObjectsNamespaceAndValidatesStrictly() async throws {
        let script = ScriptedClient([.json(configMap, status: 201)])
        let object = ConfigMap(metadata: ObjectMeta(name: "one", namespace: "away"), data: ["a": "b"])
        _ = try await script.client.create(object, options: WriteOptions(fieldManager: "me", dryRun: true))
        let request = script.transport.requests[0]
        #expect(request.method == .post)
        #expect(request.path == "/api/v1/namespaces/away/configmaps")
        #expect(request.query == ["fieldManager": "me", "dryRun": "All", "fieldValidation": "Strict"])
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.json?["kind"] == "ConfigMap")
        #expect(request.json?["data"] == ["a": "b"])
    }

    @Test func replacePutsToTheObjectOrItsSubresource() async throws {
        let script = ScriptedClient([.json(widget("w")), .json(widget("w"))])
        _ = try await script.client.replace(widgets, widget("w"))
        _ = try await script.client.replace(widgets, widget("w"), subresource: "status")
        #expect(script.transport.requests.map(\.method) == [.put, .put])
        #expect(
            script.transport.requests.map(\.path) == [
                "/apis/example.com/v1/namespaces/home/widgets/w",
                "/apis/example.com/v1/namespaces/home/widgets/w/status",
            ])
    }

    @Test(arguments: [
        (Patch.json([["op": "remove", "path": "/a"]]), "application/json-patch+json"),
        (.merge(["a": nil]), "application/merge-patch+json"),
        (.strategic(["a": 1]), "application/strategic-merge-patch+json"),
        (.apply(["a": 1], fieldManager: "me", force: true), "application/apply-patch+yaml"),
    ])
    func aPatchSaysItsForm(patch: Patch, contentType: String) async throws {
        let script = ScriptedClient([.json(widget("w"))])
        _ = try await script.client.patch(widgets, "w", patch: patch, subresource: "status")
        let request = script.transport.requests[0]
        #expect(request.method == .patch)
        #expect(request.path == "/apis/example.com/v1/namespaces/home/widgets/w/status")
        #expect(request.headers["Content-Type"] == contentType)
        if case .apply = patch {
            #expect(request.query == ["fieldManager": "me", "force": "true", "fieldValidation": "Strict"])
        } else {
            #expect(request.query == ["fieldValidation": "Strict"])
        }
    }

    @Test func applyFillsInTheTypeAndDoesNotForceUnlessAsked() async throws {
        let script = ScriptedClient([.json(widget("w"))])
        _ = try await script.client.apply(
            widgets, ["metadata": ["name": "w"], "spec": ["size": 1]], fieldManager: "me")
        let request = script.transport.requests[0]
        #expect(request.path == "/apis/example.com/v1/namespaces/home/widgets/w")
        #expect(request.query["force"] == nil)
        #expect(request.json?["apiVersion"] == "example.com/v1")
        #expect(request.json?["kind"] == "Widget")
    }

    @Test func deleteCarriesItsPreconditions() async throws {
        let script = ScriptedClient([.json(failure(200, ""))])
        try await script.client.delete(
            ConfigMap.self, "one",
            options: DeleteOptions(
                uid: "u", resourceVersion: "7", propagation: .foreground, gracePeriodSeconds: 0, dryRun: true))
        let request = script.transport.requests[0]
        #expect(request.method == .delete)
        #expect(
            request.json == [
                "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": ["uid": "u", "resourceVersion": "7"],
                "propagationPolicy": "Foreground", "gracePeriodSeconds": 0, "dryRun": ["All"],
            ])
    }

    @Test func deletingACollectionNeedsSelectorsInTheQueryAndStaysInOneNamespace() async throws {
        let script = ScriptedClient([.json([:])])
        try await script.client.deleteCollection(widgets, selecting: ListOptions(labelSelector: "a=b"))
        #expect(
            script.transport.requests[0].target
                == "/apis/example.com/v1/namespaces/home/widgets?labelSelector=a%3Db")
    }

    @Test func anEmptyNameNeverReachesTheCollection() async throws {
        let script = ScriptedClient([])
        let client = script.client
        let errors = [
            await thrown(KubernetesClientError.self) { try await client.delete(widgets, "") },
            await thrown(KubernetesClientError.self) { _ = try await client.get(widgets, "") },
            await thrown(KubernetesClientError.self) { _ = try await client.patch(widgets, "", patch: .merge([:])) },
            await thrown(KubernetesClientError.self) { _ = try await client.replace(widgets, ["metadata": [:]]) },
            await thrown(KubernetesClientError.self) { _ = try await client.logs(pod: "") },
            await thrown(KubernetesClientError.self) { try await client.evict(pod: "") },
            await thrown(KubernetesClientError.self) { _ = try await client.raw(.get, "healthz") },
        ]
        #expect(errors.map { $0?.code } == Array(repeating: .invalidRequest, count: errors.count))
        #expect(script.transport.requests.isEmpty)
    }

    @Test func twoNamespacesInOneWriteAreAMistake() async throws {
        let script = ScriptedClient([])
        let error = await thrown(KubernetesClientError.self) {
            _ = try await script.client.create(widgets, widget("w"), namespace: "away")
        }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("\"home\"") == true)
    }

    @Test func rawReturnsAnyAnswer() async throws {
        let script = ScriptedClient([.text("not yet", status: 500)])
        let response = try await script.client.raw(
            .post, "/readyz", query: [("verbose", "a b")], headers: ["Accept": "text/plain"], body: [1])
        #expect(response.status == 500)
        let request = script.transport.requests[0]
        #expect(request.target == "/readyz?verbose=a%20b")
        #expect(request.headers.values(of: "Accept") == ["text/plain"])
        #expect(request.body == [1])
    }

    @Test func `writes are checked at the last moment, each time they are sent, and reads are not`() async throws {
        struct Forbidden: Error {}
        let busy = ScriptedTransport.Answer.json(failure(429, "TooManyRequests"), status: 429)
        let script = ScriptedClient([busy, .json(configMap), .json(configMap), busy])
        let checks = Mutex(0)
        let client = script.client.checkingWrites {
            let count = checks.withLock { count in
                count += 1
                return count
            }
            // It is no more allowed when the fourth is about to go out.
            if count > 3 { throw Forbidden() }
        }
        _ = try await client.replace(configMaps, configMap)
        #expect(checks.withLock { $0 } == 2, "it was sent twice")
        _ = try await client.get(configMaps, "one")
        #expect(checks.withLock { $0 } == 2)
        await #expect(throws: Forbidden.self) { _ = try await client.create(configMaps, configMap) }
        #expect(script.transport.requests.count == 4, "the first was turned away, the second not sent")
        for write in 0..<4 {
            await #expect(throws: Forbidden.self) {
                switch write {
                case 0: try await client.delete(configMaps, "one")
                case 1: _ = try await client.patch(configMaps, "one", patch: .merge([:]))
                case 2: try await client.evict(pod: "p")
                default: _ = try await client.raw(.put, "/x")
                }
            }
        }
        #expect(script.transport.requests.count == 4)
    }

    @Test func `the scale of any kind is read and written as the same object`() async throws {
        let scale: JSON = [
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": ["name": "w", "namespace": "home"],
            "spec": ["replicas": 3], "status": ["replicas": 2, "selector": "a=b"],
        ]
        let script = ScriptedClient(Array(repeating: .json(scale), count: 4))
        let client = script.client
        var read = try await client.scale(widgets, "w")
        #expect(read.spec?.replicas == 3)
        #expect(read.status?.selector == "a=b")
        read.spec?.replicas = 5
        _ = try await client.replaceScale(widgets, read)
        _ = try await client.scale(widgets, "w", replicas: 7)
        _ = try await client.patchScale(widgets, "w", patch: .json([]), options: WriteOptions(dryRun: true))
        let requests = script.transport.requests
        #expect(Set(requests.map(\.path)) == ["/apis/example.com/v1/namespaces/home/widgets/w/scale"])
        #expect(requests.map(\.method) == [.get, .put, .patch, .patch])
        #expect(requests[1].json?["spec"] == ["replicas": 5])
        #expect(requests[1].json?["apiVersion"] == "autoscaling/v1")
        #expect(requests[2].json == ["spec": ["replicas": 7]])
        #expect(requests[3].query["dryRun"] == "All")
    }

    @Test func `reviews ask and return the answer`() async throws {
        let script = ScriptedClient([
            .json(["status": ["userInfo": ["username": "jane"]]]), .json(["spec": [:], "status": ["allowed": true]]),
            .json(["spec": [:], "status": ["allowed": false]]), .json(["spec": [:], "status": ["allowed": true]]),
            .json(["spec": [:], "status": ["authenticated": true, "audiences": ["a"]]]), .json(["spec": [:]]),
        ])
        let client = script.client
        #expect(try await client.whoAmI().username == "jane")
        #expect(try await client.mayI(ResourceAttributes(verb: "get", resource: "pods")).allowed)
        #expect(try await !client.mayI(NonResourceAttributes(path: "/metrics", verb: "get")).allowed)
        #expect(
            try await client.reviewAccess(
                SubjectAccessReviewSpec(resourceAttributes: ResourceAttributes(verb: "get"), user: "jane")
            ).allowed)
        #expect(try await client.reviewToken("t", audiences: ["a", "b"]).audiences == ["a"])
        let error = await thrown(KubernetesClientError.self) { _ = try await client.reviewToken("t") }
        #expect(error?.code == .decoding)
        let requests = script.transport.requests
        #expect(
            requests.map(\.path) == [
                "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "/apis/authorization.k8s.io/v1/subjectaccessreviews", "/apis/authentication.k8s.io/v1/tokenreviews",
                "/apis/authentication.k8s.io/v1/tokenreviews",
            ])
        #expect(requests[1].json?["spec"] == ["resourceAttributes": ["verb": "get", "resource": "pods"]])
        #expect(requests[2].json?["spec"] == ["nonResourceAttributes": ["path": "/metrics", "verb": "get"]])
        #expect(requests[4].json?["spec"] == ["token": "t", "audiences": ["a", "b"]])
        #expect(requests[5].json?["spec"] == ["token": "t"])
    }

    @Test func logsAskForTheirPartAndStreamIt() async throws {
        let script = ScriptedClient([.stream(chunks: [Array("one\n".utf8), Array("two\n".utf8)])])
        let options = LogOptions(
            container: "main", follow: true, previous: true, tailLines: 5, sinceSeconds: 60, timestamps: true,
            limitBytes: 1000)
        var text: [UInt8] = []
        for try await chunk in try await script.client.logs(pod: "p", options: options) { text += chunk }
        #expect(text == Array("one\ntwo\n".utf8))
        let request = script.transport.requests[0]
        #expect(request.path == "/api/v1/namespaces/home/pods/p/log")
        #expect(
            request.query == [
                "container": "main", "follow": "true", "previous": "true", "tailLines": "5", "sinceSeconds": "60",
                "timestamps": "true", "limitBytes": "1000",
            ])
        #expect(request.connection == .dedicated)
        #expect(request.timeoutSeconds == nil)
    }

    @Test func aTokenIsRequestedForItsAudience() async throws {
        let script = ScriptedClient([
            .json(["spec": ["audiences": []], "status": ["token": "t", "expirationTimestamp": "2030-01-01T00:00:00Z"]])
        ])
        let token = try await script.client.createToken(
            serviceAccount: "sa", audiences: ["das-gateway"], expirationSeconds: 600)
        #expect(token.token == "t")
        let request = script.transport.requests[0]
        #expect(request.path == "/api/v1/namespaces/home/serviceaccounts/sa/token")
        #expect(request.json?["spec"] == ["audiences": ["das-gateway"], "expirationSeconds": 600])
    }

    @Test func anEvictionThatIsNotAllowedNowIsNotRetried() async throws {
        let script = ScriptedClient([
            .json(failure(429, "TooManyRequests"), status: 429, headers: ["Retry-After": "10"])
        ])
        let status = await thrown(KubernetesStatus.self) { try await script.client.evict(pod: "p") }
        #expect(status?.code == 429)
        #expect(status?.details?.retryAfterSeconds == 10)
        #expect(script.transport.requests.map(\.path) == ["/api/v1/namespaces/home/pods/p/eviction"])
    }
}
