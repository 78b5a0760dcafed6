import Logging
import TaskProtocol
import TaskQueue

/// One request for work that has its place in the order, until it has something to answer.
struct LeasePoll {
    let core: GatewayCore
    let call: LeaseCall
    let registration: AgentRegistration
    private let place: LeaseBroker.Poll

    enum Entry {
        case poll(LeasePoll)
        /// A request with a higher number waits already.
        case superseded
        case full
        case closed
    }

    /// Gives a request its place; whoever gets a poll lets it `leave`.
    static func enter(_ call: LeaseCall, _ registration: AgentRegistration, _ core: GatewayCore) -> Entry {
        let swarm = LeaseBroker.SwarmKey(namespace: registration.namespace, swarm: registration.swarm)
        switch core.broker.enter(call, swarm: swarm) {
        case .poll(let place):
            return .poll(LeasePoll(core: core, call: call, registration: registration, place: place))
        case .superseded: return .superseded
        case .full: return .full
        case .closed: return .closed
        }
    }

    private init(core: GatewayCore, call: LeaseCall, registration: AgentRegistration, place: LeaseBroker.Poll) {
        self.core = core
        self.call = call
        self.registration = registration
        self.place = place
    }

    var ticket: Ticket { place.ticket }

    func leave() {
        core.broker.leave(place)
        core.logger.debug("agent \(call.agent) waits no more for request \(call.request)")
    }

    /// Looks into the store in the way that `look` does.
    func look(_ look: () async throws -> LeaseVerdict?) async throws -> LeaseOffer? {
        core.broker.willLook(place)
        do {
            return try await look().map { try core.offer($0, to: call) }
        } catch {
            core.broker.passOn(from: place)
            throw error
        }
    }

    /// Looks for work, and where there is none waits for a reason to look again.
    /// - Parameter seen: what the first look has brought; `nil`: there was none yet.
    /// - Returns: `nil` where nothing came until `deadline`, or the agent or the gateway goes.
    func answer(after seen: LeaseOffer? = nil, until deadline: ContinuousClock.Instant) async throws -> LeaseAnswer? {
        var wasWoken = false
        var seen = seen
        while true {
            guard let offer = try await nextOffer(&seen) else { return nil }
            if !offer.tasks.isEmpty { return try core.leaseAnswer(offer) }
            if offer.isDraining {
                if core.broker.tellToDrain(call.agent) { return LeaseAnswer(leases: [], drain: true) }
                // It knows, and asks all the same: there is nothing for it until the mark is taken back.
                core.broker.setEligible(place, false)
                if wasWoken { core.broker.passOn(from: place) }
            } else {
                if core.broker.tellNotToDrain(call.agent) { return LeaseAnswer(leases: [], drain: false) }
                core.broker.setEligible(place, call.slots > 0)
                // The task that this poll was woken for is of a type that this agent does not run; another may.
                if wasWoken, takesOnlySome { core.broker.passOn(from: place) }
            }
            core.logger.debug("agent \(call.agent) waits for work, request \(call.request)")
            core.wakeUps.pollWaits(.init(namespace: registration.namespace, swarm: registration.swarm))
            switch await wait(until: deadline) {
            case .signalled: wasWoken = true
            case .timedOut: return offer.isDraining ? LeaseAnswer(leases: [], drain: true) : nil
            case .superseded: throw Problems.superseded(call)
            case .ended:
                core.logger.debug("request \(call.request) of agent \(call.agent) ends: the agent or the gateway goes")
                return nil
            }
        }
    }

    private func nextOffer(_ seen: inout LeaseOffer?) async throws -> LeaseOffer? {
        if let offer = seen.take() { return offer }
        if let brought = core.broker.takeOffer(place) { return brought }
        return try await look { try await core.store.lease(call) }
    }

    private func wait(until deadline: ContinuousClock.Instant) async -> WakeReason {
        core.broker.waits(place)
        var reason = await ticket.wait(until: deadline)
        // Whoever has claimed it may bring leases.
        while reason == .signalled || reason == .timedOut {
            if let hasOffer = core.broker.stopsWaiting(place) { return hasOffer ? .signalled : reason }
            reason = await ticket.wait(until: .now + .seconds(1))
        }
        return reason
    }

    private var takesOnlySome: Bool {
        guard !registration.capabilities.isEmpty,
            let entry = core.catalogue.entry(namespace: registration.namespace, swarm: registration.swarm)
        else { return false }
        return !Set(registration.capabilities).isSuperset(of: entry.capabilities)
    }
}
