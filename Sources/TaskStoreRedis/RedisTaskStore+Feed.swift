package import TaskQueue

extension RedisTaskStore {
    package func changes(after cursor: Int64, limit: Int) async throws -> ChangePage {
        let limit = min(max(limit, 1), 10_000)
        let parts = try await run(.changes, [Array(String(cursor).utf8), Array(String(limit).utf8)])
            .elements(atLeast: 2)
        let changes = try parts[0].elements().map { entry in
            let pair = try entry.elements(atLeast: 2)
            return try LedgerCodec.change(try pair[0].integer(), try pair[1].bytes())
        }
        if let last = changes.last { note(cursor: last.cursor) }
        return ChangePage(
            changes: changes, cursor: changes.last?.cursor ?? cursor, isTruncated: parts[1] == .integer(1))
    }

    package func changeCursor() async throws -> Int64 {
        let cursor = try await run(.changeCursor).integer()
        note(cursor: cursor)
        return cursor
    }

    package func changeHints() -> AsyncStream<Void> { hints.listen() }

    package func acknowledge(consumer: String, through cursor: Int64) async throws {
        _ = try await run(.acknowledge, [Array(consumer.utf8), Array(String(cursor).utf8)])
    }

    package func acknowledged(by consumer: String) async throws -> Int64 {
        try await run(.acknowledged, [Array(consumer.utf8)]).optionalInteger ?? 0
    }

    package func acknowledgeOutcomes(of tasks: [TaskID]) async throws {
        _ = try await run(.acknowledgeOutcomes, tasks.map { Array($0.text.utf8) })
    }
}
