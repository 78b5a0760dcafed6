package import TaskQueue

extension RedisTaskStore {
    package func lease(_ call: LeaseCall) async throws -> LeaseVerdict {
        try Self.verdict(await run(.lease, [order(call)]))
    }

    package func heartbeat(_ agent: AgentID, _ beats: [Beat]) async throws -> BeatAnswer {
        let parts = try await run(
            .heartbeat, [Array(agent.text.utf8)] + beats.map(Self.argument)
        ).elements(atLeast: 3)
        return BeatAnswer(
            verdicts: try parts[0].elements(atLeast: beats.count).map(Self.beatVerdict),
            isDraining: parts[1] == .integer(1), isKnown: parts[2] == .integer(1))
    }

    package func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        var arguments = [Array(agent.text.utf8), next.map(order) ?? []]
        for report in reports {
            arguments.append(argument(report))
            switch report.content {
            case .complete(let result): arguments.append(result)
            case .release(let checkpoint): arguments.append(checkpoint ?? [])
            case .fail, .completeWithBlob: arguments.append([])
            }
        }
        let parts = try await run(.report, arguments).elements(atLeast: 2)
        let outcomes = try parts[0].elements(atLeast: reports.count).map(Self.outcome)
        return (outcomes, try next.map { _ in try Self.verdict(parts[1]) })
    }

    // MARK: What is asked

    private func order(_ call: LeaseCall) -> [UInt8] {
        // Nobody has more slots than this; the agent's own number counts.
        let slots = min(max(call.slots, 0), 1000)
        var writer = PackWriter()
        writer.array(4)
        writer.text(call.agent.text)
        writer.integer(call.request)
        writer.integer(Int64(call.maxBytes))
        writer.array(slots)
        for _ in 0..<slots { writer.data(token().bytes) }
        return writer.bytes
    }

    private static func argument(_ beat: Beat) -> [UInt8] {
        var writer = PackWriter()
        writer.array(6)
        writer.text(beat.task.text)
        writer.integer(beat.key.epoch)
        writer.data(beat.key.token.bytes)
        if let progress = beat.progress {
            writer.array(3)
            writer.integer(progress.done)
            writer.optional(progress.total)
            writer.optional(progress.message)
        } else {
            writer.none()
        }
        if let checkpoint = beat.checkpoint { writer.data(checkpoint) } else { writer.none() }
        if let output = beat.output { writer.data(output) } else { writer.none() }
        return writer.bytes
    }

    private func argument(_ attempt: AttemptReport) -> [UInt8] {
        let report = attempt.report
        var writer = PackWriter()
        writer.array(5)
        writer.text(attempt.task.text)
        writer.integer(attempt.key.epoch)
        writer.data(attempt.key.token.bytes)
        func begin(_ kind: String, _ count: Int) {
            writer.array(count)
            writer.text(kind)
            writer.data(report.digest.bytes)
        }
        switch report.kind {
        case .complete(let resultBytes, let blob):
            begin("complete", 4)
            writer.integer(Int64(resultBytes))
            writer.optional(blob?.sha256)
        case .failRetryable(let failure), .failPermanent(let failure):
            begin(report.isRetryable ? "retryable" : "permanent", 4)
            writer.text(failure.code)
            writer.text(failure.message)
        case .release: begin("release", 2)
        }
        if case .release(.some) = attempt.content { writer.bool(true) } else { writer.none() }
        return writer.bytes
    }

    // MARK: What is answered

    private static func verdict(_ reply: RedisReply) throws -> LeaseVerdict {
        if let word = reply.optionalText {
            switch word {
            case "unknownAgent": return .unknownAgent
            case "stale": return .stale
            default: throw PackReader.damaged
            }
        }
        let parts = try reply.elements(atLeast: 2)
        return .answered(
            LeaseOffer(tasks: try parts[1].elements().map(leased), isDraining: parts[0] == .integer(1)))
    }

    private static func leased(_ reply: RedisReply) throws -> LeasedTask {
        let parts = try reply.elements(atLeast: 2)
        let record = try RecordCodec.record(parts[0].bytes())
        guard let token = record.token else { throw PackReader.damaged }
        return LeasedTask(
            record: record, key: LeaseKey(epoch: record.epoch, token: token), input: try parts[1].bytes(),
            checkpoint: parts.count > 2 ? parts[2].optionalBytes : nil)
    }

    private static func beatVerdict(_ reply: RedisReply) throws -> BeatVerdict {
        let parts = try reply.elements(atLeast: 1)
        switch try parts[0].text() {
        case "alive": return .alive
        case "lost": return .lost
        case "cancel": return .cancelRequested(forcedInMs: parts.count > 1 ? parts[1].optionalInteger : nil)
        default: throw PackReader.damaged
        }
    }

    private static func outcome(_ reply: RedisReply) throws -> ReportOutcome {
        let parts = try reply.elements(atLeast: 1)
        let word = try parts[0].text()
        switch word {
        case "accepted":
            guard parts.count > 1 else { throw PackReader.damaged }
            return .accepted(try RecordCodec.record(parts[1].bytes()))
        case "duplicate": return .duplicate
        default:
            guard let refusal = ReportRefusal(rawValue: word) else { throw PackReader.damaged }
            return .refused(refusal)
        }
    }
}

extension Report {
    fileprivate var isRetryable: Bool { if case .failRetryable = kind { true } else { false } }
}
