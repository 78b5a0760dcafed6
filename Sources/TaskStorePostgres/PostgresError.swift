/// What the server, or the way to it, answered instead of a result.
struct PostgresError: Error, Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        /// The session is gone: nobody says whether what was under way has been done.
        case connectionLost
        /// The server did not let a session begin.
        case cannotConnect
        /// One side does not accept the other's encryption, or the way it is reached.
        case distrusted
        /// The server refused a statement; the session stands.
        case refused
    }

    var kind: Kind
    /// The five characters of the error's SQLSTATE, where the server sent one.
    var sqlState: String?
    /// One line, without the values of rows or parameters.
    var message: String

    init(_ kind: Kind, sqlState: String? = nil, _ message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    var description: String { sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message }

    /// Somebody else's transaction came between: the same again may do better.
    var isConflict: Bool {
        switch sqlState {
        // serialization_failure, deadlock_detected, unique_violation (a row of the same key was stored meanwhile).
        case "40001", "40P01", "23505": true
        default: false
        }
    }

    /// The server refused what one call wanted to store: the others of its transaction may fare better.
    var isAboutOneCall: Bool {
        // Data that is out of bounds, a broken constraint, a limit of the server, a conflict that did not end.
        ["22", "23", "40", "54"].contains { sqlState?.hasPrefix($0) ?? false }
    }

    /// The server is going down or has come up as something that takes no writes: this session is of no more use.
    var endsSession: Bool {
        if kind != .refused { return true }
        guard let sqlState else { return false }
        return sqlState.hasPrefix("57P") || sqlState.hasPrefix("08") || sqlState == "25006" || sqlState == "25P03"
    }
}
