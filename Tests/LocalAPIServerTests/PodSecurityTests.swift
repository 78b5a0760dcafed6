import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

/// The pod security standards.
@Suite struct PodSecurityTests {
    private static let good: JSON = [
        "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
        "containers": [
            [
                "name": "c", "image": "example.com/c:1",
                "securityContext": ["allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]]],
            ]
        ],
    ]

    private static func container(_ members: JSON) -> JSON {
        var container: JSON = ["name": "c", "image": "example.com/c:1"]
        for (key, value) in members.objectValue ?? [:] { container[key] = value }
        return ["containers": [container]]
    }

    @Test func `a careful pod fulfils every level`() {
        #expect(PodSecurity.violations(of: Self.good, level: .restricted).isEmpty)
        #expect(PodSecurity.violations(of: Self.good, level: .baseline).isEmpty)
    }

    static let reachingOut: [(spec: JSON, violation: String)] = [
        (["hostNetwork": true, "hostPID": true], "host namespaces (hostNetwork=true, hostPID=true)"),
        (["volumes": [["name": "v", "hostPath": ["path": "/"]]]], "hostPath volumes (volume \"v\")"),
        (
            ["securityContext": ["sysctls": [["name": "kernel.msgmax", "value": "1"]]]],
            "forbidden sysctls (kernel.msgmax)"
        ),
        (
            ["securityContext": ["seccompProfile": ["type": "Unconfined"]]],
            "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")"
        ),
        (
            container(["securityContext": ["privileged": true]]),
            "privileged (container \"c\" must not set securityContext.privileged=true)"
        ),
        (
            container(["securityContext": ["capabilities": ["add": ["NET_ADMIN", "CHOWN"]]]]),
            "non-default capabilities (container \"c\" must not include \"NET_ADMIN\" in securityContext.capabilities.add)"
        ),
        (container(["ports": [["containerPort": 1, "hostPort": 80]]]), "hostPort (container \"c\" uses hostPort 80)"),
        (
            container(["securityContext": ["procMount": "Unmasked"]]),
            "procMount (container \"c\" must not set securityContext.procMount to \"Unmasked\")"
        ),
    ]

    @Test(arguments: reachingOut)
    func `baseline forbids what reaches out of a pod`(spec: JSON, violation: String) {
        #expect(PodSecurity.violations(of: spec, level: .baseline) == [violation])
        #expect(PodSecurity.violations(of: spec, level: .privileged).isEmpty)
    }

    @Test func `restricted asks every container for what a plain pod leaves out`() {
        let plain: JSON = ["containers": [["name": "a"], ["name": "b"]], "volumes": [["name": "v", "nfs": [:]]]]
        #expect(
            PodSecurity.violations(of: plain, level: .restricted) == [
                "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set "
                    + "securityContext.allowPrivilegeEscalation=false)",
                "unrestricted capabilities (containers \"a\", \"b\" must set securityContext.capabilities.drop=[\"ALL\"])",
                "restricted volume types (volume \"v\" uses restricted volume type \"nfs\")",
                "runAsNonRoot != true (pod or containers \"a\", \"b\" must set securityContext.runAsNonRoot=true)",
                "seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to "
                    + "\"RuntimeDefault\" or \"Localhost\")",
            ])
    }

    @Test func `a namespace's labels say what is refused and what is warned about`() async throws {
        try await APIServerFixture.withServer { server in
            let wrong = try await server.send(
                .post, "/api/v1/namespaces",
                ["metadata": ["name": "wrong", "labels": ["pod-security.kubernetes.io/enforce": "most"]]])
            #expect(wrong.status == 422)
            _ = try await server.send(
                .post, "/api/v1/namespaces",
                [
                    "metadata": [
                        "name": "secured",
                        "labels": [
                            "pod-security.kubernetes.io/enforce": "baseline",
                            "pod-security.kubernetes.io/warn": "restricted",
                        ],
                    ]
                ])
            func pod(_ spec: JSON) -> JSON { ["metadata": ["name": "p"], "spec": spec] }
            let pods = "/api/v1/namespaces/secured/pods"
            let refused = try await server.send(
                .post, pods, pod(Self.container(["securityContext": ["privileged": true]])))
            #expect(refused.status == 403)
            #expect(
                refused.json["message"]?.stringValue
                    == "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": privileged (container \"c\" must "
                    + "not set securityContext.privileged=true)")
            let warned = try await server.send(.post, pods + "?dryRun=All", pod(Self.container([:])))
            #expect(warned.status == 201)
            #expect(warned.headers.values(of: "Warning").first?.contains("would violate PodSecurity") == true)
            let good = try await server.send(.post, pods, pod(Self.good))
            #expect(good.status == 201)
            #expect(good.headers.values(of: "Warning").isEmpty)

            let workload = try await server.send(
                .post, "/apis/apps/v1/namespaces/secured/deployments", Samples.deployment("d"))
            #expect(workload.status == 201)
            #expect(workload.headers.values(of: "Warning").first?.contains("restricted:latest") == true)
        }
    }
}
