import TaskQueue

/// Makes the sessions of one store.
struct SessionMaker: Sendable {
    let settings: ConnectionSettings

    /// What every session lives by. Lookups run down indexes whatever the server believes of the size of a table, which a queue
    /// soon proves wrong, and a plan made while a table was small is not kept; a program that is suspended within a transaction does not hold up the others for long; a client that is
    /// gone is noticed.
    private static let parameters = [
        "search_path = \(Schema.name)", "synchronous_commit = on", "statement_timeout = 10000",
        "lock_timeout = 5000", "idle_in_transaction_session_timeout = 10000", "enable_seqscan = off",
        "enable_bitmapscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "jit = off",
        "plan_cache_mode = force_custom_plan",
        "tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3",
        "tcp_user_timeout = 10000", "client_min_messages = error",
    ]

    /// A session on tables of this release, which are made or brought forward where they are not.
    /// - Throws: `TaskStoreError.cannotOpen`; `PostgresError`.
    func session(keeping statements: [Statement]) throws -> PostgresSession {
        let session = try PostgresSession(settings)
        // Before anything that an older server would not understand.
        try Migrator(session).migrate()
        _ = try session.run(Self.parameters.map { Request("SET \($0)") })
        try session.prepare(statements)
        return session
    }
}
