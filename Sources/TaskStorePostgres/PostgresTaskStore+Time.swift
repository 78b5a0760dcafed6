package import TaskQueue

extension PostgresTaskStore {
    package func reap(limit: Int) async throws -> ReapResult {
        try await write { transaction in
            // Those that another gateway's reaper has in hand are passed over.
            let due = try transaction.tasks(
                Request(
                    TaskTable.select
                        + "WHERE due <= $1::bigint ORDER BY due, sequence LIMIT \(max(limit, 0)) FOR UPDATE SKIP LOCKED",
                    .integer(transaction.now.milliseconds)))
            var result = ReapResult(changed: 0, expiredLeases: 0, next: nil)
            try transaction.holdKeys(due.compactMap { KeyName($0.record) })
            for task in due {
                // As it is by now: what time does to one task may move others of its key.
                let before = task.record
                let transition = try transaction.apply(.tick, to: task)
                if transition.record != before { result.changed += 1 }
                if let end = transition.attempt?.end, end == .expired || end == .unacknowledged {
                    result.expiredLeases += 1
                }
            }
            try transaction.reapKeys(limit: limit)
            transaction.flushKeys()
            try transaction.forget(limit: limit)
            var row = try transaction.rows(Request(Reading.nextDue)).first
            result.next = try row?.optionalTime()
            return result
        }
    }

    package func nextDue() async throws -> StoreTime? {
        try await read(Request(Reading.nextDue)) { rows in
            guard var row = rows.first else { return nil }
            return try row.optionalTime()
        }
    }
}

extension StoreTransaction {
    /// Deletes what is older than its retention, in portions. Each statement runs down an index, so that finding nothing costs
    /// nothing.
    fileprivate func forget(limit: Int) throws {
        let policy = machine.policy
        for (state, retention) in [("<> 'failed'", policy.retentionMs), ("= 'failed'", policy.failedRetentionMs)] {
            enqueue(
                Request(
                    """
                    WITH old AS (
                        SELECT sequence FROM tasks WHERE sequence IN (
                            SELECT sequence FROM tasks WHERE ended < $1::bigint AND state \(state)
                            ORDER BY ended LIMIT \(limit * TaskID.keptItemsLookedAt))
                        AND NOT EXISTS (SELECT 1 FROM feed WHERE feed.task = tasks.id AND pending)
                        AND NOT \(GroupTable.keepsItem) LIMIT \(limit) FOR UPDATE SKIP LOCKED
                    ), payload AS (DELETE FROM payloads WHERE sequence IN (SELECT sequence FROM old)),
                    output AS (DELETE FROM outputs WHERE sequence IN (SELECT sequence FROM old))
                    DELETE FROM tasks WHERE sequence IN (SELECT sequence FROM old)
                    """, .integer((now + -retention).milliseconds)))
        }
        let silent = try agents(
            Request(
                AgentTable.select
                    + """
                    WHERE last_seen < $1::bigint AND NOT EXISTS
                    (SELECT 1 FROM tasks WHERE state = 'leased' AND lease_agent = agents.id)
                    LIMIT \(limit) FOR UPDATE SKIP LOCKED
                    """, .integer((now + -policy.agentRetentionMs).milliseconds)))
        if !silent.isEmpty {
            var parameters = Parameters()
            parameters.add(silent.map(\.id.text))
            enqueue(Request(Statement("DELETE FROM agents WHERE id = ANY ($1::text[])"), parameters))
            for agent in silent where !agent.isGone { feed(.agentGone, of: agent) }
        }
        let ancient = now + -policy.ledgerRetentionMs
        for (table, time) in [("attempts", "ended"), ("outcomes", "ended"), ("decisions", "time")] {
            // In the order of sequence the times rise: only the oldest rows need looking at.
            enqueue(
                Request(
                    """
                    DELETE FROM \(table) WHERE sequence IN (SELECT sequence FROM (SELECT sequence, \(time) AS time
                    FROM \(table) ORDER BY sequence LIMIT \(min(limit, 64)) FOR UPDATE SKIP LOCKED) AS oldest
                    WHERE time < $1::bigint)
                    """, .integer(ancient.milliseconds)))
        }
        close(with: LaneTable.forgetting(at: now))
        close(with: [
            GroupTable.forgetting(changedBefore: now + -max(policy.retentionMs, policy.failedRetentionMs))
        ])
        enqueue(
            Request(
                """
                DELETE FROM keys WHERE (namespace, key) IN (SELECT namespace, key FROM keys WHERE empty
                AND full_at <= $1::bigint ORDER BY full_at LIMIT 64 FOR UPDATE SKIP LOCKED)
                """, .integer(now.microseconds)))
        enqueue(
            Request(
                """
                DELETE FROM failures WHERE (namespace, swarm, fingerprint) IN (SELECT namespace, swarm, fingerprint
                FROM failures WHERE last < $1::bigint ORDER BY last LIMIT 64 FOR UPDATE SKIP LOCKED)
                """, .integer(ancient.milliseconds)))
        var last = try rows(
            Request(
                """
                SELECT max(cursor) FROM (SELECT cursor, time FROM feed
                WHERE cursor > (SELECT pruned FROM feed_end) ORDER BY cursor LIMIT 64) AS oldest
                WHERE time < $1::bigint
                """, .integer(ancient.milliseconds))
        ).first
        if let last = try last?.optionalInteger() { try pruneFeed(through: last) }
    }
}
