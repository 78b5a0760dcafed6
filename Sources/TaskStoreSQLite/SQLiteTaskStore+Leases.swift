import FoundationEssentials
import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func lease(_ call: LeaseCall) async throws -> LeaseVerdict {
        if let verdict = try await idleVerdict(call) { return verdict }
        return try await write { transaction in
            transaction.isTold = true
            return try transaction.lease(call)
        }
    }

    /// The answer to a poll for which there is nothing, without a transaction: polls come again and again, and most find nothing.
    /// `nil`: it takes one.
    private func idleVerdict(_ call: LeaseCall) async throws -> LeaseVerdict? {
        let found = try await readPoint { db in
            try DirectStatement(
                """
                SELECT last_request, draining, gone, EXISTS (SELECT 1 FROM lanes WHERE lanes.namespace = agents.namespace
                AND lanes.swarm = agents.swarm AND lanes.place IS NOT NULL) FROM agents WHERE id = ?
                """, [call.agent.text], db
            ).rows {
                (lastRequest: $0.integer(), isDraining: $0.bool(), isGone: $0.bool(), hasReady: $0.bool())
            }.first
        }
        guard let found, !found.isGone else { return .unknownAgent }
        if call.request < found.lastRequest { return .stale }
        let mayGrant = found.hasReady && !found.isDraining && call.slots > 0
        // The same request again gets what it got before; of those that come together the store decides.
        guard !mayGrant, call.request > found.lastRequest, notes.noteIdle(call, at: now()) else { return nil }
        return .answered(LeaseOffer(tasks: [], isDraining: found.isDraining))
    }

    package func heartbeat(_ agent: AgentID, _ beats: [Beat]) async throws -> BeatAnswer {
        try await write { transaction in
            let verdicts = try beats.map { try transaction.beat($0) }
            let record = try transaction.agent(agent)
            if record != nil { transaction.see(agent) }
            return BeatAnswer(
                verdicts: verdicts, isDraining: record?.isDraining ?? false,
                isKnown: record.map { !$0.isGone } ?? false)
        }
    }

    package func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        try await report(agent, reports, next: next) { _ in }
    }

    package func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?,
        onStored: @escaping @Sendable ([ReportOutcome]) -> Void
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        let tell: @Sendable ((outcomes: [ReportOutcome], next: LeaseVerdict?)) -> Void = { onStored($0.outcomes) }
        return try await write(onStored: tell) { transaction in
            transaction.isTold = true
            let outcomes = try reports.map { try transaction.take($0) }
            let next = try next.map { try transaction.lease($0) }
            if next == nil { transaction.see(agent) }
            return (outcomes, next)
        }
    }
}

extension StoreTransaction {
    fileprivate func see(_ agent: AgentID) { context.notes.saw(agent, at: now) }

    func lease(_ call: LeaseCall) throws -> LeaseVerdict {
        guard let agent = try agent(call.agent), !agent.isGone else { return .unknownAgent }
        let order = agent.order(of: call.request)
        if order == .stale { return .stale }
        context.notes.note(call, at: now)
        if order == .repeated {
            let live = try tasks(
                where: "state = 'leased' AND lease_agent = ? AND lease_request = ? ORDER BY sequence",
                [agent.id.text, call.request])
            // Not those that are under way: their answer has arrived.
            let unheard = live.filter { $0.record.lease?.isAcknowledged == false }
            if !unheard.isEmpty {
                return .answered(LeaseOffer(tasks: try unheard.compactMap(leased), isDraining: agent.isDraining))
            }
        }
        let tasks = agent.isDraining ? [] : try grant(call, to: agent)
        return .answered(LeaseOffer(tasks: tasks, isDraining: agent.isDraining))
    }

    /// The lease statement: ready tasks of the agent's swarm and types, in order, as many as fit.
    private func grant(_ call: LeaseCall, to agent: AgentRecord) throws -> [LeasedTask] {
        let registration = agent.registration
        guard let entry = try entry(namespace: registration.namespace, swarm: registration.swarm), !entry.isSuspended
        else { return [] }
        let types =
            registration.capabilities.isEmpty
            ? entry.capabilities : entry.capabilities.filter(registration.capabilities.contains)
        let slots = min(call.slots, registration.slots)
        guard slots > 0, !types.isEmpty else { return [] }
        var granted: [LeasedTask] = []
        var bytes = 0
        while granted.count < slots,
            let candidate = try nextReady(namespace: registration.namespace, swarm: registration.swarm, types: types)
        {
            if !granted.isEmpty, bytes + candidate.record.inputBytes > call.maxBytes { break }
            if let key = candidate.record.concurrencyKey {
                let name = KeyName(namespace: registration.namespace, key: key)
                if try standing(name).allowance(at: now) == 0 {
                    try holdForKey(candidate, name)
                    continue
                }
            }
            let order = LeaseOrder(
                agent: agent.id, agentName: registration.name, token: context.token(), request: call.request)
            let transition = try apply(.lease(order), to: candidate)
            // One whose deadline has just passed ends and makes room for another.
            guard transition.verdict == .granted else { continue }
            if let lane = candidate.lane { try takeTurn(transition.record, in: lane) }
            let stored = StoredTask(sequence: candidate.sequence, lane: candidate.lane, record: transition.record)
            if let task = try leased(stored) {
                bytes += task.input.count + (task.checkpoint?.count ?? 0)
                granted.append(task)
            }
        }
        return granted
    }

    private static let payload = Query("SELECT input, checkpoint FROM payloads WHERE sequence = ?")

    private func leased(_ task: StoredTask) throws -> LeasedTask? {
        guard let token = task.record.token,
            let payload = try read(
                Self.payload, { $0.bind(task.sequence) },
                { (input: try $0.bytes(), checkpoint: try $0.optionalBytes()) })
        else { return nil }
        return LeasedTask(
            record: task.record, key: LeaseKey(epoch: task.record.epoch, token: token), input: payload.input,
            checkpoint: payload.checkpoint)
    }

    fileprivate func beat(_ beat: Beat) throws -> BeatVerdict {
        guard let task = try task(beat.task) else { return .lost }
        let verdict = try apply(beat.event, to: task).verdict
        if verdict == .lost { return .lost }
        if let checkpoint = beat.checkpoint { try save(checkpoint, of: task) }
        if let output = beat.output { try append(output, to: task) }
        if case .cancelRequested(let forcedInMs) = verdict { return .cancelRequested(forcedInMs: forcedInMs) }
        return .alive
    }

    fileprivate func take(_ report: AttemptReport) throws -> ReportOutcome {
        guard let task = try task(report.task) else { return .refused(.unknownTask) }
        if case .completeWithBlob(let sha256, let bytes) = report.content,
            try !hasBlob(BlobID(task: report.task, epoch: report.key.epoch), sha256: sha256, bytes: bytes)
        {
            return .refused(.unknownBlob)
        }
        let result: [UInt8]? = if case .complete(let result) = report.content { result } else { nil }
        let transition = try apply(.report(report.key, report.report), to: task, result: result)
        switch transition.verdict {
        case .accepted:
            if case .release(let checkpoint?) = report.content, !transition.record.state.isEnd {
                try save(checkpoint, of: task)
            }
            return .accepted(transition.record)
        case .duplicate: return .duplicate
        case .refused(let refusal): return .refused(refusal)
        default: return .refused(.unknownLease)
        }
    }

    private func append(_ more: [UInt8], to task: StoredTask) throws {
        var output =
            try row("SELECT bytes, written FROM outputs WHERE sequence = ?", [task.sequence])
            .map(TaskOutput.init) ?? TaskOutput()
        output.append(more)
        try run(
            "INSERT OR REPLACE INTO outputs (sequence, bytes, written) VALUES (?, ?, ?)",
            [task.sequence, Data(output.bytes), output.end])
    }

    private func save(_ checkpoint: [UInt8], of task: StoredTask) throws {
        try run("UPDATE payloads SET checkpoint = ? WHERE sequence = ?", [Data(checkpoint), task.sequence])
    }
}

extension TaskOutput {
    init(_ row: Row) throws {
        var reader = RowReader(row)
        self.init(bytes: try reader.bytes(), end: reader.integer())
        try reader.check()
    }
}
