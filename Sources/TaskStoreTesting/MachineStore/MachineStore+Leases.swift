package import TaskQueue

extension MachineStore {
    package func lease(_ call: LeaseCall) async throws -> LeaseVerdict { change { $0.lease(call) } }

    package func heartbeat(_ agent: AgentID, _ beats: [Beat]) async throws -> BeatAnswer {
        change { call in
            let verdicts = beats.map { call.beat($0) }
            guard let index = call.contents.agent(agent) else {
                return BeatAnswer(verdicts: verdicts, isDraining: false, isKnown: false)
            }
            call.contents.agents[index].lastSeen = call.now
            let record = call.contents.agents[index]
            return BeatAnswer(verdicts: verdicts, isDraining: record.isDraining, isKnown: !record.isGone)
        }
    }

    package func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> (outcomes: [ReportOutcome], next: LeaseVerdict?) {
        change { call in
            let outcomes = reports.map { report -> ReportOutcome in
                if case .completeWithBlob(let sha256, let bytes) = report.content,
                    call.contents.tasks[report.task] != nil,
                    !hasBlob(BlobID(task: report.task, epoch: report.key.epoch), sha256: sha256, bytes: bytes)
                {
                    return .refused(.unknownBlob)
                }
                return call.take(report)
            }
            if next == nil, let index = call.contents.agent(agent) { call.contents.agents[index].lastSeen = call.now }
            return (outcomes, next.map { call.lease($0) })
        }
    }
}

extension MachineStore.Call {
    mutating func lease(_ call: LeaseCall) -> LeaseVerdict {
        guard let index = contents.agent(call.agent), !contents.agents[index].isGone else { return .unknownAgent }
        let agent = contents.agents[index]
        let order = agent.order(of: call.request)
        if order == .stale { return .stale }
        contents.agents[index].lastSeen = now
        contents.agents[index].lastRequest = call.request
        if order == .repeated {
            let unheard = contents.leased(by: agent.id).compactMap { contents.tasks[$0] }.filter {
                $0.record.lease?.request == call.request && $0.record.lease?.isAcknowledged == false
            }
            if !unheard.isEmpty {
                return .answered(LeaseOffer(tasks: unheard.compactMap(leased), isDraining: agent.isDraining))
            }
        }
        let tasks = agent.isDraining ? [] : grant(call, to: agent)
        return .answered(LeaseOffer(tasks: tasks, isDraining: agent.isDraining))
    }

    /// Ready tasks of the agent's swarm and types, lowest rank first, as many as fit.
    private mutating func grant(_ call: LeaseCall, to agent: AgentRecord) -> [LeasedTask] {
        let registration = agent.registration
        guard let entry = contents.entry(namespace: registration.namespace, swarm: registration.swarm),
            !entry.isSuspended
        else { return [] }
        let slots = min(call.slots, registration.slots)
        let isWanted: (TaskRecord) -> Bool = { record in
            record.namespace == registration.namespace && record.swarm == registration.swarm
                && entry.capabilities.contains(record.type)
                && (registration.capabilities.isEmpty || registration.capabilities.contains(record.type))
        }
        var granted: [LeasedTask] = []
        var bytes = 0
        while granted.count < slots, let candidate = contents.nextReady(where: isWanted) {
            if !granted.isEmpty, bytes + candidate.record.inputBytes > call.maxBytes { break }
            if let key = candidate.record.concurrencyKey, flaw != .ignoresLimits {
                let name = MachineStore.KeyName(namespace: registration.namespace, key: key)
                if contents.standing(name).allowance(at: now) == 0 {
                    holdForKey(candidate.record, name)
                    continue
                }
            }
            let order = LeaseOrder(
                agent: agent.id, agentName: registration.name, token: LeaseToken(using: &contents.random),
                request: call.request)
            // One whose deadline has just passed ends and makes room for another.
            let transition = apply(.lease(order), to: candidate.record.id)
            guard transition.verdict == .granted else { continue }
            takeTurn(transition.record)
            guard let task = contents.tasks[candidate.record.id].flatMap(leased) else { continue }
            bytes += task.input.count + (task.checkpoint?.count ?? 0)
            granted.append(task)
        }
        return granted
    }

    private func leased(_ task: MachineStore.Task) -> LeasedTask? {
        guard let token = task.record.token else { return nil }
        return LeasedTask(
            record: task.record, key: LeaseKey(epoch: task.record.epoch, token: token), input: task.input,
            checkpoint: task.checkpoint)
    }

    fileprivate mutating func beat(_ beat: Beat) -> BeatVerdict {
        guard contents.tasks[beat.task] != nil else { return .lost }
        let verdict = apply(beat.event, to: beat.task).verdict
        if verdict == .lost { return .lost }
        save(beat.checkpoint, of: beat.task)
        if let output = beat.output { contents.tasks[beat.task]?.output.append(output) }
        if case .cancelRequested(let forcedInMs) = verdict { return .cancelRequested(forcedInMs: forcedInMs) }
        return .alive
    }

    fileprivate mutating func take(_ report: AttemptReport) -> ReportOutcome {
        guard contents.tasks[report.task] != nil else { return .refused(.unknownTask) }
        let transition = apply(.report(report.key, report.report), to: report.task)
        switch transition.verdict {
        case .accepted:
            switch report.content {
            case .complete(let result): contents.tasks[report.task]?.result = result
            case .release(let checkpoint): if !transition.record.state.isEnd { save(checkpoint, of: report.task) }
            case .fail, .completeWithBlob: break
            }
            return .accepted(transition.record)
        case .duplicate: return .duplicate
        case .refused(let refusal): return .refused(refusal)
        default: return .refused(.unknownLease)
        }
    }

    private mutating func save(_ checkpoint: [UInt8]?, of task: TaskID) {
        if let checkpoint { contents.tasks[task]?.checkpoint = checkpoint }
    }
}
