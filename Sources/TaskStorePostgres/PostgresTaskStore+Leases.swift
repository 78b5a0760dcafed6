package import TaskQueue

extension PostgresTaskStore {
    /// A lease call that found nothing, although there is something that another transaction has locked, looks again so often.
    private static let maxLooks = 20
    private static let pauseBetweenLooks = Duration.milliseconds(2)

    package func lease(_ call: LeaseCall) async throws -> LeaseVerdict {
        for _ in 1..<Self.maxLooks {
            let answer = try await offer(call)
            if !answer.isContended { return answer.verdict }
            try await Task.sleep(for: Self.pauseBetweenLooks)
        }
        return try await offer(call).verdict
    }

    private func offer(_ call: LeaseCall) async throws -> LeaseAnswer {
        try await writer.perform(Needs(leases: [call])) { try $0.lease(call) }
    }

    package func heartbeat(_ agent: AgentID, _ beats: [Beat]) async throws -> BeatAnswer {
        var needs = Needs(tasks: beats.map(\.task), agents: [agent])
        needs.bytes = beats.reduce(0) { $0 + ($1.checkpoint?.count ?? 0) + ($1.output?.count ?? 0) }
        return try await write(needs) { transaction in
            let verdicts = try beats.map { try transaction.beat($0) }
            let record = try transaction.seen(agent)
            return BeatAnswer(
                verdicts: verdicts, isDraining: record?.isDraining ?? false,
                isKnown: record.map { !$0.isGone } ?? false)
        }
    }

    package func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        var needs = Needs(tasks: reports.map(\.task), agents: [agent], leases: next.map { [$0] } ?? [])
        needs.bytes = reports.reduce(0) { $0 + $1.content.bytes }
        let (outcomes, answer) = try await writer.perform(needs) {
            transaction -> (() throws -> ([ReportOutcome], LeaseAnswer?)) in
            let outcomes = try reports.map { try transaction.take($0) }
            let answer = try next.map { try transaction.lease($0) }
            if answer == nil { _ = try transaction.seen(agent) }
            return { (outcomes, try answer?()) }
        }
        if let next, let answer, answer.isContended { return (outcomes, try await lease(next)) }
        return (outcomes, answer?.verdict)
    }
}

/// What a lease call has come to.
struct LeaseAnswer: Sendable {
    var verdict: LeaseVerdict
    /// It found nothing, but there were ready tasks that somebody else had locked and may have left as they were.
    var isContended = false
}

extension AttemptReport.Content {
    fileprivate var bytes: Int {
        switch self {
        case .complete(let result): result.count
        case .fail, .completeWithBlob: 0
        case .release(let checkpoint): checkpoint?.count ?? 0
        }
    }
}

extension StoreTransaction {
    /// Notes that the agent was heard of.
    fileprivate func seen(_ id: AgentID) throws -> AgentRecord? {
        guard var agent = try agent(id) else { return nil }
        agent.lastSeen = now
        see(agent)
        return agent
    }

    /// The answer is there after the commit.
    fileprivate func lease(_ call: LeaseCall) throws -> (() throws -> LeaseAnswer) {
        guard var agent = try agent(call.agent), !agent.isGone else {
            return { LeaseAnswer(verdict: .unknownAgent) }
        }
        let order = agent.order(of: call.request)
        if order == .stale { return { LeaseAnswer(verdict: .stale) } }
        agent.lastSeen = now
        agent.lastRequest = call.request
        see(agent)
        if order == .repeated {
            let live = try tasks(
                Request(Statements.tasksOfRequest, Parameters(.text(agent.id.text), .integer(call.request))))
            // Not those that are under way: their answer has arrived.
            let unheard = live.filter { $0.record.lease?.isAcknowledged == false }
            if !unheard.isEmpty { return offer(unheard, to: agent) }
        }
        guard !agent.isDraining, let key = CandidatePools.key(agent.registration, context) else {
            return offer([], to: agent)
        }
        let granted = try grant(call, to: agent, key)
        if granted.isEmpty, call.slots > 0, agent.registration.slots > 0 { return nothing(for: agent, key) }
        return offer(granted, to: agent)
    }

    /// The lease statement: ready tasks of the agent's swarm and types, in order, as many as fit.
    private func grant(_ call: LeaseCall, to agent: AgentRecord, _ key: CandidatePools.Key) throws -> [StoredTask] {
        let slots = min(call.slots, agent.registration.slots)
        var granted: [StoredTask] = []
        var bytes = 0
        while granted.count < slots, let candidate = try candidate(key, wanted: slots - granted.count) {
            // An earlier call of this transaction may have had it.
            guard candidate.record.state == .ready, candidate.record.swarm == key.swarm.swarm else { continue }
            if !granted.isEmpty, bytes + candidate.record.inputBytes > call.maxBytes {
                candidates.putBack(candidate, key)
                break
            }
            if let name = KeyName(candidate.record), try standing(name).allowance(at: now) == 0 {
                try holdForKey(candidate, name)
                continue
            }
            let order = LeaseOrder(
                agent: agent.id, agentName: agent.registration.name, token: context.token(), request: call.request)
            // One whose deadline has just passed ends and makes room for another.
            guard try apply(.lease(order), to: candidate).verdict == .granted else { continue }
            candidates.takeTurn(candidate.record, context.turn(at: now))
            bytes += candidate.record.inputBytes + candidate.checkpointBytes
            granted.append(candidate)
        }
        return granted
    }

    private func offer(_ tasks: [StoredTask], to agent: AgentRecord) -> (() throws -> LeaseAnswer) {
        for task in tasks { wantPayload(of: task) }
        // As they are now: a later call of this transaction may change them.
        let records = tasks.map(\.record)
        return { [self] in
            let leased = zip(tasks, records).compactMap { task, record -> LeasedTask? in
                guard let token = record.token, let payload = payload(of: task) else { return nil }
                return LeasedTask(
                    record: record, key: LeaseKey(epoch: record.epoch, token: token), input: payload.input,
                    checkpoint: payload.checkpoint)
            }
            return LeaseAnswer(verdict: .answered(LeaseOffer(tasks: leased, isDraining: agent.isDraining)))
        }
    }

    private func nothing(for agent: AgentRecord, _ key: CandidatePools.Key) -> (() throws -> LeaseAnswer) {
        var isContended = false
        ask(CandidatePools.existence(key)) { rows in
            var row = rows.first
            isContended = try row?.bool() ?? false
        }
        return {
            LeaseAnswer(
                verdict: .answered(LeaseOffer(tasks: [], isDraining: agent.isDraining)), isContended: isContended)
        }
    }

    fileprivate func beat(_ beat: Beat) throws -> BeatVerdict {
        guard let task = try task(beat.task) else { return .lost }
        let verdict = try apply(beat.event, to: task).verdict
        if verdict == .lost { return .lost }
        if let checkpoint = beat.checkpoint { save(checkpoint, of: task) }
        if let output = beat.output { append(output, to: task) }
        if case .cancelRequested(let forcedInMs) = verdict { return .cancelRequested(forcedInMs: forcedInMs) }
        return .alive
    }

    fileprivate func take(_ report: AttemptReport) throws -> ReportOutcome {
        guard let task = try task(report.task) else { return .refused(.unknownTask) }
        if case .completeWithBlob(let sha256, let bytes) = report.content {
            let id = BlobID(task: report.task, epoch: report.key.epoch)
            guard try hasBlob(id, sha256, bytes) else { return .refused(.unknownBlob) }
        }
        let transition = try apply(.report(report.key, report.report), to: task)
        switch transition.verdict {
        case .accepted:
            switch report.content {
            case .complete(let result): setResult(result, of: task)
            case .release(let checkpoint?): if !task.record.state.isEnd { save(checkpoint, of: task) }
            case .fail, .release(nil), .completeWithBlob: break
            }
            return .accepted(task.record)
        case .duplicate: return .duplicate
        case .refused(let refusal): return .refused(refusal)
        default: return .refused(.unknownLease)
        }
    }

    private func hasBlob(_ id: BlobID, _ sha256: String, _ bytes: Int) throws -> Bool {
        guard var row = try rows(BlobTable.request(BlobTable.infoLocked, id)).first else { return false }
        let info = try BlobTable.read(&row)
        return info.sha256 == sha256 && info.bytes == bytes
    }
}
