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
            summary.ready = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'ready'") ?? 0)
            summary.leased = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'leased'") ?? 0)
            summary.delayed = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'delayed'") ?? 0)
            summary.held = Int(try number("SELECT count(*) FROM tasks WHERE \(here) AND state = 'held'") ?? 0)
            summary.oldestReady = try number("SELECT min(ready_at) FROM tasks WHERE \(here) AND state = 'ready'")
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
}
