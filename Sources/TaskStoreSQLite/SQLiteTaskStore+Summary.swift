import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func summary(namespace: String, swarm: String) async throws -> QueueSummary {
        let now = now()
        let beat = pulse.beat(of: SwarmPulse.Swarm(namespace: namespace, swarm: swarm))
        return try await read { [notes] db in
            let place: StatementArguments = [namespace, swarm]
            func number(_ sql: String, _ more: StatementArguments = []) throws -> Int64? {
                try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: place + more)
            }
            let here = "namespace = ? AND swarm = ?"
            var summary = QueueSummary(namespace: namespace, swarm: swarm, time: now)
            // Waiting tasks may be a great many: they are counted as they come and go.
            let counts = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT sum(ready), sum(leased), sum(delayed), sum(held), min(head_ready_at) FROM lanes
                        WHERE \(here)
                        """), arguments: place)
            func count(_ column: Int) -> Int { (counts?[column] as Int64?).map(Int.init(clamping:)) ?? 0 }
            summary.ready = count(0)
            summary.leased = count(1)
            summary.delayed = count(2)
            summary.held = count(3)
            summary.oldestReady = (counts?[4] as Int64?).map(StoreTime.init(milliseconds:))
            summary.nextDelayed = try number("SELECT min(ready_at) FROM tasks WHERE \(here) AND state = 'delayed'")
                .map(StoreTime.init(milliseconds:))
            let minuteAgo = now.milliseconds / 1000 - 60
            let unwritten = beat?.arrivals.reduce(0) { $0 + ($1.key > minuteAgo ? $1.value : 0) } ?? 0
            let written = try number("SELECT sum(count) FROM arrivals WHERE \(here) AND second > ?", [minuteAgo]) ?? 0
            summary.arrivalsLastMinute = Int(written) + unwritten
            summary.serviceMilliseconds = try number(
                """
                SELECT CAST(avg(run_ms) AS INTEGER) FROM (SELECT run_ms FROM outcomes WHERE \(here)
                AND state = 'succeeded' AND run_ms IS NOT NULL ORDER BY sequence DESC LIMIT 50)
                """)
            summary.lastActivity = try number("SELECT last FROM activity WHERE \(here)")
                .map(StoreTime.init(milliseconds:))
            if let last = beat?.last { summary.lastActivity = max(summary.lastActivity ?? last, last) }
            let agents = try Row.fetchAll(
                db.cachedStatement(sql: AgentRow.select + "WHERE \(here) AND gone = 0 ORDER BY registered, id"),
                arguments: place
            ).map { try notes.merged(AgentRow.read($0)) }
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
