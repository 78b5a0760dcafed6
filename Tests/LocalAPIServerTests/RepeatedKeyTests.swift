import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

/// Lists of built-in kinds that merge by a key. In most the same key may stand twice all the same.
@Suite("Keys that stand twice", .timeLimit(.minutes(1)))
struct RepeatedKeyTests {
    private static let pods = "/api/v1/namespaces/default/pods"

    private static func pod(_ container: JSON, _ spec: JSON = [:]) -> JSON {
        var container = container
        container["name"] = "c"
        container["image"] = "i:1"
        var spec = spec
        spec["containers"] = .array([container] + (spec["containers"]?.arrayValue ?? []))
        return ["metadata": ["name": "p"], "spec": spec]
    }

    @Test func `variables, ports, secrets for pulling and hosts may be named twice, and stay in their order`()
        async throws
    {
        try await APIServerFixture.withServer { server in
            let variables: JSON = [["name": "A", "value": "1"], ["name": "A", "value": "2"]]
            let ports: JSON = [["containerPort": 80], ["containerPort": 80, "name": "http"]]
            let created = try await server.send(
                .post, Self.pods,
                Self.pod(
                    ["env": variables, "ports": ports],
                    [
                        "imagePullSecrets": [["name": "s"], ["name": "s"]],
                        "hostAliases": [
                            ["ip": "1.2.3.4", "hostnames": ["a"]], ["ip": "1.2.3.4", "hostnames": ["b"]],
                        ],
                    ]))
            #expect(created.status == 201, "\(created.text)")
            // A change of something else leaves them alone, whatever kind of patch makes it.
            for (type, patch) in [
                ("application/merge-patch+json", ["metadata": ["labels": ["a": "b"]]]),
                (
                    "application/strategic-merge-patch+json",
                    ["spec": ["containers": [["name": "c", "image": "i:2"]]]]
                ),
            ] as [(String, JSON)] {
                let patched = try await server.send(.patch, Self.pods + "/p", patch, type: type)
                #expect(patched.status == 200, "\(patched.text)")
                let container = patched.json["spec"]?["containers"]?[0]
                #expect(container?["env"] == variables)
                #expect(container?["ports"]?.arrayValue?.count == 2)
            }
            // Whoever applies must say which of the two is meant.
            var applied = Self.pod(["env": variables])
            applied["apiVersion"] = "v1"
            applied["kind"] = "Pod"
            let refused = try await server.send(
                .patch, Self.pods + "/p?fieldManager=m&force=true", applied, type: "application/apply-patch+yaml")
            #expect(refused.status == 500 || refused.status == 422 || refused.status == 400)
            #expect(refused.text.contains("duplicate entries for key"), "\(refused.text)")
        }
    }

    @Test(arguments: [
        (pod([:], ["containers": [["name": "c", "image": "i"]]]), "spec.containers[1]"),
        (pod([:], ["volumes": [["name": "v"], ["name": "v"]]]), "spec.volumes[1]"),
        (
            pod(
                ["volumeMounts": [["name": "v", "mountPath": "/m"], ["name": "v", "mountPath": "/m"]]],
                ["volumes": [["name": "v"]]]), "spec.containers[0].volumeMounts[1]"
        ),
        (
            pod(["ports": [["containerPort": 80, "name": "http"], ["containerPort": 81, "name": "http"]]]),
            "spec.containers[0].ports[1].name"
        ),
    ])
    func `what is spoken of by its name has one of its own`(pod: JSON, place: String) async throws {
        try await APIServerFixture.withServer { server in
            let refused = try await server.send(.post, Self.pods, pod)
            #expect(refused.status == 422, "\(refused.text)")
            let fields = refused.json["details"]?["causes"]?.arrayValue?.compactMap { $0["field"]?.stringValue }
            #expect(fields?.contains(place) == true, "\(refused.text)")
        }
    }

    @Test func `a node may have two addresses of a type, and a status two conditions`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(.post, "/api/v1/nodes", ["metadata": ["name": "n"]])
            let addresses: JSON = [
                ["type": "InternalIP", "address": "10.0.0.1"], ["type": "InternalIP", "address": "fd00::1"],
            ]
            let patched = try await server.send(
                .patch, "/api/v1/nodes/n/status", ["status": ["addresses": addresses]],
                type: "application/merge-patch+json")
            #expect(patched.status == 200, "\(patched.text)")
            #expect(patched.json["status"]?["addresses"] == addresses)
        }
    }
}
