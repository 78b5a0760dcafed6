import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite struct StatusTests {
    private func status(_ answer: ScriptedTransport.Answer) async -> KubernetesStatus? {
        let script = ScriptedClient([answer], retry: .never)
        return await thrown(KubernetesStatus.self) { _ = try await script.client.get(widgets, "w") }
    }

    @Test func theServersStatusIsThrownWhole() async throws {
        var body = failure(409, "Conflict", "changed meanwhile")
        body["details"] = ["name": "w", "causes": [["reason": "R", "message": "M", "field": "spec.size"]]]
        let status = try #require(await status(.json(body, status: 409)))
        #expect(status.code == 409)
        #expect(status.reason == .conflict)
        #expect(status.message == "changed meanwhile")
        #expect(status.details?.causes?.first?.field == "spec.size")
    }

    @Test func aProxysPageBecomesAStatusThatQuotesIt() async throws {
        let page = "<html>\n  <h1>502   Bad Gateway</h1>" + String(repeating: "x", count: 10_000)
        let status = try #require(await status(.text(page, status: 502)))
        #expect(status.code == 502)
        #expect(status.reason == .unknown)
        #expect(
            status.message.hasPrefix("the server answered 502 to GET /apis/example.com/v1/namespaces/home/widgets/w:"))
        #expect(status.message.contains("<h1>502 Bad Gateway"))
        #expect(status.message.utf8.count < 500)
    }

    @Test(arguments: [(401, "Unauthorized"), (404, "NotFound"), (410, "Gone"), (503, "ServiceUnavailable")])
    func anEmptyRefusalHasTheReasonOfItsCode(code: Int, reason: String) async throws {
        let status = try #require(await status(.text("", status: code)))
        #expect(status.code == code)
        #expect(status.reason.rawValue == reason)
    }

    @Test func jsonThatIsNoStatusIsQuotedToo() async throws {
        let status = try #require(await status(.json(["error": "quota"], status: 403)))
        #expect(status.reason == .forbidden)
        #expect(status.message.contains("quota"))
    }

    @Test func aStatusThatCannotBeReadIsADecodingError() async throws {
        let script = ScriptedClient([.json(["kind": "Status", "code": 400, "message": 7], status: 400)])
        let error = await thrown(KubernetesClientError.self) { _ = try await script.client.get(widgets, "w") }
        #expect(error?.code == .decoding)
    }

    @Test func `a refusal answers questions by its reason, or else by its code`() {
        func status(_ code: Int, _ reason: KubernetesStatus.Reason) -> KubernetesStatus {
            KubernetesStatus(reason: reason, code: code, message: "")
        }
        let questions: [(KeyPath<KubernetesStatus, Bool>, Int, KubernetesStatus.Reason)] = [
            (\.isNotFound, 404, .notFound), (\.isConflict, 409, .conflict), (\.isExpired, 410, .gone),
            (\.isInvalid, 422, .invalid), (\.isBadRequest, 400, .badRequest), (\.isUnauthorized, 401, .unauthorized),
            (\.isForbidden, 403, .forbidden), (\.isMethodNotAllowed, 405, .methodNotAllowed),
            (\.isTooLarge, 413, .requestEntityTooLarge), (\.isTooManyRequests, 429, .tooManyRequests),
            (\.isInternalError, 500, .internalError), (\.isServiceUnavailable, 503, .serviceUnavailable),
            (\.isTimeout, 504, .timeout),
        ]
        for (question, code, reason) in questions {
            #expect(status(code, reason)[keyPath: question])
            #expect(status(code, .unknown)[keyPath: question])
            #expect(status(code, .init(rawValue: "Custom"))[keyPath: question])
            for (other, otherCode, otherReason) in questions where otherCode != code {
                #expect(!status(otherCode, otherReason)[keyPath: question], "\(question) \(other)")
            }
        }
        #expect(status(409, .alreadyExists).isAlreadyExists)
        #expect(!status(409, .alreadyExists).isConflict)
        #expect(status(410, .expired).isExpired)
        #expect(status(500, .serverTimeout).isTimeout)
        var busy = status(429, .tooManyRequests)
        busy.details = .init(causes: [.init(reason: "A"), .init(reason: "B")], retryAfterSeconds: 3)
        #expect(busy.retryAfterSeconds == 3)
        #expect(busy.causes("B") == [.init(reason: "B")])
    }

    @Test func aRedirectIsNoSuccess() async throws {
        #expect(await status(.text("", status: 302))?.code == 302)
    }

    @Test func anAnswerThatIsNoJSONAsksWhetherThisIsTheRightServer() async throws {
        let script = ScriptedClient([.text("<html>hello", status: 200)])
        let error = await thrown(KubernetesClientError.self) { _ = try await script.client.get(widgets, "w") }
        #expect(error?.code == .decoding)
        #expect(error?.message.contains("Kubernetes API server?") == true)
    }
}
