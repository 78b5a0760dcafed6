import Synchronization
import TaskQueue

/// Those who wait for something to happen to one task.
final class TaskWaiters: Sendable {
    private struct Waiter {
        var ticket: Ticket
        /// It waits for the end and nothing before.
        var isForEnd: Bool
    }

    private struct State {
        var waiters: [TaskID: [Waiter]] = [:]
        var count = 0
        var nextNumber: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maxWaiters: Int

    init(maxWaiters: Int) { self.maxWaiters = maxWaiters }

    /// A ticket that is signalled at each change of the task, or at its end alone; `nil` where too many wait already.
    func enter(_ task: TaskID, isForEnd: Bool = false) -> Ticket? {
        state.withLock { state in
            if state.isClosed || state.count >= maxWaiters { return nil }
            state.count += 1
            state.nextNumber += 1
            let ticket = Ticket(number: state.nextNumber)
            state.waiters[task, default: []].append(Waiter(ticket: ticket, isForEnd: isForEnd))
            return ticket
        }
    }

    func leave(_ task: TaskID, _ ticket: Ticket) {
        state.withLock { state in
            guard var waiters = state.waiters[task], let index = waiters.firstIndex(where: { $0.ticket === ticket })
            else {
                return
            }
            waiters.remove(at: index)
            state.waiters[task] = waiters.isEmpty ? nil : waiters
            state.count -= 1
        }
    }

    func changed(_ task: TaskID, hasEnded: Bool) {
        for waiter in state.withLock({ $0.waiters[task] ?? [] }) where hasEnded || !waiter.isForEnd {
            waiter.ticket.signal(.signalled)
        }
    }

    func changedAll() {
        for waiter in state.withLock({ $0.waiters.values.joined().map(\.ticket) }) { waiter.signal(.signalled) }
    }

    func close() {
        let tickets = state.withLock { state in
            state.isClosed = true
            return state.waiters.values.joined().map(\.ticket)
        }
        for ticket in tickets { ticket.signal(.ended) }
    }
}
