import FoundationEssentials
import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict] {
        try await write { transaction in
            try submissions.map { try transaction.submit($0) }
        }
    }

    package func submit(
        _ submissions: [Submission], next: LeaseCall
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?) {
        try await submit(submissions, next: next) { _ in }
    }

    package func submit(
        _ submissions: [Submission], next: LeaseCall, onStored: @escaping @Sendable (LeaseVerdict?) -> Void
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?) {
        let tell: @Sendable ((verdicts: [SubmitVerdict], next: LeaseVerdict?)) -> Void = { onStored($0.next) }
        return try await write(onStored: tell) { transaction in
            transaction.isTold = true
            return (try submissions.map { try transaction.submit($0) }, try transaction.lease(next))
        }
    }

    package func task(_ id: TaskID) async throws -> TaskRecord? {
        try await readPoint { db in
            try DirectStatement(TaskRow.selectByID, [id.text], db).rows { try TaskRow.read(&$0).record }.first
        }
    }

    package func tasks(_ query: TaskQuery) async throws -> TaskPage {
        let limit = min(max(query.limit, 1), 1000)
        // Of a group the range of identifiers is the index to use.
        var conditions = [query.group == nil ? "namespace = ?" : "+namespace = ?"]
        var arguments: [(any DatabaseValueConvertible & Sendable)?] = [query.namespace]
        if let swarm = query.swarm {
            conditions.append("swarm = ?")
            arguments.append(swarm)
        }
        if let type = query.type {
            conditions.append("type = ?")
            arguments.append(type)
        }
        if let states = query.states {
            conditions.append("state IN (\(states.map { _ in "?" }.joined(separator: ", ")))")
            arguments.append(contentsOf: states.map(\.rawValue))
        }
        if let group = query.group {
            // By their identifiers, which have an index.
            let bounds = query.itemBounds(of: group)
            conditions.append("id > ? AND id < ?")
            arguments.append(contentsOf: [bounds.lower, bounds.upper])
        } else if let cursor = query.cursor {
            conditions.append("sequence < ?")
            arguments.append(cursor)
        }
        arguments.append(limit + 1)
        let order = query.group == nil ? "sequence" : "id"
        let sql = TaskRow.select + "WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) DESC LIMIT ?"
        return try await read { [arguments] db in
            let tasks = try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments)).map(TaskRow.read)
            let page = tasks.prefix(limit)
            return TaskPage(
                tasks: page.map(\.record),
                cursor: tasks.count > limit ? page.last.flatMap { query.place($0.record, $0.sequence) } : nil)
        }
    }

    package func liveObjectTasks() async throws -> [TaskRecord] {
        try await read { db in
            try Row.fetchAll(
                db, sql: TaskRow.select + "WHERE ended IS NULL AND object_name IS NOT NULL ORDER BY sequence"
            ).map { try TaskRow.read($0).record }
        }
    }

    package func input(of task: TaskID) async throws -> [UInt8]? { try await payload("input", of: task) }

    package func result(of task: TaskID) async throws -> [UInt8]? { try await payload("result", of: task) }

    private func payload(_ column: String, of task: TaskID) async throws -> [UInt8]? {
        let sql = "SELECT \(column) FROM payloads WHERE sequence = (SELECT sequence FROM tasks WHERE id = ?)"
        return try await readPoint { db in
            try DirectStatement(sql, [task.text], db).rows { try $0.optionalBytes() }.first ?? nil
        }
    }

    package func output(of task: TaskID) async throws -> TaskOutput? {
        let sql = "SELECT bytes, written FROM outputs WHERE sequence = (SELECT sequence FROM tasks WHERE id = ?)"
        return try await read { db in
            try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [task.text]).map(TaskOutput.init)
        }
    }

    package func position(of task: TaskID) async throws -> QueuePosition? {
        try await read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT sequence, rank, namespace, swarm, fairness_key FROM tasks
                        WHERE id = ? AND state = 'ready'
                        """), arguments: [task.text])
            guard let row else { return nil }
            let place: StatementArguments = [row[2] as String, row[3] as String, row[4] as String]
            let ahead = try Int.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) FROM (SELECT 1 FROM lanes CROSS JOIN tasks
                        WHERE lanes.namespace = ? AND lanes.swarm = ? AND lanes.fairness_key = ? AND tasks.lane = lanes.id
                        AND tasks.state = 'ready' AND (tasks.rank, tasks.sequence) < (?, ?) LIMIT ?)
                        """),
                arguments: place + [row[1] as Int64, row[0] as Int64, QueuePosition.maxCounted])
            let others = try Int.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) FROM (SELECT DISTINCT fairness_key FROM lanes WHERE namespace = ? AND swarm = ?
                        AND place IS NOT NULL AND fairness_key <> ? LIMIT ?)
                        """),
                arguments: place + [QueuePosition.maxCounted])
            return QueuePosition(ahead: ahead ?? 0, otherSubmitters: others ?? 0)
        }
    }

    package func cancel(_ task: TaskID, _ order: CancelOrder) async throws -> TaskRecord? {
        try await write { transaction in
            guard let stored = try transaction.task(task) else { return nil }
            return try transaction.apply(.cancel(order), to: stored).record
        }
    }

    package func amend(_ task: TaskID, _ amendment: TaskAmendment) async throws -> TaskRecord? {
        try await write { transaction in
            guard var stored = try transaction.task(task) else { return nil }
            var events: [TaskEvent] = []
            if let swarm = amendment.swarm { events.append(.bind(swarm: swarm)) }
            if let priority = amendment.priority { events.append(.prioritise(priority)) }
            if let isSuspended = amendment.isSuspended {
                events.append(isSuspended ? .hold(.suspended) : .unhold(.suspended))
            }
            for event in events {
                try transaction.apply(event, to: stored)
                // Its lane may be another one now, too.
                guard let changed = try transaction.task(task) else { return nil }
                stored = changed
            }
            return stored.record
        }
    }
}

extension StoreTransaction {
    fileprivate func submit(_ submission: Submission) throws -> SubmitVerdict {
        let isFull = try live(submission.namespace) >= machine.policy.maxLiveTasks
        // Most tasks are new: for those without keys the insertion itself finds out.
        if isFull || submission.dedupKey != nil || submission.concurrencyKey != nil {
            if let verdict = try known(submission) { return verdict }
        }
        if let key = submission.dedupKey, let earlier = try earlier(submission, key) {
            guard submission.origin.objectName != nil, earlier.record.state == .succeeded else {
                return .existing(earlier.record)
            }
            let transition = machine.adopt(submission, from: earlier.record, at: now)
            let result = try row("SELECT result FROM payloads WHERE sequence = ?", [earlier.sequence])
            var reader = result.map(RowReader.init)
            let adopted = try insert(transition, input: submission.input, result: reader?.optionalBytes())
            return .adopted(adopted ?? transition.record)
        }
        if isFull { return .refused(.queueFull(limit: machine.policy.maxLiveTasks)) }
        if let record = try insert(machine.admit(submission, at: now), input: submission.input) {
            return .created(record)
        }
        return try known(submission) ?? .refused(.idTaken)
    }

    /// The verdict on a submission whose id is there already.
    private func known(_ submission: Submission) throws -> SubmitVerdict? {
        guard let known = try task(submission.id) else { return nil }
        return known.record.namespace == submission.namespace ? .existing(known.record) : .refused(.idTaken)
    }

    /// The task whose result the submission shares: under way or succeeded. A key whose task failed or was cancelled is free.
    private func earlier(_ submission: Submission, _ key: String) throws -> StoredTask? {
        try tasks(
            where: """
                namespace = ? AND dedup_key = ? AND type = ? AND state NOT IN ('failed', 'cancelled') \
                ORDER BY sequence LIMIT 1
                """, [submission.namespace, key, submission.type]
        ).first
    }
}
