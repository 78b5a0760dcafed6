import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
    /// libcurl 7.88 resets most of the streams that it used beside others; each write that got lost would be an error here.
    @Test func `Many hundreds of writes at once over shared connections are all answered`() async throws {
        try await APIServerFixture.withServer { server in
            let path = "/api/v1/namespaces/default/configmaps"
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<900 {
                    group.addTask {
                        let body: JSON = [
                            "metadata": ["name": .string("c\(number)")],
                            "data": ["k": .string(String(repeating: "v", count: 500))],
                        ]
                        return try await server.send(.post, path, body).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { counts, code in counts[code, default: 0] += 1 }
            }
            #expect(codes == [201: 900])
            let stored = try await server.send(.get, path).json["items"]?.arrayValue ?? []
            #expect(stored.count { $0["metadata"]?["name"]?.stringValue?.hasPrefix("c") == true } == 900)
        }
    }

    @Test func `A server that stops says so to idle connections, and ends`() async throws {
        try await APIServerFixture.withServer { server in
            #expect(try await server.send(.get, "/readyz").status == 200)
            try await server.shutDown()
            await #expect(throws: (any Error).self) { try await server.send(.get, "/readyz") }
        }
    }
}
