import StructuredData
import TaskProtocol
import Testing

/// Many reports in one call.
@Suite("Reports in batches", .timeLimit(.minutes(2))) struct BatchReportTests {
    private func complete(_ grant: LeaseGrant, _ result: JSON = [:]) -> CompleteRequest.Item {
        .init(task: grant.task, epoch: grant.epoch, token: grant.token, result: result)
    }

    @Test("Each report of a batch gets its own verdict, and the same call brings leases for all free slots")
    func verdicts() async throws {
        try await GatewayUnderTest.run { subject in
            for number in 1...9 { _ = try await subject.user.submit(subject.echo(JSON(number)), namespace: "ns") }
            let agent = try await subject.agent("one", slots: 4)
            let grants = try #require(try await agent.lease(1, slots: 4)?.leases)
            #expect(grants.count == 4)
            var stale = grants[1]
            stale.epoch += 1
            var forged = grants[2]
            forged.token = "none"
            let large = JSON.string(String(repeating: "a", count: 1 << 20))
            let reports = [complete(grants[0]), complete(stale), complete(forged), complete(grants[3], large)]
            let first = try await agent.client.complete(
                CompleteRequest(agent: agent.id, reports: reports, next: .init(request: 2, freeSlots: 3)))
            #expect(first.reports.map(\.verdict) == [.accepted, .refused, .refused, .refused])
            #expect(first.reports.map(\.problem?.code) == [nil, .staleLease, .staleLease, .tooLarge])
            #expect(first.reports.map(\.task) == grants.map(\.task))
            #expect(first.leases?.count == 3)

            // The leases of those that were refused stand: the right report is taken, and the repeated one is known.
            let second = try await agent.client.complete(
                CompleteRequest(
                    agent: agent.id, reports: grants.map { complete($0) }, next: .init(request: 3, freeSlots: 4)))
            #expect(second.reports.map(\.verdict) == [.duplicate, .accepted, .accepted, .accepted])
            #expect(second.leases?.count == 2)
            let all = try #require(first.leases) + (try #require(second.leases))
            #expect(Set((grants + all).map(\.task)).count == 9)
        }
    }

    @Test("A batch is one transaction: its tasks end in one moment, and one report twice in it counts once")
    func oneTransaction() async throws {
        try await GatewayUnderTest.run { subject in
            for number in 1...4 { _ = try await subject.user.submit(subject.echo(JSON(number)), namespace: "ns") }
            let agent = try await subject.agent("one", slots: 4)
            let grants = try #require(try await agent.lease(1, slots: 4)?.leases)
            let reports = grants.map { complete($0) } + [complete(grants[0]), complete(grants[1], ["another": 1])]
            let answer = try await agent.client.complete(CompleteRequest(agent: agent.id, reports: reports))
            #expect(
                answer.reports.map(\.verdict) == [.accepted, .accepted, .accepted, .accepted, .duplicate, .refused])
            #expect(answer.leases == nil)
            var ends: Set<String?> = []
            for grant in grants {
                let task = try await subject.user.task(grant.task, namespace: "ns")
                #expect(task.phase == .succeeded && task.attempts == 1)
                ends.insert(task.completionTime)
            }
            #expect(ends.count == 1)
        }
    }

    @Test("A batch with more reports than are taken is refused whole, and nothing of it counts")
    func tooMany() async throws {
        try await GatewayUnderTest.run { subject in
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
            let agent = try await subject.agent("one")
            let grant = try await agent.leaseOne(1)
            let others = (1...ProtocolLimits.reportsPerCall).map {
                CompleteRequest.Item(task: "t\($0)", epoch: 1, token: String(repeating: "0", count: 32), result: 1)
            }
            let reports = [complete(grant)] + others
            let refused = try await problem {
                try await agent.client.complete(CompleteRequest(agent: agent.id, reports: reports))
            }
            #expect(refused.status == 413 && refused.code == .tooLarge)
            #expect(try await agent.beat(grant).verdict == .ok)
            let most = try await agent.client.complete(
                CompleteRequest(agent: agent.id, reports: Array(reports.dropLast())))
            #expect(most.reports.count == ProtocolLimits.reportsPerCall)
            #expect(most.reports.count { $0.verdict == .accepted } == 1)
        }
    }

    @Test("Failures and releases come in batches, too")
    func otherKinds() async throws {
        try await GatewayUnderTest.run { subject in
            for number in 1...4 { _ = try await subject.user.submit(subject.echo(JSON(number)), namespace: "ns") }
            let agent = try await subject.agent("one", slots: 4)
            let grants = try #require(try await agent.lease(1, slots: 4)?.leases)
            let failures = grants.prefix(2).map {
                FailRequest.Item(
                    task: $0.task, epoch: $0.epoch, token: $0.token, kind: .permanent, code: "BROKEN", message: "no")
            }
            let failed = try await agent.client.fail(FailRequest(agent: agent.id, reports: failures))
            #expect(failed.reports.map(\.verdict) == [.accepted, .accepted])
            let releases = grants.map { ReleaseRequest.Item(task: $0.task, epoch: $0.epoch, token: $0.token) }
            let released = try await agent.client.release(ReleaseRequest(agent: agent.id, reports: releases))
            #expect(released.reports.map(\.verdict) == [.refused, .refused, .accepted, .accepted])
            let again = try #require(try await agent.lease(2, slots: 4)?.leases)
            #expect(again.map(\.task).sorted() == grants.suffix(2).map(\.task).sorted())
        }
    }
}
