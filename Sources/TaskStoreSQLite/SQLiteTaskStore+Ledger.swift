import FoundationEssentials
import GRDB
import StructuredData
package import TaskQueue

extension SQLiteTaskStore {
    package func attempts(of task: TaskID) async throws -> [AttemptRecord] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT task, number, epoch, agent, agent_name, started, ended, "end", failure_code,
                        failure_message FROM attempts WHERE task = ? ORDER BY sequence
                        """), arguments: [task.text]
            ).map { row in
                var row = RowReader(row)
                return AttemptRecord(
                    task: TaskID(row.text()), number: row.int(), epoch: row.integer(), agent: AgentID(row.text()),
                    agentName: row.text(), started: row.time(), ended: row.time(),
                    end: try row.word(AttemptRecord.End.self), failure: row.optionalFailure())
            }
        }
    }

    package func recordDecision(_ decision: DecisionRecord) async throws {
        try await write { transaction in
            try transaction.run(
                """
                INSERT INTO decisions (namespace, swarm, time, from_agents, to_agents, reason, inputs)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    decision.namespace, decision.swarm, decision.time.milliseconds, decision.from, decision.to,
                    decision.reason, Data(decision.inputs.serialized()),
                ])
        }
    }

    package func decisions(namespace: String, swarm: String, limit: Int) async throws -> [DecisionRecord] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT namespace, swarm, time, from_agents, to_agents, reason, inputs FROM decisions
                        WHERE namespace = ? AND swarm = ? ORDER BY sequence DESC LIMIT ?
                        """), arguments: [namespace, swarm, min(max(limit, 1), 1000)]
            ).map { row in
                var row = RowReader(row)
                return DecisionRecord(
                    namespace: row.text(), swarm: row.text(), time: row.time(), from: row.int(), to: row.int(),
                    reason: row.text(), inputs: try JSON.parse(row.bytes()))
            }
        }
    }

    package func outcomes(namespace: String, swarm: String, limit: Int) async throws -> [OutcomeRecord] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT task, namespace, swarm, type, state, attempts, wait_ms, run_ms, input_bytes,
                        result_bytes, failure_code, ended FROM outcomes
                        WHERE namespace = ? AND swarm = ? ORDER BY sequence DESC LIMIT ?
                        """), arguments: [namespace, swarm, min(max(limit, 1), 1000)]
            ).map { row in
                var row = RowReader(row)
                return OutcomeRecord(
                    task: TaskID(row.text()), namespace: row.text(), swarm: row.text(), type: row.text(),
                    state: try row.word(TaskState.self), attempts: row.int(), waitMs: row.optionalInteger(),
                    runMs: row.optionalInteger(), inputBytes: row.int(), resultBytes: row.optionalInt(),
                    failureCode: row.optionalText(), ended: row.time())
            }
        }
    }
}
