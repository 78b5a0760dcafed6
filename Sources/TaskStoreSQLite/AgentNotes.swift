import Synchronization
import TaskQueue

/// When agents were last heard of, and the numbers of their lease requests, as far as that is not worth a commit: what rows say is
/// to be read together with it (`merged`).
///
/// A poll that finds nothing and a sign of life change nothing that anybody was promised. They are written down now and then
/// (`takeUnwritten`), so that a process that is killed forgets little of when an agent was last heard of. The number of a request goes
/// with the connections that could still bring a lower one.
final class AgentNotes: Sendable {
    struct Note: Hashable {
        var lastSeen: StoreTime
        var lastRequest: Int64
    }

    private struct State {
        var notes: [AgentID: Note] = [:]
        var unwritten: Set<AgentID> = []
        var lastWritten = StoreTime(milliseconds: .min)

        mutating func note(_ note: Note, of agent: AgentID) {
            let known = notes[agent] ?? note
            notes[agent] = Note(
                lastSeen: max(note.lastSeen, known.lastSeen), lastRequest: max(note.lastRequest, known.lastRequest))
            unwritten.insert(agent)
        }
    }

    /// How often they are written at most.
    private static let pauseMs: Int64 = 10_000

    private let state = Mutex(State())

    func saw(_ agent: AgentID, at time: StoreTime) {
        state.withLock { $0.note(Note(lastSeen: time, lastRequest: 0), of: agent) }
    }

    /// Notes a request that finds nothing, unless one with this number or a higher one was noted before.
    /// - Returns: whether it is the latest.
    func noteIdle(_ call: LeaseCall, at time: StoreTime) -> Bool {
        state.withLock { state in
            if let known = state.notes[call.agent], known.lastRequest >= call.request { return false }
            state.note(Note(lastSeen: time, lastRequest: call.request), of: call.agent)
            return true
        }
    }

    /// Notes a request that is being answered in a transaction.
    func note(_ call: LeaseCall, at time: StoreTime) {
        state.withLock { $0.note(Note(lastSeen: time, lastRequest: call.request), of: call.agent) }
    }

    /// The agent as it is: its row, and what was noted since.
    func merged(_ row: AgentRecord) -> AgentRecord {
        guard let note = state.withLock({ $0.notes[row.id] }) else { return row }
        var agent = row
        agent.lastSeen = max(agent.lastSeen, note.lastSeen)
        agent.lastRequest = max(agent.lastRequest, note.lastRequest)
        return agent
    }

    /// When the agent was last heard of, as far as that was noted.
    func lastSeen(_ agent: AgentID) -> StoreTime? { state.withLock { $0.notes[agent]?.lastSeen } }

    /// The agent is no more.
    func forget(_ agent: AgentID) {
        state.withLock { state in
            state.notes[agent] = nil
            state.unwritten.remove(agent)
        }
    }

    /// What no row says yet; nothing if that was asked for a short while ago, unless this is the last time.
    func takeUnwritten(at now: StoreTime, isLast: Bool) -> [(agent: AgentID, note: Note)] {
        state.withLock { state in
            guard isLast || now - state.lastWritten >= Self.pauseMs else { return [] }
            state.lastWritten = now
            defer { state.unwritten = [] }
            return state.unwritten.compactMap { agent in state.notes[agent].map { (agent, $0) } }
        }
    }

    /// What was taken to be written may not have been.
    func notWritten() {
        state.withLock { state in
            state.unwritten = Set(state.notes.keys)
            state.lastWritten = StoreTime(milliseconds: .min)
        }
    }
}
