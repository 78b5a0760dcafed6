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
            (WITH RECURSIVE kind (name) AS (
                (SELECT other.type FROM tasks AS other WHERE other.state = 'ready'
                    AND other.namespace = task.namespace AND other.swarm = task.swarm
                    AND other.fairness_key = task.fairness_key ORDER BY other.type LIMIT 1)
                UNION ALL
                SELECT (SELECT other.type FROM tasks AS other WHERE other.state = 'ready'
                    AND other.namespace = task.namespace AND other.swarm = task.swarm
                    AND other.fairness_key = task.fairness_key AND other.type > kind.name ORDER BY other.type LIMIT 1)
                FROM kind WHERE kind.name IS NOT NULL
            ) SELECT count(*) FROM (SELECT 1 FROM kind CROSS JOIN LATERAL (SELECT 1 FROM tasks AS other
                WHERE other.state = 'ready' AND other.namespace = task.namespace AND other.swarm = task.swarm
                AND other.fairness_key = task.fairness_key AND other.type = kind.name
                AND (other.rank, other.sequence) < (task.rank, task.sequence)
                ORDER BY other.rank, other.sequence LIMIT \(QueuePosition.maxCounted)) AS one
                LIMIT \(QueuePosition.maxCounted)) AS ahead),
            (WITH RECURSIVE submitter (name) AS (
                (SELECT fairness_key FROM tasks AS other WHERE other.state = 'ready'
                    AND other.namespace = task.namespace AND other.swarm = task.swarm ORDER BY fairness_key LIMIT 1)
                UNION ALL
                SELECT (SELECT fairness_key FROM tasks AS other WHERE other.state = 'ready'
                    AND other.namespace = task.namespace AND other.swarm = task.swarm
                    AND other.fairness_key > submitter.name ORDER BY fairness_key LIMIT 1)
                FROM submitter WHERE submitter.name IS NOT NULL
            ) SELECT count(*) FROM (SELECT 1 FROM submitter WHERE name IS NOT NULL AND name <> task.fairness_key
                LIMIT \(QueuePosition.maxCounted)) AS others)
        FROM tasks AS task WHERE id = $1::text AND state = 'ready'
        """)

    static let summary = Statement(
        "summary",
        """
        WITH RECURSIVE lane (owner, kind) AS (
            (SELECT fairness_key, type FROM tasks WHERE \(here) AND state = 'ready'
            ORDER BY fairness_key, type LIMIT 1)
            UNION ALL
            SELECT next.* FROM lane CROSS JOIN LATERAL (SELECT fairness_key, tasks.type FROM tasks WHERE \(here)
                AND state = 'ready' AND (fairness_key, tasks.type) > (owner, kind)
                ORDER BY fairness_key, tasks.type LIMIT 1) AS next
        )
        SELECT
            (SELECT count(*) FROM tasks WHERE \(here) AND state = 'ready'),
            (SELECT count(*) FROM tasks WHERE \(here) AND state = 'leased'),
            (SELECT count(*) FROM tasks WHERE \(here) AND state = 'delayed'),
            (SELECT count(*) FROM tasks WHERE \(here) AND state = 'held'),
            (SELECT min(first.ready_at) FROM lane CROSS JOIN LATERAL (SELECT ready_at FROM tasks WHERE \(here)
                AND state = 'ready' AND fairness_key = owner AND tasks.type = kind
                ORDER BY rank, sequence LIMIT 1) AS first),
            (SELECT min(ready_at) FROM tasks WHERE \(here) AND state = 'delayed'),
            (SELECT count(*) FROM tasks WHERE \(here) AND created > $3::bigint),
            (SELECT avg(run_ms)::bigint FROM (SELECT run_ms FROM outcomes WHERE \(here)
                AND state = 'succeeded' AND run_ms IS NOT NULL ORDER BY sequence DESC LIMIT 50) AS latest),
            (SELECT last FROM activity WHERE \(here))
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
        ] + BlobTable.reading
}
