import Foundation
import TaskProtocol
import TaskStoreTesting
import TestSupport
import Testing

/// Agents and gateways are killed with SIGKILL, at moments and in an order that a seed decides, and started again.
///
/// `DAS_KILL_TASKS` and `DAS_KILLS` make it longer; `DAS_KILL_SEED` repeats a run.
@Suite("Processes that are killed at random", .timeLimit(.minutes(20)))
struct KillTests {
    private static func number(_ variable: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
    }

    private static let agents = 3
    private static let tasks = number("DAS_KILL_TASKS", 2000)
    private static let kills = number("DAS_KILLS", 10)

    private enum Victim: Hashable {
        case agent(Int)
        case gateway(Int)
        case everything
    }

    @Test(arguments: SharedStore.Kind.allCases)
    func `no task is lost, none counts twice, and what the dead had is soon with others`(
        kind: SharedStore.Kind
    ) async throws {
        let seed = UInt64(Self.number("DAS_KILL_SEED", Int(UInt32.random(in: 0...UInt32.max))))
        let comment = Comment("on \(kind.rawValue) with DAS_KILL_SEED=\(seed)")
        print("KillTests: \(Self.tasks) tasks, \(Self.kills) kills \(comment)")
        let began = ContinuousClock.now
        try await Fleet.run(kind) { fleet in
            try await fleet.startGateways()
            for index in 0..<Self.agents { try await fleet.startAgent(index, gateway: Self.gateway(index, fleet).url) }
            let work = FleetWork(fleet, count: Self.tasks)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work.submit() }
                group.addTask { try await Self.kill(fleet, work, seed: seed) }
                try await group.waitForAll()
            }
            try await FleetAudit.untilEnded(fleet)
            let took = ContinuousClock.now - began
            let audit = FleetAudit(fleet: fleet, accepted: work.accepted)
            #expect(work.accepted.count == Self.tasks, comment)
            try await audit.checkAPI(comment)
            #expect(try await fleet.stopAgents().allSatisfy { $0 == 0 }, comment)
            #expect(try await fleet.stopGateways().allSatisfy { $0 == 0 }, comment)
            let findings = try await audit.checkStore(comment)
            #expect(!fleet.record.deaths.isEmpty, comment)
            print("KillTests: \(findings), all in \(took) \(comment)")
        }
    }

    private static func gateway(_ index: Int, _ fleet: Fleet) -> GatewayProcess {
        fleet.gateways[index % fleet.gateways.count]
    }

    /// Kills, and starts again, until it has done so often enough, while the work goes on.
    private static func kill(_ fleet: Fleet, _ work: FleetWork, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        for number in 1...kills {
            await work.progress(to: tasks * number / (kills + 2), waitMs: 1500)
            // The first is an agent, so that there always is one.
            let victim = number == 1 ? .agent(0) : Self.victim(fleet, &random)
            switch victim {
            case .agent(let index): try await restart(index, fleet, &random)
            case .gateway(let index):
                try await fleet.killGateway(index)
                try await fleet.startGateway(index)
            case .everything:
                for index in fleet.gateways.indices { try await fleet.killGateway(index) }
                for index in 0..<agents { try await fleet.killAgent(index) }
                try await fleet.startGateways()
                for index in 0..<agents { try await fleet.startAgent(index, gateway: gateway(index, fleet).url) }
            }
        }
    }

    private static func victim(_ fleet: Fleet, _ random: inout SeededGenerator) -> Victim {
        let choice = Int.random(in: 0..<10, using: &random)
        if choice == 0 { return .everything }
        if choice < 5 { return .gateway(Int.random(in: fleet.gateways.indices, using: &random)) }
        return .agent(Int.random(in: 0..<agents, using: &random))
    }

    private static func restart(_ index: Int, _ fleet: Fleet, _ random: inout SeededGenerator) async throws {
        try await fleet.killAgent(index)
        let gateway = fleet.gateways[Int.random(in: fleet.gateways.indices, using: &random)]
        try await fleet.startAgent(index, gateway: gateway.url)
    }
}
