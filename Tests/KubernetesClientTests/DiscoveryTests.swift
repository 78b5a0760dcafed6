import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite struct DiscoveryTests {
    private let deployments = ResourceType(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments", namespaced: true)

    private var expected: [DiscoveredResource] {
        [
            DiscoveredResource(
                resource: nodes, singular: "node", shortNames: ["no"], verbs: ["get", "list"], subresources: ["status"]),
            DiscoveredResource(
                resource: deployments, singular: "deployment", shortNames: ["deploy"], categories: ["all"],
                verbs: ["get"], subresources: ["scale", "status"]),
        ]
    }

    @Test func aggregatedDiscoveryTakesTwoCalls() async throws {
        func list(_ group: String, _ version: String, _ resources: JSON) -> JSON {
            [
                "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
                "items": [
                    [
                        "metadata": ["name": .string(group)],
                        "versions": [["version": .string(version), "resources": resources]],
                    ]
                ],
            ]
        }
        let core: JSON = [
            [
                "resource": "nodes", "responseKind": ["group": "", "version": "v1", "kind": "Node"], "scope": "Cluster",
                "singularResource": "node", "shortNames": ["no"], "verbs": ["get", "list"],
                "subresources": [["subresource": "status"]],
            ]
        ]
        let apps: JSON = [
            [
                "resource": "deployments", "responseKind": ["group": "apps", "version": "v1", "kind": "Deployment"],
                "scope": "Namespaced", "singularResource": "deployment", "shortNames": ["deploy"],
                "categories": ["all"], "verbs": ["get"],
                "subresources": [["subresource": "scale"], ["subresource": "status"]],
            ]
        ]
        let script = ScriptedClient([.json(list("", "v1", core)), .json(list("apps", "v1", apps))])
        #expect(try await script.client.discover() == expected)
        #expect(script.transport.requests.map(\.path) == ["/api", "/apis"])
        #expect(script.transport.requests[0].headers["Accept"]?.contains("as=APIGroupDiscoveryList") == true)
    }

    @Test func plainDiscoveryFollowsEachGroupVersionAndSkipsThoseThatDoNotAnswer() async throws {
        let groups: JSON = [
            "kind": "APIGroupList",
            "groups": [
                [
                    "name": "apps", "preferredVersion": ["version": "v1"],
                    "versions": [["version": "v1beta1"], ["version": "v1"]],
                ]
            ],
        ]
        let core: JSON = [
            "resources": [
                [
                    "name": "nodes", "singularName": "node", "namespaced": false, "kind": "Node",
                    "verbs": ["get", "list"], "shortNames": ["no"],
                ],
                ["name": "nodes/status", "namespaced": false, "kind": "Node", "verbs": ["get"]],
            ]
        ]
        let apps: JSON = [
            "resources": [
                [
                    "name": "deployments", "singularName": "deployment", "namespaced": true, "kind": "Deployment",
                    "verbs": ["get"], "shortNames": ["deploy"], "categories": ["all"],
                ],
                ["name": "deployments/scale", "namespaced": true, "kind": "Scale", "verbs": ["get"]],
                ["name": "deployments/status", "namespaced": true, "kind": "Deployment", "verbs": ["get"]],
            ]
        ]
        let script = ScriptedClient(
            [
                .json(["kind": "APIVersions", "versions": ["v1"]]), .json(core), .json(groups), .json(apps),
                .text("the aggregated server is away", status: 503),
            ], retry: .never)
        #expect(try await script.client.discover() == expected)
        #expect(
            script.transport.requests.map(\.path) == [
                "/api", "/api/v1", "/apis", "/apis/apps/v1", "/apis/apps/v1beta1",
            ])
    }

    @Test func aResourceAnswersToItsNames() {
        for name in ["deployments", "Deployment", "deploy", "deployments.apps", "deploy.apps"] {
            #expect(expected[1].answers(to: name))
        }
        for name in ["deployments.extensions", "pods", ""] { #expect(!expected[1].answers(to: name)) }
    }

    @Test func theServersVersionIsRead() async throws {
        let script = ScriptedClient([.json(["major": "1", "minor": "36", "gitVersion": "v1.36.0", "goVersion": "x"])])
        #expect(
            try await script.client.serverVersion() == ServerVersion(major: "1", minor: "36", gitVersion: "v1.36.0"))
    }
}
