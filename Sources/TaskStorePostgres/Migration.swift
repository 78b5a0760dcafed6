import TaskQueue

/// A step of the tables from one release to the next.
struct Migration: Sendable {
    var version: Int64
    var statements: [String]

    /// Of the statements; kept in the database, so that a step that was edited after it was taken does not go unnoticed.
    var digest: Int64 {
        Int64(bitPattern: ReportDigest(kind: "migration", statements.joined(separator: ";").utf8).bits)
    }
}

/// Brings the tables of a database to this release's, in one transaction under a lock, so that programs that start together do it
/// once.
struct Migrator {
    /// Older servers are refused: nobody mends them any more, and nobody tries this store on them.
    static let oldestServer = 130_000
    /// How long a step may take, and the wait for another program that takes it: large tables are written anew, where a statement
    /// of the store touches a few rows. A server that is gone is noticed by its connection much earlier.
    static let mostSeconds = 1800.0

    let session: PostgresSession
    let migrations: [Migration]

    init(_ session: PostgresSession, _ migrations: [Migration] = Schema.migrations) {
        self.session = session
        self.migrations = migrations
    }

    /// - Throws: `TaskStoreError.cannotOpen`: the server is too old, the tables are of a newer release or of an edited one;
    ///   `PostgresError`.
    func migrate() throws {
        guard session.serverVersion >= Self.oldestServer else {
            throw TaskStoreError(
                .cannotOpen,
                "the server is PostgreSQL \(session.serverVersion / 10_000); the task store needs "
                    + "\(Self.oldestServer / 10_000) or later")
        }
        if let taken = try taken(), try check(taken) == migrations.count { return }
        // Limits that the database or the user sets for all statements are not meant for these either.
        _ = try session.run(
            [Request("BEGIN")] + ["statement_timeout", "lock_timeout"].map { Request("SET LOCAL \($0) = 0") })
        do {
            // Who waits here finds everything done.
            _ = try session.run(
                [Request("SELECT pg_advisory_xact_lock($1::bigint)", .integer(AdvisoryLock.migration))],
                within: Self.mostSeconds)
            let known = try taken()
            if known == nil { _ = try session.run(creation(hasSchema: try hasSchema())) }
            let done = try check(known ?? [:])
            for migration in migrations.dropFirst(done) {
                var requests = [Request("SET LOCAL search_path = \(Schema.name)")]
                requests += migration.statements.map { Request($0) }
                requests.append(
                    Request(
                        "INSERT INTO migrations (version, digest) VALUES ($1::bigint, $2::bigint)",
                        .integer(migration.version), .integer(migration.digest)))
                _ = try session.run(requests, within: Self.mostSeconds)
            }
            _ = try session.run([Request("COMMIT")], within: Self.mostSeconds)
        } catch {
            if !session.isBroken { _ = try? session.run([Request("ROLLBACK")]) }
            throw error
        }
    }

    /// The digests of the steps that the database has taken, by version; `nil`: it has none of our tables.
    private func taken() throws -> [Int64: Int64]? {
        // As it is now, also after a wait for the lock: the server may answer `to_regclass` from what it remembers.
        let found = try session.run([
            Request(
                """
                SELECT EXISTS (SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = '\(Schema.name)' AND relname = 'migrations')
                """)
        ])
        guard var row = found.first?.first, try row.bool() else { return nil }
        let rows = try session.run([Request("SELECT version, digest FROM \(Schema.name).migrations")])
        let pairs = try rows[0].map { row in (try row.integer(), try row.integer()) }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    /// How many of our steps are taken.
    private func check(_ taken: [Int64: Int64]) throws -> Int {
        let newest = migrations.last?.version ?? 0
        if let newer = taken.keys.max(), newer > newest {
            throw TaskStoreError(
                .cannotOpen,
                "the task store's tables are of a newer release (version \(newer), this one knows \(newest)); "
                    + "start that release, or use another database")
        }
        for migration in migrations {
            guard let digest = taken[migration.version] else { break }
            if digest != migration.digest {
                throw TaskStoreError(
                    .cannotOpen,
                    "the task store's tables (version \(migration.version)) are not those of any release; "
                        + "use another database, or restore a backup")
            }
        }
        return migrations.prefix { taken[$0.version] != nil }.count
    }

    private func hasSchema() throws -> Bool {
        let found = try session.run(
            [Request("SELECT count(*) FROM pg_namespace WHERE nspname = $1::text", .text(Schema.name))])
        guard var row = found.first?.first else { return false }
        return try row.integer() > 0
    }

    /// An administrator may have made the schema for a user who may make none.
    private func creation(hasSchema: Bool) -> [Request] {
        (hasSchema ? [] : [Request("CREATE SCHEMA \(Schema.name)")]) + [
            Request(
                """
                CREATE TABLE \(Schema.name).migrations (version bigint PRIMARY KEY, digest bigint NOT NULL,
                applied timestamptz NOT NULL DEFAULT now())
                """)
        ]
    }
}
