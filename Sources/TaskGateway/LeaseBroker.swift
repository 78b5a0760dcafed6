import Synchronization
import TaskQueue

/// The lease polls that wait for work: who is woken when a task becomes ready, and in which order.
///
/// One ready task wakes one poll of its swarm, the one that has waited longest. A poll has its place before it looks into the
/// store, so that a task that becomes ready in between is not missed. Whoever is woken owes a look; a poll that goes without one, or
/// looks and has no use for what is there, passes the debt on to one that has not looked since.
final class LeaseBroker: Sendable {
    struct SwarmKey: Hashable {
        var namespace: String
        var swarm: String
    }

    /// One poll, while it lasts.
    struct Poll: Sendable {
        let ticket: Ticket
        let agent: AgentID
        fileprivate let swarm: SwarmKey
    }

    /// A poll that somebody serves who puts a task into the store: in the same transaction he asks for the poll.
    struct Claim: Sendable {
        let call: LeaseCall
        fileprivate let ticket: Ticket
    }

    private struct Agent {
        var ticket: Ticket
        var call: LeaseCall
        var swarm: SwarmKey
        var isWaiting = false
        var isClaimed = false
        /// It would go, or look, but has to wait for who has claimed it.
        var isHeldUp = false
        /// What came of a claim.
        var offer: LeaseOffer?
        /// How many tasks had become ready, as far as known here, when it last began to look.
        var looked: UInt64 = 0
        /// It was woken for a ready task, and has not looked since.
        var owesLook = false
    }

    private struct State {
        var polls: [AgentID: Agent] = [:]
        /// Who waits for tasks of a swarm, longest first.
        var queues: [SwarmKey: [AgentID]] = [:]
        /// How many times a task became ready, in all swarms.
        var readyCount: UInt64 = 0
        /// The draining agents that have been told so.
        var toldToDrain: Set<AgentID> = []
        var nextNumber: UInt64 = 0
        var isClosed = false

        mutating func dequeue(_ agent: AgentID, _ swarm: SwarmKey) {
            queues[swarm]?.removeAll { $0 == agent }
            if queues[swarm]?.isEmpty == true { queues[swarm] = nil }
        }

        /// Chooses the poll that has waited longest of those that have not looked since a task last became ready, makes it owe a look,
        /// and puts it at the end of the queue.
        mutating func wakeNext(_ swarm: SwarmKey) -> Ticket? {
            guard var queue = queues[swarm],
                let index = queue.firstIndex(where: {
                    (polls[$0]?.looked ?? .max) < readyCount && polls[$0]?.owesLook == false
                })
                    ?? queue.firstIndex(where: { (polls[$0]?.looked ?? .max) < readyCount })
            else { return nil }
            let agent = queue.remove(at: index)
            queue.append(agent)
            queues[swarm] = queue
            polls[agent]?.owesLook = true
            return polls[agent]?.ticket
        }
    }

    private let state = Mutex(State())
    private let maxPolls: Int

    init(maxPolls: Int) { self.maxPolls = maxPolls }

    enum Entry {
        case poll(Poll)
        /// A request with a higher number waits already.
        case superseded
        case full
        case closed
    }

    /// Gives a poll its place, and ends an older one of the same agent.
    func enter(_ call: LeaseCall, swarm: SwarmKey) -> Entry {
        let agent = call.agent
        let (entry, older) = state.withLock { state -> (Entry, Ticket?) in
            if state.isClosed { return (.closed, nil) }
            let before = state.polls[agent]
            if let before, before.call.request > call.request { return (.superseded, nil) }
            if before == nil, state.polls.count >= maxPolls { return (.full, nil) }
            if let before { state.dequeue(agent, before.swarm) }
            state.nextNumber += 1
            let ticket = Ticket(number: state.nextNumber)
            // It inherits what the older one owes, and is about to look.
            state.polls[agent] = Agent(
                ticket: ticket, call: call, swarm: swarm, owesLook: before?.owesLook ?? false)
            state.queues[swarm, default: []].append(agent)
            return (.poll(Poll(ticket: ticket, agent: agent, swarm: swarm)), before?.ticket)
        }
        older?.signal(.superseded)
        return entry
    }

    func leave(_ poll: Poll) {
        let next = state.withLock { state -> Ticket? in
            guard let agent = state.polls[poll.agent], agent.ticket === poll.ticket else { return nil }
            state.dequeue(poll.agent, poll.swarm)
            state.polls[poll.agent] = nil
            return agent.owesLook ? state.wakeNext(poll.swarm) : nil
        }
        next?.signal(.signalled)
    }

    /// The poll is about to look into the store.
    func willLook(_ poll: Poll) {
        state.withLock { state in
            guard state.polls[poll.agent]?.ticket === poll.ticket else { return }
            state.polls[poll.agent]?.looked = state.readyCount
            state.polls[poll.agent]?.owesLook = false
        }
    }

    // MARK: Claims

    /// The poll waits from now on: it may be claimed.
    func waits(_ poll: Poll) { change(poll) { $0.isWaiting = true } }

    /// The poll would look, or go. `nil`: somebody serves it, whose end it is signalled; else whether something was leased for it.
    func stopsWaiting(_ poll: Poll) -> Bool? {
        change(poll) { agent -> Bool? in
            agent.isHeldUp = agent.isClaimed
            if agent.isClaimed { return nil }
            agent.isWaiting = false
            return agent.offer != nil
        } ?? false
    }

    /// What was leased for the poll by who served it.
    func takeOffer(_ poll: Poll) -> LeaseOffer? {
        change(poll) { agent in
            defer { agent.offer = nil }
            return agent.offer
        } ?? nil
    }

    private func change<Result>(_ poll: Poll, _ body: (inout Agent) -> Result) -> Result? {
        state.withLock { state in
            guard var agent = state.polls[poll.agent], agent.ticket === poll.ticket else { return nil }
            defer { state.polls[poll.agent] = agent }
            return body(&agent)
        }
    }

    /// The poll that has waited longest, for who is about to put a task of its swarm into the store, and then says what came of it
    /// (`settle`). Until then it neither looks nor goes.
    func claim(_ swarm: SwarmKey) -> Claim? {
        state.withLock { state in
            let agent = state.queues[swarm]?.first { id in
                state.polls[id].map { $0.isWaiting && !$0.isClaimed && !$0.owesLook && $0.offer == nil } ?? false
            }
            guard let agent, let poll = state.polls[agent] else { return nil }
            state.polls[agent]?.isClaimed = true
            return Claim(call: poll.call, ticket: poll.ticket)
        }
    }

    /// Ends a claim, and hands over what was leased. Where the poll is gone, that is as with an answer that got lost.
    func settle(_ claim: Claim, _ offer: LeaseOffer?) {
        let ticket = state.withLock { state -> Ticket? in
            guard var agent = state.polls[claim.call.agent], agent.ticket === claim.ticket else { return nil }
            let hasTasks = offer.map { !$0.tasks.isEmpty } ?? false
            let isHeldUp = agent.isHeldUp
            agent.isClaimed = false
            agent.isHeldUp = false
            if hasTasks { agent.offer = offer }
            state.polls[claim.call.agent] = agent
            return hasTasks || isHeldUp ? claim.ticket : nil
        }
        ticket?.signal(.signalled)
    }

    /// The poll could not look, or has no use for what it was woken for: another is to look, unless all have.
    func passOn(from poll: Poll) {
        let next = state.withLock { $0.wakeNext(poll.swarm) }
        next?.signal(.signalled)
    }

    /// Takes a poll out of the ready order (its agent is draining or has no free slot), or puts it back at the end.
    func setEligible(_ poll: Poll, _ isEligible: Bool) {
        state.withLock { state in
            state.dequeue(poll.agent, poll.swarm)
            if isEligible, state.polls[poll.agent]?.ticket === poll.ticket {
                state.queues[poll.swarm, default: []].append(poll.agent)
            }
        }
    }

    /// Whether a poll waits that could take a task of the swarm.
    func hasPoll(of swarm: SwarmKey) -> Bool { state.withLock { $0.queues[swarm] != nil } }

    /// A task of the swarm is ready: wakes the poll that has waited longest, and puts it at the end of the queue.
    func taskIsReady(_ swarm: SwarmKey) {
        let ticket = state.withLock { state -> Ticket? in
            state.readyCount += 1
            return state.wakeNext(swarm)
        }
        ticket?.signal(.signalled)
    }

    /// The swarm's entry in the catalogue changed: every poll looks again.
    func wakeAll(_ swarm: SwarmKey? = nil) {
        let tickets = state.withLock { state in
            state.polls.values.filter { swarm == nil || $0.swarm == swarm }.map(\.ticket)
        }
        for ticket in tickets { ticket.signal(.signalled) }
    }

    /// There is something to tell this agent.
    func wake(_ agent: AgentID) {
        state.withLock { $0.polls[agent]?.ticket }?.signal(.signalled)
    }

    /// Notes that a draining agent is being told so; `false` if it was before.
    func tellToDrain(_ agent: AgentID) -> Bool { state.withLock { $0.toldToDrain.insert(agent).inserted } }

    /// `false` if the agent was not draining, as far as it knows.
    func tellNotToDrain(_ agent: AgentID) -> Bool { state.withLock { $0.toldToDrain.remove(agent) != nil } }

    func forget(_ agent: AgentID) { state.withLock { _ = $0.toldToDrain.remove(agent) } }

    var waiting: Int { state.withLock { $0.polls.count } }

    func close() {
        let tickets = state.withLock { state in
            state.isClosed = true
            return state.polls.values.map(\.ticket)
        }
        for ticket in tickets { ticket.signal(.ended) }
    }
}
