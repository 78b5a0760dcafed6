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
        switch LeasePoll.enter(call, registration, core) {
        case .poll(let poll):
            defer { poll.leave() }
            let answer = try await context.whileConnected(poll.ticket) {
                try await poll.answer(until: .now + .milliseconds(waitMs))
            }
            return try answer.map { try .json(.ok, $0) } ?? Response(status: .noContent)
        case .superseded: throw Problems.superseded(call)
        case .full: throw Problems.tooMany("too many agents wait for work here", retryAfterMs: 2000)
        case .closed: return Response(status: .noContent)
        }
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
        case .stale: throw Problems.superseded(call)
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
