import Foundation
import StructuredData
import TaskProtocol
import TaskQueue
import Testing

/// What must be true of a fleet's tasks once all have ended, whatever was done to its processes: seen through the HTTP API, and then in
/// the store.
struct FleetAudit {
    /// Beside the lease: how late the reaper may be.
    private static let sweepSeconds = 2.0

    let fleet: Fleet
    /// The tasks that were accepted, in the order of their numbers.
    let accepted: [String]

    /// What was found, for a line of the test's output.
    struct Findings: Sendable, CustomStringConvertible {
        var tasks = 0
        var attempts = 0
        var expired = 0
        /// From the moment on which a lease could only run out, to its end.
        var longestRecovery = 0.0

        var description: String {
            "\(tasks) tasks in \(attempts) attempts, \(expired) leases expired, the slowest after "
                + String(format: "%.1f s", longestRecovery)
        }
    }

    /// Waits until every task has ended, by waiting for one after the other that has not.
    static func untilEnded(_ fleet: Fleet) async throws {
        while true {
            let running = try await fleet.call { client in
                for phase in [TaskPhase.running, .queued, .pending] {
                    let filter = TaskFilter(phase: phase, limit: 1)
                    let found = try await client.tasks(namespace: Fleet.namespace, filter: filter).tasks.first
                    if let found { return Optional(found.id) }
                }
                return nil
            }
            guard let running else { return }
            _ = try await fleet.call { try await $0.task(running, namespace: Fleet.namespace, waitMs: 5000) }
        }
    }

    /// Each task has succeeded with its own result, and one attempt of it has completed.
    func checkAPI(_ comment: Comment) async throws {
        var seen: [String: TaskView] = [:]
        var cursor: String?
        repeat {
            let filter = TaskFilter(limit: 500, cursor: cursor)
            let page = try await fleet.call { try await $0.tasks(namespace: Fleet.namespace, filter: filter) }
            for task in page.tasks { #expect(seen.updateValue(task, forKey: task.id) == nil, comment) }
            cursor = page.cursor
        } while cursor != nil
        #expect(Set(seen.keys) == Set(accepted), comment)
        for (number, id) in accepted.enumerated() {
            let task = seen[id]
            #expect(task?.phase == .succeeded, "\(id): \(task?.message ?? "") \(comment)")
            guard task?.attempts != 1 || number % 50 == 0 else { continue }
            let (attempts, result) = try await fleet.call { client in
                (
                    try await client.attempts(of: id, namespace: Fleet.namespace),
                    try await client.result(of: id, namespace: Fleet.namespace)
                )
            }
            #expect(attempts.count { $0.outcome == "completed" } == 1, "\(id): \(attempts) \(comment)")
            #expect(result == ["number": .integer(Int64(number))], "\(id) \(comment)")
        }
    }

    /// The same in the ledger and the change feed. The gateways have ended.
    func checkStore(_ comment: Comment) async throws -> Findings {
        try await fleet.store.use { store in
            try await checkFeed(store, comment)
            return try await checkLedger(store, comment)
        }
    }

    private func checkFeed(_ store: any TaskStore, _ comment: Comment) async throws {
        var counts: [Change.Kind: [TaskID: Int]] = [:]
        var ended: Set<TaskID> = []
        var cursor: Int64 = 0
        while true {
            let page = try await store.changes(after: cursor, limit: 10_000)
            for change in page.changes {
                guard let task = change.task else { continue }
                #expect(!ended.contains(task), "\(change) follows the end of its task \(comment)")
                counts[change.kind, default: [:]][task, default: 0] += 1
                if change.kind == .finished { ended.insert(task) }
            }
            cursor = page.cursor
            if page.changes.isEmpty { break }
        }
        let once = Dictionary(uniqueKeysWithValues: accepted.map { (TaskID($0), 1) })
        #expect(counts[.submitted] == once, "each task is submitted once \(comment)")
        #expect(counts[.finished] == once, "each task ends once \(comment)")
    }

    private func checkLedger(_ store: any TaskStore, _ comment: Comment) async throws -> Findings {
        var findings = Findings()
        let history = fleet.record
        for id in accepted {
            let record = try await store.task(TaskID(id))
            #expect(record?.state == .succeeded, comment)
            let attempts = try await store.attempts(of: TaskID(id))
            #expect(attempts.count { $0.end == .succeeded } == 1, "\(attempts) \(comment)")
            for (before, after) in zip(attempts, attempts.dropFirst()) {
                // An attempt whose lease ran out, and whose report still came before anybody else's lease, stands there twice.
                let ranOut = before.end == .expired || before.end == .unacknowledged
                let isLate = ranOut && after.end == .succeeded && before.epoch == after.epoch
                #expect(before.epoch < after.epoch || isLate, "\(attempts) \(comment)")
            }
            findings.tasks += 1
            findings.attempts += attempts.count
            for attempt in attempts where attempt.end == .expired || attempt.end == .unacknowledged {
                findings.expired += 1
                let late = lateness(attempt, history)
                findings.longestRecovery = max(findings.longestRecovery, late)
                let lease = Double(store.policy.leaseMs) / 1000
                #expect(late <= lease + Self.sweepSeconds, "\(attempt) ended \(late) s late \(comment)")
            }
        }
        return findings
    }

    /// Seconds from when nobody prolonged the lease any more to its end: from the agent's death, or from when the store came back.
    private func lateness(_ attempt: AttemptRecord, _ history: Fleet.History) -> Double {
        let ended = Double(attempt.ended.milliseconds) / 1000
        let instants =
            [Double(attempt.started.milliseconds) / 1000, history.deaths[attempt.agentName]?.timeIntervalSince1970]
            + history.recoveries.map(\.timeIntervalSince1970)
        return ended - (instants.compactMap { $0 }.filter { $0 <= ended }.max() ?? ended)
    }
}
