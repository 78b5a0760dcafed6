/// The tables, as a series of migrations. A released migration is never edited; a change is another one.
///
/// All lies in the schema `das` of the URL's database. `rank` and `due` are derived from the record by the machine and stored for
/// their indexes; times are milliseconds. Every index that the work of the queue runs down is partial: what has ended is in none
/// of them.
enum Schema {
    static let name = "das"

    static let migrations: [Migration] = [
        Migration(version: 1, statements: first), Migration(version: 2, statements: second),
        Migration(version: 3, statements: third), Migration(version: 4, statements: GroupTable.migration),
        Migration(version: 5, statements: fifth), Migration(version: 6, statements: sixth),
    ]

    /// What tasks ask for, for those who learn from the feed how long each kind takes.
    private static let sixth = [
        "ALTER TABLE feed ADD COLUMN type text COLLATE \"C\"", "ALTER TABLE feed ADD COLUMN input_bytes bigint",
    ]

    /// Which failures are tried again.
    private static let fifth = [
        "ALTER TABLE tasks ADD COLUMN retry_on text COLLATE \"C\"",
        "ALTER TABLE tasks ADD COLUMN give_up_on text COLLATE \"C\"",
    ]

    /// Lanes, so that neither a lease nor a summary looks at all that is ready, or at all who have something ready; what a lane is,
    /// `FairOrder` says, but that here and in the other stores each task type has one of its own. `turn` is the same for all types of a
    /// submitter. What is said of its first ready task (`head`) is null where none is ready.
    private static let third = [
        """
        CREATE TABLE lanes (
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            fairness_key text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            delayed bigint NOT NULL,
            held bigint NOT NULL,
            ready bigint NOT NULL,
            leased bigint NOT NULL,
            empty boolean NOT NULL,
            turn bigint NOT NULL,
            place bigint,
            head bigint,
            head_ready_at bigint,
            head_priority bigint,
            PRIMARY KEY (namespace, swarm, fairness_key, type)
        ) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0)
        """,
        """
        INSERT INTO lanes SELECT tasks.namespace, tasks.swarm, tasks.fairness_key, type,
            count(*) FILTER (WHERE state = 'delayed'), count(*) FILTER (WHERE state = 'held'),
            count(*) FILTER (WHERE state = 'ready'), count(*) FILTER (WHERE state = 'leased'), false,
            coalesce(max(turn), 0)
        FROM tasks LEFT JOIN turns ON turns.namespace = tasks.namespace AND turns.swarm = tasks.swarm
            AND turns.fairness_key = tasks.fairness_key
        WHERE ended IS NULL GROUP BY tasks.namespace, tasks.swarm, tasks.fairness_key, type
        """,
        """
        UPDATE lanes SET head = first.sequence, head_ready_at = first.ready_at, head_priority = first.priority,
            place = greatest(first.ready_at * 1000, turn) - first.priority * 30000000
        FROM (SELECT DISTINCT ON (namespace, swarm, fairness_key, type) * FROM tasks WHERE state = 'ready'
            ORDER BY namespace, swarm, fairness_key, type, rank, sequence) AS first
        WHERE lanes.namespace = first.namespace AND lanes.swarm = first.swarm
            AND lanes.fairness_key = first.fairness_key AND lanes.type = first.type
        """,
        "CREATE INDEX lanes_order ON lanes (namespace, swarm, type, place, head) WHERE place IS NOT NULL",
        "CREATE INDEX lanes_empty ON lanes (turn) WHERE empty",
        "DROP TABLE turns",

        // Waiting and running tasks are counted in their lanes, arrivals by the second.
        """
        CREATE TABLE arrivals (
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            second bigint NOT NULL,
            count bigint NOT NULL,
            PRIMARY KEY (namespace, swarm, second)
        ) \(busy)
        """,
        "CREATE INDEX arrivals_by_age ON arrivals (second)",
        """
        INSERT INTO arrivals SELECT namespace, swarm, created / 1000, count(*) FROM tasks
        WHERE created > (SELECT time - 60000 FROM clock) GROUP BY namespace, swarm, created / 1000
        """,
        "DROP INDEX tasks_by_arrival",
        "DROP INDEX tasks_leased",
        "DROP INDEX tasks_waiting",
        "CREATE INDEX tasks_delayed ON tasks (namespace, swarm, ready_at) WHERE state = 'delayed'",
    ]

    /// What attempts write, and a time of their own for tasks that failed.
    private static let second = [
        """
        CREATE TABLE outputs (
            sequence bigint PRIMARY KEY,
            bytes bytea NOT NULL,
            written bigint NOT NULL
        ) \(busy)
        """,
        "DROP INDEX tasks_ended",
        "CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL AND state <> 'failed'",
        "CREATE INDEX tasks_failed ON tasks (ended) WHERE ended IS NOT NULL AND state = 'failed'",
    ]

    /// Rows that change all the time are vacuumed early, and find room for their next version on their own page.
    private static let busy =
        """
        WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, \
        autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 1)
        """

    private static let first = [
        "CREATE SEQUENCE task_sequence",
        """
        CREATE TABLE tasks (
            sequence bigint PRIMARY KEY,
            id text COLLATE "C" NOT NULL,
            namespace text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            pinned boolean NOT NULL,
            object_name text COLLATE "C",
            submitter text COLLATE "C",
            created bigint NOT NULL,
            deadline bigint,
            timeout_ms bigint NOT NULL,
            retry_limit bigint NOT NULL,
            retry_backoff_seconds double precision NOT NULL,
            retry_max_backoff_seconds double precision NOT NULL,
            dedup_key text COLLATE "C",
            concurrency_key text COLLATE "C",
            fairness_key text COLLATE "C" NOT NULL,
            traceparent text COLLATE "C",
            labels text COLLATE "C",
            input_bytes bigint NOT NULL,
            retry_of text COLLATE "C",
            adopted_from text COLLATE "C",
            swarm text COLLATE "C" NOT NULL,
            priority bigint NOT NULL,
            state text COLLATE "C" NOT NULL,
            holds bigint NOT NULL,
            ready_at bigint NOT NULL,
            attempts bigint NOT NULL,
            releases bigint NOT NULL,
            continues_released boolean NOT NULL,
            epoch bigint NOT NULL,
            token bytea,
            lease_agent text COLLATE "C",
            lease_since bigint,
            lease_expiry bigint,
            lease_timeout_at bigint,
            lease_acknowledged boolean,
            lease_request bigint,
            report_epoch bigint,
            report_token bytea,
            report_digest bigint,
            cancel_requested bigint,
            cancel_forced_at bigint,
            cancel_reason text COLLATE "C",
            progress_done bigint,
            progress_total bigint,
            progress_message text COLLATE "C",
            first_leased bigint,
            agent text COLLATE "C",
            ended bigint,
            failure_code text COLLATE "C",
            failure_message text COLLATE "C",
            result_bytes bigint,
            result_blob_task text COLLATE "C",
            result_blob_epoch bigint,
            result_sha256 text COLLATE "C",
            rank bigint NOT NULL,
            due bigint,
            checkpoint_bytes bigint NOT NULL
        ) \(busy)
        """,
        "CREATE UNIQUE INDEX tasks_by_id ON tasks (id)",
        """
        CREATE INDEX tasks_ready ON tasks (namespace, swarm, fairness_key, type, rank, sequence)
        INCLUDE (ready_at, priority) WHERE state = 'ready'
        """,
        """
        CREATE INDEX tasks_ready_by_key ON tasks (namespace, concurrency_key, swarm, rank, sequence)
        WHERE state = 'ready' AND concurrency_key IS NOT NULL
        """,
        """
        CREATE INDEX tasks_held_by_key ON tasks (namespace, concurrency_key, swarm, rank, sequence)
        WHERE state = 'held' AND holds IN (2, 4, 6)
        """,
        "CREATE INDEX tasks_leased ON tasks (namespace, swarm) WHERE state = 'leased'",
        "CREATE INDEX tasks_by_agent ON tasks (lease_agent, lease_request) WHERE state = 'leased'",
        "CREATE INDEX tasks_waiting ON tasks (namespace, swarm, state, ready_at) WHERE state IN ('delayed', 'held')",
        "CREATE INDEX tasks_due ON tasks (due) WHERE due IS NOT NULL",
        "CREATE INDEX tasks_dedup ON tasks (namespace, dedup_key, sequence) WHERE dedup_key IS NOT NULL",
        "CREATE INDEX tasks_by_namespace ON tasks (namespace, sequence)",
        "CREATE INDEX tasks_by_arrival ON tasks (namespace, swarm, created)",
        "CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL",
        "CREATE INDEX tasks_by_blob ON tasks (result_blob_task, result_blob_epoch) WHERE result_blob_task IS NOT NULL",
        "CREATE INDEX tasks_of_objects ON tasks (sequence) WHERE ended IS NULL AND object_name IS NOT NULL",
        """
        CREATE TABLE payloads (
            sequence bigint PRIMARY KEY,
            input bytea NOT NULL,
            result bytea,
            checkpoint bytea
        ) \(busy)
        """,
        // When each submitter was last served.
        """
        CREATE TABLE turns (
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            fairness_key text COLLATE "C" NOT NULL,
            turn bigint NOT NULL,
            PRIMARY KEY (namespace, swarm, fairness_key)
        ) \(busy)
        """,
        "CREATE INDEX turns_by_age ON turns (turn)",
        // Tasks that have not ended, in a few parts, so that programs seldom wait for each other; a part may be negative.
        """
        CREATE TABLE live (
            namespace text COLLATE "C" NOT NULL,
            part bigint NOT NULL,
            tasks bigint NOT NULL,
            PRIMARY KEY (namespace, part)
        ) WITH (fillfactor = 20)
        """,
        """
        CREATE TABLE limits (
            namespace text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            max_concurrent bigint,
            rate_interval bigint,
            rate_burst bigint,
            PRIMARY KEY (namespace, key)
        )
        """,
        // Keys that have tasks, or lack tokens.
        """
        CREATE TABLE keys (
            namespace text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            full_at bigint NOT NULL,
            due bigint,
            empty boolean NOT NULL,
            PRIMARY KEY (namespace, key)
        ) \(busy)
        """,
        "CREATE INDEX keys_due ON keys (due) WHERE due IS NOT NULL",
        "CREATE INDEX keys_empty ON keys (full_at) WHERE empty",
        """
        CREATE TABLE key_places (
            namespace text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            ready bigint NOT NULL,
            held bigint NOT NULL,
            leased bigint NOT NULL,
            PRIMARY KEY (namespace, key, swarm)
        ) \(busy)
        """,
        """
        CREATE TABLE failures (
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            fingerprint text COLLATE "C" NOT NULL,
            code text COLLATE "C" NOT NULL,
            pattern text COLLATE "C" NOT NULL,
            count bigint NOT NULL,
            first bigint NOT NULL,
            last bigint NOT NULL,
            examples text COLLATE "C" NOT NULL,
            PRIMARY KEY (namespace, swarm, fingerprint)
        )
        """,
        "CREATE INDEX failures_by_age ON failures (last)",
        "CREATE SEQUENCE upload_number",
        // An upload is a blob's once it is finished; `touched` is when it last grew.
        """
        CREATE TABLE uploads (
            number bigint PRIMARY KEY,
            task text COLLATE "C" NOT NULL,
            epoch bigint NOT NULL,
            touched bigint NOT NULL
        )
        """,
        """
        CREATE TABLE upload_pieces (
            upload bigint NOT NULL,
            start bigint NOT NULL,
            bytes bytea NOT NULL,
            PRIMARY KEY (upload, start)
        )
        """,
        // What is uploaded is seldom text that the server could make shorter.
        "ALTER TABLE upload_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL",
        """
        CREATE TABLE blobs (
            task text COLLATE "C" NOT NULL,
            epoch bigint NOT NULL,
            upload bigint NOT NULL,
            sha256 text COLLATE "C" NOT NULL,
            bytes bigint NOT NULL,
            written bigint NOT NULL,
            PRIMARY KEY (task, epoch)
        )
        """,
        "CREATE INDEX blobs_by_age ON blobs (written)",
        """
        CREATE TABLE agents (
            id text COLLATE "C" PRIMARY KEY,
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            name text COLLATE "C" NOT NULL,
            pod_uid text COLLATE "C",
            instance text COLLATE "C" NOT NULL,
            slots bigint NOT NULL,
            version text COLLATE "C" NOT NULL,
            capabilities text COLLATE "C" NOT NULL,
            service_account text COLLATE "C" NOT NULL,
            registered bigint NOT NULL,
            last_seen bigint NOT NULL,
            last_request bigint NOT NULL,
            draining boolean NOT NULL,
            gone boolean NOT NULL
        ) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0)
        """,
        "CREATE INDEX agents_by_swarm ON agents (namespace, swarm)",
        "CREATE INDEX agents_by_pod ON agents (pod_uid) WHERE pod_uid IS NOT NULL",
        """
        CREATE TABLE feed (
            cursor bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            time bigint NOT NULL,
            kind text COLLATE "C" NOT NULL,
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            task text COLLATE "C",
            object text COLLATE "C",
            state text COLLATE "C",
            agent text COLLATE "C",
            pending boolean NOT NULL
        ) \(busy)
        """,
        "CREATE INDEX feed_pending ON feed (task) WHERE pending",
        #"CREATE TABLE consumers (name text COLLATE "C" PRIMARY KEY, cursor bigint NOT NULL)"#,
        // One row: how far the feed has been pruned.
        "CREATE TABLE feed_end (one boolean PRIMARY KEY CHECK (one), pruned bigint NOT NULL)",
        "INSERT INTO feed_end VALUES (true, 0)",
        "CREATE SEQUENCE catalogue_version",
        // An entry that was removed stays without its text, so that the version rises.
        """
        CREATE TABLE catalogue (
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            entry bytea,
            PRIMARY KEY (namespace, swarm)
        )
        """,
        "CREATE INDEX catalogue_by_version ON catalogue (version)",
        """
        CREATE TABLE attempts (
            sequence bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            task text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            epoch bigint NOT NULL,
            agent text COLLATE "C" NOT NULL,
            agent_name text COLLATE "C" NOT NULL,
            started bigint NOT NULL,
            ended bigint NOT NULL,
            "end" text COLLATE "C" NOT NULL,
            failure_code text COLLATE "C",
            failure_message text COLLATE "C"
        )
        """,
        "CREATE INDEX attempts_by_task ON attempts (task)",
        """
        CREATE TABLE outcomes (
            sequence bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            task text COLLATE "C" NOT NULL,
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            type text COLLATE "C" NOT NULL,
            state text COLLATE "C" NOT NULL,
            attempts bigint NOT NULL,
            wait_ms bigint,
            run_ms bigint,
            input_bytes bigint NOT NULL,
            result_bytes bigint,
            failure_code text COLLATE "C",
            ended bigint NOT NULL
        )
        """,
        "CREATE INDEX outcomes_by_swarm ON outcomes (namespace, swarm, sequence)",
        """
        CREATE TABLE decisions (
            sequence bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            time bigint NOT NULL,
            from_agents bigint NOT NULL,
            to_agents bigint NOT NULL,
            reason text COLLATE "C" NOT NULL,
            inputs bytea NOT NULL
        )
        """,
        "CREATE INDEX decisions_by_swarm ON decisions (namespace, swarm, sequence)",
        """
        CREATE TABLE activity (
            namespace text COLLATE "C" NOT NULL,
            swarm text COLLATE "C" NOT NULL,
            last bigint NOT NULL,
            PRIMARY KEY (namespace, swarm)
        ) WITH (fillfactor = 20)
        """,
        // One row: the latest time that the store is known to have lived by.
        "CREATE TABLE clock (one boolean PRIMARY KEY CHECK (one), time bigint NOT NULL) WITH (fillfactor = 20)",
        "INSERT INTO clock VALUES (true, 0)",
    ]
}
