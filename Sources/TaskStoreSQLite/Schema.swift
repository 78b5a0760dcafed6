import GRDB

/// The tables, as a series of migrations. A released migration is never edited; a change is another one.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            for statement in first { try db.execute(sql: statement) }
        }
        migrator.registerMigration("2") { db in
            for statement in SchemaTwo.statements { try db.execute(sql: statement) }
        }
        migrator.registerMigration("3") { db in
            for statement in third { try db.execute(sql: statement) }
        }
        migrator.registerMigration("4") { db in
            for statement in GroupRow.migration { try db.execute(sql: statement) }
        }
        migrator.registerMigration("5") { db in
            for statement in fifth { try db.execute(sql: statement) }
        }
        migrator.registerMigration("6") { db in
            for statement in sixth { try db.execute(sql: statement) }
        }
        migrator.registerMigration("7") { db in
            for statement in seventh { try db.execute(sql: statement) }
        }
        return migrator
    }

    /// Makes a file as an earlier release left it, for tests of the migrations that follow.
    static func makeFile(at path: String, upTo migration: String, _ statements: [String]) throws {
        let queue = try DatabaseQueue(path: path)
        try migrator.migrate(queue, upTo: migration)
        try queue.write { db in for statement in statements { try db.execute(sql: statement) } }
        try queue.close()
    }

    /// What tasks ask for, for those who learn from the feed how long each kind takes.
    private static let sixth = [
        "ALTER TABLE feed ADD COLUMN type TEXT", "ALTER TABLE feed ADD COLUMN input_bytes INTEGER",
    ]

    /// Which failures are tried again.
    private static let fifth = [
        "ALTER TABLE tasks ADD COLUMN retry_on TEXT", "ALTER TABLE tasks ADD COLUMN give_up_on TEXT",
    ]

    /// What lanes count already, and an index beside one that does as well: each task paid for both.
    private static let seventh = ["DROP TABLE namespaces", "DROP INDEX tasks_leased"]

    /// What attempts write, and a time of their own for tasks that failed.
    private static let third = [
        "CREATE TABLE outputs (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL, written INTEGER NOT NULL) STRICT",
        "DROP INDEX tasks_ended",
        "CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL AND state <> 'failed'",
        "CREATE INDEX tasks_failed ON tasks (ended) WHERE ended IS NOT NULL AND state = 'failed'",
    ]

    /// `rank` and `due` are derived from the record by the machine and stored for their indexes; times are milliseconds.
    private static let first = [
        """
        CREATE TABLE tasks (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            namespace TEXT NOT NULL,
            type TEXT NOT NULL,
            swarm TEXT NOT NULL,
            pinned INTEGER NOT NULL,
            object_name TEXT,
            submitter TEXT,
            priority INTEGER NOT NULL,
            created INTEGER NOT NULL,
            deadline INTEGER,
            timeout_ms INTEGER NOT NULL,
            retry_limit INTEGER NOT NULL,
            retry_backoff_seconds REAL NOT NULL,
            retry_max_backoff_seconds REAL NOT NULL,
            dedup_key TEXT,
            concurrency_key TEXT,
            fairness_key TEXT NOT NULL,
            traceparent TEXT,
            labels TEXT,
            input_bytes INTEGER NOT NULL,
            retry_of TEXT,
            adopted_from TEXT,
            state TEXT NOT NULL,
            holds INTEGER NOT NULL,
            ready_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            releases INTEGER NOT NULL,
            continues_released INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            token BLOB,
            lease_agent TEXT,
            lease_since INTEGER,
            lease_expiry INTEGER,
            lease_timeout_at INTEGER,
            lease_acknowledged INTEGER,
            lease_request INTEGER,
            report_epoch INTEGER,
            report_token BLOB,
            report_digest INTEGER,
            cancel_requested INTEGER,
            cancel_forced_at INTEGER,
            cancel_reason TEXT,
            progress_done INTEGER,
            progress_total INTEGER,
            progress_message TEXT,
            first_leased INTEGER,
            agent TEXT,
            ended INTEGER,
            failure_code TEXT,
            failure_message TEXT,
            result_bytes INTEGER,
            rank INTEGER NOT NULL,
            due INTEGER
        ) STRICT
        """,
        "CREATE INDEX tasks_ready ON tasks (namespace, swarm, rank, sequence) WHERE state = 'ready'",
        "CREATE INDEX tasks_leased ON tasks (namespace, swarm) WHERE state = 'leased'",
        "CREATE INDEX tasks_by_agent ON tasks (lease_agent, lease_request) WHERE state = 'leased'",
        "CREATE INDEX tasks_waiting ON tasks (namespace, swarm, state, ready_at) WHERE state IN ('delayed', 'held')",
        "CREATE INDEX tasks_due ON tasks (due) WHERE due IS NOT NULL",
        "CREATE INDEX tasks_dedup ON tasks (namespace, dedup_key) WHERE dedup_key IS NOT NULL",
        "CREATE INDEX tasks_by_namespace ON tasks (namespace, sequence)",
        "CREATE INDEX tasks_by_arrival ON tasks (namespace, swarm, created)",
        "CREATE INDEX tasks_ended ON tasks (ended) WHERE ended IS NOT NULL",
        """
        CREATE TABLE payloads (
            sequence INTEGER PRIMARY KEY,
            input BLOB NOT NULL,
            result BLOB,
            checkpoint BLOB
        ) STRICT
        """,
        """
        CREATE TABLE agents (
            id TEXT PRIMARY KEY,
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            name TEXT NOT NULL,
            pod_uid TEXT,
            instance TEXT NOT NULL,
            slots INTEGER NOT NULL,
            version TEXT NOT NULL,
            capabilities TEXT NOT NULL,
            service_account TEXT NOT NULL,
            registered INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            last_request INTEGER NOT NULL,
            draining INTEGER NOT NULL,
            gone INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX agents_by_swarm ON agents (namespace, swarm)",
        "CREATE INDEX agents_by_pod ON agents (pod_uid) WHERE pod_uid IS NOT NULL",
        """
        CREATE TABLE feed (
            cursor INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            task TEXT,
            object TEXT,
            state TEXT,
            agent TEXT,
            pending INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX feed_pending ON feed (task) WHERE pending = 1",
        "CREATE TABLE consumers (name TEXT PRIMARY KEY, cursor INTEGER NOT NULL) STRICT",
        """
        CREATE TABLE catalogue (
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            entry BLOB NOT NULL,
            PRIMARY KEY (namespace, swarm)
        ) STRICT
        """,
        """
        CREATE TABLE attempts (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            task TEXT NOT NULL,
            number INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            agent TEXT NOT NULL,
            agent_name TEXT NOT NULL,
            started INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            "end" TEXT NOT NULL,
            failure_code TEXT,
            failure_message TEXT
        ) STRICT
        """,
        "CREATE INDEX attempts_by_task ON attempts (task)",
        """
        CREATE TABLE outcomes (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            task TEXT NOT NULL,
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            type TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            wait_ms INTEGER,
            run_ms INTEGER,
            input_bytes INTEGER NOT NULL,
            result_bytes INTEGER,
            failure_code TEXT,
            ended INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX outcomes_by_swarm ON outcomes (namespace, swarm, sequence)",
        """
        CREATE TABLE decisions (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            time INTEGER NOT NULL,
            from_agents INTEGER NOT NULL,
            to_agents INTEGER NOT NULL,
            reason TEXT NOT NULL,
            inputs BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX decisions_by_swarm ON decisions (namespace, swarm, sequence)",
        """
        CREATE TABLE activity (
            namespace TEXT NOT NULL,
            swarm TEXT NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (namespace, swarm)
        ) STRICT
        """,
        // One row: the latest time that the store has lived by, and how far the feed has been pruned.
        "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), time INTEGER NOT NULL, pruned INTEGER NOT NULL) STRICT",
        "INSERT INTO state VALUES (1, 0, 0)",
    ]
}
