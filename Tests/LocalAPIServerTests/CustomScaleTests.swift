import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("The scale of custom resources", .timeLimit(.minutes(1)))
struct CustomScaleTests {
    private static let resources = "/apis/scales.example.com/v1/namespaces/default/sets"

    private static func define(_ server: APIServerFixture, specReplicasPath: String) async throws {
        let created = try await server.send(
            .post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            [
                "metadata": ["name": "sets.scales.example.com"],
                "spec": [
                    "group": "scales.example.com", "scope": "Namespaced", "names": ["plural": "sets", "kind": "Set"],
                    "versions": [
                        [
                            "name": "v1", "served": true, "storage": true,
                            "schema": [
                                "openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
                            ],
                            "subresources": [
                                "scale": [
                                    "specReplicasPath": .string(specReplicasPath),
                                    "statusReplicasPath": ".status.replicas",
                                ]
                            ],
                        ]
                    ],
                ],
            ])
        #expect(created.status == 201, "\(created.text)")
        let object: JSON = [
            "apiVersion": "scales.example.com/v1", "kind": "Set", "metadata": ["name": "s"],
            "spec": ["pools": [["replicas": 3]]],
        ]
        #expect(try await server.send(.post, resources, object).status == 201)
    }

    @Test("An index in brackets is part of a name; what names nothing in an object gives it no scale")
    func brackets() async throws {
        try await APIServerFixture.withServer { server in
            try await Self.define(server, specReplicasPath: ".spec.pools[0].replicas")
            let read = try await server.send(.get, Self.resources + "/s/scale")
            #expect(read.status == 500)
            #expect(
                read.json["message"]
                    == #"Internal error occurred: the spec replicas field ".spec.pools[0].replicas" does not exist"#)
            let patched = try await server.send(
                .patch, Self.resources + "/s/scale", ["metadata": ["labels": ["a": "b"]]],
                type: "application/merge-patch+json")
            #expect(patched.status == 400)
            #expect(
                patched.json["message"] == #"the spec replicas field ".spec.pools[0].replicas" cannot be empty"#)
        }
    }

    @Test("A count that was not set can be set")
    func unset() async throws {
        try await APIServerFixture.withServer { server in
            try await Self.define(server, specReplicasPath: ".spec.replicas")
            #expect(try await server.send(.get, Self.resources + "/s/scale").status == 500)
            let set = try await server.send(
                .patch, Self.resources + "/s/scale", ["spec": ["replicas": 2]], type: "application/merge-patch+json")
            #expect(set.status == 200, "\(set.text)")
            #expect(try await server.send(.get, Self.resources + "/s/scale").json["spec"]?["replicas"] == 2)
        }
    }
}
