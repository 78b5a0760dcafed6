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

    @Test func `a pod's row counts sidecars, restarts and open gates as the real printer does`() {
        let pod: JSON = [
            "metadata": ["name": "p"],
            "spec": [
                "initContainers": [["name": "first"], ["name": "proxy", "restartPolicy": "Always"]],
                "containers": [["name": "main"]],
                "readinessGates": [["conditionType": "a/open"], ["conditionType": "a/shut"]],
            ],
            "status": [
                "phase": "Running",
                "conditions": [["type": "Initialized", "status": "True"], ["type": "a/open", "status": "True"]],
                "initContainerStatuses": [
                    ["name": "first", "restartCount": 3, "state": ["terminated": ["exitCode": 0]]],
                    ["name": "proxy", "restartCount": 1, "started": true, "ready": true, "state": ["running": [:]]],
                ],
                "containerStatuses": [["name": "main", "restartCount": 1, "ready": false, "state": ["running": [:]]]],
            ],
        ]
        #expect(Self.podCells(pod) == ["1/2", "Running", "2", "1/2"])

        var starting = pod
        starting.set([["type": "Initialized", "status": "False"]], at: ["status", "conditions"])
        starting.set(
            [["name": "first", "restartCount": 3, "state": ["terminated": ["exitCode": 1, "signal": 9]]]],
            at: ["status", "initContainerStatuses"])
        #expect(Self.podCells(starting) == ["0/2", "Init:Signal:9", "3", "0/2"])

        var gated = pod
        gated.set(["phase": "Pending"], at: ["status"])
        gated.set(
            [["type": "PodScheduled", "status": "False", "reason": "SchedulingGated"]], at: ["status", "conditions"])
        gated.set([], at: ["spec", "readinessGates"])
        #expect(Self.podCells(gated) == ["0/2", "SchedulingGated", "0", "<none>"])
    }

    /// Ready, Status, Restarts and Readiness Gates.
    private static func podCells(_ pod: JSON) -> [JSON] {
        let cells = TableDefinition.pods.cells(pod, 0)
        return [cells[1], cells[2], cells[3], cells[8]]
    }

    /// What columns other than the first make of an object, ages left out.
    private static func cells(_ definition: TableDefinition, _ object: JSON) -> [JSON] {
        let isShown = definition.columns.map { $0.name != "Name" && $0.name != "Age" }
        return zip(definition.cells(object, 0), isShown).filter(\.1).map(\.0)
    }

    @Test func `a claim shows its volume once it has one`() {
        let claim: JSON = [
            "spec": ["storageClassName": "fast", "volumeMode": "Filesystem"], "status": ["phase": "Pending"],
        ]
        #expect(
            Self.cells(.persistentVolumeClaims, claim) == ["Pending", "", "", "", "fast", "<unset>", "Filesystem"])
        var bound = claim
        bound.set("v1", at: ["spec", "volumeName"])
        bound["status"] = [
            "phase": "Bound", "capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
        ]
        #expect(
            Self.cells(.persistentVolumeClaims, bound)
                == ["Bound", "v1", "1Gi", "RWO,RWX", "fast", "<unset>", "Filesystem"])
        bound.set("2031-05-06T07:08:09Z", at: ["metadata", "deletionTimestamp"])
        #expect(Self.cells(.persistentVolumeClaims, bound).first == "Terminating")
    }

    @Test(
        arguments: [
            ([], [], "<none>"),
            (
                [["type": "Resource", "resource": ["name": "cpu", "target": ["averageUtilization": 50]]]], [],
                "cpu: <unknown>/50%"
            ),
            (
                [
                    [
                        "type": "ContainerResource",
                        "containerResource": ["name": "memory", "target": ["averageValue": "1Gi"]],
                    ],
                    ["type": "Pods", "pods": ["target": ["averageValue": "10"]]],
                ],
                [["containerResource": ["current": ["averageValue": "512Mi"]]]], "memory: 512Mi/1Gi, <unknown>/10"
            ),
            (
                [
                    ["type": "External", "external": ["target": ["averageValue": "2"]]],
                    ["type": "Object", "object": ["target": ["value": "3"]]],
                    ["type": "Pods", "pods": ["target": ["averageValue": "10"]]],
                ],
                [[:], ["object": ["current": ["value": "1"]]]], "<unknown>/2 (avg), 1/3 + 1 more..."
            ),
        ] as [([JSON], [JSON], JSON)])
    func `an autoscaler shows what each figure is and should be`(metrics: [JSON], current: [JSON], targets: JSON) {
        let autoscaler: JSON = [
            "spec": ["scaleTargetRef": ["kind": "Deployment", "name": "d"], "metrics": .array(metrics)],
            "status": ["currentMetrics": .array(current)],
        ]
        #expect(Self.cells(.horizontalPodAutoscalers, autoscaler)[1] == targets)
    }

    @Test(
        arguments: [
            ([:], "Running", "0/1"), (["spec": ["completions": 3]], "Running", "0/3"),
            (["spec": ["parallelism": 4], "status": ["succeeded": 1]], "Running", "1/1 of 4"),
            (["metadata": ["deletionTimestamp": "2031-05-06T07:08:09Z"]], "Terminating", "0/1"),
            (["status": ["conditions": [["type": "Suspended", "status": "True"]]]], "Suspended", "0/1"),
            (["status": ["conditions": [["type": "FailureTarget", "status": "True"]]]], "FailureTarget", "0/1"),
            (["status": ["conditions": [["type": "Complete", "status": "True"]]]], "Complete", "0/1"),
        ] as [(JSON, JSON, JSON)])
    func `a job shows what it is up to`(job: JSON, state: JSON, completions: JSON) {
        #expect(Array(Self.cells(.jobs, job).prefix(2)) == [state, completions])
    }

    @Test(
        arguments: [
            (["type": "ClusterIP"], [], "<none>"), (["type": "LoadBalancer"], [], "<pending>"),
            (
                ["type": "LoadBalancer", "externalIPs": ["192.0.2.1"]], [["hostname": "b"], ["ip": "a"]],
                "a,b,192.0.2.1"
            ),
            (["type": "ExternalName", "externalName": "example.com"], [], "example.com"),
        ] as [(JSON, JSON, JSON)])
    func `a service shows where it is reached from outside`(spec: JSON, ingress: JSON, addresses: JSON) {
        let service: JSON = ["spec": spec, "status": ["loadBalancer": ["ingress": ingress]]]
        #expect(Self.cells(.services, service)[2] == addresses)
    }

    @Test func `long lists are cut after three, and say how many follow`() {
        let slice: JSON = [
            "ports": [["port": 80], ["name": "web"], [:]],
            "endpoints": .array((1...5).map { ["addresses": [.string("10.0.0.\($0)")]] }),
        ]
        #expect(
            Self.cells(.endpointSlices, slice) == ["", "80,web,*", "10.0.0.1,10.0.0.2,10.0.0.3 + 2 more..."])
        let endpoints: JSON = [
            "subsets": [
                ["addresses": [["ip": "10.0.0.1"], ["ip": "fd00::1"]], "ports": [["port": 80], ["port": 443]]]
            ]
        ]
        #expect(Self.cells(.endpoints, endpoints) == ["10.0.0.1:80,[fd00::1]:80,10.0.0.1:443 + 1 more..."])
        #expect(Self.cells(.endpoints, [:]) == ["<none>"])
    }

    @Test func `a node shows its roles and what it is built on, a request for a certificate how far it is`() {
        let node: JSON = [
            "metadata": ["labels": ["node-role.kubernetes.io/worker": "", "kubernetes.io/role": "edge"]],
            "status": ["nodeInfo": ["kernelVersion": "6.1", "architecture": "arm64"]],
        ]
        let cells = Self.cells(.nodes, node)
        #expect(cells[1] == "edge,worker")
        #expect(cells[6] == "6.1 (arm64)")
        let request: JSON = ["status": ["conditions": [["type": "Failed"], ["type": "Approved"]]]]
        #expect(Self.cells(.certificateSigningRequests, request).last == "Approved,Failed")
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
