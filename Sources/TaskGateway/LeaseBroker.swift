import Synchronization
import TaskQueue

/// The lease polls that wait for work: who is woken when a task becomes ready, and in which order.
///
/// One ready task wakes one poll of its swarm, the one that has waited longest. A poll has its place before it looks into the
/// store, so that a task that becomes ready in between is not missed.
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

    private struct Agent {
        var ticket: Ticket
        var request: Int64
        var swarm: SwarmKey
    }

    private struct State {
        var polls: [AgentID: Agent] = [:]
        /// Who waits for tasks of a swarm, longest first.
        var queues: [SwarmKey: [Ticket]] = [:]
        /// The draining agents that have been told so.
        var toldToDrain: Set<AgentID> = []
        var nextNumber: UInt64 = 0
        var isClosed = false
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
    func enter(_ agent: AgentID, request: Int64, swarm: SwarmKey) -> Entry {
        let (entry, older) = state.withLock { state -> (Entry, Ticket?) in
            if state.isClosed { return (.closed, nil) }
            let before = state.polls[agent]
            if let before, before.request > request { return (.superseded, nil) }
            if before == nil, state.polls.count >= maxPolls { return (.full, nil) }
            if let before { state.queues[before.swarm]?.removeAll { $0 === before.ticket } }
            state.nextNumber += 1
            let ticket = Ticket(number: state.nextNumber)
            state.polls[agent] = Agent(ticket: ticket, request: request, swarm: swarm)
            state.queues[swarm, default: []].append(ticket)
            return (.poll(Poll(ticket: ticket, agent: agent, swarm: swarm)), before?.ticket)
        }
        older?.signal(.superseded)
        return entry
    }

    func leave(_ poll: Poll) {
        state.withLock { state in
            state.queues[poll.swarm]?.removeAll { $0 === poll.ticket }
            if state.queues[poll.swarm]?.isEmpty == true { state.queues[poll.swarm] = nil }
            if state.polls[poll.agent]?.ticket === poll.ticket { state.polls[poll.agent] = nil }
        }
    }

    /// Takes a poll out of the ready order (its agent is draining), or puts it back at the end.
    func setEligible(_ poll: Poll, _ isEligible: Bool) {
        state.withLock { state in
            state.queues[poll.swarm]?.removeAll { $0 === poll.ticket }
            if isEligible, state.polls[poll.agent]?.ticket === poll.ticket {
                state.queues[poll.swarm, default: []].append(poll.ticket)
            }
        }
    }

    /// A task of the swarm is ready: wakes the poll that has waited longest, and puts it at the end of the queue.
    func taskIsReady(_ swarm: SwarmKey) {
        let ticket = state.withLock { state -> Ticket? in
            guard var queue = state.queues[swarm], !queue.isEmpty else { return nil }
            let first = queue.removeFirst()
            queue.append(first)
            state.queues[swarm] = queue
            return first
        }
        ticket?.signal(.signalled)
    }

    /// A poll was woken for a task that was not for it, or ended before it could look: the one behind it is to look. The
    /// signal runs down the queue once: it passes over polls that came after `poll`.
    func passOn(from poll: Poll) {
        let ticket = state.withLock { state in
            state.queues[poll.swarm]?.filter { $0.number > poll.ticket.number }.min { $0.number < $1.number }
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
