package import TaskQueue

extension PostgresTaskStore {
    package func changes(after cursor: Int64, limit: Int) async throws -> ChangePage {
        let limit = min(max(limit, 1), 10_000)
        return try await read(Request(FeedTable.page, Parameters(.integer(cursor), Cell(limit)))) { rows in
            try FeedTable.readPage(rows, after: cursor)
        }
    }

    /// Also asks, where the last write failed, whether writing goes again: who asks for the feed's end wants to know if the store
    /// does its work.
    package func changeCursor() async throws -> Int64 {
        if writer.hasFailed { try await write { $0.noteEverything() } }
        return try await read(Request(FeedTable.end)) { rows in
            guard var row = rows.first else { throw StoreTransaction.damaged("the row of the feed's end is missing") }
            return try row.integer()
        }
    }

    package func changeHints() -> AsyncStream<Void> { hints.listen() }

    package func acknowledge(consumer: String, through cursor: Int64) async throws {
        try await write { transaction in
            _ = try transaction.rows(
                Request(
                    """
                    INSERT INTO consumers AS old (name, cursor) VALUES ($1::text, $2::bigint)
                    ON CONFLICT (name) DO UPDATE SET cursor = greatest(old.cursor, excluded.cursor)
                    """, .text(consumer), .integer(cursor)))
            var row = try transaction.rows(Request("SELECT min(cursor) FROM consumers")).first
            if let lowest = try row?.optionalInteger() { try transaction.pruneFeed(through: lowest) }
        }
    }

    package func acknowledged(by consumer: String) async throws -> Int64 {
        try await read(Request(Reading.acknowledged, Parameters(.text(consumer)))) { rows in
            guard var row = rows.first else { return 0 }
            return try row.integer()
        }
    }

    package func acknowledgeOutcomes(of tasks: [TaskID]) async throws {
        try await write { transaction in
            // Nobody prunes meanwhile, who would take an entry for pending still.
            _ = try transaction.rows(Request(Statements.feedPruned))
            var parameters = Parameters()
            parameters.add(tasks.map(\.text))
            // Those that the consumers have passed already can go.
            transaction.enqueue(
                Request(
                    Statement(
                        """
                        DELETE FROM feed WHERE pending AND task = ANY ($1::text[])
                        AND cursor <= (SELECT pruned FROM feed_end)
                        """), parameters))
            transaction.enqueue(
                Request(
                    Statement("UPDATE feed SET pending = false WHERE pending AND task = ANY ($1::text[])"), parameters))
        }
    }
}

extension StoreTransaction {
    /// Entries that are deleted at once, at most: the rest follows with the next call, so that none takes long.
    private static let maxPruned = 10_000

    /// Deletes the entries up to `cursor`, but for ends that are still to be written to their objects.
    func pruneFeed(through cursor: Int64) throws {
        guard var row = try rows(Request(Statements.feedPruned)).first else {
            throw Self.damaged("the row of the feed's end is missing")
        }
        let pruned = try row.integer()
        if pruned >= cursor { return }
        // What was pruned before is not looked at again: dead rows cost as much as live ones until they are vacuumed.
        var reach = try rows(
            Request(
                """
                SELECT max(cursor) FROM (SELECT cursor FROM feed WHERE cursor > $1::bigint AND cursor <= $2::bigint
                ORDER BY cursor LIMIT \(Self.maxPruned)) AS oldest
                """, .integer(pruned), .integer(cursor))
        ).first
        guard let end = try reach?.optionalInteger() else { return }
        enqueue(
            Request(
                "DELETE FROM feed WHERE cursor > $1::bigint AND cursor <= $2::bigint AND NOT pending",
                .integer(pruned), .integer(end)))
        enqueue(Request("UPDATE feed_end SET pruned = $1::bigint", .integer(end)))
    }

    /// Stores what else would wait for its turn.
    func noteEverything() { notesEverything = true }
}
