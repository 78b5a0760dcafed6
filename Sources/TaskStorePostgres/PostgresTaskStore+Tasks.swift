package import TaskQueue

extension PostgresTaskStore {
    package func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict] {
        var needs = Needs(tasks: submissions.map(\.id), insertions: submissions.count)
        needs.dedupKeys = submissions.compactMap(\.dedup)
        needs.keys = submissions.compactMap { submission in
            submission.concurrencyKey.map { KeyName(namespace: submission.namespace, key: $0) }
        }
        needs.namespaces = Set(submissions.map(\.namespace))
        needs.bytes = submissions.reduce(0) { $0 + $1.input.count }
        return try await write(needs) { transaction in
            try submissions.map { try transaction.submit($0) }
        }
    }

    package func task(_ id: TaskID) async throws -> TaskRecord? {
        try await read(Request(Reading.task, Parameters(.text(id.text)))) { rows in
            guard var row = rows.first else { return nil }
            return try TaskTable.read(&row).record
        }
    }

    package func tasks(_ query: TaskQuery) async throws -> TaskPage {
        let limit = min(max(query.limit, 1), 1000)
        var conditions = ["namespace = $1::text"]
        var parameters = Parameters(.text(query.namespace))
        func mark(_ type: String) -> String { "$\(parameters.ranges.count)::\(type)" }
        if let swarm = query.swarm {
            parameters.add(.text(swarm))
            conditions.append("swarm = " + mark("text"))
        }
        if let type = query.type {
            parameters.add(.text(type))
            conditions.append("type = " + mark("text"))
        }
        if let states = query.states {
            parameters.add(states.map(\.rawValue).sorted())
            conditions.append("state = ANY (\(mark("text[]")))")
        }
        if let group = query.group {
            // By their identifiers, which have an index.
            let bounds = query.itemBounds(of: group)
            parameters.add(.text(bounds.lower))
            conditions.append("id > " + mark("text"))
            parameters.add(.text(bounds.upper))
            conditions.append("id < " + mark("text"))
        } else if let cursor = query.cursor {
            parameters.add(.integer(cursor))
            conditions.append("sequence < " + mark("bigint"))
        }
        let order = query.group == nil ? "sequence" : "id"
        let sql =
            TaskTable.select
            + "WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) DESC LIMIT \(limit + 1)"
        return try await read(Request(Statement(sql), parameters)) { rows in
            let tasks = try rows.map { row in try TaskTable.read(&row) }
            let page = tasks.prefix(limit)
            return TaskPage(
                tasks: page.map(\.record),
                cursor: tasks.count > limit ? page.last.flatMap { query.place($0.record, $0.sequence) } : nil)
        }
    }

    package func liveObjectTasks() async throws -> [TaskRecord] {
        try await read(Request(Reading.liveObjectTasks)) { rows in
            try rows.map { row in try TaskTable.read(&row).record }
        }
    }

    package func input(of task: TaskID) async throws -> [UInt8]? { try await payload(Reading.input, of: task) }

    package func result(of task: TaskID) async throws -> [UInt8]? { try await payload(Reading.result, of: task) }

    private func payload(_ statement: Statement, of task: TaskID) async throws -> [UInt8]? {
        try await read(Request(statement, Parameters(.text(task.text)))) { rows in
            guard var row = rows.first else { return nil }
            return row.optionalBytes()
        }
    }

    package func output(of task: TaskID) async throws -> TaskOutput? {
        try await read(Request(OutputTable.read, Parameters(.text(task.text)))) { rows in
            guard var row = rows.first else { return nil }
            return try OutputTable.read(&row)
        }
    }

    package func position(of task: TaskID) async throws -> QueuePosition? {
        try await read(Request(Reading.position, Parameters(.text(task.text)))) { rows in
            guard var row = rows.first else { return nil }
            return QueuePosition(ahead: try row.int(), otherSubmitters: try row.int())
        }
    }

    package func cancel(_ task: TaskID, _ order: CancelOrder) async throws -> TaskRecord? {
        try await write(Needs(tasks: [task])) { transaction in
            guard let stored = try transaction.task(task) else { return nil }
            try transaction.apply(.cancel(order), to: stored)
            return stored.record
        }
    }

    package func amend(_ task: TaskID, _ amendment: TaskAmendment) async throws -> TaskRecord? {
        try await write(Needs(tasks: [task])) { transaction in
            guard let stored = try transaction.task(task) else { return nil }
            var events: [TaskEvent] = []
            if let swarm = amendment.swarm { events.append(.bind(swarm: swarm)) }
            if let priority = amendment.priority { events.append(.prioritise(priority)) }
            if let isSuspended = amendment.isSuspended {
                events.append(isSuspended ? .hold(.suspended) : .unhold(.suspended))
            }
            for event in events { try transaction.apply(event, to: stored) }
            return stored.record
        }
    }
}

extension Submission {
    fileprivate var dedup: DedupKey? {
        dedupKey.map { DedupKey(namespace: namespace, type: type, key: $0) }
    }
}

extension StoreTransaction {
    fileprivate func submit(_ submission: Submission) throws -> SubmitVerdict {
        if let known = try task(submission.id) {
            return known.record.namespace == submission.namespace ? .existing(known.record) : .refused(.idTaken)
        }
        if let key = submission.dedup, let earlier = try earlier(key) {
            guard submission.origin.objectName != nil, earlier.record.state == .succeeded else {
                return .existing(earlier.record)
            }
            let transition = machine.adopt(submission, from: earlier.record, at: now)
            var row = try rows(Request(Statements.result, Parameters(.integer(earlier.sequence)))).first
            return .adopted(
                try insert(transition, input: submission.input, result: row?.optionalBytes()))
        }
        guard try live(submission.namespace) < machine.policy.maxLiveTasks else {
            return .refused(.queueFull(limit: machine.policy.maxLiveTasks))
        }
        return .created(try insert(machine.admit(submission, at: now), input: submission.input))
    }

    /// The task whose result a submission shares: under way or succeeded. A key whose task failed or was cancelled is free.
    private func earlier(_ key: DedupKey) throws -> StoredTask? {
        try lock(key.lock)
        let request = Request(
            Statements.tasksByKey, Parameters(.text(key.namespace), .text(key.key), .text(key.type)))
        return try tasks(request).first
    }
}
