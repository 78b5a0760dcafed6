import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func reap(limit: Int) async throws -> ReapResult {
        try await write { transaction in
            let due = try transaction.rows(
                "SELECT sequence FROM tasks WHERE due <= ? ORDER BY due, sequence LIMIT ?",
                [transaction.now.milliseconds, limit])
            var result = ReapResult(changed: 0, expiredLeases: 0, next: nil)
            for row in due {
                // Read one after the other: what time does to one task may move others of its key.
                guard let task = try transaction.task(at: row[0]) else { continue }
                let transition = try transaction.apply(.tick, to: task)
                if transition.record != task.record { result.changed += 1 }
                if let end = transition.attempt?.end, end == .expired || end == .unacknowledged {
                    result.expiredLeases += 1
                }
            }
            try transaction.reapKeys(limit: limit)
            try transaction.flush()
            try transaction.forget(policy: transaction.machine.policy, limit: limit)
            result.next = try Self.nextDue(transaction.db)
            // Something is written in any case, so that whoever reaps learns whether the store can write.
            transaction.hasWritten = true
            return result
        }
    }

    package func nextDue() async throws -> StoreTime? {
        try await readPoint { try Self.nextDue($0) }
    }

    private static func nextDue(_ db: Database) throws -> StoreTime? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(due) FROM (SELECT * FROM (SELECT due FROM tasks WHERE due IS NOT NULL ORDER BY due LIMIT 1)
                    UNION ALL SELECT * FROM (SELECT due FROM keys WHERE due IS NOT NULL ORDER BY due LIMIT 1))
                    """)
        ).map(StoreTime.init(milliseconds:))
    }
}

extension StoreTransaction {
    /// Deletes what is older than its retention. Each statement runs down an index, so that finding nothing costs nothing.
    fileprivate func forget(policy: QueuePolicy, limit: Int) throws {
        for (state, retention) in [("<> 'failed'", policy.retentionMs), ("= 'failed'", policy.failedRetentionMs)] {
            let ended = try rows(
                """
                SELECT sequence FROM
                (SELECT sequence, id FROM tasks WHERE ended < ?1 AND state \(state) ORDER BY ended LIMIT ?2) AS tasks
                WHERE NOT EXISTS (SELECT 1 FROM feed WHERE feed.task = tasks.id AND pending = 1)
                AND NOT \(GroupRow.keepsItem) LIMIT ?3
                """, [(now + -retention).milliseconds, limit * TaskID.keptItemsLookedAt, limit])
            for row in ended {
                let sequence: Int64 = row[0]
                for table in ["payloads", "outputs", "tasks"] {
                    try run("DELETE FROM \(table) WHERE sequence = ?", [sequence])
                }
            }
        }
        try writeNotes()
        let silent = try rows(
            """
            SELECT id, namespace, swarm, gone FROM agents WHERE last_seen < ? AND NOT EXISTS
            (SELECT 1 FROM tasks WHERE state = 'leased' AND lease_agent = agents.id) LIMIT ?
            """, [(now + -policy.agentRetentionMs).milliseconds, limit])
        for row in silent {
            var reader = RowReader(row)
            let id = AgentID(reader.text())
            let namespace = reader.text()
            let swarm = reader.text()
            let wasGone = reader.bool()
            let lastSeen = context.notes.lastSeen(id)
            if let lastSeen, lastSeen >= now + -policy.agentRetentionMs { continue }
            context.notes.forget(id)
            context.forget(id)
            try run("DELETE FROM agents WHERE id = ?", [id.text])
            if !wasGone { try feed(.agentGone, namespace: namespace, swarm: swarm, agent: id) }
        }
        let ancient = (now + -policy.ledgerRetentionMs).milliseconds
        for (table, time) in [("attempts", "ended"), ("outcomes", "ended"), ("decisions", "time")] {
            // In the order of sequence the times rise: only the oldest rows need looking at.
            let rows = try rows(
                "SELECT sequence, \(time) FROM \(table) ORDER BY sequence LIMIT ?", [min(limit, 64)])
            for row in rows where (row[1] as Int64) < ancient {
                try run("DELETE FROM \(table) WHERE sequence = ?", [row[0] as Int64])
            }
        }
        try forgetLanes(limit: 64)
        try forgetGroups(
            changedBefore: now + -max(policy.retentionMs, policy.failedRetentionMs), limit: 64)
        try run("DELETE FROM arrivals WHERE second < ?", [now.milliseconds / 1000 - 60])
        try forgetKeys(limit: 64)
        try run(
            "DELETE FROM failures WHERE rowid IN (SELECT rowid FROM failures WHERE last < ? ORDER BY last LIMIT ?)",
            [ancient, 64])
        let feed = try rows("SELECT cursor, time FROM feed WHERE pending = 0 ORDER BY cursor LIMIT ?", [64])
        let last = feed.last { ($0[1] as Int64) < ancient }.map { $0[0] as Int64 }
        if let last { try pruneFeed(through: last) }
    }
}
