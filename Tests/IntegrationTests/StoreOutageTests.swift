import Foundation
import StructuredData
import TaskProtocol
import TestSupport
import Testing

/// The database goes away under gateways and agents that run on, in order or not, and comes back.
@Suite("A store that goes away", .timeLimit(.minutes(10)))
struct StoreOutageTests {
    struct Outage: Sendable, CustomTestStringConvertible {
        var kind: SharedStore.Kind
        var end: SharedStore.End
        var testDescription: String { "\(kind.rawValue) is \(end.rawValue)" }

        static let all = [SharedStore.Kind.postgres, .redis].flatMap { kind in
            SharedStore.End.allCases.map { Outage(kind: kind, end: $0) }
        }
    }

    private static let tasks = 400

    @Test(arguments: Outage.all)
    func `gateways say that they are not ready, and serve again by themselves; nothing is lost or done twice`(
        outage: Outage
    ) async throws {
        let comment = Comment(rawValue: outage.testDescription)
        try await Fleet.run(outage.kind) { fleet in
            try await fleet.startGateways()
            for index in 0..<2 { try await fleet.startAgent(index, gateway: fleet.gateways[index].url) }
            let work = FleetWork(fleet, count: Self.tasks, batch: 100, delayMs: 20)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work.submit { try await Self.submit($0, to: fleet) } }
                group.addTask {
                    for round in 1...2 {
                        await work.progress(to: Self.tasks * round / 4, waitMs: 10_000)
                        try await Self.interrupt(fleet, outage.end, killsAgent: round == 2)
                    }
                }
                try await group.waitForAll()
            }
            try await FleetAudit.untilEnded(fleet)
            let audit = FleetAudit(fleet: fleet, accepted: work.accepted)
            try await audit.checkAPI(comment)
            #expect(fleet.gateways.allSatisfy { $0.process?.isRunning == true }, "no gateway was started again")
            #expect(try await fleet.stopAgents().allSatisfy { $0 == 0 }, comment)
            #expect(try await fleet.stopGateways().allSatisfy { $0 == 0 }, comment)
            print("StoreOutageTests: \(try await audit.checkStore(comment)), \(comment)")
        }
    }

    /// Ends the server and starts it again. While it is away, the gateways are well and not ready.
    private static func interrupt(_ fleet: Fleet, _ end: SharedStore.End, killsAgent: Bool) async throws {
        let before = fleet.gateways.map(\.recoveries)
        try await fleet.store.end(end)
        for gateway in fleet.gateways {
            let answer = try await gateway.readiness()
            #expect(answer.status == 503)
            #expect(answer.body.contains("the task store"), "\(answer.body)")
        }
        if killsAgent { try await fleet.killAgent(0) }
        try await fleet.store.start()
        fleet.storeIsBack()
        for (gateway, count) in zip(fleet.gateways, before) { try await gateway.recovers(moreOftenThan: count) }
        // Leases live on from when a gateway has seen the store again.
        fleet.storeIsBack()
        for gateway in fleet.gateways { try await gateway.becomesReady() }
        if killsAgent { try await fleet.startAgent(0, gateway: fleet.gateways[0].url) }
    }

    /// Submits until it is answered: asks again when the gateway that had no store has it again.
    private static func submit(_ tasks: [TaskSubmission], to fleet: Fleet) async throws -> SubmissionAnswer {
        let gateway = fleet.gateways[0]
        while true {
            let before = gateway.recoveries
            do {
                return try await gateway.client.submit(tasks, namespace: Fleet.namespace)
            } catch let error as GatewayError where error.problem?.code == .unavailable {
                try await gateway.recovers(moreOftenThan: before)
            }
        }
    }
}
