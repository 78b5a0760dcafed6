import TaskQueue

/// The statements that sessions keep prepared.
enum Statements {
    static let begin = Statement("begin", "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE")
    static let commit = Statement("commit", "COMMIT")
    static let rollback = Statement("rollback", "ROLLBACK")

    static let head = Statement("head", "SELECT (SELECT coalesce(max(version), 0) FROM catalogue), time FROM clock")
    static let catalogue = Statement(
        "catalogue", "SELECT version, entry FROM catalogue ORDER BY namespace, swarm")
    /// In the order of their numbers, for everybody.
    static let lockKeys = Statement(
        "lock_keys", "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS keys (key)")
    static let agentsLocked = Statement(
        "agents_locked", AgentTable.select + "WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE")
    static let tasksLocked = Statement(
        "tasks_locked", TaskTable.select + "WHERE id = ANY ($1::text[]) ORDER BY sequence FOR UPDATE")
    /// A key's tasks, the first one first.
    static let tasksByKey = Statement(
        "tasks_by_key",
        TaskTable.select
            + """
            WHERE namespace = $1::text AND dedup_key = $2::text AND type = $3::text
            AND state NOT IN ('failed', 'cancelled') ORDER BY sequence LIMIT 1 FOR UPDATE
            """)
    static let tasksOfRequest = Statement(
        "tasks_of_request",
        TaskTable.select
            + """
            WHERE state = 'leased' AND lease_agent = $1::text AND lease_request = $2::bigint
            ORDER BY sequence FOR UPDATE
            """)
    static let tasksOfAgent = Statement(
        "tasks_of_agent",
        TaskTable.select + "WHERE state = 'leased' AND lease_agent = $1::text ORDER BY sequence FOR UPDATE")
    static let tasksLeased = Statement("tasks_leased", TaskTable.select + "WHERE state = 'leased' FOR UPDATE")
    static let agentsOfPod = Statement(
        "agents_of_pod", AgentTable.select + "WHERE pod_uid = $1::text AND NOT gone ORDER BY id FOR UPDATE")
    static let agentsByName = Statement(
        "agents_by_name",
        AgentTable.select
            + """
            WHERE namespace = $1::text AND swarm = $2::text AND name = $3::text AND NOT gone ORDER BY id FOR UPDATE
            """)
    static let result = Statement("result", "SELECT result FROM payloads WHERE sequence = $1::bigint")
    /// A key's first task in order of those that it holds.
    static let firstHeld = Statement(
        "first_held",
        TaskTable.select
            + """
            WHERE state = 'held' AND holds IN (2, 4, 6) AND namespace = $1::text AND concurrency_key = $2::text
            AND swarm = $3::text ORDER BY rank, sequence LIMIT 1 FOR UPDATE SKIP LOCKED
            """)
    /// A key's last task in order of those that are ready.
    static let lastReady = Statement(
        "last_ready",
        TaskTable.select
            + """
            WHERE state = 'ready' AND concurrency_key IS NOT NULL AND namespace = $1::text
            AND concurrency_key = $2::text AND swarm = $3::text
            ORDER BY rank DESC, sequence DESC LIMIT 1 FOR UPDATE SKIP LOCKED
            """)
    static let live = Statement(
        "live",
        "SELECT namespace, sum(tasks)::bigint FROM live WHERE namespace = ANY ($1::text[]) GROUP BY namespace")
    static let feedPruned = Statement("feed_pruned", "SELECT pruned FROM feed_end FOR UPDATE")
    static let places = Statement(
        "places", "SELECT nextval('task_sequence') FROM generate_series(1, $1::bigint)")

    static let payloads = Statement(
        "payloads", "SELECT sequence, input, checkpoint FROM payloads WHERE sequence = ANY ($1::bigint[])")
    static let payloadsInsert = Statement(
        "payloads_insert",
        "INSERT INTO payloads (sequence, input, result) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])")
    static let payloadsUpdate = Statement(
        "payloads_update",
        """
        UPDATE payloads AS old SET result = coalesce(new.result, old.result),
        checkpoint = CASE WHEN new.sets_checkpoint THEN new.checkpoint ELSE old.checkpoint END
        FROM unnest($1::bigint[], $2::bytea[], $3::boolean[], $4::bytea[])
        AS new (sequence, result, sets_checkpoint, checkpoint) WHERE old.sequence = new.sequence
        """)

    static let noteTime = Statement(
        "note_time", "UPDATE clock SET time = $1::bigint WHERE time < $1::bigint")
    static let noteActivity = Statement(
        "note_activity",
        """
        INSERT INTO activity AS old (namespace, swarm, last)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
        ON CONFLICT (namespace, swarm) DO UPDATE SET last = excluded.last WHERE old.last < excluded.last
        """)

    static func noting(_ due: Notes.Due) -> [Request] {
        var requests: [Request] = []
        if let time = due.time { requests.append(Request(noteTime, Parameters(.integer(time.milliseconds)))) }
        if !due.activity.isEmpty {
            // In one order for everybody, as each row is locked.
            let notes = due.activity.sorted {
                ($0.key.namespace, $0.key.swarm) < ($1.key.namespace, $1.key.swarm)
            }
            var parameters = Parameters()
            parameters.add(notes.lazy.map(\.key.namespace))
            parameters.add(notes.lazy.map(\.key.swarm))
            parameters.add(notes.lazy.map(\.value.milliseconds))
            requests.append(Request(noteActivity, parameters))
        }
        return requests
    }

    static let writing: [Statement] =
        [
            begin, commit, rollback, head, catalogue, lockKeys, agentsLocked, agentsOfPod, agentsByName, tasksLocked,
            tasksByKey, tasksOfRequest, tasksOfAgent, tasksLeased, result, feedPruned, places, payloads, payloadsInsert,
            payloadsUpdate, noteTime, noteActivity, TaskTable.insert, TaskTable.update,
            AgentTable.insert, AgentTable.update, AgentTable.see, AttemptTable.insert, OutcomeTable.insert,
            OutputTable.append, GroupTable.add,
            DecisionTable.insert, firstHeld, lastReady, live, LiveTable.count, FailureTable.join,
            FeedTable.lock, FeedTable.insert, Reading.nextDue, FeedListener.announce,
        ] + KeyTables.writing + BlobTable.writing + CandidatePools.writing + LaneTable.writing
}
