import KubernetesModel
import SwarmAPI
import TaskQueue
import Testing

/// What must be true of SwarmTasks once all have ended, seen in the store when operators and gateways have ended, too.
struct ChaosAudit {
    let stage: ChaosStage
    let tasks: [SwarmTask]

    /// What was found, for a line of the test's output.
    struct Findings: Sendable, CustomStringConvertible {
        var attempts = 0
        var expired = 0
        var released = 0
        var decisions = 0

        var description: String {
            "\(attempts) attempts, of which \(expired) lost their lease and \(released) were handed back, and "
                + "\(decisions) decisions"
        }
    }

    func check(_ comment: Comment) async throws -> Findings {
        try await stage.read { store in
            var findings = Findings()
            for task in tasks { try await check(task, store, &findings, comment) }
            // As many as the ledger shows at once.
            let outcomes = try await store.outcomes(
                namespace: ChaosStage.namespace, swarm: ChaosStage.swarm, limit: 1000)
            let ended = Set(outcomes.map(\.task))
            #expect(outcomes.count == min(tasks.count, 1000) && ended.count == outcomes.count, comment)
            #expect(ended.isSubset(of: tasks.map { TaskID($0.metadata.uid ?? "") }), comment)

            let decisions = try await store.decisions(
                namespace: ChaosStage.namespace, swarm: ChaosStage.swarm, limit: 10_000)
            for (later, earlier) in zip(decisions, decisions.dropFirst()) {
                let isSame = later.from == earlier.from && later.to == earlier.to
                #expect(!isSame, "\(earlier) is made twice: \(later) \(comment)\n\(stage.lastWords)")
            }
            findings.decisions = decisions.count
            return findings
        }
    }

    private func check(
        _ task: SwarmTask, _ store: any TaskStore, _ findings: inout Findings, _ comment: Comment
    ) async throws {
        let id = TaskID(task.metadata.uid ?? "")
        let record = try #require(try await store.task(id), "\(id) \(comment)")
        let attempts = try await store.attempts(of: id)
        let leases = Set(attempts.map(\.epoch)).count
        let released = attempts.count { $0.end == .released }
        #expect(record.state == .succeeded, "\(record) \(comment)")
        #expect(attempts.count { $0.end == .succeeded } == 1, "\(attempts) \(comment)")
        // A lease that follows a release goes on with the attempt.
        #expect(record.attempts == leases - released, "\(record.attempts): \(attempts) \(comment)")
        #expect(record.releases == released, "\(attempts) \(comment)")
        #expect(record.epoch == Int64(leases), "\(record.epoch): \(attempts) \(comment)")
        #expect(task.status?.attempts == record.attempts, "\(task.metadata.name ?? "") \(comment)")
        findings.attempts += leases
        findings.released += released
        findings.expired += attempts.count { $0.end == .expired || $0.end == .unacknowledged }
    }
}
