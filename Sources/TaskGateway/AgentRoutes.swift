import Hummingbird
import Logging
import StructuredData
import TaskProtocol
import TaskQueue

/// Registering agents and giving them leases.
struct AgentRoutes {
    private static let maxSlots = 256
    private static let maxNameBytes = 253

    let core: GatewayCore

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("agents", use: register)
        group.post("leases", use: lease)
    }

    // MARK: Registering

    private func register(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let caller = try context.requireCaller()
        guard case .agent(let account, let namespace, let podName, let podUID) = caller.identity else {
            throw Problems.forbidden("only agents register; \(caller.identity.name) is none")
        }
        let body = try await request.decoded(RegisterRequest.self)
        try check(body)
        guard body.namespace == namespace else {
            throw Problems.forbidden("an agent of namespace \(namespace) cannot register in \(body.namespace)")
        }
        if let podName, podName != body.name {
            throw Problems.forbidden("the token is that of pod \(podName), not of \(body.name)")
        }
        if let podUID, let claimed = body.podUid, podUID != claimed {
            throw Problems.forbidden("the token is that of the pod with UID \(podUID), not \(claimed)")
        }
        if core.catalogue.entry(namespace: namespace, swarm: body.swarm) == nil { _ = try await core.lookAgain() }
        guard let entry = core.catalogue.entry(namespace: namespace, swarm: body.swarm) else {
            throw Problems.conflict(
                "namespace \(namespace) has no swarm \(body.swarm), or it is not known here yet", retryable: true,
                retryAfterMs: 1000)
        }
        guard entry.serviceAccount == account else {
            throw Problems.forbidden(
                "the agents of swarm \(body.swarm) run under service account \(entry.serviceAccount), not \(account)")
        }
        let agent = try await core.store.register(
            AgentRegistration(
                namespace: namespace, swarm: body.swarm, name: body.name, podUID: podUID ?? body.podUid,
                instance: body.instance, slots: body.slots, version: body.version, capabilities: body.capabilities,
                serviceAccount: account))
        return try .json(
            .ok,
            RegisterAnswer(
                agent: agent.id.text, leaseMs: core.store.policy.leaseMs, heartbeatMs: core.store.policy.heartbeatMs,
                drain: agent.isDraining))
    }

    private func check(_ body: RegisterRequest) throws {
        guard (1...Self.maxSlots).contains(body.slots) else {
            throw Problems.invalid("slots must be 1 to \(Self.maxSlots), found \(body.slots)", pointer: "/slots")
        }
        for (name, text) in [("name", body.name), ("instance", body.instance), ("version", body.version)]
        where text.isEmpty || text.utf8.count > Self.maxNameBytes {
            throw Problems.invalid("\(name) must have 1 to \(Self.maxNameBytes) bytes", pointer: "/\(name)")
        }
    }

    // MARK: Leasing

    private func lease(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try await request.decoded(LeaseRequest.self)
        let registration = try await core.agents.registration(of: body.agent, for: caller.identity)
        guard body.freeSlots >= 0 else {
            throw Problems.invalid("freeSlots must not be negative, found \(body.freeSlots)", pointer: "/freeSlots")
        }
        let waitMs = min(max(body.waitMs, 0), ProtocolLimits.longestWaitMs)
        let call = LeaseCall(agent: AgentID(body.agent), request: body.request, slots: body.freeSlots)
        let swarm = LeaseBroker.SwarmKey(namespace: registration.namespace, swarm: registration.swarm)
        switch core.broker.enter(call, swarm: swarm) {
        case .poll(let poll):
            defer {
                core.broker.leave(poll)
                core.logger.debug("agent \(call.agent) waits no more for request \(call.request)")
            }
            return try await context.whileConnected(poll.ticket) {
                try await answer(call, poll, registration, until: .now + .milliseconds(waitMs))
            }
        case .superseded: throw Self.superseded(call)
        case .full: throw Problems.tooMany("too many agents wait for work here", retryAfterMs: 2000)
        case .closed: return Response(status: .noContent)
        }
    }

    /// Looks for work, and where there is none waits for a reason to look again.
    private func answer(
        _ call: LeaseCall, _ poll: LeaseBroker.Poll, _ registration: AgentRegistration,
        until deadline: ContinuousClock.Instant
    ) async throws -> Response {
        var wasWoken = false
        while true {
            let offer = if let brought = core.broker.takeOffer(poll) { brought } else { try await look(call, poll) }
            if !offer.tasks.isEmpty { return try .json(.ok, try core.leaseAnswer(offer)) }
            if offer.isDraining {
                if core.broker.tellToDrain(call.agent) { return try .json(.ok, LeaseAnswer(leases: [], drain: true)) }
                // It knows, and asks all the same: there is nothing for it until the mark is taken back.
                core.broker.setEligible(poll, false)
                if wasWoken { core.broker.passOn(from: poll) }
            } else {
                if core.broker.tellNotToDrain(call.agent) {
                    return try .json(.ok, LeaseAnswer(leases: [], drain: false))
                }
                core.broker.setEligible(poll, call.slots > 0)
                // The task that this poll was woken for is of a type that this agent does not run; another may.
                if wasWoken, takesOnlySome(registration) { core.broker.passOn(from: poll) }
            }
            core.logger.debug("agent \(call.agent) waits for work, request \(call.request)")
            core.wakeUps.pollWaits(.init(namespace: registration.namespace, swarm: registration.swarm))
            switch await wait(poll, until: deadline) {
            case .signalled: wasWoken = true
            case .timedOut:
                return offer.isDraining
                    ? try .json(.ok, LeaseAnswer(leases: [], drain: true)) : Response(status: .noContent)
            case .superseded: throw Self.superseded(call)
            case .ended:
                core.logger.debug("request \(call.request) of agent \(call.agent) ends: the agent or the gateway goes")
                return Response(status: .noContent)
            }
        }
    }

    private func wait(_ poll: LeaseBroker.Poll, until deadline: ContinuousClock.Instant) async -> WakeReason {
        core.broker.waits(poll)
        var reason = await poll.ticket.wait(until: deadline)
        // Whoever has claimed it may bring leases.
        while reason == .signalled || reason == .timedOut {
            if let hasOffer = core.broker.stopsWaiting(poll) { return hasOffer ? .signalled : reason }
            reason = await poll.ticket.wait(until: .now + .seconds(1))
        }
        return reason
    }

    private func look(_ call: LeaseCall, _ poll: LeaseBroker.Poll) async throws -> LeaseOffer {
        core.broker.willLook(poll)
        do {
            return try core.offer(try await core.store.lease(call), to: call)
        } catch {
            core.broker.passOn(from: poll)
            throw error
        }
    }

    private func takesOnlySome(_ registration: AgentRegistration) -> Bool {
        guard !registration.capabilities.isEmpty,
            let entry = core.catalogue.entry(namespace: registration.namespace, swarm: registration.swarm)
        else { return false }
        return !Set(registration.capabilities).isSuperset(of: entry.capabilities)
    }

    static func superseded(_ call: LeaseCall) -> Problem {
        Problems.superseded("a newer lease request than \(call.request) of agent \(call.agent) is there")
    }
}

extension GatewayCore {
    /// What the store offers, or the problem that it sees.
    func offer(_ verdict: LeaseVerdict, to call: LeaseCall) throws -> LeaseOffer {
        switch verdict {
        case .answered(let offer): return offer
        case .unknownAgent:
            agents.forget(call.agent)
            throw Problems.agentUnknown(call.agent.text)
        case .stale: throw AgentRoutes.superseded(call)
        }
    }

    func leaseAnswer(_ offer: LeaseOffer) throws -> LeaseAnswer {
        for task in offer.tasks {
            metrics.leased(task)
            waiters.changed(task.record.id, hasEnded: false)
        }
        return LeaseAnswer(
            leases: try offer.tasks.map { try WireMapping.grant($0, store.policy) }, drain: offer.isDraining)
    }
}
