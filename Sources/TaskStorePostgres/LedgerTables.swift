import StructuredData
import TaskQueue

/// How the ledger's attempts lie in their table.
enum AttemptTable {
    private static let columns: [Column<AttemptRecord>] = [
        Column("task", .text) { Cell($0.task.text) },
        Column("number", .integer) { Cell($0.number) },
        Column("epoch", .integer) { Cell($0.epoch) },
        Column("agent", .text) { Cell($0.agent.text) },
        Column("agent_name", .text) { Cell($0.agentName) },
        Column("started", .integer) { Cell($0.started.milliseconds) },
        Column("ended", .integer) { Cell($0.ended.milliseconds) },
        Column("end", .text) { Cell($0.end.rawValue) },
        Column("failure_code", .text) { Cell($0.failure?.code) },
        Column("failure_message", .text) { Cell($0.failure?.message) },
    ]

    static let insert = Statement("attempts_insert", BulkStatement.insert(into: "attempts", columns))
    static let ofTask = Statement(
        "attempts_of_task",
        """
        SELECT task, number, epoch, agent, agent_name, started, ended, "end", failure_code, failure_message
        FROM attempts WHERE task = $1::text ORDER BY sequence
        """)

    static func insertion(of attempts: [AttemptRecord]) -> Request {
        var parameters = Parameters()
        parameters.add(columns, of: attempts)
        return Request(insert, parameters)
    }

    static func read(_ row: inout RowReader) throws -> AttemptRecord {
        AttemptRecord(
            task: TaskID(try row.text()), number: try row.int(), epoch: try row.integer(),
            agent: AgentID(try row.text()), agentName: try row.text(), started: try row.time(),
            ended: try row.time(), end: try row.word(AttemptRecord.End.self), failure: row.optionalFailure())
    }
}

/// How the ledger's outcomes lie in their table.
enum OutcomeTable {
    private static let columns: [Column<OutcomeRecord>] = [
        Column("task", .text) { Cell($0.task.text) },
        Column("namespace", .text) { Cell($0.namespace) },
        Column("swarm", .text) { Cell($0.swarm) },
        Column("type", .text) { Cell($0.type) },
        Column("state", .text) { Cell($0.state.rawValue) },
        Column("attempts", .integer) { Cell($0.attempts) },
        Column("wait_ms", .integer) { Cell($0.waitMs) },
        Column("run_ms", .integer) { Cell($0.runMs) },
        Column("input_bytes", .integer) { Cell($0.inputBytes) },
        Column("result_bytes", .integer) { Cell($0.resultBytes) },
        Column("failure_code", .text) { Cell($0.failureCode) },
        Column("ended", .integer) { Cell($0.ended.milliseconds) },
    ]

    static let insert = Statement("outcomes_insert", BulkStatement.insert(into: "outcomes", columns))
    static let latest = Statement(
        "outcomes_latest",
        """
        SELECT \(columns.map(\.name).joined(separator: ", ")) FROM outcomes
        WHERE namespace = $1::text AND swarm = $2::text ORDER BY sequence DESC LIMIT $3::bigint
        """)

    static func insertion(of outcomes: [OutcomeRecord]) -> Request {
        var parameters = Parameters()
        parameters.add(columns, of: outcomes)
        return Request(insert, parameters)
    }

    static func read(_ row: inout RowReader) throws -> OutcomeRecord {
        OutcomeRecord(
            task: TaskID(try row.text()), namespace: try row.text(), swarm: try row.text(), type: try row.text(),
            state: try row.word(TaskState.self), attempts: try row.int(), waitMs: try row.optionalInteger(),
            runMs: try row.optionalInteger(), inputBytes: try row.int(), resultBytes: try row.optionalInt(),
            failureCode: row.optionalText(), ended: try row.time())
    }
}

/// How the ledger's decisions lie in their table.
enum DecisionTable {
    static let insert = Statement(
        "decisions_insert",
        """
        INSERT INTO decisions (namespace, swarm, time, from_agents, to_agents, reason, inputs)
        VALUES ($1::text, $2::text, $3::bigint, $4::bigint, $5::bigint, $6::text, $7::bytea)
        """)
    static let latest = Statement(
        "decisions_latest",
        """
        SELECT namespace, swarm, time, from_agents, to_agents, reason, inputs FROM decisions
        WHERE namespace = $1::text AND swarm = $2::text ORDER BY sequence DESC LIMIT $3::bigint
        """)

    static func insertion(of decision: DecisionRecord) -> Request {
        Request(
            insert,
            Parameters(
                .text(decision.namespace), .text(decision.swarm), .integer(decision.time.milliseconds),
                Cell(decision.from), Cell(decision.to), .text(decision.reason), .bytes(decision.inputs.serialized())))
    }

    static func read(_ row: inout RowReader) throws -> DecisionRecord {
        DecisionRecord(
            namespace: try row.text(), swarm: try row.text(), time: try row.time(), from: try row.int(),
            to: try row.int(), reason: try row.text(), inputs: try JSON.parse(row.bytes()))
    }
}
