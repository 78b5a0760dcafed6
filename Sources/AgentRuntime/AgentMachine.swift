import StructuredData
import TaskProtocol

/// The agent's side of the lease protocol: an event in, actions out, no clock and no I/O.
///
/// Flow: register until accepted, ask for leases for free slots only, run each in a slot, report until the report was heard,
/// with others that wait, and ask for the next leases with the reports of completed ones.
///
/// Guarantees: at most one call that asks for leases is out at a time, and `Outbox.mostCalls` that report; a lease that no slot
/// can take is released; an attempt ends with exactly one report that is repeated until accepted, refused, or the lease is
/// another's, whatever becomes of those that are sent with it.
///
/// Caveats: while the gateway says `drain`, the agent leases nothing, and is not ready once it holds nothing any more, but lives
/// on: only `terminate` ends it, and `drain: false` gives it work again.
struct AgentMachine: Sendable {
    let settings: Settings

    private enum Registration: Hashable { case none, asking, waiting, done }
    private enum Slot: Hashable {
        case starting, free
        case busy(AttemptID)
    }
    private enum Asking: Hashable {
        case nobody
        case poll(request: Int64)
        case waiting
        case chained(call: Int, request: Int64)
    }
    private struct Held {
        var grant: LeaseGrant
        var slot: Int?
    }

    private var registration = Registration.none
    private var registrationBackoff = Backoff()
    private var agent = ""
    private var slots: [Slot]
    private var held: [AttemptID: Held] = [:]
    private var outbox = Outbox()
    /// Several attempts began together a moment ago. Where they are short they end together, too, and the first of them waits
    /// for the last: a call for each would cost more than all of them do.
    private var isGathering = false
    private var asking = Asking.nobody
    /// The attempts that ended last were short. Then the slots that are free beside new ones are asked for with the report of those,
    /// not before: the call would cost the agent and the gateway more than the attempt does, at the moment when both are about it.
    private var attemptsAreShort = false
    private var isResting = false
    private var hasRestTimer = false
    private var leaseBackoff = Backoff(longest: .seconds(5))
    private var lastRequest: Int64 = 0
    /// A request whose answer got lost: asked again under its number, it brings the leases that it was granted.
    private var unansweredRequest: Int64?
    private var hasRegistered = false
    private var isDrained = false
    private var isTerminating = false
    private var drainDeadlinePassed = false
    private var isReady = false
    private var isFinished = false

    init(_ settings: Settings) {
        self.settings = settings
        slots = Array(repeating: .starting, count: settings.slots)
    }

    /// The attempts that are running or being reported.
    var attempts: Set<AttemptID> { Set(held.keys) }

    /// Events that came close together: what they bring about goes out in as few calls as if they had come at once.
    mutating func handle(_ events: [Event], using random: inout some RandomNumberGenerator) -> [Action] {
        var actions: [Action] = []
        for event in events where !isFinished { handle(event, &actions, using: &random) }
        guard !isFinished else { return actions }
        sendReports(&actions)
        askForLeases(&actions)
        updateReadiness(&actions)
        finishIfDone(&actions)
        return actions
    }

    private mutating func handle(
        _ event: Event, _ actions: inout [Action], using random: inout some RandomNumberGenerator
    ) {
        switch event {
        case .start:
            registration = .asking
            actions.append(.register)
        case .registered(let answer): registered(answer, &actions)
        case .registrationFailed(let failure):
            registration = .waiting
            let delay = registrationBackoff.next(atLeast: failure.retryAfter, using: &random)
            actions.append(.warn("cannot register with the gateway, trying again: \(failure.message)"))
            actions.append(.schedule(.register, after: delay))
        case .slotReady(let slot): if slots[slot] == .starting { slots[slot] = .free }
        case .slotDown(let slot): if slots[slot] == .free { slots[slot] = .starting }
        case .leased(let request, let answer, let waited):
            leased(request, answer, waited, &actions, using: &random)
        case .leaseFailed(let request, let failure): leaseFailed(request, failure, &actions, using: &random)
        case .attemptEnded(let id, let slot, let outcome, let reusable, let ran):
            slots[slot] = reusable ? .free : .starting
            attemptsAreShort = ran <= settings.short
            attemptEnded(id, outcome, &actions)
        case .reported(let call, let answer): reported(call, answer, &actions, using: &random)
        case .reportFailed(let call, let failure): reportFailed(call, failure, &actions, using: &random)
        case .uploaded(let id, let reference): outbox.uploaded(id, reference)
        case .uploadFailed(let id, let failure): uploadFailed(id, failure, &actions, using: &random)
        case .leaseLost(let id):
            // A running attempt is stopped where heartbeats are sent, and its end follows.
            if outbox.contains(id) { settle(id, &actions) }
        case .drain(let drain): isDrained = drain
        case .agentUnknown: registerAgain(&actions)
        case .terminate: terminate(&actions)
        case .timer(let timer): fired(timer, &actions)
        }
    }

    // MARK: Registration

    private mutating func registered(_ answer: RegisterAnswer, _ actions: inout [Action]) {
        registration = .done
        registrationBackoff.reset()
        agent = answer.agent
        hasRegistered = true
        isDrained = answer.drain
        actions.append(.adopt(agent: answer.agent, heartbeatMs: answer.heartbeatMs))
    }

    private mutating func registerAgain(_ actions: inout [Action]) {
        guard registration == .done else { return }
        registration = .asking
        actions.append(.warn("the gateway does not know this agent any more; registering again"))
        actions.append(.register)
    }

    // MARK: Leases

    private var freeSlots: Int { slots.count { $0 == .free } }

    private var mayAsk: Bool {
        registration == .done && !isDrained && !isTerminating && asking == .nobody && freeSlots > 0
    }

    private mutating func nextRequest() -> Int64 {
        if let request = unansweredRequest {
            unansweredRequest = nil
            return request
        }
        lastRequest += 1
        return lastRequest
    }

    private mutating func askForLeases(_ actions: inout [Action]) {
        guard mayAsk, !isHoldingReports, !isResting else { return }
        let request = nextRequest()
        asking = .poll(request: request)
        actions.append(
            .lease(
                LeaseRequest(agent: agent, request: request, freeSlots: freeSlots, waitMs: settings.longPollMs)))
    }

    private mutating func leased(
        _ request: Int64, _ answer: LeaseAnswer?, _ waited: Duration, _ actions: inout [Action],
        using random: inout some RandomNumberGenerator
    ) {
        let isCurrent = asking == .poll(request: request)
        if isCurrent { asking = .nobody }
        if let answer {
            accept(answer.leases, &actions)
            isDrained = answer.drain
        }
        guard isCurrent else { return }
        if answer?.leases.isEmpty ?? true, waited < .milliseconds(500), !isDrained {
            // An empty answer that nobody waited for must not make a busy loop.
            wait(&actions, using: &random)
        } else {
            leaseBackoff.reset()
        }
    }

    private mutating func leaseFailed(
        _ request: Int64, _ failure: CallFailure, _ actions: inout [Action],
        using random: inout some RandomNumberGenerator
    ) {
        guard asking == .poll(request: request) else { return }
        asking = .nobody
        switch failure.kind {
        case .agentUnknown: registerAgain(&actions)
        case .superseded: break
        case .definite: actions.append(.warn("the gateway refuses to lease: \(failure.message)"))
        case .transient:
            unansweredRequest = request
            actions.append(.warn("no leases, trying again: \(failure.message)"))
        }
        wait(atLeast: failure.retryAfter, &actions, using: &random)
    }

    private mutating func wait(
        atLeast: Duration? = nil, _ actions: inout [Action], using random: inout some RandomNumberGenerator
    ) {
        guard !isTerminating else { return }
        asking = .waiting
        actions.append(.schedule(.lease, after: leaseBackoff.next(atLeast: atLeast, using: &random)))
    }

    private mutating func accept(_ leases: [LeaseGrant], _ actions: inout [Action]) {
        if leases.count > 1, !isGathering, !isTerminating, settings.gather > .zero {
            isGathering = true
            actions.append(.schedule(.gathered, after: settings.gather))
        }
        for grant in leases where held[grant.id] == nil {
            // Also where a drain was heard of: a gateway grants nothing to an agent that it drains, so that word is older.
            if !isTerminating, let slot = slots.firstIndex(of: .free) {
                slots[slot] = .busy(grant.id)
                held[grant.id] = Held(grant: grant, slot: slot)
                actions.append(.run(grant, slot: slot))
                rest(&actions)
            } else {
                let reason = isTerminating ? "the agent is being drained" : "the agent has no free slot"
                held[grant.id] = Held(grant: grant)
                report(.released(checkpoint: grant.checkpoint, reason: reason), of: grant.id, &actions)
            }
        }
    }

    private mutating func rest(_ actions: inout [Action]) {
        guard attemptsAreShort, settings.rest > .zero else { return }
        isResting = true
        // One that is out may end this rest early, which does no harm.
        guard !hasRestTimer else { return }
        hasRestTimer = true
        actions.append(.schedule(.rested, after: settings.rest))
    }

    // MARK: Reports

    private mutating func attemptEnded(_ id: AttemptID, _ outcome: AttemptOutcome, _ actions: inout [Action]) {
        guard held[id] != nil else { return }
        held[id]?.slot = nil
        report(outcome, of: id, &actions)
    }

    private mutating func report(_ outcome: AttemptOutcome, of id: AttemptID, _ actions: inout [Action]) {
        guard let grant = held[id]?.grant else { return }
        guard let report = Report(outcome, of: grant) else { return settle(id, &actions) }
        actions.append(.keepForReport(id))
        outbox.put(report, of: id)
        if let upload = outbox.upload(of: id) { actions.append(.upload(upload)) }
    }

    /// Reports wait for those of attempts that are still running.
    private var isHoldingReports: Bool {
        isGathering && outbox.isWaiting && slots.contains { if case .busy = $0 { true } else { false } }
    }

    /// Sends what waits, and asks for leases with it where nobody else does.
    private mutating func sendReports(_ actions: inout [Action]) {
        guard registration == .done, !isHoldingReports else { return }
        while let call = outbox.nextCall() {
            var next: CompleteRequest.Next?
            if call.reports.first?.isCompletion == true, mayAsk {
                let request = nextRequest()
                asking = .chained(call: call.number, request: request)
                next = .init(request: request, freeSlots: freeSlots)
            }
            actions.append(.report(call: call.number, ReportRequest(call.reports, agent: agent, next: next)))
        }
    }

    private mutating func reported(
        _ call: Int, _ answer: ReportAnswer, _ actions: inout [Action], using random: inout some RandomNumberGenerator
    ) {
        guard let sent = outbox.answered(call) else { return }
        isResting = false
        if case .chained(call, _) = asking { asking = .nobody }
        for (index, id) in sent.enumerated() where outbox.contains(id) {
            guard index < answer.reports.count, answer.reports[index].task == id.task else {
                actions.append(.warn("the answer to a call has no verdict on the report of \(id); sending it again"))
                sendLater(id, &actions, using: &random)
                continue
            }
            let verdict = answer.reports[index].verdict
            let problem = answer.reports[index].problem
            if verdict == .accepted || verdict == .duplicate {
                settle(id, &actions)
            } else if problem?.retryable == true {
                sendLater(id, atLeast: problem?.retryAfterMs.map { .milliseconds($0) }, &actions, using: &random)
            } else {
                refused(
                    id, code: problem?.code.rawValue ?? verdict.rawValue, message: problem?.detail ?? verdict.rawValue,
                    &actions)
            }
        }
        accept(answer.leases ?? [], &actions)
        if let drain = answer.drain { isDrained = drain }
    }

    private mutating func reportFailed(
        _ call: Int, _ failure: CallFailure, _ actions: inout [Action], using random: inout some RandomNumberGenerator
    ) {
        let isRefused = failure.kind == .definite || failure.kind == .superseded
        guard let (size, left) = outbox.failed(call, isRefused: isRefused) else { return }
        isResting = false
        if case .chained(call, let request) = asking {
            asking = .nobody
            unansweredRequest = request
        }
        if isRefused {
            guard size == 1 else {
                return actions.append(
                    .warn("a call with \(size) reports was refused, sending fewer at once: \(failure.message)"))
            }
            for id in left { refused(id, code: failure.code, message: failure.message, &actions) }
            return
        }
        if failure.kind == .agentUnknown { registerAgain(&actions) }
        actions.append(.warn("\(left.count) reports did not arrive, trying again: \(failure.message)"))
        if let delay = outbox.rest(atLeast: failure.retryAfter, using: &random) {
            actions.append(.schedule(.reports, after: delay))
        }
    }

    private mutating func uploadFailed(
        _ id: AttemptID, _ failure: CallFailure, _ actions: inout [Action],
        using random: inout some RandomNumberGenerator
    ) {
        guard outbox.contains(id) else { return }
        switch failure.kind {
        case .definite, .superseded: refused(id, code: failure.code, message: failure.message, &actions)
        case .agentUnknown, .transient:
            actions.append(.warn("the result of \(id) did not arrive, trying again: \(failure.message)"))
            sendLater(id, atLeast: failure.retryAfter, &actions, using: &random)
        }
    }

    private mutating func sendLater(
        _ id: AttemptID, atLeast: Duration? = nil, _ actions: inout [Action],
        using random: inout some RandomNumberGenerator
    ) {
        guard let delay = outbox.rest(id, atLeast: atLeast, using: &random) else { return }
        actions.append(.schedule(.report(id), after: delay))
    }

    /// A result that the gateway will not have, though the lease is ours, ends the attempt as a failure: left alone, the
    /// task would run again and again.
    private mutating func refused(_ id: AttemptID, code: String, message: String, _ actions: inout [Action]) {
        guard let grant = held[id]?.grant, let report = outbox.report(of: id) else { return }
        actions.append(.warn("the report of \(id) was refused (\(code)): \(message)"))
        let codesOfLostLeases = [ProblemCode.staleLease, .conflict, .notFound].map(\.rawValue)
        let failure = Report(
            .failed(.permanent(WorkloadError.Code(rawValue: code), "the result was refused: \(message)")), of: grant)
        if report.isCompletion, !codesOfLostLeases.contains(code), let failure {
            outbox.put(failure, of: id)
        } else {
            settle(id, &actions)
        }
    }

    private mutating func settle(_ id: AttemptID, _ actions: inout [Action]) {
        outbox.remove(id)
        if held.removeValue(forKey: id) != nil { actions.append(.drop(id)) }
    }

    // MARK: The end

    private mutating func terminate(_ actions: inout [Action]) {
        guard !isTerminating else {
            if !drainDeadlinePassed { drainDeadline(&actions) }
            return
        }
        isTerminating = true
        isGathering = false
        actions.append(.schedule(.drainDeadline, after: settings.drain))
        // What is done goes first.
        for upload in outbox.wakeAll() { actions.append(.upload(upload)) }
        sendReports(&actions)
        switch asking {
        case .waiting: asking = .nobody
        case .poll:
            // A poll cut off here might have been granted leases already. A newer request makes the gateway answer it.
            lastRequest += 1
            actions.append(.lease(LeaseRequest(agent: agent, request: lastRequest, freeSlots: 0, waitMs: 0)))
            actions.append(.schedule(.lastPoll, after: settings.lastPoll))
        case .nobody, .chained: break
        }
    }

    private mutating func drainDeadline(_ actions: inout [Action]) {
        drainDeadlinePassed = true
        for (id, attempt) in held.sorted(by: { ($0.key.task, $0.key.epoch) < ($1.key.task, $1.key.epoch) }) {
            if let slot = attempt.slot { actions.append(.stop(id, slot: slot, .drained)) }
        }
        actions.append(.schedule(.lastReports, after: settings.lastReports))
    }

    private mutating func fired(_ timer: Timer, _ actions: inout [Action]) {
        switch timer {
        case .register:
            // An agent that ends has use for it only where it has something to report.
            guard registration == .waiting, !isTerminating || !held.isEmpty else { return }
            registration = .asking
            actions.append(.register)
        case .lease: if asking == .waiting { asking = .nobody }
        case .gathered: isGathering = false
        case .rested: (isResting, hasRestTimer) = (false, false)
        case .reports: outbox.restIsOver()
        case .report(let id): if let upload = outbox.restIsOver(id) { actions.append(.upload(upload)) }
        case .drainDeadline: if !drainDeadlinePassed { drainDeadline(&actions) }
        case .lastPoll: if case .poll = asking { asking = .nobody }
        case .lastReports:
            isFinished = true
            actions.append(.warn("\(held.count) reports were not heard; their leases will expire"))
            actions.append(.finish)
        }
    }

    private mutating func finishIfDone(_ actions: inout [Action]) {
        guard isTerminating, !isFinished, held.isEmpty, asking == .nobody else { return }
        isFinished = true
        actions.append(.finish)
    }

    private mutating func updateReadiness(_ actions: inout [Action]) {
        // Of unready pods and ready ones a ReplicaSet removes the unready first: nobody may be that while it holds a task.
        let isEmptied = isDrained && held.isEmpty
        let ready = hasRegistered && !isEmptied && !isTerminating
        guard ready != isReady else { return }
        isReady = ready
        actions.append(.ready(ready))
    }
}
