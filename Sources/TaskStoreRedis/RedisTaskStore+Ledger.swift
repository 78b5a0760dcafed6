package import TaskQueue

extension RedisTaskStore {
    package func attempts(of task: TaskID) async throws -> [AttemptRecord] {
        try await entries("a:\(task.text)", limit: nil).map(LedgerCodec.attempt)
    }

    package func recordDecision(_ decision: DecisionRecord) async throws {
        _ = try await run(
            .recordDecision,
            [Array("\(decision.namespace)/\(decision.swarm)".utf8), LedgerCodec.bytes(decision)])
    }

    package func decisions(namespace: String, swarm: String, limit: Int) async throws -> [DecisionRecord] {
        try await entries("c:\(namespace)/\(swarm)", limit: limit).map(LedgerCodec.decision)
    }

    package func outcomes(namespace: String, swarm: String, limit: Int) async throws -> [OutcomeRecord] {
        try await entries("o:\(namespace)/\(swarm)", limit: limit).map(LedgerCodec.outcome)
    }

    private func entries(_ key: String, limit: Int?) async throws -> [[UInt8]] {
        let last = limit.map { min(max($0, 1), 1000) - 1 } ?? -1
        return try await run(.entries, [Array(key.utf8), Array(String(last).utf8)]).elements().map { try $0.bytes() }
    }
}
