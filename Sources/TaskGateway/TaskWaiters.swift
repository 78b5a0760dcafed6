import Synchronization
import TaskQueue

/// Those who wait for something to happen to one task.
final class TaskWaiters: Sendable {
    private struct State {
        var tickets: [TaskID: [Ticket]] = [:]
        var count = 0
        var nextNumber: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maxWaiters: Int

    init(maxWaiters: Int) { self.maxWaiters = maxWaiters }

    /// A ticket that is signalled at each change of the task; `nil` where too many wait already.
    func enter(_ task: TaskID) -> Ticket? {
        state.withLock { state in
            if state.isClosed || state.count >= maxWaiters { return nil }
            state.count += 1
            state.nextNumber += 1
            let ticket = Ticket(number: state.nextNumber)
            state.tickets[task, default: []].append(ticket)
            return ticket
        }
    }

    func leave(_ task: TaskID, _ ticket: Ticket) {
        state.withLock { state in
            guard var tickets = state.tickets[task], let index = tickets.firstIndex(where: { $0 === ticket }) else {
                return
            }
            tickets.remove(at: index)
            state.tickets[task] = tickets.isEmpty ? nil : tickets
            state.count -= 1
        }
    }

    func changed(_ task: TaskID) {
        for ticket in state.withLock({ $0.tickets[task] ?? [] }) { ticket.signal(.signalled) }
    }

    func changedAll() {
        for ticket in state.withLock({ $0.tickets.values.flatMap { $0 } }) { ticket.signal(.signalled) }
    }

    func close() {
        let tickets = state.withLock { state in
            state.isClosed = true
            return state.tickets.values.flatMap { $0 }
        }
        for ticket in tickets { ticket.signal(.ended) }
    }
}
