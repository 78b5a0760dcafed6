import HTTPTypes
import Hummingbird
import Logging
import StructuredData
import TaskProtocol
import TaskQueue

/// Heartbeats and reports. The last calls to be shed: work that was done is taken in as long as the store can write.
struct ReportRoutes {
    let core: GatewayCore

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("leases/heartbeat", use: heartbeat)
        group.post("leases/complete", use: complete)
        group.post("leases/fail", use: fail)
        group.post("leases/release", use: release)
    }

    private func heartbeat(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.decoded(HeartbeatRequest.self)
        let (agent, _) = try await agent(body.agent, context, items: body.leases.count)
        // A token that is none cannot be any lease's: that lease is lost.
        let beats = body.leases.map { item -> Beat? in
            guard let key = Self.key(item.epoch, item.token) else { return nil }
            var checkpoint = item.checkpoint?.serialized()
            // The lease is worth more than the checkpoint: it is prolonged without.
            if let size = checkpoint?.count, size > QueuePolicy.maxCheckpointBytes { checkpoint = nil }
            return Beat(
                task: TaskID(item.task), key: key, progress: item.progress.map(WireMapping.progress),
                checkpoint: checkpoint, output: item.output.flatMap(Self.output))
        }
        let answer = try await core.store.heartbeat(agent, beats.compactMap { $0 })
        if body.leases.isEmpty, !answer.isKnown {
            core.agents.forget(agent)
            throw Problems.agentUnknown(body.agent)
        }
        var verdicts = answer.verdicts.makeIterator()
        let items = zip(body.leases, beats).map { item, beat in
            verdict(beat == nil ? .lost : verdicts.next() ?? .lost, on: item.task)
        }
        if answer.isDraining { _ = core.broker.tellToDrain(agent) } else { _ = core.broker.tellNotToDrain(agent) }
        return try .json(.ok, HeartbeatAnswer(leases: items, drain: answer.isDraining))
    }

    private func verdict(_ verdict: BeatVerdict, on task: String) -> HeartbeatAnswer.Item {
        switch verdict {
        case .alive: .init(task: task, verdict: .ok, leaseMs: core.store.policy.leaseMs)
        case .cancelRequested(let forcedInMs):
            .init(
                task: task, verdict: .cancel, leaseMs: core.store.policy.leaseMs, cancelMode: .cooperative,
                graceMs: forcedInMs)
        case .lost: .init(task: task, verdict: .lost)
        }
    }

    // MARK: Reports

    private func complete(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.decoded(CompleteRequest.self)
        let (agent, registration) = try await agent(body.agent, context, items: body.reports.count)
        let next = body.next.map {
            LeaseCall(agent: agent, request: $0.request, slots: max($0.freeSlots, 0))
        }
        let reports = body.reports.map { item in
            Item(task: item.task) {
                guard let result = item.result else {
                    guard let reference = item.resultRef else {
                        throw Problems.invalid(
                            "the report has neither a result, up to \(ProtocolLimits.inlineResultBytes >> 20) MiB, nor a "
                                + "resultRef, as PUT /v1/leases/{task}/result answers it", pointer: "/result")
                    }
                    return (
                        try Self.requiredKey(item.epoch, item.token),
                        .completeWithBlob(sha256: reference.sha256.lowercased(), bytes: Int(clamping: reference.bytes))
                    )
                }
                let bytes = result.serialized()
                guard bytes.count <= QueuePolicy.maxResultBytes else {
                    throw Problems.tooLarge(
                        "the result has \(bytes.count) bytes; at most \(QueuePolicy.maxResultBytes) are taken in a report: "
                            + "send it by PUT /v1/leases/{task}/result first",
                        pointer: "/result")
                }
                return (try Self.requiredKey(item.epoch, item.token), .complete(result: bytes))
            }
        }
        guard let next else { return try .json(.ok, try await take(reports, from: agent, next: nil).answer) }
        return try .json(.ok, try await take(reports, from: agent, next: next, registration, context))
    }

    private func fail(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.decoded(FailRequest.self)
        let (agent, _) = try await agent(body.agent, context, items: body.reports.count)
        let reports = body.reports.map { item in
            Item(task: item.task) {
                guard item.kind == .retryable || item.kind == .permanent else {
                    throw Problems.invalid(
                        "kind must be retryable or permanent, found \"\(item.kind.rawValue)\"", pointer: "/kind")
                }
                let failure = Failure(
                    code: WireMapping.bounded(item.code, 128),
                    message: WireMapping.bounded(item.message, QueuePolicy.maxFailureMessageBytes))
                return (
                    try Self.requiredKey(item.epoch, item.token),
                    .fail(failure, isRetryable: item.kind == .retryable)
                )
            }
        }
        return try .json(.ok, try await take(reports, from: agent, next: nil).answer)
    }

    private func release(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.decoded(ReleaseRequest.self)
        let (agent, _) = try await agent(body.agent, context, items: body.reports.count)
        let reports = body.reports.map { item in
            Item(task: item.task) {
                let checkpoint = item.checkpoint?.serialized()
                if let size = checkpoint?.count, size > QueuePolicy.maxCheckpointBytes {
                    throw Problems.tooLarge(
                        "the checkpoint has \(size) bytes; at most \(QueuePolicy.maxCheckpointBytes) are taken",
                        pointer: "/checkpoint")
                }
                return (try Self.requiredKey(item.epoch, item.token), .release(checkpoint: checkpoint))
            }
        }
        return try .json(.ok, try await take(reports, from: agent, next: nil).answer)
    }

    /// One report of a call, or what is wrong with it.
    private struct Item {
        var task: String
        var report: Result<AttemptReport, Problem>

        init(task: String, _ content: () throws -> (LeaseKey, AttemptReport.Content)) {
            self.task = task
            do {
                let (key, content) = try content()
                report = .success(AttemptReport(task: TaskID(task), key: key, content: content))
            } catch {
                report = .failure(Problems.of(error))
            }
        }
    }

    /// Takes reports, and gives the agent its next leases.
    private func take(
        _ items: [Item], from agent: AgentID, next: LeaseCall, _ registration: AgentRegistration,
        _ context: GatewayContext
    ) async throws -> ReportAnswer {
        guard next.slots > 0, case .poll(let poll) = LeasePoll.enter(next, registration, core) else {
            var (answer, verdict) = try await take(items, from: agent, next: next)
            do {
                answer.add(try verdict.map { try core.leaseAnswer(try core.offer($0, to: next)) })
            } catch {
                answer.add(noLeases(next, error))
            }
            return answer
        }
        defer { poll.leave() }
        var answer: ReportAnswer?
        do {
            let offer = try await poll.look {
                let taken = try await take(items, from: agent, next: next)
                answer = taken.answer
                return taken.next
            }
            let leases = try await context.whileConnected(poll.ticket) {
                try await poll.answer(after: offer, until: .now + core.configuration.reportLeaseWait)
            }
            answer?.add(leases)
        } catch {
            if answer == nil { throw error }
            answer?.add(noLeases(next, error))
        }
        return answer ?? ReportAnswer(reports: [])
    }

    /// The reports are in, whatever is wrong with the request for more: it is asked again by a lease call, which is told what it is.
    private func noLeases(_ call: LeaseCall, _ error: any Error) -> LeaseAnswer? {
        // A problem is the agent's: its request was superseded, or it has to register again.
        let level: Logger.Level = error is Problem ? .debug : .warning
        core.logger.log(
            level: level, "agent \(call.agent) gets no leases with its report, request \(call.request): \(error)")
        return nil
    }

    private func take(
        _ items: [Item], from agent: AgentID, next: LeaseCall?
    ) async throws -> (answer: ReportAnswer, next: LeaseVerdict?) {
        let reports = items.compactMap { try? $0.report.get() }
        let taken = try await core.store.report(agent, reports, next: next) { [waiters = core.waiters] outcomes in
            if waiters.isIdle { return }
            for (outcome, result) in zip(outcomes, reports.lazy.map(\.result)) {
                guard case .accepted(let record) = outcome else { continue }
                if record.state.isEnd {
                    waiters.ended(EndedTask(record: record, result: result))
                } else {
                    waiters.changed(record.id, hasEnded: false)
                }
            }
        }
        var outcomes = taken.outcomes.makeIterator()
        let answers = items.map { item -> ReportAnswer.Item in
            switch item.report {
            case .failure(let problem):
                return .init(task: item.task, verdict: .refused, problem: problem)
            case .success:
                switch outcomes.next() {
                case .accepted(let record)?:
                    core.metrics.reported(record)
                    return .init(task: item.task, verdict: .accepted)
                case .duplicate?: return .init(task: item.task, verdict: .duplicate)
                case .refused(let refusal)?:
                    core.metrics.refused(refusal)
                    return .init(task: item.task, verdict: .refused, problem: Problems.refused(refusal))
                case nil: return .init(task: item.task, verdict: .refused, problem: Problems.refused(.unknownTask))
                }
            }
        }
        return (ReportAnswer(reports: answers), taken.next)
    }

    // MARK: What the calls share

    private func agent(
        _ id: String, _ context: GatewayContext, items: Int
    ) async throws -> (id: AgentID, registration: AgentRegistration) {
        let caller = try context.requireCaller()
        guard items <= ProtocolLimits.reportsPerCall else {
            throw Problems.tooLarge("\(items) leases in one call; at most \(ProtocolLimits.reportsPerCall) are taken")
        }
        return (AgentID(id), try await core.agents.registration(of: id, for: caller.identity))
    }

    /// Of what is longer than is kept, the end.
    private static func output(_ text: String) -> [UInt8]? {
        text.isEmpty ? nil : Array(text.utf8.suffix(TaskOutput.maxBytes))
    }

    private static func key(_ epoch: Int64, _ token: String) -> LeaseKey? {
        LeaseToken(hexadecimal: token).map { LeaseKey(epoch: epoch, token: $0) }
    }

    private static func requiredKey(_ epoch: Int64, _ token: String) throws -> LeaseKey {
        guard let key = key(epoch, token) else { throw Problems.refused(.unknownLease) }
        return key
    }
}

extension AttemptReport {
    /// The result that it brings, where that is in it.
    fileprivate var result: [UInt8]? { if case .complete(let result) = content { result } else { nil } }
}

extension ReportAnswer {
    /// - Parameter next: the leases that were asked for; `nil`: none.
    fileprivate mutating func add(_ next: LeaseAnswer?) {
        leases = next?.leases ?? []
        drain = next?.drain
    }
}
