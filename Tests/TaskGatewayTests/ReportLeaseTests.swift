import StructuredData
import TaskProtocol
import TaskQueue
import TestSupport
import Testing

@testable import TaskGateway

/// Reports that ask for leases where nothing is ready: they wait for a moment, which here is as long as it takes.
@Suite("A report that waits for leases", .timeLimit(.minutes(2))) struct ReportLeaseTests {
    private var patient: GatewayConfiguration {
        var configuration = GatewayConfiguration()
        configuration.reportLeaseWait = .seconds(3600)
        return configuration
    }

    private func report(_ grant: LeaseGrant, of agent: String, next request: Int64, slots: Int = 1) -> CompleteRequest {
        CompleteRequest(
            agent: agent, reports: [.init(task: grant.task, epoch: grant.epoch, token: grant.token, result: [:])],
            next: .init(request: request, freeSlots: slots))
    }

    /// A report of a task that has just been done, and asks for the next as request 2.
    private func reportThatWaits(
        _ subject: GatewayUnderTest
    ) async throws -> (agent: TestAgent, done: String, report: Task<ReportAnswer, any Error>) {
        let task = try await subject.user.submit(subject.echo(), namespace: "ns")
        let agent = try await subject.agent("one")
        let grant = try await agent.leaseOne(1)
        let request = report(grant, of: agent.id, next: 2)
        let report = Task { try await agent.client.complete(request) }
        try await agent.untilAsked(2)
        return (agent, task.id, report)
    }

    @Test("It brings the task that comes meanwhile; the end that it reports is known before")
    func bringsLeases() async throws {
        try await GatewayUnderTest.run(configuration: patient) { subject in
            let (_, done, report) = try await reportThatWaits(subject)
            #expect(try await subject.user.task(done, namespace: "ns").phase == .succeeded)
            let second = try await subject.user.submit(subject.echo(2), namespace: "ns")
            let answer = try await report.value
            #expect(answer.reports.map(\.verdict) == [.accepted])
            #expect(answer.leases?.map(\.task) == [second.id])
        }
    }

    @Test("A newer request for leases ends the wait: the report is in, and brings none")
    func superseded() async throws {
        try await GatewayUnderTest.run(configuration: patient) { subject in
            let (agent, _, report) = try await reportThatWaits(subject)
            async let poll = agent.lease(3, waitMs: 30_000)
            let answer = try await report.value
            #expect(answer.reports.map(\.verdict) == [.accepted])
            #expect(answer.leases == [])
            try await agent.untilAsked(3)
            _ = try await subject.user.submit(subject.echo(), namespace: "ns")
            #expect(try await poll?.leases.count == 1)
        }
    }

    @Test("A drain mark ends the wait")
    func drain() async throws {
        try await GatewayUnderTest.run(configuration: patient) { subject in
            let (agent, _, report) = try await reportThatWaits(subject)
            try await subject.store.setDraining([AgentID(agent.id)], true)
            let answer = try await report.value
            #expect(answer.reports.map(\.verdict) == [.accepted])
            #expect(answer.leases == [])
            #expect(answer.drain == true)
        }
    }

    @Test("What nobody waits for is answered at once: no slot is free, or the moment has passed")
    func answersAtOnce() async throws {
        var configuration = GatewayConfiguration()
        configuration.reportLeaseWait = .zero
        for (configuration, slots) in [(patient, 0), (configuration, 1)] {
            try await GatewayUnderTest.run(configuration: configuration) { subject in
                _ = try await subject.user.submit(subject.echo(), namespace: "ns")
                let agent = try await subject.agent("one")
                let grant = try await agent.leaseOne(1)
                let answer = try await agent.client.complete(report(grant, of: agent.id, next: 2, slots: slots))
                #expect(answer.reports.map(\.verdict) == [.accepted])
                #expect(answer.leases == [])
            }
        }
    }

    @Test("What is wrong with the request for more takes nothing from the report, and is told to the next lease call")
    func staleRequest() async throws {
        for slots in [0, 1] {
            try await GatewayUnderTest.run(configuration: patient) { subject in
                _ = try await subject.user.submit(subject.echo(), namespace: "ns")
                let agent = try await subject.agent("one")
                let grant = try await agent.leaseOne(5)
                let answer = try await agent.client.complete(report(grant, of: agent.id, next: 4, slots: slots))
                #expect(answer.reports.map(\.verdict) == [.accepted])
                #expect(answer.leases == [])
                try await subject.logs.waitFor("gets no leases with its report, request 4")
                #expect(try await problem { try await agent.lease(4) }.code == .superseded)
            }
        }
    }

    @Test("An agent that dies while its report waits gets nothing, and the task goes to another")
    func deadAgent() async throws {
        try await GatewayUnderTest.run(configuration: patient) { subject in
            let (dead, _, report) = try await reportThatWaits(subject)
            report.cancel()
            try await dead.untilGone(2)
            let made = try await subject.user.submit(subject.echo(), namespace: "ns")
            let alive = try await subject.agent("alive")
            #expect(try await alive.leaseOne(1).task == made.id)
        }
    }
}
