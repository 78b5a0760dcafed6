import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Field selectors", .timeLimit(.minutes(1)))
struct FieldSelectorTests {
    private static func names(
        _ server: APIServerFixture, _ path: String, _ selector: String
    ) async throws -> [String] {
        let escaped = selector.replacing("!", with: "%21").replacing("=", with: "%3D")
        let list = try await server.send(.get, "\(path)?fieldSelector=\(escaped)")
        #expect(list.status == 200, "\(list.text)")
        return (list.json["items"]?.arrayValue ?? []).compactMap { $0["metadata"]?["name"]?.stringValue }
    }

    private static func create(
        _ server: APIServerFixture, _ path: String, _ name: String, _ content: JSON
    ) async throws {
        var object = content
        object.set(.string(name), at: ["metadata", "name"])
        let created = try await server.send(.post, path, object)
        #expect(created.status == 201, "\(created.text)")
    }

    @Test func `a flag that is not set is false, and a count that is not there is 0`() async throws {
        try await APIServerFixture.withServer { server in
            let nodes = "/api/v1/nodes"
            try await Self.create(server, nodes, "open", ["spec": [:]])
            try await Self.create(server, nodes, "closed", ["spec": ["unschedulable": true]])
            #expect(try await Self.names(server, nodes, "spec.unschedulable=false") == ["open"])
            #expect(try await Self.names(server, nodes, "spec.unschedulable=true") == ["closed"])
            #expect(try await Self.names(server, nodes, "spec.unschedulable!=true") == ["open"])

            let pods = "/api/v1/namespaces/default/pods"
            let containers: JSON = [["name": "c", "image": "i"]]
            try await Self.create(server, pods, "own", ["spec": ["containers": containers]])
            try await Self.create(server, pods, "host", ["spec": ["containers": containers, "hostNetwork": true]])
            #expect(try await Self.names(server, pods, "spec.hostNetwork=false") == ["own"])
            #expect(try await Self.names(server, pods, "spec.hostNetwork=true") == ["host"])

            let controllers = "/api/v1/namespaces/default/replicationcontrollers"
            let template: JSON = ["metadata": ["labels": ["app": "new"]], "spec": ["containers": containers]]
            try await Self.create(server, controllers, "new", ["spec": ["template": template]])
            #expect(try await Self.names(server, controllers, "status.replicas=0") == ["new"])
            #expect(try await Self.names(server, controllers, "status.replicas=1") == [])
        }
    }

    @Test func `jobs are selected by how many of their pods succeeded`() async throws {
        try await APIServerFixture.withServer { server in
            let jobs = "/apis/batch/v1/namespaces/default/jobs"
            let template: JSON = [
                "spec": ["restartPolicy": "Never", "containers": [["name": "c", "image": "i"]]]
            ]
            for name in ["some", "none"] {
                try await Self.create(server, jobs, name, ["spec": ["completions": 3, "template": template]])
            }
            let status = try await server.send(
                .patch, "\(jobs)/some/status", ["status": ["succeeded": 2]], type: "application/merge-patch+json")
            #expect(status.status == 200, "\(status.text)")
            #expect(try await Self.names(server, jobs, "status.successful=2") == ["some"])
            #expect(try await Self.names(server, jobs, "status.successful=0") == ["none"])
        }
    }

    @Test func `an event's source is its component, or else who reports it`() async throws {
        try await APIServerFixture.withServer { server in
            let events = "/api/v1/namespaces/default/events"
            try await Self.create(
                server, events, "old", ["involvedObject": ["namespace": "default"], "source": ["component": "x"]])
            try await Self.create(
                server, events, "new",
                [
                    "involvedObject": ["namespace": "default"], "reportingComponent": "x", "reportingInstance": "x-1",
                    "action": "A", "reason": "R", "type": "Normal", "eventTime": "2026-01-01T00:00:00.000000Z",
                ])
            #expect(try await Self.names(server, events, "source=x") == ["new", "old"])
            #expect(try await Self.names(server, events, "reportingComponent=x") == ["new"])
        }
    }
}
