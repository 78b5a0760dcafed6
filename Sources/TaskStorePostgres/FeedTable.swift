import TaskQueue

/// An entry of the feed that a transaction adds; the server gives it its place.
struct FeedEntry: Sendable {
    var time: StoreTime
    var kind: Change.Kind
    var namespace: String
    var swarm: String
    var task: TaskID?
    var object: String?
    var state: TaskState?
    var agent: AgentID?
    var work: Change.WorkKind?

    /// An end of a SwarmTask's task stays in the feed until the operator has written it.
    var isPending: Bool { kind == .finished && object != nil }
}

/// How the feed lies in its table.
enum FeedTable {
    private static let columns: [Column<FeedEntry>] = [
        Column("time", .integer) { Cell($0.time.milliseconds) },
        Column("kind", .text) { Cell($0.kind.rawValue) },
        Column("namespace", .text) { Cell($0.namespace) },
        Column("swarm", .text) { Cell($0.swarm) },
        Column("task", .text) { Cell($0.task?.text) },
        Column("object", .text) { Cell($0.object) },
        Column("state", .text) { Cell($0.state?.rawValue) },
        Column("agent", .text) { Cell($0.agent?.text) },
        Column("pending", .boolean) { Cell($0.isPending) },
        Column("type", .text) { Cell($0.work?.type) },
        Column("input_bytes", .integer) { Cell($0.work?.inputBytes) },
    ]

    static let lock = Statement("feed_lock", "SELECT pg_advisory_xact_lock($1::bigint)")
    static let insert = Statement("feed_insert", BulkStatement.insert(into: "feed", columns))

    /// A page and how far the feed was pruned, as they stood at one moment.
    static let page = Statement(
        "feed_page",
        """
        SELECT pruned, page.* FROM feed_end LEFT JOIN LATERAL (
            SELECT cursor, time, kind, namespace, swarm, task, object, state, agent, type, input_bytes
            FROM feed
            WHERE cursor > $1::bigint ORDER BY cursor LIMIT $2::bigint
        ) AS page ON true ORDER BY cursor
        """)

    /// The feed may have been pruned to nothing.
    static let end = Statement(
        "feed_end", "SELECT greatest((SELECT max(cursor) FROM feed), pruned) FROM feed_end")

    static func insertion(of entries: [FeedEntry]) -> Request {
        var parameters = Parameters()
        parameters.add(columns, of: entries)
        return Request(insert, parameters)
    }

    static func readPage(_ rows: Rows, after cursor: Int64) throws -> ChangePage {
        var pruned: Int64 = 0
        let changes: [Change] = try rows.map { row -> Change? in
            pruned = try row.integer()
            guard let cursor = try row.optionalInteger() else { return nil }
            var change = Change(
                cursor: cursor, time: try row.time(), kind: try row.word(Change.Kind.self),
                namespace: try row.text(), swarm: try row.text(), task: row.optionalText().map(TaskID.init(_:)),
                object: row.optionalText(), state: try row.optionalWord(TaskState.self),
                agent: row.optionalText().map(AgentID.init(_:)))
            if let type = row.optionalText() {
                change.work = Change.WorkKind(type: type, inputBytes: Int(clamping: try row.integer()))
            }
            return change
        }.compactMap(\.self)
        return ChangePage(changes: changes, cursor: changes.last?.cursor ?? cursor, isTruncated: cursor < pruned)
    }
}
