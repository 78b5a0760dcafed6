package import TaskQueue

extension RedisTaskStore {
    /// Tasks that one script acts on, so that calls need not wait long for it.
    private static let reapLength = 250

    package func reap(limit: Int) async throws -> ReapResult {
        var result = ReapResult(changed: 0, expiredLeases: 0, next: nil)
        var left = max(limit, 1)
        while true {
            let stretch = min(left, Self.reapLength)
            let parts = try await run(.reap, arguments(limit: stretch)).elements(atLeast: 5)
            note(StoreTime(milliseconds: try parts[4].integer()))
            let found = Int(try parts[0].integer())
            result.changed += Int(try parts[1].integer())
            result.expiredLeases += Int(try parts[2].integer())
            result.next = Self.time(parts[3])
            left -= found
            if found < stretch || left <= 0 { return result }
        }
    }

    private func arguments(limit: Int) -> [[UInt8]] {
        var retention = PackWriter()
        retention.array(4)
        for time in [
            policy.retentionMs, policy.agentRetentionMs, policy.ledgerRetentionMs, policy.failedRetentionMs,
        ] { retention.integer(time) }
        return [
            Array(String(limit).utf8), retention.bytes, Array(String(now().milliseconds).utf8),
        ]
    }

    package func nextDue() async throws -> StoreTime? {
        let parts = try await run(.nextDue).elements(atLeast: 1)
        note(StoreTime(milliseconds: try parts[0].integer()))
        return parts.count > 1 ? Self.time(parts[1]) : nil
    }

    /// A score that is a time.
    static func time(_ reply: RedisReply) -> StoreTime? { reply.optionalInteger.map { StoreTime(milliseconds: $0) } }
}
