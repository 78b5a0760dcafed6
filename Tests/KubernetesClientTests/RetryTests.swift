import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite struct RetryTests {
    private let lost = ScriptedTransport.Answer.failure(HTTPTransportError(.connectionLost, "gone"))
    private let unsent = ScriptedTransport.Answer.failure(
        HTTPTransportError(.cannotConnect, "refused", wasNotSent: true))

    private func busy(_ code: Int, retryAfter: String? = nil) -> ScriptedTransport.Answer {
        .json(failure(code, "TooManyRequests"), status: code, headers: retryAfter.map { ["Retry-After": $0] } ?? [:])
    }

    @Test func aReadIsRepeatedOnAFreshConnectionAfterOneBroke() async throws {
        let script = ScriptedClient([lost, .json(widget("w"))])
        #expect(try await script.client.get(widgets, "w") == widget("w"))
        #expect(script.transport.requests.map(\.connection) == [.shared, .dedicated])
        #expect(script.clock.sleeps.count == 1)
    }

    @Test(arguments: [HTTPTransportError.Code.connectionLost, .timedOut, .silent])
    func aWriteWhoseConnectionBrokeIsNotRepeated(code: HTTPTransportError.Code) async throws {
        let answer = ScriptedTransport.Answer.failure(HTTPTransportError(code, "gone"))
        for write in 0..<4 {
            let script = ScriptedClient([answer, .json(widget("w"))])
            let client = script.client
            let error = await thrown(HTTPTransportError.self) {
                switch write {
                case 0: _ = try await client.create(widgets, widget("w"))
                case 1: _ = try await client.replace(widgets, widget("w"))
                case 2: _ = try await client.patch(widgets, "w", patch: .merge([:]))
                default: try await client.delete(widgets, "w")
                }
            }
            #expect(error?.code == code)
            #expect(script.transport.requests.count == 1)
        }
    }

    @Test func aWriteThatSurelyDidNotArriveIsRepeated() async throws {
        let script = ScriptedClient([unsent, .json(widget("w"), status: 201)])
        _ = try await script.client.create(widgets, widget("w"))
        #expect(script.transport.requests.map(\.method) == [.post, .post])
        #expect(script.transport.requests[0].body == script.transport.requests[1].body)
    }

    @Test func whatCannotGetBetterIsNotRepeated() async throws {
        for code in [HTTPTransportError.Code.tls, .badRequest, .responseTooLarge, .closed] {
            let script = ScriptedClient([.failure(HTTPTransportError(code, "no", wasNotSent: true))])
            let error = await thrown(HTTPTransportError.self) { _ = try await script.client.get(widgets, "w") }
            #expect(error?.code == code)
            #expect(script.transport.requests.count == 1)
        }
        for code in [400, 403, 404, 409, 422, 500, 502, 504] {
            let script = ScriptedClient([busy(code)])
            let status = await thrown(KubernetesStatus.self) { _ = try await script.client.get(widgets, "w") }
            #expect(status?.code == code)
            #expect(script.transport.requests.count == 1)
        }
    }

    @Test func retryAfterIsHonouredAndSlightlyExceeded() async throws {
        let script = ScriptedClient([busy(429, retryAfter: "3"), busy(503, retryAfter: "7"), .json(widget("w"))])
        _ = try await script.client.create(widgets, widget("w"))
        let sleeps = script.clock.sleeps
        #expect(sleeps.count == 2)
        #expect(sleeps[0] >= 3 && sleeps[0] <= 3.75)
        #expect(sleeps[1] >= 7 && sleeps[1] <= 8.75)
        // Being turned away says nothing against the connection.
        #expect(script.transport.requests.map(\.connection) == [.shared, .shared, .shared])
    }

    @Test func a503WithoutRetryAfterMayComeFromAProxySoOnlyReadsAreRepeated() async throws {
        let read = ScriptedClient([busy(503), .json(widget("w"))])
        _ = try await read.client.get(widgets, "w")
        #expect(read.transport.requests.count == 2)
        let write = ScriptedClient([busy(503), .json(widget("w"))])
        let status = await thrown(KubernetesStatus.self) { _ = try await write.client.create(widgets, widget("w")) }
        #expect(status?.code == 503)
        #expect(write.transport.requests.count == 1)
    }

    @Test(arguments: [500, 502, 504, 599])
    func `where the server asks for another try but may have begun, only reads are repeated`(code: Int) async throws {
        let read = ScriptedClient([busy(code, retryAfter: "2"), .json(widget("w"))])
        _ = try await read.client.get(widgets, "w")
        #expect(read.transport.requests.count == 2)
        #expect(read.clock.sleeps.allSatisfy { $0 >= 2 && $0 <= 2.5 })
        let write = ScriptedClient([busy(code, retryAfter: "2"), .json(widget("w"))])
        let status = await thrown(KubernetesStatus.self) { _ = try await write.client.create(widgets, widget("w")) }
        #expect(status?.code == code)
        #expect(status?.details?.retryAfterSeconds == 2)
        #expect(write.transport.requests.count == 1)
    }

    @Test func aLongerRetryAfterIsLeftToTheCaller() async throws {
        let script = ScriptedClient([busy(429, retryAfter: "31")])
        let status = await thrown(KubernetesStatus.self) { _ = try await script.client.get(widgets, "w") }
        #expect(status?.code == 429)
        #expect(status?.details?.retryAfterSeconds == 31)
        #expect(script.clock.sleeps.isEmpty)
    }

    @Test func attemptsAreBoundedAndTheDelaysGrowWithJitter() async throws {
        let script = ScriptedClient(Array(repeating: busy(429), count: 10))
        let status = await thrown(KubernetesStatus.self) { _ = try await script.client.get(widgets, "w") }
        #expect(status?.code == 429)
        #expect(script.transport.requests.count == 5)
        let sleeps = script.clock.sleeps
        #expect(sleeps.count == 4)
        for (sleep, full) in zip(sleeps, [0.2, 0.4, 0.8, 1.6]) { #expect(sleep >= full / 2 && sleep <= full) }
        #expect(Set(zip(sleeps, [0.2, 0.4, 0.8, 1.6]).map { $0 / $1 }).count == 4)
        let again = ScriptedClient(Array(repeating: busy(429), count: 10))
        _ = await thrown(KubernetesStatus.self) { _ = try await again.client.get(widgets, "w") }
        #expect(again.clock.sleeps == sleeps, "the same seed gives the same delays")
    }

    @Test func theDelayStopsGrowingAtItsMaximum() async throws {
        let policy = RequestRetryPolicy(maxAttempts: 12, firstDelaySeconds: 1, maxDelaySeconds: 5)
        let script = ScriptedClient(Array(repeating: lost, count: 12), retry: policy)
        let error = await thrown(HTTPTransportError.self) { _ = try await script.client.get(widgets, "w") }
        #expect(error?.code == .connectionLost)
        #expect(script.transport.requests.count == 12)
        #expect(script.clock.sleeps.allSatisfy { $0 <= 5 })
        #expect(script.clock.sleeps.suffix(8).allSatisfy { $0 >= 2.5 })
    }

    @Test func aCancelledTaskIsNotRetried() async throws {
        let script = ScriptedClient([busy(429), .json(widget("w"))])
        let client = script.client
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.get(widgets, "w")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(script.transport.requests.count == 1)
    }
}
