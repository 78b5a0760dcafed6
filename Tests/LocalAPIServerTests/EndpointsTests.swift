import HTTPTransport
import KubernetesModel
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Endpoints", .timeLimit(.minutes(1)))
struct EndpointsTests {
    private static let path = "/api/v1/namespaces/default/endpoints"

    private static func endpoints(_ subsets: JSON) -> JSON { ["metadata": ["name": "e"], "subsets": subsets] }

    @Test func `they are kept and shown, and whoever asks for them is told of what has come after them`() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(
                .post, Self.path,
                Self.endpoints([
                    [
                        "addresses": [["ip": "127.0.0.7", "nodeName": "local"]],
                        "notReadyAddresses": [["ip": "10.0.0.1"]],
                        "ports": [["name": "http", "port": 80]],
                    ]
                ]))
            #expect(created.status == 201, "\(created.text)")
            #expect(
                created.headers["Warning"]
                    == "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"")
            #expect(created.json["subsets"]?[0]?["ports"] == [["name": "http", "port": 80, "protocol": "TCP"]])
            let table = try await server.send(
                .get, Self.path, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")
            #expect(table.json["rows"]?[0]?["cells"]?[1] == "127.0.0.7:80")
            let core = try await server.send(.get, "/api/v1")
            let resource = core.json["resources"]?.arrayValue?.first { $0["name"] == "endpoints" }
            #expect(resource?["shortNames"] == ["ep"])
            #expect(resource?["kind"] == "Endpoints")
        }
    }

    @Test func `subsets without addresses, addresses that are none, and ports without names are refused`() {
        func refusals(_ subset: JSON) -> [String] {
            EndpointsRules.validate(Self.endpoints([subset])).map { "\($0.field ?? "") \($0.reason ?? "")" }
        }
        #expect(refusals([:]) == ["subsets[0] FieldValueRequired"])
        #expect(refusals(["addresses": [["ip": "300.1.1.1"]]]) == ["subsets[0].addresses[0].ip FieldValueInvalid"])
        #expect(
            refusals([
                "addresses": [["ip": "::1"]], "ports": [["port": 1], ["name": "A_", "port": 0, "protocol": "X"]],
            ])
                == [
                    "subsets[0].ports[0].name FieldValueRequired", "subsets[0].ports[1].name FieldValueInvalid",
                    "subsets[0].ports[1].port FieldValueInvalid", "subsets[0].ports[1].protocol FieldValueNotSupported",
                ])
    }
}
