import NIOPosix
import StructuredData
import Synchronization
import TaskProtocol
import Testing

@testable import TaskGateway

/// Lets everybody do what they ask for, and notes whether an event loop was waiting for it.
private final class LoopWatch: Authenticator {
    private let base = TokenTable()
    private let seen = Mutex<[Bool]>([])

    /// Whether the calls since this was last asked were served on an event loop.
    func take() -> [Bool] {
        seen.withLock { seen in
            defer { seen = [] }
            return seen
        }
    }

    func authenticate(bearer: String) async throws -> Identity? { try await base.authenticate(bearer: bearer) }

    func authorize(_ identity: Identity, bearer: String, verb: String, namespace: String) async throws -> Bool {
        note()
        return try await base.authorize(identity, bearer: bearer, verb: verb, namespace: namespace)
    }

    private func note() { seen.withLock { $0.append(MultiThreadedEventLoopGroup.currentEventLoop != nil) } }
}

@Suite("Calls on the loop of their connection", .timeLimit(.minutes(1)))
struct LoopTests {
    @Test("A short call is served on it, one with a long body leaves it to others")
    func shortAndLong() async throws {
        let watch = LoopWatch()
        try await GatewayUnderTest.run(authenticator: watch) { subject in
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            _ = try await subject.user.task(made.id, namespace: "ns")
            #expect(watch.take() == [true, true])
            let long = JSON.string(String(repeating: "x", count: BodyBudget.smallBytes))
            _ = try await subject.user.submit(subject.echo(long), namespace: "ns")
            #expect(watch.take() == [false])
            // The same connection is back on its loop.
            _ = try await subject.user.task(made.id, namespace: "ns")
            #expect(watch.take() == [true])
        }
    }
}
