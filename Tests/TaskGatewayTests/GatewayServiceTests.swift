import HTTPTransport
import StructuredData
import Synchronization
import TaskProtocol
import TaskQueue
import Testing

@testable import TaskGateway

@Suite(.timeLimit(.minutes(2))) struct GatewayServiceTests {
    @Test("Health, readiness and metrics need no token")
    func health() async throws {
        let configuration = GatewayConfiguration(metricsText: { "das_up 1\n" })
        try await GatewayUnderTest.run(configuration: configuration) { subject in
            #expect(try await subject.send(.get, "/healthz", token: nil).status == 200)
            try await subject.untilFollowing()
            #expect(try await subject.send(.get, "/readyz", token: nil).status == 200)
            let metrics = try await subject.send(.get, "/metrics", token: nil)
            #expect(metrics.body == Array("das_up 1\n".utf8))
        }
    }

    @Test("A graceful shutdown ends the polls that wait")
    func shutsDown() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            async let answer = agent.lease(1, waitMs: 30_000)
            try await agent.untilAsked(1)
            let started = ContinuousClock.now
            await subject.shutDown()
            #expect(try await answer == nil)
            #expect(ContinuousClock.now - started < .seconds(20))
        }
    }

    @Test("The gateway serves TLS with the certificate it is given")
    func servesTLS() async throws {
        let certificate = Array(TestCertificate.certificate.utf8)
        let configuration = GatewayConfiguration(
            tls: .init(certificateChain: certificate, privateKey: Array(TestCertificate.key.utf8)))
        let trust = TLSConfiguration(authorities: .inline(certificate))
        try await GatewayUnderTest.run(configuration: configuration, tls: trust) { subject in
            #expect(subject.baseURL.hasPrefix("https://"))
            #expect(try await subject.send(.get, "/healthz", token: nil).status == 200)
            // The connection is watched under TLS too.
            let agent = try await subject.agent("one")
            let poll = Task { try await agent.lease(1, waitMs: 30_000) }
            try await agent.untilAsked(1)
            poll.cancel()
            try await agent.untilGone(1)
            #expect(subject.gateway.core.broker.waiting == 0)
        }
    }

    @Test("More polls than may wait are told to come back")
    func boundsPolls() async throws {
        var configuration = GatewayConfiguration()
        configuration.maxWaitingPolls = 1
        try await GatewayUnderTest.run(configuration: configuration) { subject in
            let one = try await subject.agent("one")
            let two = try await subject.agent("two")
            let poll = Task { try await one.lease(1, waitMs: 30_000) }
            try await one.untilAsked(1)
            let refused = try await problem { try await two.lease(1, waitMs: 30_000) }
            #expect(refused.code == .tooManyRequests)
            #expect(refused.retryable && refused.retryAfterMs != nil)
            poll.cancel()
            _ = try? await poll.value
        }
    }

    @Test("A task of a swarm that has just been declared is taken, and one of a removed swarm refused")
    func followsTheCatalogue() async throws {
        try await GatewayUnderTest.run { subject in
            var entry = GatewayUnderTest.entry("second")
            entry.capabilities = ["new-type"]
            try await subject.store.putCatalogue(entry)
            try await subject.untilKnown(swarms: 2)
            _ = try await subject.user.submit(TaskSubmission(type: "new-type"), namespace: "ns")
            try await subject.store.removeCatalogue(namespace: "ns", swarm: "second")
            try await subject.untilKnown(swarms: 1)
            let refused = try await problem {
                try await subject.user.submit(TaskSubmission(type: "new-type"), namespace: "ns")
            }
            #expect(refused.code == .unknownType)
        }
    }

    @Test("A port that is taken is an error, not a hang")
    func portInUse() async throws {
        try await GatewayUnderTest.run { subject in
            let port = Int(subject.baseURL.split(separator: ":").last ?? "") ?? 0
            let second = Gateway(
                GatewayConfiguration(port: port), store: subject.store, authenticator: TokenTable())
            await #expect(throws: (any Error).self) { try await second.run() }
        }
    }
}

@Suite struct CachingAuthenticatorTests {
    private final class Counting: Authenticator {
        let calls = Atomic(0)

        func authenticate(bearer: String) async throws -> Identity? {
            calls.add(1, ordering: .relaxed)
            return bearer == "good" ? .user(name: "u", groups: []) : nil
        }

        func authorize(_ identity: Identity, bearer: String, verb: String, namespace: String) async throws -> Bool {
            calls.add(1, ordering: .relaxed)
            return verb == "get"
        }
    }

    @Test("An answer is asked for once in its lifetime")
    func caches() async throws {
        let base = Counting()
        let now = Mutex(ContinuousClock.now)
        let cached = CachingAuthenticator(base, lifetime: .seconds(10), now: { now.withLock { $0 } })
        for _ in 0..<3 {
            let identity = try #require(try await cached.authenticate(bearer: "good"))
            #expect(try await cached.authorize(identity, bearer: "good", verb: "get", namespace: "a"))
            #expect(try await !cached.authorize(identity, bearer: "good", verb: "create", namespace: "a"))
            #expect(try await cached.authenticate(bearer: "bad") == nil)
        }
        #expect(base.calls.load(ordering: .relaxed) == 4)
        now.withLock { $0 += .seconds(10) }
        _ = try await cached.authenticate(bearer: "good")
        #expect(base.calls.load(ordering: .relaxed) == 5)
    }
}

@Suite struct WireMappingTests {
    @Test("A long text is cut between characters")
    func bounded() {
        #expect(WireMapping.bounded("short", 10) == "short")
        #expect(WireMapping.bounded("0123456789", 9) == "012345…")
        #expect(WireMapping.bounded("aéééééé", 9) == "aéé…")
        #expect(WireMapping.bounded("ééééééé", 9) == "ééé…")
    }

    @Test("Every state has a phase, and every phase its states", arguments: TaskState.allCases)
    func phases(state: TaskState) {
        #expect(WireMapping.states(WireMapping.phase(state))?.contains(state) == true)
    }
}
