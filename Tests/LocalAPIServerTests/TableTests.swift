import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Tables", .timeLimit(.minutes(1)))
struct TableTests {
    private static let older = "application/json;as=Table;v=v1beta1;g=meta.k8s.io"
    private static let template: JSON = ["spec": ["containers": [["name": "test", "image": "test2"]]]]

    @Test func `a list is chunked as a table as it is as a list, in the version that is asked for`() async throws {
        try await APIServerFixture.withServer { server in
            let templates = "/api/v1/namespaces/default/podtemplates"
            for index in 0..<5 {
                let created = try await server.send(
                    .post, templates, ["metadata": ["name": "template-\(index)"], "template": Self.template])
                #expect(created.status == 201, "\(created.text)")
            }
            let page = try await server.send(.get, "\(templates)?limit=2", accept: Self.older)
            #expect(page.json["kind"] == "Table")
            #expect(page.json["apiVersion"] == "meta.k8s.io/v1beta1")
            #expect(page.json["rows"]?.arrayValue?.compactMap { $0["cells"]?[0] } == ["template-0", "template-1"])
            #expect(page.json["rows"]?[0]?["object"]?["apiVersion"] == "meta.k8s.io/v1beta1")
            let next = try #require(page.json["metadata"]?["continue"]?.stringValue)
            let rest = try await server.send(.get, "\(templates)?continue=\(next)", accept: Self.older)
            #expect(rest.json["rows"]?[0]?["cells"]?[0] == "template-2")
            let newer = try await server.send(
                .get, templates, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
            #expect(newer.json["apiVersion"] == "meta.k8s.io/v1")
        }
    }

    /// One object of each kind that nothing else makes, with what its columns look at.
    private static let objects: [(path: String, object: JSON)] = [
        ("/api/v1/namespaces/default/podtemplates", ["template": template]),
        (
            "/api/v1/namespaces/default/replicationcontrollers",
            [
                "spec": [
                    "template": [
                        "metadata": ["labels": ["a": "b"]], "spec": template["spec"] ?? [:],
                    ]
                ]
            ]
        ),
        (
            "/apis/batch/v1/namespaces/default/cronjobs",
            [
                "spec": [
                    "schedule": "*/5 * * * *",
                    "jobTemplate": [
                        "spec": [
                            "template": [
                                "spec": [
                                    "restartPolicy": "Never", "containers": [["name": "test", "image": "test2"]],
                                ]
                            ]
                        ]
                    ],
                ]
            ]
        ),
        (
            "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
            ["spec": ["scaleTargetRef": ["kind": "Deployment", "name": "d"], "maxReplicas": 3]]
        ),
        (
            "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
            [
                "spec": [
                    "rules": [
                        [
                            "host": "example.com",
                            "http": [
                                "paths": [
                                    [
                                        "path": "/", "pathType": "Prefix",
                                        "backend": ["service": ["name": "s", "port": ["number": 80]]],
                                    ]
                                ]
                            ],
                        ]
                    ]
                ]
            ]
        ),
        ("/apis/networking.k8s.io/v1/ingressclasses", ["spec": ["controller": "example.com/c"]]),
        ("/apis/node.k8s.io/v1/runtimeclasses", ["handler": "runc"]),
        ("/apis/storage.k8s.io/v1/csinodes", ["spec": ["drivers": []]]),
        ("/apis/storage.k8s.io/v1/storageclasses", ["provisioner": "example.com/p"]),
        (
            "/apis/certificates.k8s.io/v1/certificatesigningrequests",
            ["spec": ["request": "cmVx", "signerName": "example.com/s", "usages": ["client auth"]]]
        ),
    ]

    @Test func `every kind's rows have a cell for each column, and the object's name in the first`() async throws {
        try await APIServerFixture.withServer { server in
            for (path, content) in Self.objects {
                var object = content
                object.set("x", at: ["metadata", "name"])
                let created = try await server.send(.post, path, object)
                #expect(created.status == 201, "\(path): \(created.text)")
                let table = try await server.send(
                    .get, path + "/x", accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
                let columns = table.json["columnDefinitions"]?.arrayValue ?? []
                #expect(columns.count >= 2, "\(path)")
                #expect(table.json["rows"]?[0]?["cells"]?.arrayValue?.count == columns.count, "\(path)")
                #expect(table.json["rows"]?[0]?["cells"]?[0] == "x", "\(path)")
                #expect(try await server.send(.delete, path + "/x").status == 200)
            }
        }
    }

    @Test(
        arguments: [
            ("integer", 7, 7), ("integer", 7.9, 7), ("integer", "seven", .null), ("number", 1.5, 1.5),
            ("number", true, .null), ("boolean", false, false), ("boolean", "false", .null), ("string", 7, "7"),
        ] as [(String, JSON, JSON)])
    func `a cell holds what is of its column's type, and nothing else`(type: String, value: JSON, cell: JSON) {
        #expect(CellText.custom(JSONPath(".v"), type, ["v": value], 0) == cell)
    }

    @Test func `what would have the server call others is kept, with a warning that it will not`() async throws {
        try await APIServerFixture.withServer { server in
            let hook: JSON = [
                "metadata": ["name": "h"],
                "webhooks": [
                    [
                        "name": "a.example.com", "clientConfig": ["url": "https://127.0.0.1/"], "sideEffects": "None",
                        "admissionReviewVersions": ["v1"],
                        "rules": [
                            [
                                "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                                "resources": ["pods"],
                            ]
                        ],
                    ]
                ],
            ]
            let admission = "/apis/admissionregistration.k8s.io/v1"
            for kind in ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"] {
                let created = try await server.send(.post, "\(admission)/\(kind)", hook)
                #expect(created.status == 201, "\(created.text)")
                #expect(created.headers["Warning"]?.contains("calls no admission webhooks") == true)
                #expect(created.json["webhooks"]?[0]?["failurePolicy"] == "Fail")
                #expect(created.json["webhooks"]?[0]?["timeoutSeconds"] == 10)
            }
            let service: JSON = [
                "metadata": ["name": "v1.example.com"],
                "spec": [
                    "group": "example.com", "version": "v1", "groupPriorityMinimum": 1000, "versionPriority": 15,
                    "service": ["namespace": "default", "name": "s"],
                ],
            ]
            let created = try await server.send(.post, "/apis/apiregistration.k8s.io/v1/apiservices", service)
            #expect(created.status == 201, "\(created.text)")
            #expect(created.headers["Warning"]?.contains("aggregates no other API servers") == true)
            #expect(try await server.send(.get, "/apis/example.com/v1").status == 404)
        }
    }
}
