import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

/// Resource quotas.
@Suite struct QuotaTests {
    private static let namespace = "/api/v1/namespaces/default"

    private static func quota(_ hard: JSON, scopes: [String] = []) -> JSON {
        var spec: JSON = ["hard": hard]
        if !scopes.isEmpty { spec["scopes"] = JSON(scopes) }
        return ["metadata": ["name": "q"], "spec": spec]
    }

    private static func pod(_ name: String, requests: JSON = [:], limits: JSON = [:]) -> JSON {
        [
            "metadata": ["name": .string(name)],
            "spec": [
                "containers": [
                    [
                        "name": "c", "image": "example.com/c:1",
                        "resources": ["requests": requests, "limits": limits],
                    ]
                ]
            ],
        ]
    }

    private static func used(_ server: APIServerFixture) async throws -> JSON {
        try await server.send(.get, namespace + "/resourcequotas/q").json["status"]?["used"] ?? .null
    }

    @Test func `a quota bounds pods, and counts what they ask for until they are over`() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(
                .post, Self.namespace + "/resourcequotas",
                Self.quota([
                    "pods": "2", "cpu": "1", "requests.memory": "1Gi", "requests.example.com/dongle": "3",
                    "resourcequotas": "1",
                ]))
            #expect(created.status == 201)
            #expect(try await Self.used(server)["resourcequotas"] == "1")

            let silent = try await server.send(.post, Self.namespace + "/pods", Self.pod("silent"))
            #expect(silent.status == 403)
            #expect(
                silent.json["message"]?.stringValue
                    == "pods \"silent\" is forbidden: failed quota: q: must specify cpu for: c; requests.memory for: c")

            let fits = try await server.send(
                .post, Self.namespace + "/pods",
                Self.pod(
                    "fits", requests: ["cpu": "500m", "memory": "252Mi", "example.com/dongle": "2"],
                    limits: ["example.com/dongle": "2"]))
            #expect(fits.status == 201)
            let after = try await Self.used(server)
            #expect(
                after == [
                    "pods": "1", "cpu": "500m", "requests.memory": "252Mi", "requests.example.com/dongle": "2",
                    "resourcequotas": "1",
                ])

            let large = try await server.send(
                .post, Self.namespace + "/pods", Self.pod("large", requests: ["cpu": "600m", "memory": "1Mi"]))
            #expect(large.status == 403)
            #expect(
                large.json["message"]?.stringValue
                    == "pods \"large\" is forbidden: exceeded quota: q, requested: cpu=600m, used: cpu=500m, limited: cpu=1"
            )
            #expect(try await Self.used(server) == after)

            _ = try await server.send(
                .patch, Self.namespace + "/pods/fits/status", ["status": ["phase": "Succeeded"]],
                type: "application/merge-patch+json")
            #expect(try await Self.used(server)["pods"] == "0")
            #expect(try await Self.used(server)["cpu"] == "0")
        }
    }

    @Test func `objects are counted as they come and go, those of custom kinds too`() async throws {
        try await APIServerFixture.withServer { server in
            try await server.defineWidgets()
            _ = try await server.send(
                .post, Self.namespace + "/resourcequotas",
                Self.quota([
                    "services": "4", "services.nodeports": "1", "secrets": "1", "count/widgets.rec.example.com": "1",
                    "count/deployments.apps": "1",
                ]))
            func service(_ name: String, _ type: String) -> JSON {
                ["metadata": ["name": .string(name)], "spec": ["type": .string(type), "ports": [["port": 80]]]]
            }
            let services = Self.namespace + "/services"
            #expect(try await server.send(.post, services, service("a", "ClusterIP")).status == 201)
            #expect(try await server.send(.post, services, service("b", "NodePort")).status == 201)
            #expect(try await server.send(.post, services, service("c", "LoadBalancer")).status == 403)
            #expect(try await server.send(.post, Samples.widgets, Samples.widget("one")).status == 201)
            #expect(try await server.send(.post, Samples.widgets, Samples.widget("two")).status == 403)
            let deployments = "/apis/apps/v1/namespaces/default/deployments"
            #expect(try await server.send(.post, deployments, Samples.deployment("one")).status == 201)
            #expect(try await server.send(.post, deployments, Samples.deployment("two")).status == 403)
            // One service is the server's own.
            #expect(
                try await Self.used(server) == [
                    "services": "3", "services.nodeports": "1", "secrets": "0", "count/widgets.rec.example.com": "1",
                    "count/deployments.apps": "1",
                ])
            _ = try await server.send(.delete, services + "/b")
            #expect(try await server.send(.delete, Samples.widgets + "/one").status == 200)
            #expect(
                try await Self.used(server) == [
                    "services": "2", "services.nodeports": "0", "secrets": "0", "count/widgets.rec.example.com": "0",
                    "count/deployments.apps": "1",
                ])
        }
    }

    @Test func `writers at the same time do not take more than there is`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(.post, Self.namespace + "/resourcequotas", Self.quota(["secrets": "3"]))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        let name = JSON.string("s\(number)")
                        return try await server.send(
                            .post, Self.namespace + "/secrets", ["metadata": ["name": name]]
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 3)
            #expect(statuses.count { $0 == 403 } == 21)
            #expect(try await Self.used(server)["secrets"] == "3")
        }
    }

    @Test func `a scoped quota counts the pods of its scope`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(
                .post, Self.namespace + "/resourcequotas", Self.quota(["pods": "1"], scopes: ["BestEffort"]))
            let pods = Self.namespace + "/pods"
            #expect(try await server.send(.post, pods, Self.pod("a", requests: ["cpu": "1"])).status == 201)
            #expect(try await Self.used(server)["pods"] == "0")
            #expect(try await server.send(.post, pods, Self.pod("b")).status == 201)
            #expect(try await server.send(.post, pods + "?dryRun=All", Self.pod("c")).status == 403)
            #expect(try await server.send(.post, pods, Self.pod("d", requests: ["cpu": "1"])).status == 201)
            #expect(try await Self.used(server)["pods"] == "1")
        }
    }

    @Test func `claims count by the class of their storage, controllers for themselves`() async throws {
        try await APIServerFixture.withServer { server in
            let gold = "gold.storageclass.storage.k8s.io/"
            let hard: JSON = [
                "persistentvolumeclaims": "10", "requests.storage": "10Gi", "\(gold)persistentvolumeclaims": "1",
                "\(gold)requests.storage": "2Gi", "replicationcontrollers": "1",
            ]
            _ = try await server.send(.post, Self.namespace + "/resourcequotas", Self.quota(hard))
            func claim(_ name: String, _ storageClass: String) -> JSON {
                [
                    "metadata": ["name": .string(name)],
                    "spec": [
                        "storageClassName": .string(storageClass), "accessModes": ["ReadWriteOnce"],
                        "resources": ["requests": ["storage": "1Gi"]],
                    ],
                ]
            }
            let claims = Self.namespace + "/persistentvolumeclaims"
            #expect(try await server.send(.post, claims, claim("a", "gold")).status == 201)
            #expect(try await server.send(.post, claims, claim("b", "gold")).status == 403)
            #expect(try await server.send(.post, claims, claim("c", "silver")).status == 201)
            let controller: JSON = [
                "spec": [
                    "template": [
                        "metadata": ["labels": ["a": "b"]],
                        "spec": ["containers": [["name": "c", "image": "example.com/a:1"]]],
                    ]
                ]
            ]
            var first = controller
            first.set("first", at: ["metadata", "name"])
            let controllers = Self.namespace + "/replicationcontrollers"
            #expect(try await server.send(.post, controllers, first).status == 201)
            var second = controller
            second.set("second", at: ["metadata", "name"])
            #expect(try await server.send(.post, controllers, second).status == 403)
            #expect(
                try await Self.used(server) == [
                    "persistentvolumeclaims": "2", "requests.storage": "2Gi", "\(gold)persistentvolumeclaims": "1",
                    "\(gold)requests.storage": "1Gi", "replicationcontrollers": "1",
                ])
        }
    }

    @Test func `a quota on pods that look at other namespaces counts no others`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(
                .post, Self.namespace + "/resourcequotas",
                Self.quota(["pods": "0"], scopes: ["CrossNamespacePodAffinity"]))
            let pods = Self.namespace + "/pods"
            func pod(_ name: String, _ term: JSON) -> JSON {
                var pod = Self.pod(name)
                pod.set(
                    ["podAntiAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": [term]]],
                    at: ["spec", "affinity"])
                return pod
            }
            let near: JSON = ["topologyKey": "region", "labelSelector": ["matchLabels": ["a": "b"]]]
            var named = near
            named["namespaces"] = ["ns1"]
            var selected = near
            selected["namespaceSelector"] = ["matchLabels": ["team": "c"]]
            #expect(try await server.send(.post, pods, pod("near", near)).status == 201)
            #expect(try await server.send(.post, pods, pod("named", named)).status == 403)
            #expect(try await server.send(.post, pods, pod("selected", selected)).status == 403)
        }
    }

    @Test func `a status that somebody writes is shown to them, and then put right`() async throws {
        try await APIServerFixture.withServer { server in
            let quotas = Self.namespace + "/resourcequotas"
            let quota = Self.quota(["cpu": "1", "memory": "1Gi"])
            let created = try await server.send(.post, quotas, quota)
            let path = "\(quotas)/\(created.json["metadata"]?["name"]?.stringValue ?? "")"
            var watch = try await server.watch("\(quotas)?watch=1&resourceVersion=\(created.version)")
            let written = try await server.send(
                .patch, path + "/status", ["status": ["hard": ["cpu": "2", "memory": "2Gi"]]],
                type: "application/strategic-merge-patch+json")
            #expect(written.json["status"]?["hard"] == ["cpu": "2", "memory": "2Gi"], "\(written.text)")
            #expect(written.json["spec"]?["hard"]?["cpu"] == "1")
            var seen: [JSON] = []
            while seen.last != "1" || !seen.contains("2") {
                seen.append(try #require(try await watch.next()).object["status"]?["hard"]?["cpu"] ?? .null)
            }
            let after = try await server.send(.get, path)
            #expect(after.json["status"]?["hard"] == ["cpu": "1", "memory": "1Gi"])
        }
    }
}
