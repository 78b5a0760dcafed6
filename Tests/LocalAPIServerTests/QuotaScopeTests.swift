import HTTPTransport
import KubernetesModel
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Scopes of resource quotas", .timeLimit(.minutes(1)))
struct QuotaScopeTests {
    private static let namespace = "/api/v1/namespaces/default"
    private static let quotas = namespace + "/resourcequotas"

    private static func quota(_ name: String, _ hard: JSON, selecting requirement: JSON) -> JSON {
        [
            "metadata": ["name": .string(name)],
            "spec": ["hard": hard, "scopeSelector": ["matchExpressions": [requirement]]],
        ]
    }

    private static func used(_ server: APIServerFixture, _ name: String) async throws -> JSON {
        try await server.send(.get, "\(quotas)/\(name)").json["status"]?["used"] ?? .null
    }

    private static func pod(_ name: String) -> JSON {
        [
            "metadata": ["name": .string(name)],
            "spec": ["containers": [["name": "c", "image": "example.com/c:1"]]],
        ]
    }

    @Test func `a pod that is given a deadline moves from one quota to another, which must have room`() async throws {
        try await APIServerFixture.withServer { server in
            for scope in ["Terminating", "NotTerminating"] {
                let created = try await server.send(
                    .post, Self.quotas,
                    Self.quota(
                        scope.lowercased(), ["pods": "1"],
                        selecting: ["scopeName": .string(scope), "operator": "Exists"]))
                #expect(created.status == 201, "\(created.text)")
            }
            func addDeadline(_ name: String) async throws -> Int {
                try await server.send(
                    .patch, "\(Self.namespace)/pods/\(name)", ["spec": ["activeDeadlineSeconds": 3600]],
                    type: "application/merge-patch+json"
                ).status
            }
            #expect(try await server.send(.post, Self.namespace + "/pods", Self.pod("one")).status == 201)
            #expect(try await Self.used(server, "notterminating") == ["pods": "1"])
            #expect(try await addDeadline("one") == 200)
            #expect(try await Self.used(server, "notterminating") == ["pods": "0"])
            #expect(try await Self.used(server, "terminating") == ["pods": "1"])
            var late = Self.pod("late")
            late.set(3600, at: ["spec", "activeDeadlineSeconds"])
            #expect(try await server.send(.post, Self.namespace + "/pods", late).status == 403)
            #expect(try await server.send(.post, Self.namespace + "/pods", Self.pod("two")).status == 201)
            #expect(try await addDeadline("two") == 403)
        }
    }

    @Test func `claims are told apart by the class of their volume's attributes, wanted and present`() async throws {
        try await APIServerFixture.withServer { server in
            for name in ["gold", "silver"] {
                let created = try await server.send(
                    .post, Self.quotas,
                    Self.quota(
                        name, ["persistentvolumeclaims": "1", "requests.storage": "5Gi"],
                        selecting: [
                            "scopeName": "VolumeAttributesClass", "operator": "In", "values": [.string(name)],
                        ]))
                #expect(created.status == 201, "\(created.text)")
            }
            func claim(_ name: String) -> JSON {
                [
                    "metadata": ["name": .string(name)],
                    "spec": [
                        "volumeAttributesClassName": "gold", "accessModes": ["ReadWriteOnce"],
                        "resources": ["requests": ["storage": "1Gi"]],
                    ],
                ]
            }
            let claims = Self.namespace + "/persistentvolumeclaims"
            #expect(try await server.send(.post, claims, claim("one")).status == 201)
            #expect(try await server.send(.post, claims, claim("two")).status == 403)
            let usesOne: JSON = ["persistentvolumeclaims": "1", "requests.storage": "1Gi"]
            let usesNone: JSON = ["persistentvolumeclaims": "0", "requests.storage": "0"]
            #expect(try await Self.used(server, "gold") == usesOne)
            #expect(try await Self.used(server, "silver") == usesNone)
            // While the volume changes, the claim counts in both.
            _ = try await server.send(
                .patch, claims + "/one/status", ["status": ["currentVolumeAttributesClassName": "gold"]],
                type: "application/merge-patch+json")
            let changed = try await server.send(
                .patch, claims + "/one", ["spec": ["volumeAttributesClassName": "silver"]],
                type: "application/merge-patch+json")
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await Self.used(server, "gold") == usesOne)
            #expect(try await Self.used(server, "silver") == usesOne)
            _ = try await server.send(
                .patch, claims + "/one/status", ["status": ["currentVolumeAttributesClassName": "silver"]],
                type: "application/merge-patch+json")
            #expect(try await Self.used(server, "gold") == usesNone)
        }
    }

    @Test func `scopes that there are not, that exclude each other or that are for other entries are refused`() {
        func refusals(_ spec: JSON) -> Set<String> {
            Set(QuotaScopeRules.validate(spec).map { "\($0.field ?? ""): \($0.message ?? "")" })
        }
        #expect(
            refusals(["hard": ["pods": "1"], "scopes": ["Odd"]])
                == ["spec.scopes: Invalid value: [\"Odd\"]: unsupported scope"])
        #expect(
            refusals(["hard": ["pods": "1"], "scopes": ["BestEffort", "NotBestEffort"]]).first?.hasSuffix(
                "conflicting scopes") == true)
        #expect(
            refusals(["hard": ["services": "1"], "scopes": ["Terminating"]]).first?.hasSuffix(
                "unsupported scope applied to resource") == true)
        // What names its own resource is nobody's business.
        #expect(
            refusals(["hard": ["count/pods": "1", "requests.example.com/a": "1"], "scopes": ["Terminating"]]) == [])
        func selecting(_ requirement: JSON) -> Set<String> {
            refusals(["hard": ["pods": "1"], "scopeSelector": ["matchExpressions": [requirement]]])
        }
        #expect(selecting(["scopeName": "PriorityClass", "operator": "In", "values": ["a"]]) == [])
        #expect(
            selecting(["scopeName": "PriorityClass", "operator": "In"]).first?.contains("must be at least one value")
                == true)
        #expect(
            selecting(["scopeName": "PriorityClass", "operator": "Exists", "values": ["a"]]).first?.contains(
                "must be no value") == true)
        #expect(
            selecting(["scopeName": "PriorityClass", "operator": "Like"]).first?.contains(
                "not a valid selector operator") == true)
        #expect(
            selecting(["scopeName": "BestEffort", "operator": "In", "values": ["a"]]).first?.contains(
                "must be 'Exist' when scope is any of") == true)
    }
}
