import TaskQueue

extension TaskStoreError {
    /// What an error means to a caller of the store.
    /// - Parameter isUncertain: the session broke while the commit was under way.
    static func of(_ error: any Error, isUncertain: Bool = false) -> any Error {
        guard let error = error as? PostgresError else {
            if error is TaskStoreError || error is CancellationError { return error }
            return TaskStoreError(.corrupt, "the task store holds what cannot be read: \(error)", cause: error)
        }
        if isUncertain {
            return TaskStoreError(
                .unavailable,
                "the PostgreSQL server went away while it was storing this (\(error)); it may be stored: ask again",
                cause: error)
        }
        return TaskStoreError(error.code, error.advice, cause: error)
    }

    /// Of a store that does not open, or does not come back.
    static func opening(_ settings: ConnectionSettings, _ error: any Error) -> any Error {
        guard let error = error as? PostgresError else { return of(error) }
        return TaskStoreError(
            error.code, "cannot use the task store \(settings): \(error.advice)", cause: error)
    }
}

extension PostgresError {
    fileprivate var code: TaskStoreError.Code {
        if kind == .distrusted { return .cannotOpen }
        return switch sqlState {
        case "28P01", "28000", "3D000", "42501", "3F000", "42P01", "42703": .cannotOpen
        case "XX001", "XX002": .corrupt
        default: .unavailable
        }
    }

    /// What happened, and what to do about it.
    fileprivate var advice: String {
        switch sqlState {
        case "28P01", "28000":
            "the PostgreSQL server refuses the user or the password; correct them in the URL, PGPASSWORD or the password "
                + "file: \(self)"
        case "3D000": "the PostgreSQL server has no such database; create it: \(self)"
        case "42501": "the user may not do that; make it the owner of the database: \(self)"
        case "42P01", "42703", "3F000": "the task store's tables are damaged; restore them from a backup: \(self)"
        case "53100": "the disk of the PostgreSQL server is full; make room on it: \(self)"
        case "53300": "the PostgreSQL server has no connection left; raise its max_connections: \(self)"
        case "25006": "the PostgreSQL server takes no writes now; it is a standby, or was made read-only: \(self)"
        case "57P03": "the PostgreSQL server is starting, stopping or recovering: \(self)"
        case "XX001", "XX002": "the PostgreSQL server's files are damaged; restore them from a backup: \(self)"
        case "40001", "40P01", "55P03", "57014": "the PostgreSQL server was too busy with other work: \(self)"
        default:
            switch kind {
            case .connectionLost: "the connection to the PostgreSQL server was lost: \(self)"
            case .distrusted:
                "the PostgreSQL server is not trusted, or does not trust this machine; see sslmode and sslrootcert in the "
                    + "URL, and the server's pg_hba.conf: \(self)"
            case .cannotConnect: "the PostgreSQL server cannot be reached: \(self)"
            case .refused: "the PostgreSQL server cannot do its work now: \(self)"
            }
        }
    }
}
