import GRDB

/// Transactions of the writer's connection. Their statements are compiled once, not for each commit.
struct DirectTransaction {
    private static let begin = Query("BEGIN IMMEDIATE")
    private static let commit = Query("COMMIT")
    private static let rollback = Query("ROLLBACK")
    private static let savepoint = Query("SAVEPOINT call")
    private static let release = Query("RELEASE call")
    private static let undo = Query("ROLLBACK TO call")

    let db: Database
    let shelf: StatementShelf

    /// Commits what `body` does if it says that this is to be kept. Whatever is thrown, nothing was.
    func run(_ body: () throws -> Bool) throws {
        try execute(Self.begin)
        try settle(
            keep: Self.commit,
            undo: { if db.isInsideTransaction { try execute(Self.rollback) } },
            {
                let isKept = try body()
                if isKept { try check() }
                return isKept
            })
    }

    /// The same for a part of a transaction.
    func part(_ body: () throws -> Bool) throws {
        try execute(Self.savepoint)
        try settle(
            keep: Self.release,
            undo: {
                try execute(Self.undo)
                try execute(Self.release)
            },
            {
                let isKept = try body()
                // Those before this part would be undone with it.
                try check()
                return isKept
            })
    }

    private func settle(keep: Query, undo: () throws -> Void, _ body: () throws -> Bool) throws {
        do {
            if try body() { return try execute(keep) }
        } catch {
            // What went wrong first is what is told; should undoing fail, too, nothing is committed either.
            if db.isInsideTransaction { try? undo() }
            throw error
        }
        try undo()
    }

    /// Some failures, such as that of a full disk, undo the whole transaction by themselves.
    private func check() throws {
        if !db.isInsideTransaction {
            throw DatabaseError(resultCode: .SQLITE_ABORT, message: "the transaction was undone")
        }
    }

    private func execute(_ query: Query) throws { try DirectStatement(query, shelf, db) { _ in }.run() }
}
