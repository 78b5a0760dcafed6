import Foundation
import HTTPTransport
import TaskProtocol
import TestSupport
import Testing

@testable import TaskGateway

@Suite("A store that fails under the gateway", .timeLimit(.minutes(2)))
struct StoreFaultTests {
    @Test("makes the gateway unready, says so to callers, and is used again when it works")
    func recovers() async throws {
        try await GatewayUnderTest.run { subject in
            let file = subject.storePath
            try await subject.untilFollowing()
            #expect(try await subject.send(.get, "/readyz", token: nil).status == 200)
            #expect(rename(file, file + ".away") == 0)
            let refused = try await problem { try await subject.user.submit(subject.echo(), namespace: "ns") }
            #expect(refused.status == 503 && refused.retryable)
            let unready = try await subject.send(.get, "/readyz", token: nil)
            #expect(unready.status == 503)
            #expect(try await subject.send(.get, "/healthz", token: nil).status == 200)
            try await subject.logs.waitFor("the task store fails")
            #expect(rename(file + ".away", file) == 0)
            try await subject.logs.waitFor("the task store works again")
            #expect(try await subject.send(.get, "/readyz", token: nil).status == 200)
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
        }
    }
}
