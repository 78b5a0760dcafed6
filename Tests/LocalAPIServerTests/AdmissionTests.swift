import HTTPTransport
import StructuredData
import Testing

/// What the server works out from other objects when one is written or read.
@Suite struct AdmissionTests {
    private static let classes = "/apis/scheduling.k8s.io/v1/priorityclasses"
    private static let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"

    private static func pod(_ name: String, priorityClass: String? = nil) -> JSON {
        var pod: JSON = [
            "metadata": ["name": .string(name)], "spec": ["containers": [["name": "c", "image": "example.com/c:1"]]],
        ]
        if let priorityClass { pod["spec"]?["priorityClassName"] = .string(priorityClass) }
        return pod
    }

    @Test func `a pod has the priority of its class, or of the default class`() async throws {
        try await APIServerFixture.withServer { server in
            let pods = "/api/v1/namespaces/default/pods"
            #expect(try await server.send(.post, pods, Self.pod("lost", priorityClass: "nowhere")).status == 403)
            _ = try await server.send(
                .post, Self.classes, ["metadata": ["name": "high"], "value": 1000, "preemptionPolicy": "Never"])
            let high = try await server.send(.post, pods, Self.pod("high", priorityClass: "high"))
            #expect(high.json["spec"]?["priority"] == 1000)
            #expect(high.json["spec"]?["preemptionPolicy"] == "Never")
            let system = try await server.send(.post, pods, Self.pod("s", priorityClass: "system-node-critical"))
            #expect(system.json["spec"]?["priority"] == 2_000_001_000)
            #expect(try await server.send(.post, pods, Self.pod("plain")).json["spec"]?["priority"] == 0)

            _ = try await server.send(
                .post, Self.classes, ["metadata": ["name": "usual"], "value": 7, "globalDefault": true])
            let usual = try await server.send(.post, pods, Self.pod("usual"))
            #expect(usual.json["spec"]?["priority"] == 7)
            #expect(usual.json["spec"]?["priorityClassName"] == "usual")

            let changed = try await server.send(
                .patch, Self.classes + "/high", ["value": 5], type: "application/merge-patch+json")
            #expect(changed.status == 422)
            let reserved = try await server.send(.post, Self.classes, ["metadata": ["name": "system-x"], "value": 1])
            #expect(reserved.status == 422)
        }
    }

    @Test func `a role can be made of the roles that carry its label`() async throws {
        try await APIServerFixture.withServer { server in
            func rules(_ name: String) async throws -> String {
                try await server.send(.get, "\(Self.roles)/\(name)").json["rules"]?.text() ?? ""
            }
            #expect(try await !rules("view").isEmpty)
            _ = try await server.send(
                .post, Self.roles,
                [
                    "metadata": [
                        "name": "things", "labels": ["rbac.authorization.k8s.io/aggregate-to-view": "true"],
                    ],
                    "rules": [["apiGroups": ["example.com"], "resources": ["things"], "verbs": ["get"]]],
                ])
            // View is part of edit, and edit of admin.
            for name in ["view", "edit", "admin"] { #expect(try await rules(name).contains("things"), "\(name)") }
            _ = try await server.send(.delete, Self.roles + "/things")
            for name in ["view", "edit", "admin"] { #expect(try await !rules(name).contains("things"), "\(name)") }
        }
    }

    @Test func `a user sees the rules that hold for them`() async throws {
        try await APIServerFixture.withServer { server in
            func resources() async throws -> String {
                try await server.send(
                    .post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", ["spec": ["namespace": "default"]],
                    token: APIServerFixture.limited
                ).json["status"]?["resourceRules"]?.text() ?? ""
            }
            #expect(try await !resources().contains("configmaps"))
            _ = try await server.send(
                .post, "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                [
                    "metadata": ["name": "b"], "roleRef": ["kind": "ClusterRole", "name": "view"],
                    "subjects": [["kind": "User", "name": "limited"]],
                ])
            #expect(try await resources().contains("configmaps"))
        }
    }

    @Test func `defaults that a kind gains show in objects that were there before`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            let before = try await server.send(.post, Samples.widgets, Samples.widget("w"))
            let properties = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties"
            let changed = try await server.send(
                .patch, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.rec.example.com",
                [
                    [
                        "op": "add", "path": .string("\(properties)/weight"),
                        "value": ["type": "integer", "default": 5],
                    ],
                    ["op": "remove", "path": .string("\(properties)/colour")],
                    ["op": "remove", "path": "/spec/versions/0/selectableFields"],
                ], type: "application/json-patch+json")
            #expect(changed.status == 200, "\(changed.text)")
            let read = try await server.send(.get, Samples.widgets + "/w")
            #expect(read.json["spec"] == ["size": 1, "weight": 5])
            #expect(read.version == before.version)
            let list = try await server.send(.get, Samples.widgets)
            #expect(list.json["items"]?.arrayValue?.first?["spec"] == ["size": 1, "weight": 5])
        }
    }

    @Test func `an autoscaler is kept as it was written`() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
            let created = try await server.send(
                .post, path,
                [
                    "metadata": ["name": "h"],
                    "spec": [
                        "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "d"],
                        "maxReplicas": 3,
                        "metrics": [
                            [
                                "type": "Resource",
                                "resource": [
                                    "name": "cpu", "target": ["type": "Utilization", "averageUtilization": 50],
                                ],
                            ]
                        ],
                    ],
                ])
            #expect(created.status == 201, "\(created.text)")
            #expect(created.json["spec"]?["minReplicas"] == 1)
            let table = try await server.send(.get, path, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            #expect(table.json["rows"]?.arrayValue?.first?["cells"]?.arrayValue?.prefix(2) == ["h", "Deployment/d"])
        }
    }
}
