package import TaskQueue

extension RedisTaskStore {
    /// Records looked at by one script, so that others need not wait long for it.
    private static let scanLength = 500

    package func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict] {
        var arguments: [[UInt8]] = []
        for submission in submissions {
            arguments.append(RecordCodec.draft(submission))
            arguments.append(submission.input)
        }
        return try await run(.submit, arguments).elements(atLeast: submissions.count).map { verdict in
            let parts = try verdict.elements(atLeast: 1)
            switch try parts[0].text() {
            case "created": return .created(try Self.record(parts))
            case "existing": return .existing(try Self.record(parts))
            case "adopted": return .adopted(try Self.record(parts))
            case "idTaken": return .refused(.idTaken)
            case "queueFull": return .refused(.queueFull(limit: policy.maxLiveTasks))
            default: throw PackReader.damaged
            }
        }
    }

    private static func record(_ parts: [RedisReply]) throws -> TaskRecord {
        guard parts.count > 1 else { throw PackReader.damaged }
        return try RecordCodec.record(parts[1].bytes())
    }

    package func task(_ id: TaskID) async throws -> TaskRecord? {
        try await value("t:", id).map(RecordCodec.record)
    }

    package func input(of task: TaskID) async throws -> [UInt8]? { try await value("i:", task) }

    package func result(of task: TaskID) async throws -> [UInt8]? { try await value("r:", task) }

    package func output(of task: TaskID) async throws -> TaskOutput? {
        guard case .array(let parts) = try await run(.output, [Array(task.text.utf8)]) else { return nil }
        guard parts.count > 1 else { throw PackReader.damaged }
        return TaskOutput(bytes: try parts[0].bytes(), end: try parts[1].integer())
    }

    private func value(_ kind: String, _ task: TaskID) async throws -> [UInt8]? {
        try await run(.value, [Array((kind + task.text).utf8)]).optionalBytes
    }

    package func tasks(_ query: TaskQuery) async throws -> TaskPage {
        let limit = min(max(query.limit, 1), 1000)
        var found: [(sequence: Int64, record: TaskRecord)] = []
        var below = query.cursor
        repeat {
            // One more than asked for tells whether there is another page.
            let parts = try await run(
                .list, [Self.argument(query, below: below, limit: limit + 1 - found.count)]
            ).elements(atLeast: 2)
            for match in try parts[0].elements() {
                let pair = try match.elements(atLeast: 2)
                found.append((try pair[0].integer(), try RecordCodec.record(pair[1].bytes())))
            }
            below = parts[1].optionalInteger
        } while below != nil && found.count <= limit
        let page = found.prefix(limit)
        return TaskPage(tasks: page.map(\.record), cursor: found.count > limit ? page.last?.sequence : nil)
    }

    private static func argument(_ query: TaskQuery, below: Int64?, limit: Int) -> [UInt8] {
        var writer = PackWriter()
        writer.array(8)
        writer.text(query.namespace)
        writer.optional(below)
        writer.integer(Int64(limit))
        writer.integer(Int64(scanLength))
        writer.optional(query.swarm)
        writer.optional(query.type)
        writer.optional(query.states.map { states in states.map(RecordCodec.letter).joined() })
        writer.optional(query.group?.text)
        return writer.bytes
    }

    package func liveObjectTasks() async throws -> [TaskRecord] {
        var records: [TaskRecord] = []
        var after: Int64 = 0
        while true {
            let stretch = try await run(.liveObjects, [Array(String(after).utf8)]).elements()
            if stretch.isEmpty { return records }
            for entry in stretch {
                let pair = try entry.elements(atLeast: 1)
                after = try pair[0].integer()
                if pair.count > 1, let bytes = pair[1].optionalBytes {
                    records.append(try RecordCodec.record(bytes))
                }
            }
        }
    }

    package func position(of task: TaskID) async throws -> QueuePosition? {
        let most = Array(String(QueuePosition.maxCounted).utf8)
        guard case .array(let parts) = try await run(.position, [Array(task.text.utf8), most]) else { return nil }
        guard parts.count > 1 else { throw PackReader.damaged }
        return QueuePosition(
            ahead: Int(clamping: try parts[0].integer()), otherSubmitters: Int(clamping: try parts[1].integer()))
    }

    package func cancel(_ task: TaskID, _ order: CancelOrder) async throws -> TaskRecord? {
        var writer = PackWriter()
        writer.array(3)
        writer.bool(order.mode == .force)
        writer.optional(order.graceMs)
        writer.text(order.reason)
        return try await run(.cancel, [Array(task.text.utf8), writer.bytes]).optionalBytes
            .map(RecordCodec.record)
    }

    package func amend(_ task: TaskID, _ amendment: TaskAmendment) async throws -> TaskRecord? {
        var writer = PackWriter()
        writer.array(3)
        writer.optional(amendment.swarm)
        writer.optional(amendment.priority.map(Int64.init(_:)))
        writer.optional(amendment.isSuspended.map { $0 ? "suspend" : "resume" })
        return try await run(.amend, [Array(task.text.utf8), writer.bytes]).optionalBytes
            .map(RecordCodec.record)
    }
}
