import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct CredentialRenewalTests {
    /// A plugin that gives numbered tokens, and the time that it and its user live in.
    private final class World: Sendable {
        struct State {
            var now = 1_000_000.0
            var runs = 0
            var isBroken = false
            /// Gives the same token each time.
            var isStubborn = false
            var lifetimeSeconds: Double?
        }

        let state = Mutex(State())

        func source() -> CredentialSource {
            let configuration = ClientConfiguration(
                server: "https://cluster", authentication: .plugin(CredentialPlugin(apiVersion: .v1, command: "x")))
            return CredentialSource(
                configuration, now: { .seconds(self.state.withLock { $0.now }) },
                wallSeconds: { self.state.withLock { $0.now } },
                runPlugin: { _ in try self.run() })
        }

        func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

        private func run() throws -> [UInt8] {
            let state = state.withLock { state in
                state.runs += 1
                return state
            }
            guard !state.isBroken else { throw KubernetesClientError(.credentials, "broken") }
            var status = #""token":"\#(state.isStubborn ? 0 : state.runs)""#
            if let lifetime = state.lifetimeSeconds {
                status += #","expirationTimestamp":"\#(Self.text(state.now + lifetime))""#
            }
            return Array(
                #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{\#(status)}}"#.utf8)
        }

        /// 1 000 000 s after the epoch it is 1970-01-12T13:46:40Z; the tests stay within that hour.
        private static func text(_ seconds: Double) -> String {
            let since = Int(seconds) - 1_000_000 + 46 * 60 + 40
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "1970-01-12T\(13 + since / 3600):\(two(since / 60 % 60)):\(two(since % 60))Z"
        }
    }

    private let world = World()

    private func token(_ source: CredentialSource) async throws -> String? { try await source.current().authorization }

    @Test func `credentials without an end are kept`() async throws {
        let source = world.source()
        #expect(try await token(source) == "Bearer 1")
        world.advance(1e9)
        #expect(try await token(source) == "Bearer 1")
    }

    @Test(arguments: [(600.0, 540.0), (100, 80), (10, 8)])
    func `credentials are renewed a bit before their end`(lifetime: Double, renewal: Double) async throws {
        world.state.withLock { $0.lifetimeSeconds = lifetime }
        let source = world.source()
        #expect(try await token(source) == "Bearer 1")
        world.advance(renewal - 1)
        #expect(try await token(source) == "Bearer 1")
        world.advance(1)
        #expect(try await token(source) == "Bearer 2")
        #expect(try await token(source) == "Bearer 2")
    }

    @Test func `while renewal fails the old credentials are used to their end, and no longer`() async throws {
        world.state.withLock { $0.lifetimeSeconds = 600 }
        let source = world.source()
        _ = try await token(source)
        world.state.withLock { $0.isBroken = true }
        world.advance(599)
        #expect(try await token(source) == "Bearer 1")
        world.advance(1)
        await #expect(throws: KubernetesClientError.self) { try await token(source) }
        world.state.withLock { $0.isBroken = false }
        world.advance(2)
        #expect(try await token(source) == "Bearer 4")
    }

    @Test func `a plugin that fails is left alone for a while, longer each time, and its error stands for it`()
        async throws
    {
        world.state.withLock { $0.isBroken = true }
        let source = world.source()
        func problem() async -> String? {
            await thrown(KubernetesClientError.self) { _ = try await source.current() }?.message
        }
        var runs = 0
        for pause in [1.0, 2, 4, 8, 16, 30, 30, 30] {
            runs += 1
            #expect(await problem() == "broken")
            for _ in 0..<3 { #expect(await problem()?.hasPrefix("broken\n(it is run again in ") == true) }
            world.advance(pause - 0.001)
            #expect(await problem()?.hasSuffix("(it is run again in 1 s at the earliest)") == true)
            #expect(world.state.withLock { $0.runs } == runs)
            world.advance(0.002)
        }
        // A success forgets them all.
        world.state.withLock { $0.isBroken = false }
        #expect(try await token(source) == "Bearer 9")
        world.state.withLock { $0.isBroken = true }
        await #expect(throws: KubernetesClientError.self) { _ = try await source.renew(refused: source.current()) }
        world.advance(1.001)
        world.state.withLock { $0.isBroken = false }
        #expect(try await source.renew(refused: source.current()))
    }

    @Test func `while renewal fails, calls do not wait for a run each`() async throws {
        world.state.withLock { $0.lifetimeSeconds = 600 }
        let source = world.source()
        _ = try await token(source)
        world.state.withLock { $0.isBroken = true }
        world.advance(560)
        for _ in 0..<10 { #expect(try await token(source) == "Bearer 1") }
        #expect(world.state.withLock { $0.runs } == 2)
    }

    @Test func `a plugin that gives again what was refused is not run for each refusal`() async throws {
        world.state.withLock { $0.isStubborn = true }
        let source = world.source()
        let refused = try await source.current()
        for _ in 0..<3 { #expect(try await !source.renew(refused: refused)) }
        #expect(world.state.withLock { $0.runs } == 2)
        world.advance(1.001)
        #expect(try await !source.renew(refused: refused))
        world.advance(1.001)
        #expect(try await !source.renew(refused: refused))
        #expect(world.state.withLock { $0.runs } == 3)
        // It has thought better of it.
        world.state.withLock { $0.isStubborn = false }
        world.advance(1)
        #expect(try await source.renew(refused: refused))
        #expect(try await token(source) == "Bearer 4")
    }

    @Test func `credentials that were over when they came are used once and asked for again`() async throws {
        world.state.withLock { $0.lifetimeSeconds = -5 }
        let source = world.source()
        #expect(try await token(source) == "Bearer 1")
        #expect(try await token(source) == "Bearer 2")
    }

    @Test func `of those whom the server refused the same token one renews it`() async throws {
        let source = world.source()
        let refused = try await source.current()
        #expect(try await source.renew(refused: refused))
        #expect(try await source.renew(refused: refused))
        #expect(world.state.withLock { $0.runs } == 2)
        #expect(try await token(source) == "Bearer 2")
    }
}

@Suite struct SharedRunTests {
    @Test func `who waits gets the outcome of the run, a failure too`() async throws {
        let shared = SharedRun<Int>()
        let (begun, mayEnd) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        let first = Task {
            try await shared.join {
                begun.continuation.finish()
                for await _ in mayEnd.stream {}
                throw KubernetesClientError(.credentials, "no")
            }
        }
        for await _ in begun.stream {}
        let others = (0..<5).map { _ in Task { try await shared.join { 7 } } }
        let gone = Task { try await shared.join { 7 } }
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        mayEnd.continuation.finish()
        await #expect(throws: KubernetesClientError.self) { try await first.value }
        for other in others {
            switch await other.result {
            case .failure(let error): #expect(error is KubernetesClientError)
            // It came after the end.
            case .success(let outcome): #expect(outcome.isOwn)
            }
        }
        let last = try await shared.join { 8 }
        #expect(last.value == 8 && last.isOwn)
    }

    @Test func `where the run's task is cancelled another that waits runs it`() async throws {
        let shared = SharedRun<Int>()
        let begun = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await shared.join {
                begun.continuation.finish()
                try await untilCancelled()
                return 1
            }
        }
        for await _ in begun.stream {}
        let others = (0..<5).map { number in Task { try await shared.join { 10 + number } } }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        var own = 0
        for other in others {
            let outcome = try await other.value
            #expect((10..<15).contains(outcome.value))
            own += outcome.isOwn ? 1 : 0
        }
        #expect(own >= 1)
    }
}
