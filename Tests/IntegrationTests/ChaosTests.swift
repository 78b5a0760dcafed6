import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// SwarmTasks while agents, the operator and gateways are killed, agents are stopped beyond their leases, and watches are cut, at
/// moments and in an order that a seed decides.
///
/// `DAS_CHAOS_TASKS` and `DAS_CHAOS_EVENTS` make it longer; `DAS_CHAOS_SEED` repeats a run.
@Suite("SwarmTasks in the midst of failures", .serialized, .timeLimit(.minutes(20)))
struct ChaosTests {
    private static func number(_ variable: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
    }

    private static let tasks = number("DAS_CHAOS_TASKS", 2000)
    private static let events = number("DAS_CHAOS_EVENTS", 12)

    private enum Event: String {
        case killAgent, pauseAgent, killOperator, killGateway, cutWatches
    }

    @Test(arguments: [SharedStore.Kind.sqlite, .postgres])
    func `every task ends, none counts twice, and the ledger adds up`(kind: SharedStore.Kind) async throws {
        let seed = UInt64(Self.number("DAS_CHAOS_SEED", Int(UInt32.random(in: 0...UInt32.max))))
        let comment = Comment("on \(kind.rawValue) with DAS_CHAOS_SEED=\(seed)")
        print("ChaosTests: \(Self.tasks) tasks, \(Self.events) events \(comment)")
        try await ChaosStage.run(kind) { stage in
            let work = ChaosWork(stage.cluster.client, count: Self.tasks)
            try await work.declareSwarm()
            let story = Observed<[String]>([])
            let tasks = try await work.run { ended in
                try await Self.unsettle(stage, ended, seed: seed) { event in story.change { $0.append(event) } }
            }
            #expect(tasks.count == Self.tasks, comment)
            for task in tasks {
                let name = task.metadata.name ?? ""
                #expect(task.status?.phase == .succeeded, "\(name): \(task.status?.message ?? "") \(comment)")
                #expect(task.status?.result == work.result(of: name), "\(name) \(comment)")
            }
            let findings = try await ChaosAudit(stage: stage, tasks: tasks).check(comment)
            print("ChaosTests: \(findings) after \(story.value.joined(separator: ", ")) \(comment)")
        }
    }

    @Test func `a leader that is killed in mid-flight loses no task, and no decision is made twice`() async throws {
        let count = 300
        try await ChaosStage.run(.postgres) { stage in
            let work = ChaosWork(stage.cluster.client, count: count, delayMs: 20)
            try await work.declareSwarm()
            let tasks = try await work.run { ended in
                try await ended.wait { $0 > count / 3 }
                let texts = (0..<stage.operatorCount).map { stage.program(ofOperator: $0)?.text ?? "" }
                let leader = try #require(texts.firstIndex { $0.contains("leads now") })
                try await stage.killOperator(leader)
                try await stage.program(ofOperator: 1 - leader)?.waitFor("leads now")
                try await stage.startOperator(leader)
            }
            #expect(tasks.count == count && tasks.allSatisfy { $0.status?.phase == .succeeded })
            _ = try await ChaosAudit(stage: stage, tasks: tasks).check("after a change of leaders")
        }
    }

    /// Makes things fail while tasks end: at even distances of what has ended, so that it goes on to the end.
    private static func unsettle(
        _ stage: ChaosStage, _ ended: Observed<Int>, seed: UInt64, note: (String) -> Void
    ) async throws {
        var random = SeededGenerator(seed: seed)
        var kinds: [Event] = [.killAgent, .killAgent, .pauseAgent, .killOperator, .cutWatches]
        if stage.gatewayCount > 0 { kinds.append(.killGateway) }
        for number in 1...events {
            try await ended.wait { $0 >= tasks * number / (events + 2) }
            // Whatever the seed, each kind comes first once.
            let event = number <= kinds.count ? kinds[number - 1] : kinds.randomElement(using: &random) ?? .killAgent
            note(event.rawValue)
            let victim = Int.random(in: 0..<stage.operatorCount, using: &random)
            switch event {
            case .killAgent: if let agent = stage.agents().randomElement(using: &random) { stage.killAgent(agent) }
            case .pauseAgent:
                stage.resumeAgents()
                if let agent = stage.agents().randomElement(using: &random) { stage.pause(agent) }
            case .killOperator:
                try await stage.killOperator(victim)
                try await stage.startOperator(victim)
            case .killGateway:
                try await stage.killGateway(Int.random(in: 0..<stage.gatewayCount, using: &random))
            case .cutWatches: stage.cutOperator(victim)
            }
        }
    }
}
