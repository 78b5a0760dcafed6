import TaskQueue

/// The statements that sessions for reading keep prepared.
enum Reading {
    static let task = Statement("task", TaskTable.select + "WHERE id = $1::text")
    static let liveObjectTasks = Statement(
        "live_object_tasks", TaskTable.select + "WHERE ended IS NULL AND object_name IS NOT NULL ORDER BY sequence")
    static let input = Statement("input", payload("input"))
    static let result = Statement("result", payload("result"))
    static let agent = Statement("agent", AgentTable.select + "WHERE id = $1::text")
    static let agents = Statement(
        "agents",
        AgentTable.select + "WHERE namespace = $1::text AND swarm = $2::text AND NOT gone ORDER BY registered, id")
    static let acknowledged = Statement("acknowledged", "SELECT cursor FROM consumers WHERE name = $1::text")
    static let nextDue = Statement(
        "next_due",
        """
        SELECT least((SELECT due FROM tasks WHERE due IS NOT NULL ORDER BY due LIMIT 1),
        (SELECT due FROM keys WHERE due IS NOT NULL ORDER BY due LIMIT 1))
        """)

    /// Where a ready task stands.
    static let position = Statement(
        "position",
        """
        SELECT
            (SELECT count(*) FROM (SELECT 1 FROM lanes CROSS JOIN LATERAL (SELECT 1 FROM tasks AS other
                WHERE other.state = 'ready' AND other.namespace = task.namespace AND other.swarm = task.swarm
                AND other.fairness_key = task.fairness_key AND other.type = lanes.type
                AND (other.rank, other.sequence) < (task.rank, task.sequence)
                ORDER BY other.rank, other.sequence LIMIT \(QueuePosition.maxCounted)) AS one
                WHERE lanes.namespace = task.namespace AND lanes.swarm = task.swarm
                AND lanes.fairness_key = task.fairness_key LIMIT \(QueuePosition.maxCounted)) AS ahead),
            (SELECT count(*) FROM (SELECT DISTINCT fairness_key FROM lanes WHERE lanes.namespace = task.namespace
                AND lanes.swarm = task.swarm AND place IS NOT NULL AND lanes.fairness_key <> task.fairness_key
                LIMIT \(QueuePosition.maxCounted)) AS others)
        FROM tasks AS task WHERE id = $1::text AND state = 'ready'
        """)

    static let summary = Statement(
        "summary",
        """
        SELECT coalesce(sum(ready), 0)::bigint, coalesce(sum(leased), 0)::bigint, coalesce(sum(delayed), 0)::bigint,
            coalesce(sum(held), 0)::bigint, min(head_ready_at),
            (SELECT min(ready_at) FROM tasks WHERE \(here) AND state = 'delayed'),
            (SELECT coalesce(sum(count), 0)::bigint FROM arrivals WHERE \(here) AND second > $3::bigint),
            (SELECT avg(run_ms)::bigint FROM (SELECT run_ms FROM outcomes WHERE \(here)
                AND state = 'succeeded' AND run_ms IS NOT NULL ORDER BY sequence DESC LIMIT 50) AS latest),
            (SELECT last FROM activity WHERE \(here))
        FROM lanes WHERE \(here)
        """)

    static let agentLoads = Statement(
        "agent_loads",
        """
        SELECT \(AgentTable.names), (SELECT count(*) FROM tasks WHERE state = 'leased' AND lease_agent = agents.id)
        FROM agents WHERE \(here) AND NOT gone ORDER BY registered, id
        """)

    private static let here = "namespace = $1::text AND swarm = $2::text"

    private static func payload(_ column: String) -> String {
        "SELECT \(column) FROM payloads WHERE sequence = (SELECT sequence FROM tasks WHERE id = $1::text)"
    }

    static let all: [Statement] =
        [
            task, liveObjectTasks, input, result, agent, agents, acknowledged, nextDue, summary, agentLoads,
            FeedTable.page, FeedTable.end, AttemptTable.ofTask, OutcomeTable.latest, DecisionTable.latest,
            Statements.catalogue, OutputTable.read, position, KeyTables.read, KeyTables.limits, FailureTable.most,
            GroupTable.read, GroupTable.failures, GroupTable.live,
        ] + BlobTable.reading
}
