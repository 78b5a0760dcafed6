/// The second migration: fair order, limits, failures by kind, large results.
enum SchemaTwo {
    static let statements = [
        "ALTER TABLE tasks ADD COLUMN lane INTEGER",
        "ALTER TABLE tasks ADD COLUMN result_blob_task TEXT",
        "ALTER TABLE tasks ADD COLUMN result_blob_epoch INTEGER",
        "ALTER TABLE tasks ADD COLUMN result_sha256 TEXT",

        // A lane is that of one submitter and task type in a swarm; `turn` is the same for all types of a submitter. What is
        // said of its first ready task (`head`) is null where none is ready.
        """
        CREATE TABLE lanes (
            id INTEGER PRIMARY KEY,
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            fairness_key TEXT NOT NULL,
            type TEXT NOT NULL,
            delayed INTEGER NOT NULL DEFAULT 0,
            held INTEGER NOT NULL DEFAULT 0,
            ready INTEGER NOT NULL DEFAULT 0,
            leased INTEGER NOT NULL DEFAULT 0,
            turn INTEGER NOT NULL DEFAULT 0,
            place INTEGER,
            head INTEGER,
            head_ready_at INTEGER,
            head_priority INTEGER,
            UNIQUE (namespace, swarm, fairness_key, type)
        ) STRICT
        """,
        "CREATE INDEX lanes_order ON lanes (namespace, swarm, type, place, head) WHERE place IS NOT NULL",
        "CREATE INDEX lanes_empty ON lanes (id) WHERE delayed = 0 AND held = 0 AND ready = 0 AND leased = 0",
        """
        INSERT INTO lanes (namespace, swarm, fairness_key, type, delayed, held, ready, leased)
        SELECT namespace, swarm, fairness_key, type, sum(state = 'delayed'), sum(state = 'held'), sum(state = 'ready'),
        sum(state = 'leased') FROM tasks WHERE ended IS NULL GROUP BY namespace, swarm, fairness_key, type
        """,
        """
        UPDATE tasks SET lane = (SELECT id FROM lanes WHERE lanes.namespace = tasks.namespace
        AND lanes.swarm = tasks.swarm AND lanes.fairness_key = tasks.fairness_key AND lanes.type = tasks.type)
        WHERE ended IS NULL
        """,
        "DROP INDEX tasks_ready",
        "CREATE INDEX tasks_ready ON tasks (lane, rank, sequence) WHERE state = 'ready'",
        """
        UPDATE lanes SET head = (SELECT sequence FROM tasks WHERE lane = lanes.id AND state = 'ready'
        ORDER BY rank, sequence LIMIT 1)
        """,
        """
        UPDATE lanes SET head_ready_at = tasks.ready_at, head_priority = tasks.priority,
        place = tasks.ready_at * 1000 - tasks.priority * 30000000 FROM tasks WHERE tasks.sequence = lanes.head
        """,

        // Waiting tasks are counted in their lanes, arrivals by the second: an index that no query can use, and one that each
        // submission paid for.
        "DROP INDEX tasks_waiting",
        "DROP INDEX tasks_by_arrival",
        "CREATE INDEX tasks_delayed ON tasks (namespace, swarm, ready_at) WHERE state = 'delayed'",
        """
        CREATE TABLE arrivals (
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            second INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (namespace, swarm, second)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX tasks_of_objects ON tasks (sequence) WHERE ended IS NULL AND object_name IS NOT NULL",

        "CREATE TABLE namespaces (namespace TEXT PRIMARY KEY, live INTEGER NOT NULL) STRICT",
        "INSERT INTO namespaces SELECT namespace, count(*) FROM tasks WHERE ended IS NULL GROUP BY namespace",

        """
        CREATE TABLE limits (
            namespace TEXT NOT NULL,
            key TEXT NOT NULL,
            max_concurrent INTEGER,
            rate_interval INTEGER,
            rate_burst INTEGER,
            PRIMARY KEY (namespace, key)
        ) STRICT
        """,
        // Keys that have tasks, or lack tokens.
        """
        CREATE TABLE keys (
            namespace TEXT NOT NULL,
            key TEXT NOT NULL,
            full_at INTEGER NOT NULL,
            due INTEGER,
            empty INTEGER NOT NULL,
            PRIMARY KEY (namespace, key)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX keys_due ON keys (due) WHERE due IS NOT NULL",
        "CREATE INDEX keys_empty ON keys (full_at) WHERE empty = 1",
        """
        CREATE TABLE key_places (
            namespace TEXT NOT NULL,
            key TEXT NOT NULL,
            swarm TEXT NOT NULL,
            ready INTEGER NOT NULL,
            held INTEGER NOT NULL,
            leased INTEGER NOT NULL,
            PRIMARY KEY (namespace, key, swarm)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE INDEX tasks_ready_by_key ON tasks (namespace, concurrency_key, swarm, rank, sequence)
        WHERE state = 'ready' AND concurrency_key IS NOT NULL
        """,
        """
        CREATE INDEX tasks_held_by_key ON tasks (namespace, concurrency_key, swarm, rank, sequence)
        WHERE state = 'held' AND holds IN (2, 4, 6)
        """,
        """
        INSERT INTO key_places SELECT namespace, concurrency_key, swarm, sum(state = 'ready'),
        sum(state = 'held' AND holds IN (2, 4, 6)), sum(state = 'leased') FROM tasks
        WHERE concurrency_key IS NOT NULL AND ended IS NULL GROUP BY namespace, concurrency_key, swarm
        """,
        // Tasks with keys were not limited before: the reaper holds those too many.
        "INSERT INTO keys SELECT DISTINCT namespace, key, 0, 0, 0 FROM key_places",

        """
        CREATE TABLE failures (
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            code TEXT NOT NULL,
            pattern TEXT NOT NULL,
            count INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            examples TEXT NOT NULL,
            PRIMARY KEY (namespace, swarm, code, pattern)
        ) STRICT
        """,
        "CREATE INDEX failures_by_age ON failures (last)",

        """
        CREATE TABLE blobs (
            task TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            file TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            written INTEGER NOT NULL,
            PRIMARY KEY (task, epoch)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX blobs_by_age ON blobs (written)",
        "CREATE INDEX tasks_by_blob ON tasks (result_blob_task, result_blob_epoch) WHERE result_blob_task IS NOT NULL",
    ]
}
