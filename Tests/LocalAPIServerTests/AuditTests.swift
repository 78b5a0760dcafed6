import CertificateStore
import Foundation
import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("The audit log", .timeLimit(.minutes(1)))
struct AuditTests {
    private static let configMaps = "/api/v1/namespaces/default/configmaps"

    private static let audited: APIServerFixture.Configure = { configuration, directory in
        configuration.auditLogPath = directory.file("audit.log")
    }

    private static func events(_ server: APIServerFixture) throws -> [JSON] {
        let text = try String(contentsOfFile: server.directory.file("audit.log"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSON.parse(String($0)) }
    }

    @Test func `every request leaves a line that says who asked for what, and what came of it`() async throws {
        try await APIServerFixture.withServer(configure: Self.audited) { server in
            let created = try await server.send(
                .post, Self.configMaps + "?fieldManager=m", ["metadata": ["name": "a"], "data": ["secret": "value"]])
            let id = try #require(created.headers["Audit-Id"])
            let event = try #require(try Self.events(server).first { $0["auditID"]?.stringValue == id })
            #expect(event["kind"] == "Event")
            #expect(event["apiVersion"] == "audit.k8s.io/v1")
            #expect(event["level"] == "Metadata")
            #expect(event["stage"] == "ResponseComplete")
            #expect(event["verb"] == "create")
            #expect(event["requestURI"]?.stringValue == Self.configMaps + "?fieldManager=m")
            #expect(event["user"]?["username"] == "admin")
            #expect(event["sourceIPs"] == ["127.0.0.1"])
            #expect(event["userAgent"] == "tests/1")
            #expect(event["objectRef"] == ["resource": "configmaps", "namespace": "default", "apiVersion": "v1"])
            #expect(event["responseStatus"]?["code"] == 201)
            #expect(event["annotations"]?["authorization.k8s.io/decision"] == "allow")
            let received = try #require(event["requestReceivedTimestamp"]?.stringValue)
            #expect(received <= event["stageTimestamp"]?.stringValue ?? "")
            // What is in objects is none of its business.
            #expect(!event.text().contains("value"))
        }
    }

    @Test func `who is refused, and who is nobody, is noted as well`() async throws {
        try await APIServerFixture.withServer(configure: Self.audited) { server in
            let forbidden = try await server.send(
                .get, Self.configMaps + "/x", token: APIServerFixture.limited)
            #expect(forbidden.status == 403)
            let unknown = try await server.send(.get, Self.configMaps, token: "no such token")
            #expect(unknown.status == 401)
            let events = try Self.events(server)
            let refusal = try #require(
                events.first { $0["auditID"]?.stringValue == forbidden.headers["Audit-Id"] })
            #expect(refusal["user"]?["username"] == "limited")
            #expect(refusal["responseStatus"]?["reason"] == "Forbidden")
            #expect(refusal["annotations"]?["authorization.k8s.io/decision"] == "forbid")
            #expect(refusal["objectRef"]?["name"] == "x")
            let stranger = try #require(events.first { $0["auditID"]?.stringValue == unknown.headers["Audit-Id"] })
            #expect(stranger["responseStatus"]?["code"] == 401)
            #expect(stranger["user"] == [:])
        }
    }

    @Test func `a watch is noted when it begins and when it ends`() async throws {
        try await APIServerFixture.withServer(configure: Self.audited) { server in
            var watch = try await server.watch(
                Self.configMaps + "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dx")
            let stages = { (events: [JSON]) in
                events.filter { $0["verb"] == "watch" }.compactMap { $0["stage"]?.stringValue }
            }
            #expect(stages(try Self.events(server)) == ["ResponseStarted"])
            #expect(try await watch.next() == nil)
            try await server.shutDown()
            #expect(stages(try Self.events(server)) == ["ResponseStarted", "ResponseComplete"])
        }
    }

    @Test func `a client's name for its request is kept, and answers are named without a log as well`() async throws {
        try await APIServerFixture.withServer { server in
            let answer = try await server.send(.get, "/version")
            #expect(answer.headers["Audit-Id"]?.isEmpty == false)
        }
    }
}
