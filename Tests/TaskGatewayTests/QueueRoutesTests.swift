import HTTPTransport
import StructuredData
import TaskProtocol
import TaskQueue
import Testing

@Suite("Limits, failures and why a task waits", .timeLimit(.minutes(2))) struct QueueRoutesTests {
    @Test("A limit is set, read, listed and removed, and its change frees tasks at once")
    func limits() async throws {
        try await GatewayUnderTest.run { subject in
            var keyed = subject.echo()
            // A key may be any text: it travels escaped.
            let key = "vendor/api %1 ü"
            keyed.concurrencyKey = key
            let made = try await subject.user.submit([keyed, keyed, keyed], namespace: "ns").tasks.compactMap(\.taskId)
            #expect(made.count == 3)
            let before = try await subject.user.limit(of: key, namespace: "ns")
            #expect(before == KeyLimitView(key: key, isSet: false, maxConcurrent: 1, leased: 0, ready: 1, held: 2))
            let set = try await subject.user.putLimit(
                KeyLimitRequest(maxConcurrent: 2, ratePerSecond: 3, burst: 5), key: key, namespace: "ns")
            #expect(
                set
                    == KeyLimitView(
                        key: key, isSet: true, maxConcurrent: 2, ratePerSecond: 3, burst: 5, leased: 0, ready: 2,
                        held: 1))
            #expect(try await subject.user.limits(namespace: "ns").map(\.key) == [key])
            let agent = try await subject.agent("one")
            #expect(try await agent.lease(1, slots: 3)?.leases.count == 2)
            try await subject.user.removeLimit(of: key, namespace: "ns")
            #expect(try await problem { try await subject.user.removeLimit(of: key, namespace: "ns") }.status == 404)
            #expect(try await subject.user.limits(namespace: "ns").isEmpty)
        }
    }

    @Test("A limit that cannot be is refused with its place; who may only read sets none")
    func badLimits() async throws {
        try await GatewayUnderTest.run { subject in
            for (body, pointer) in [
                (#"{"maxConcurrent": -1}"#, "/maxConcurrent"), (#"{"ratePerSecond": 0}"#, "/ratePerSecond"),
                (#"{"ratePerSecond": 1e300}"#, "/ratePerSecond"), (#"{"burst": 1}"#, "/burst"),
                (#"{"ratePerSecond": 1, "burst": 0}"#, "/burst"),
            ] {
                let response = try await subject.send(.put, "/v1/namespaces/ns/limits/k", body: body)
                #expect(response.status == 422)
                #expect(try JSON.parse(response.body).decode(Problem.self).pointer == pointer)
            }
            #expect(try await subject.send(.put, "/v1/namespaces/ns/limits/k", body: "[]").status == 400)
            #expect(try await subject.send(.put, "/v1/namespaces/ns/limits/%zz", body: "{}").status == 400)
            #expect(
                try await subject.send(.put, "/v1/namespaces/ns/limits/k", token: "reader", body: "{}").status == 403)
            #expect(try await subject.send(.get, "/v1/namespaces/ns/limits/k", token: "reader").status == 200)
        }
    }

    @Test("A full namespace refuses each task that is too many, to be sent again")
    func fullNamespace() async throws {
        var policy = GatewayUnderTest.policy
        policy.maxLiveTasks = 2
        try await GatewayUnderTest.run(policy: policy) { subject in
            let answer = try await subject.user.submit(
                [subject.echo(), subject.echo(), subject.echo()], namespace: "ns")
            #expect(answer.tasks.map(\.verdict) == [.created, .created, .refused])
            let refusal = try #require(answer.tasks.last?.problem)
            #expect(refusal.status == 429 && refusal.retryable && refusal.retryAfterMs == 5000)
            let single = try await problem { try await subject.user.submit(subject.echo(), namespace: "ns") }
            #expect(single.code == .tooManyRequests && single.retryable)
        }
    }

    @Test("A waiting task says why, until it runs")
    func waiting() async throws {
        try await GatewayUnderTest.run { subject in
            var keyed = subject.echo()
            keyed.concurrencyKey = "gpu"
            let tasks = try await subject.user.submit([keyed, keyed], namespace: "ns").tasks.compactMap(\.taskId)
            let first = try await subject.user.task(tasks[0], namespace: "ns")
            #expect(first.waiting?.reason == "NoAgents")
            #expect(first.waiting?.ahead == 0)
            #expect(first.concurrencyKey == "gpu")
            #expect(first.fairnessKey == "user")
            let second = try await subject.user.task(tasks[1], namespace: "ns")
            #expect(second.phase == .pending)
            #expect(second.waiting?.reason == "ConcurrencyLimit")
            let agent = try await subject.agent("one")
            #expect(try await subject.user.task(tasks[0], namespace: "ns").waiting?.reason == "NextInOrder")
            _ = try await agent.leaseOne(1)
            #expect(try await subject.user.task(tasks[0], namespace: "ns").waiting == nil)
            var later = subject.echo()
            later.runAfterMs = 60_000
            let delayed = try await subject.user.submit(later, namespace: "ns")
            let view = try await subject.user.task(delayed.id, namespace: "ns")
            #expect(view.waiting?.reason == "Delayed")
            #expect(view.waiting?.until != nil)
        }
    }

    @Test("Tasks that failed alike are told as one group")
    func failures() async throws {
        try await GatewayUnderTest.run { subject in
            let agent = try await subject.agent("one")
            for number in 1...3 {
                _ = try await subject.user.submit(subject.echo(), namespace: "ns")
                let grant = try await agent.leaseOne(Int64(number))
                _ = try await agent.client.fail(
                    FailRequest(
                        agent: agent.id,
                        reports: [
                            .init(
                                task: grant.task, epoch: grant.epoch, token: grant.token, kind: .permanent,
                                code: "BAD_DATA", message: "row \(number) has no price")
                        ]))
            }
            let groups = try await subject.user.failures(namespace: "ns", swarm: "argus")
            let group = try #require(groups.first)
            #expect(groups.count == 1)
            #expect(group.code == "BAD_DATA" && group.pattern == "row # has no price" && group.count == 3)
            #expect(group.examples.count == 3)
            #expect(try await subject.user.failures(namespace: "ns", swarm: "other").isEmpty)
        }
    }
}
