import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func summary(namespace: String, swarm: String) async throws -> QueueSummary {
        let now = now()
        return try await read { db in
            let place: StatementArguments = [namespace, swarm]
            func number(_ sql: String, _ more: StatementArguments = []) throws -> Int64? {
                try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: place + more)
            }
            let here = "namespace = ? AND swarm = ?"
            var summary = QueueSummary(namespace: namespace, swarm: swarm, time: now)
            // Ready tasks may be a great many: they are counted as they come and go.
            summary.ready = Int(try number("SELECT sum(ready) FROM lanes WHERE \(here)") ?? 0)
            summary.leased = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'leased'") ?? 0)
            summary.delayed = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'delayed'") ?? 0)
            summary.held = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'held'") ?? 0)
            summary.oldestReady = try number("SELECT min(head_ready_at) FROM lanes WHERE \(here)")
                .map(StoreTime.init(milliseconds:))
            summary.nextDelayed = try number("SELECT min(ready_at) FROM tasks WHERE \(here) AND state = 'delayed'")
                .map(StoreTime.init(milliseconds:))
            summary.arrivalsLastMinute = Int(
                try number(
                    "SELECT count(*) FROM tasks WHERE \(here) AND created > ?", [now.milliseconds - 60_000]) ?? 0)
            summary.serviceMilliseconds = try number(
                """
                SELECT CAST(avg(run_ms) AS INTEGER) FROM (SELECT run_ms FROM outcomes WHERE \(here)
                AND state = 'succeeded' AND run_ms IS NOT NULL ORDER BY sequence DESC LIMIT 50)
                """)
            summary.lastActivity = try number("SELECT last FROM activity WHERE \(here)")
                .map(StoreTime.init(milliseconds:))
            let agents = try Row.fetchAll(
                db.cachedStatement(sql: AgentRow.select + "WHERE \(here) AND gone = 0 ORDER BY registered, id"),
                arguments: place
            ).map(AgentRow.read)
            for agent in agents {
                let leased = try Int.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT count(*) FROM tasks WHERE state = 'leased' AND lease_agent = ?"),
                    arguments: [agent.id.text])
                summary.agents.append(AgentLoad(agent: agent, leased: leased ?? 0))
            }
            return summary
        }
    }

    package func failureGroups(namespace: String, swarm: String?, limit: Int) async throws -> [FailureGroup] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: FailureRow.select + """
                        WHERE namespace = ?1 AND (?2 IS NULL OR swarm = ?2)
                        ORDER BY count DESC, last DESC, swarm, code, pattern LIMIT ?3
                        """), arguments: [namespace, swarm, min(max(limit, 1), 1000)]
            ).map(FailureRow.read)
        }
    }
}
